/* The parts of the stepper's page, each made anew from plain data. */

const WORDS = {
  en: {
    run: "Run",
    project: "Present to a room",
    place: "{0} of {1}",
    keyStep: "step",
    keySize: "size",
    keyNotes: "notes",
    keyBlank: "blank",
    keyLeave: "leave",
    again: "Run again",
    next: "Next: {0}",
    upTo: "Run up to here",
    finished: "Finished",
    running: "Running …",
    restoring: "Bringing the network back: the steps that built it are replayed …",
    restored: "The network is as it was before this step.",
    back: "Back",
    backHere: "Back to here",
    runAll: "Run all",
    pause: "Pause",
    autoplay: "Auto-play",
    seconds: "{0} s",
    pauseLength: "Pause between two steps",
    reset: "Reset",
    interrupt: "Interrupt",
    checkpoint: "Checkpoint",
    exercise: "Your turn",
    exerciseHelp: "Write your commands here, or type them in a cell or a terminal; then run.",
    done: "done in {0}",
    doneByHand: "done in the notebook",
    expected: "failed, as announced",
    failed: "failed",
    more: "and {0} more",
    strayed: "The network differs from what this step expects. By hand since the last step:",
    restore: "Restore",
    keep: "Keep it",
    present: "Show it in a tab of its own, as large as the window",
    presented: "The lesson is shown in a tab of its own.",
    bringBack: "Bring it back",
    gone: "The kernel was restarted. Run the cell again to play the lesson.",
    steps: "Steps",
    progress: "{0} of {1} steps done",
    states: { waiting: "waiting", running: "running", done: "done", failed: "failed" },
    keys: { Space: "Space" },
  },
  zh: {
    project: "投影模式",
    place: "第 {0} 步，共 {1} 步",
    keyStep: "步骤",
    keySize: "大小",
    keyNotes: "讲解",
    keyBlank: "黑屏",
    keyLeave: "退出",
    run: "运行",
    again: "再运行一次",
    next: "下一步：{0}",
    upTo: "运行到这里",
    finished: "已完成",
    running: "正在运行……",
    restoring: "正在恢复网络：重放建立它的步骤……",
    restored: "网络已恢复到这一步之前的样子。",
    back: "后退",
    backHere: "退回到这里",
    runAll: "全部运行",
    pause: "暂停",
    autoplay: "自动播放",
    seconds: "{0} 秒",
    pauseLength: "两步之间的停顿",
    reset: "重置",
    interrupt: "中断",
    checkpoint: "检查点",
    exercise: "轮到你了",
    exerciseHelp: "在这里写下你的命令，或在单元格、终端里输入；然后运行。",
    done: "用时 {0}",
    doneByHand: "已在笔记本中运行",
    expected: "失败了，正如预告",
    failed: "失败",
    more: "另外 {0} 项",
    strayed: "网络与这一步所期望的不同。上一步之后手动做了：",
    restore: "恢复",
    keep: "保留",
    present: "在单独的标签页中显示",
    presented: "课程显示在单独的标签页中。",
    bringBack: "移回这里",
    gone: "内核已重启。请重新运行这个单元格来播放课程。",
    steps: "步骤",
    progress: "已完成 {0} / {1} 步",
    states: { waiting: "等待", running: "运行中", done: "完成", failed: "失败" },
    keys: { Space: "空格" },
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
