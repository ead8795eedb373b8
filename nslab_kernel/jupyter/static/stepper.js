/* The stepper: shows what the kernel sends of a lesson, and asks it to run, to go back, to draw. */

class StepperPage {
  constructor(model, el) {
    this.model = model;
    this.presence = new Presence(model, el);
    this.lesson = model.get("lesson");
    this.words = spoken(WORDS, this.lesson.language);
    this.shown = Math.min(this.progress.at, this.lesson.steps.length - 1);
    this.goal = null; // run on until this step is next
    this.playing = null; // the timer of auto-play
    this.kept = null; // the differences that the student wants to keep
    this.gone = false; // the kernel knows this lesson
    this.said = "";
    this.written = new Map(); // what the student wrote into exercises
    this.streamed = []; // the output of the running step, as it comes
    this.inline = h("div", { class: "nslab nslab-inline", lang: this.lesson.language });
    this.build();
    this.inline.append(this.root);
    el.append(this.inline);
    this.listen();
    this.update();
    this.presence.show();
    this.width = fitColumns(model, this.picture);
    // Once it is in the page: JupyterLab has scrolled to the next cell, and what isn't laid out has no size.
    requestAnimationFrame(() => {
      this.showPicture();
      this.root.scrollIntoView({ block: "nearest" });
    });
  }

  get progress() {
    return this.model.get("progress");
  }

  get busy() {
    return this.progress.busy?.what ?? "";
  }

  get last() {
    return this.lesson.steps.length - 1;
  }

  build() {
    const { words } = this;
    this.list = h("nav", { class: "nslab-list" });
    this.bar = h("progress", { max: this.lesson.steps.length });
    this.title = h("h3", { class: "nslab-title" });
    this.explanation = h("div", { class: "nslab-explanation" });
    this.afterword = h("div", { class: "nslab-explanation" });
    this.command = h("div", { class: "nslab-screen" });
    this.side = h("div", { class: "nslab-side" });
    this.notes = h("div", { class: "nslab-notes", "aria-live": "polite" });
    this.happening = h("div", { class: "nslab-happening" }, this.command, this.side);
    this.reading = h("div", { class: "nslab-reading" }, this.explanation, this.happening, this.notes, this.afterword);
    this.picture = h("div", { class: "nslab-drawing" });
    this.caption = h("div", { class: "nslab-caption" });
    this.buttons = this.makeButtons();
    this.presentButton = h("button", { class: "nslab-present", click: () => this.present() });
    this.presentButton.hidden = !window.nslab?.docks;
    this.projectButton = h("button", { class: "nslab-project", "data-do": "project", title: `${words.project}  P`, "aria-label": words.project, click: () => this.project() }, "▣");
    this.dots = h("div", { class: "nslab-dots", "aria-hidden": "true" });
    this.blank = h("div", { class: "nslab-blank", hidden: true, click: () => this.toggleBlank() });
    this.root = h(
      "section",
      { class: "nslab nslab-stepper", lang: this.lesson.language, tabindex: "0", "aria-label": this.lesson.title, "data-lm-suppress-shortcuts": "true" },
      h("aside", {}, h("h2", {}, this.lesson.title), this.bar, this.list),
      h(
        "main",
        {},
        h("div", { class: "nslab-running-head" }, h("span", {}, this.lesson.title), this.dots),
        h("header", {}, this.title, this.presentButton, this.projectButton),
        this.reading,
        this.picture,
        this.caption,
        h("footer", {}, ...Object.values(this.buttons), this.keys(), this.presenterKeys()),
      ),
      this.blank,
    );
    this.aside = this.root.querySelector("aside");
    this.rememberWidth();
    this.root.addEventListener("keydown", (event) => this.pressed(event));
  }

  makeButtons() {
    const { words } = this;
    const button = (name, act, title) => h("button", { "data-do": name, click: act, title });
    const pauses = [1, 2, 5, 10].map((seconds) =>
      h("option", { value: seconds, selected: seconds === 2 }, filled(words.seconds, seconds)),
    );
    return {
      back: button("back", () => this.back(), "←"),
      main: button("main", () => this.forward(), `→  ${words.keys.Space}`),
      interrupt: button("interrupt", () => this.interrupt(), "Esc"),
      runAll: button("run-all", () => this.runUntil(this.lesson.steps.length)),
      autoplay: button("autoplay", () => this.toggleAutoplay()),
      pause: h("select", { class: "nslab-pause", title: words.pauseLength, "aria-label": words.pauseLength }, ...pauses),
      reset: button("reset", () => this.reset(), "R"),
    };
  }

  presenterKeys() {
    const { words } = this;
    const pairs = [["← →", words.keyStep], ["+ −", words.keySize], ["N", words.keyNotes], ["B", words.keyBlank], ["Esc", words.keyLeave]];
    return h("span", { class: "nslab-keys nslab-presenter-keys", "aria-hidden": "true" }, ...pairs.flatMap(([key, does]) => [h("kbd", {}, key), ` ${does}  `]));
  }

  /** The list of steps keeps the width that somebody has given it. */
  rememberWidth() {
    const known = localStorage.getItem(LIST_WIDTH);
    if (known) this.aside.style.width = `${known}px`;
    this.listWidth = new ResizeObserver(() => {
      if (this.aside.style.width && this.aside.offsetWidth) localStorage.setItem(LIST_WIDTH, this.aside.offsetWidth);
    });
    this.listWidth.observe(this.aside);
  }

  keys() {
    const names = ["←", "→", this.words.keys.Space, "R"];
    return h("span", { class: "nslab-keys", "aria-hidden": "true" }, ...names.map((name) => h("kbd", {}, name)));
  }

  listen() {
    this.handlers = {
      "change:progress": () => this.progressed(),
      "change:outputs": () => this.updateCommand(),
      "change:picture": () => this.showPicture(),
      "change:strayed": () => this.straying(),
      "msg:custom": (message) => this.told(message),
      comm_live_update: () => this.updateLife(),
    };
    for (const [name, handler] of Object.entries(this.handlers)) this.model.on(name, handler);
  }

  /** The view goes: its cell was cleared or run again. */
  remove() {
    for (const [name, handler] of Object.entries(this.handlers)) this.model.off(name, handler);
    this.stopPlaying();
    this.width.disconnect();
    this.listWidth.disconnect();
    this.leaveProjector();
    this.docked?.close();
    this.presence.hide();
  }

  // what the kernel tells

  told(message) {
    if (message.kind === "text") {
      this.streamed.push({ kind: message.stream, text: message.text });
      if (message.step === this.shown) this.updateCommand();
    } else if (message.kind === "said") {
      this.said = message.text;
      this.updateNotes();
    }
  }

  straying() {
    if (this.model.get("strayed").length) this.said = "";
    this.updateNotes();
  }

  progressed() {
    const { what, step } = this.progress.busy;
    if (what) {
      this.streamed = [];
      this.said = "";
      this.shown = step;
    } else if (this.was?.what === "restoring") {
      this.said = this.words.restored;
      this.shown = Math.min(this.progress.at, this.last);
    }
    const ended = this.was?.what === "running" && !what ? this.was.step : null;
    this.was = this.progress.busy;
    this.update();
    if (ended !== null) this.goOn(ended);
  }

  /** After a step: the next one, where more were asked for. */
  goOn(ended) {
    const passed = this.progress.at > ended;
    if (!passed) {
      this.goal = null;
      this.stopPlaying();
    } else if (this.goal !== null && this.progress.at < this.goal) {
      this.run(this.progress.at);
    } else if (this.goal !== null) {
      this.goal = null;
      this.show(Math.min(this.progress.at, this.last));
    } else if (this.playing !== null) {
      this.schedule();
    }
    this.updateButtons();
  }

  // what the person does

  pressed(event) {
    if (event.target.closest("textarea, select") || event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "Enter" && (event.ctrlKey || event.shiftKey)) this.forward();
      return;
    }
    const onButton = event.target.closest("button, a, summary");
    const acts = {
      ArrowRight: () => this.forward(),
      " ": onButton ? null : () => this.forward(),
      ArrowLeft: () => this.back(),
      ArrowDown: () => this.show(Math.min(this.shown + 1, this.last)),
      ArrowUp: () => this.show(Math.max(this.shown - 1, 0)),
      r: () => this.reset(),
      R: () => this.reset(),
      p: () => this.project(),
      P: () => this.project(),
      ...(this.projected ? this.presenterActs() : {}),
      Escape: () => (this.projected && !this.busy ? this.leaveProjector() : this.playing !== null || this.goal !== null ? this.pauseAll() : this.interrupt()),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) acts[event.key]();
  }

  /** What the main button says it does. */
  forward() {
    if (this.busy) return;
    const { at } = this.progress;
    if (this.shown < at) this.show(Math.min(this.shown + 1, this.last));
    else if (this.shown === at) this.run(at);
    else this.runUntil(this.shown);
  }

  run(step) {
    if (!this.projected) this.root.scrollIntoView({ block: "nearest" });
    const source = this.written.get(step);
    this.model.send(source === undefined ? { do: "run", step } : { do: "run", step, source });
  }

  runUntil(goal) {
    if (this.goal !== null) return this.pauseAll();
    if (this.busy || this.progress.at >= goal) return;
    this.stopPlaying();
    this.goal = goal;
    this.run(this.progress.at);
    this.updateButtons();
  }

  back() {
    if (this.busy) return;
    this.pauseAll();
    const { at, steps } = this.progress;
    const tried = this.shown === at && steps[at]?.state === "failed";
    const target = this.shown < at ? this.shown : tried ? at : at - 1;
    if (target >= 0) this.model.send({ do: "back", step: target });
  }

  reset() {
    if (this.busy) return;
    this.pauseAll();
    this.model.send({ do: "back", step: 0 });
  }

  interrupt() {
    if (this.busy) window.nslab?.interrupt(this.lesson.kernel);
  }

  /** Look at a step; nothing is run. */
  show(step) {
    if (this.busy || step === this.shown) return;
    const { at, steps } = this.progress;
    const wasRecord = this.shown < at;
    this.shown = step;
    this.said = "";
    this.update();
    const hasRun = steps[step].state === "done" || steps[step].state === "failed";
    if (hasRun) this.model.send({ do: "look", step });
    else if (wasRecord && step !== at) this.model.send({ do: "look", step: null });
    this.root.querySelector(`[data-step="${step}"]`)?.scrollIntoView({ block: "nearest" });
  }

  toggleAutoplay() {
    if (this.playing !== null) return this.pauseAll();
    this.goal = null;
    this.show(Math.min(this.progress.at, this.last));
    this.schedule();
    this.updateButtons();
  }

  /** Auto-play: after the pause, what the main button would do. */
  schedule() {
    clearTimeout(this.playing);
    this.playing = setTimeout(() => {
      if (this.shown === this.last && this.progress.at > this.last) return this.pauseAll();
      const waits = this.shown < this.progress.at;
      this.forward();
      if (waits) this.schedule();
    }, 1000 * Number(this.buttons.pause.value));
  }

  stopPlaying() {
    clearTimeout(this.playing);
    this.playing = null;
  }

  pauseAll() {
    this.goal = null;
    this.stopPlaying();
    this.updateButtons();
  }

  presenterActs() {
    const notes = () => this.root.classList.toggle("nslab-with-notes");
    const scale = (factor) => () => this.scale(this.zoom * factor);
    const blank = () => this.toggleBlank();
    return { n: notes, N: notes, b: blank, B: blank, "+": scale(1.1), "=": scale(1.1), "-": scale(1 / 1.1), "−": scale(1 / 1.1) };
  }

  toggleBlank() {
    this.blank.hidden = !this.blank.hidden;
  }

  /** Type and picture in the size that suits the room: 1 fills the screen, and what was chosen is remembered. */
  scale(zoom) {
    this.zoom = Math.min(2.5, Math.max(0.6, zoom));
    localStorage.setItem(PRESENTER_ZOOM, this.zoom);
    const screen = Math.min(window.innerWidth / 1280, window.innerHeight / 720);
    this.root.style.setProperty("--n-zoom", Math.max(1, screen) * this.zoom);
  }

  /** Show the lesson to a room: on the whole screen, large, without notes. */
  project() {
    if (this.projected) return this.leaveProjector();
    this.projected = { parent: this.root.parentElement, scrolled: () => this.scale(this.zoom) };
    document.body.append(this.root); // a panel's own bounds would hold it
    this.root.classList.add("nslab-presenting");
    this.scale(Number(localStorage.getItem(PRESENTER_ZOOM)) || 1);
    window.addEventListener("resize", this.projected.scrolled);
    this.fullscreen = () => !document.fullscreenElement && this.leaveProjector();
    // Where a page may not fill the screen, it fills the window.
    this.root.requestFullscreen?.().then(() => document.addEventListener("fullscreenchange", this.fullscreen), () => {});
    this.update();
    this.root.focus();
  }

  leaveProjector() {
    if (!this.projected) return;
    const { parent, scrolled } = this.projected;
    this.projected = null;
    window.removeEventListener("resize", scrolled);
    document.removeEventListener("fullscreenchange", this.fullscreen);
    if (document.fullscreenElement === this.root) document.exitFullscreen();
    this.blank.hidden = true;
    this.root.classList.remove("nslab-presenting", "nslab-with-notes");
    (this.docked || !this.inline.isConnected ? parent : this.inline).append(this.root);
    this.update();
    this.root.focus();
  }

  /** Move the lesson into a tab of its own, as large as the window. */
  present() {
    if (this.docked) return this.docked.close();
    this.inline.replaceChildren(
      h("p", { class: "nslab-dim" }, this.words.presented, " ", h("button", { class: "nslab-link", click: () => this.docked?.close() }, this.words.bringBack)),
    );
    const id = `nslab-stepper-${this.model.get("_model_name")}-${StepperPage.number++}`;
    this.docked = window.nslab.dock({
      id,
      title: this.lesson.title,
      element: this.root,
      from: this.inline,
      mode: "tab",
      onClose: () => {
        this.docked = null;
        this.inline.replaceChildren(this.root);
        this.updateButtons();
      },
    });
    this.updateButtons();
    this.root.focus();
  }

  // what is to be seen

  update() {
    const step = this.lesson.steps[this.shown];
    const had = this.list.querySelector("ol")?.scrollTop ?? 0;
    const hadFocus = this.list.contains(document.activeElement);
    this.list.replaceChildren(stepList(this.lesson, this.progress, this.shown, this.words, (index) => this.show(index)));
    this.list.firstChild.scrollTop = had;
    if (hadFocus) this.list.querySelector("[aria-current]")?.focus({ preventScroll: true }); // keys go on working
    this.dots.replaceChildren(
      ...this.progress.steps.map((record, index) => h("i", { "data-state": record.state, "data-now": index === this.shown })),
      h("span", {}, filled(this.words.place, this.shown + 1, this.lesson.steps.length)),
    );
    const done = this.progress.steps.filter((record) => record.state === "done").length;
    this.bar.value = done;
    this.bar.setAttribute("aria-label", filled(this.words.progress, done, this.lesson.steps.length));
    this.bar.title = this.bar.getAttribute("aria-label");
    this.title.replaceChildren(stepName(step, this.words));
    const badge = { exercise: this.words.exercise, check: this.words.checkpoint }[step.kind] ?? "";
    if (badge && badge !== this.title.textContent) this.title.append(h("span", { class: "nslab-badge" }, badge));
    const { state } = this.progress.steps[this.shown];
    showHtml(this.explanation, step.explanation);
    showHtml(this.afterword, state === "done" ? step.afterword : "");
    for (const words of [this.explanation, this.afterword]) words.hidden = !words.textContent.trim();
    this.root.dataset.busy = this.busy;
    this.happening.classList.toggle("nslab-ahead", state === "waiting");
    this.updateCommand();
    this.updateNotes();
    this.updateButtons();
    // Where not everything has its place: before a step its explanation, after it what it did.
    this.reading.scrollTop = state === "waiting" ? 0 : this.happening.offsetTop - this.reading.offsetTop;
  }

  updateCommand() {
    const step = this.lesson.steps[this.shown];
    const record = this.progress.steps[this.shown];
    const outputs = record.state === "running" ? this.streamed : (this.model.get("outputs")[this.shown] ?? []);
    const editable = step.kind === "exercise" && record.state !== "running" && record.state !== "done";
    const source = editable ? this.editor(step) : h("pre", { class: "nslab-source" }, asTyped(record.source ?? step.source));
    const pieces = outputPieces(outputs);
    const printed = pieces.length ? h("div", { class: "nslab-output" }, ...pieces) : null;
    this.command.replaceChildren(...[source, printed, outcomeLine(step, record, this.words)].filter(Boolean));
    this.command.scrollTop = record.state === "running" ? this.command.scrollHeight : 0;
    const panel = sidePanel(record, this.words);
    this.side.replaceChildren(...panel);
    this.side.hidden = !panel.length;
  }

  editor(step) {
    const area = h("textarea", {
      class: "nslab-editor",
      spellcheck: "false",
      "aria-label": this.words.exerciseHelp,
      title: this.words.exerciseHelp,
      rows: Math.min(10, Math.max(3, (this.written.get(this.shown) ?? step.source).split("\n").length + 1)),
      input: (event) => this.written.set(this.shown, event.target.value),
    });
    area.value = this.written.get(this.shown) ?? step.source;
    return area;
  }

  updateNotes() {
    const notes = [reasonBox(this.progress.steps[this.shown])];
    const strayed = this.model.get("strayed");
    if (this.busy === "restoring") {
      notes.push(h("div", { class: "nslab-note" }, this.words.restoring));
    } else if (strayed.length && strayed.join() !== this.kept) {
      notes.push(this.strayedBox(strayed));
    } else if (this.said) {
      notes.push(h("div", { class: "nslab-note" }, this.said));
    }
    this.notes.replaceChildren(...notes.filter(Boolean));
  }

  strayedBox(strayed) {
    const { words } = this;
    const keep = () => {
      this.kept = strayed.join();
      this.updateNotes();
    };
    const restore = () => this.model.send({ do: "back", step: this.progress.at });
    return h(
      "div",
      { class: "nslab-note nslab-strayed", role: "status" },
      h("div", {}, words.strayed),
      h("ul", {}, ...strayed.slice(0, 5).map((change) => h("li", {}, change)), strayed.length > 5 ? h("li", {}, filled(words.more, strayed.length - 5)) : null),
      h("button", { "data-do": "restore", click: restore }, words.restore),
      " ",
      h("button", { "data-do": "keep", click: keep }, words.keep),
    );
  }

  updateButtons() {
    const { words, buttons, busy } = this;
    const { at, steps } = this.progress;
    const finished = at > this.last;
    const going = this.goal !== null;
    buttons.main.textContent = this.mainLabel();
    buttons.main.disabled = Boolean(busy) || (finished && this.shown === this.last);
    buttons.back.textContent = `← ${this.shown < at - 1 ? words.backHere : words.back}`;
    buttons.back.disabled = Boolean(busy) || (at === 0 && steps[0].state === "waiting");
    buttons.runAll.textContent = going ? words.pause : words.runAll;
    buttons.runAll.disabled = !going && (Boolean(busy) || finished);
    buttons.autoplay.textContent = this.playing !== null ? words.pause : words.autoplay;
    buttons.autoplay.disabled = this.playing === null && (Boolean(busy) || finished);
    buttons.reset.textContent = words.reset;
    buttons.reset.disabled = Boolean(busy);
    const place = this.docked ? words.bringBack : words.present;
    this.presentButton.textContent = this.docked ? "⤡" : "⤢";
    this.presentButton.title = place;
    this.presentButton.setAttribute("aria-label", place);
    buttons.interrupt.textContent = `■ ${words.interrupt}`;
    buttons.interrupt.hidden = busy !== "running" || !window.nslab || !this.lesson.kernel;
  }

  mainLabel() {
    const { words } = this;
    const { at, steps } = this.progress;
    if (this.busy) return this.busy === "running" ? words.running : words.back;
    if (this.shown > at) return words.upTo;
    if (this.shown === at) return steps[at].state === "failed" ? words.again : `▶ ${words.run}`;
    if (this.shown === this.last) return words.finished;
    return `${filled(words.next, plainName(this.lesson.steps[this.shown + 1], words))} →`;
  }

  showPicture() {
    const { svg } = this.model.get("picture");
    if (!svg || svg === this.drawn) return;
    this.drawn = svg;
    showSvg(this.picture, svg);
    this.caption.textContent = takeCaption(this.picture.firstChild);
  }

  /** The widget manager tells that the kernel no longer knows this lesson, as after a restart, or knows it again. */
  updateLife() {
    this.gone = !this.gone;
    this.root.inert = this.gone;
    if (this.gone) this.pauseAll();
    if (this.gone) this.notes.replaceChildren(h("div", { class: "nslab-trouble", role: "alert" }, this.words.gone));
  }
}

StepperPage.number = 0;
const LIST_WIDTH = "nslab-stepper-list"; // in the browser's storage
const PRESENTER_ZOOM = "nslab-presenter-zoom";

export default {
  render({ model, el }) {
    const page = new StepperPage(model, el);
    return () => page.remove();
  },
};
