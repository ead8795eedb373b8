/* The parts of the stepper's page, each made anew from plain data. */

const WORDS = {
  run: _("Run"),
  project: _("Present to a room"),
  place: _("{0} of {1}"),
  keyStep: _("step"),
  keySize: _("size"),
  keyNotes: _("notes"),
  keyBlank: _("blank"),
  keyLeave: _("leave"),
  again: _("Run again"),
  next: _("Next: {0}"),
  upTo: _("Run up to here"),
  finished: _("Finished"),
  running: _("Running …"),
  restoring: _("Bringing the network back: the steps that built it are replayed …"),
  restored: _("The network is as it was before this step."),
  back: _("Back"),
  backHere: _("Back to here"),
  runAll: _("Run all"),
  pause: _("Pause"),
  autoplay: _("Auto-play"),
  seconds: _("{0} s"),
  pauseLength: _("Pause between two steps"),
  reset: _("Reset"),
  interrupt: _("Interrupt"),
  checkpoint: _("Checkpoint"),
  exercise: _("Your turn"),
  exerciseHelp: _("Write your commands here, or type them in a cell or a terminal; then run."),
  done: _("done in {0}"),
  doneByHand: _("done in the notebook"),
  expected: _("failed, as announced"),
  failed: _("failed"),
  more: _("and {0} more"),
  strayed: _("The network differs from what this step expects. By hand since the last step:"),
  restore: _("Restore"),
  keep: _("Keep it"),
  present: _("Show it in a tab of its own, as large as the window"),
  presented: _("The lesson is shown in a tab of its own."),
  bringBack: _("Bring it back"),
  gone: _("The kernel was restarted. Run the cell again to play the lesson."),
  steps: _("Steps"),
  progress: _("{0} of {1} steps done"),
  states: {
    waiting: _("waiting"),
    running: _("running"),
    done: _("done"),
    failed: _("failed"),
  },
  keys: {
    Space: _("Space"),
  },
};

const MARKS = { waiting: "○", running: "◐", done: "✓", failed: "✗" };

function filled(text, ...values) {
  return text.replace(/\{(\d)\}/g, (_, number) => values[number]);
}

/** A step's name: a heading as it is, code in its own letters. */
function stepName(step, words) {
  if (!step.title) return document.createTextNode(words.checkpoint);
  return step.headed ? document.createTextNode(step.title) : h("code", {}, step.title.replace(/^!/, "$ "));
}

function plainName(step, words) {
  return step.title ? step.title.replace(/^!/, "") : words.checkpoint;
}

/** The list of steps; `choose` is called with the index of the one that is clicked. */
function stepList(lesson, progress, shown, words, choose) {
  const items = lesson.steps.map((step, index) => {
    const { state } = progress.steps[index];
    const mark = state === "waiting" && step.kind === "check" ? "◇" : MARKS[state];
    const name = h("span", { class: "nslab-name" }, stepName(step, words));
    return h(
      "li",
      {},
      h(
        "button",
        {
          class: "nslab-step",
          "data-state": state,
          "data-step": index,
          "aria-current": index === shown ? "step" : null,
          title: plainName(step, words),
          click: () => choose(index),
        },
        h("span", { class: "nslab-mark", role: "img", "aria-label": words.states[state] }, mark),
        name,
      ),
    );
  });
  return h("ol", { "aria-label": words.steps }, ...items);
}

/** A cell's source as a person would type it: a line for the shell begins with its prompt. */
function asTyped(source) {
  return source.replace(/^!/gm, "$ ");
}

function duration(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** How a step went, in one line. */
function outcomeLine(step, record, words) {
  if (record.state === "running") return h("div", { class: "nslab-outcome" }, words.running);
  if (record.state === "failed") return h("div", { class: "nslab-outcome nslab-failed" }, words.failed);
  if (record.state !== "done") return null;
  const announced = record.reason && record.state === "done" && step.mayFail;
  const text = announced ? words.expected : filled(words.done, duration(record.milliseconds));
  return h("div", { class: "nslab-outcome" }, record.byHand ? words.doneByHand : text);
}

/** Everything that a step put out. */
function outputPieces(outputs) {
  return outputs.map((output) => {
    if (output.kind !== "display") return h("span", { class: `nslab-${output.kind}` }, output.text);
    const box = h("div", { class: "nslab-rich" });
    if (output.mime.startsWith("image/") && output.mime !== "image/svg+xml") {
      box.append(h("img", { alt: "", src: `data:${output.mime};base64,${output.text}` }));
    } else {
      showHtml(box, output.text);
    }
    return box;
  });
}

/** The claims of a checkpoint with what became of them. */
function sidePanel(record, words) {
  return (record.verdicts ?? []).map((verdict) =>
    h(
      "div",
      { class: `nslab-verdict ${verdict.holds ? "nslab-holds" : "nslab-fails"}` },
      h("span", { class: "nslab-mark" }, verdict.holds ? "✓" : "✗"),
      h(
        "span",
        {},
        verdict.claim,
        verdict.reason ? h("small", {}, ` ${verdict.reason}`) : null,
      ),
    ),
  );
}

/** What went wrong and what to do about it. */
function reasonBox(record) {
  if (!record.reason) return null;
  const cure = record.cure ? h("div", {}, "→ ", ...withCode(record.cure)) : null;
  const kind = record.state === "failed" ? "nslab-trouble" : "nslab-note";
  return h("div", { class: kind, role: record.state === "failed" ? "alert" : null }, ...withCode(record.reason), cure);
}
