/* Pictures in the page: seen whole after the cell that made them, at full size by a click, and with a menu for each thing. */

import { addCell } from "./cells.js";
import { copyText, h, icon } from "./page.js";
import { closePopup, popup } from "./popup.js";
import { say } from "./words.js";

const PICTURE = "svg.nslab-picture";
const LONG = 550; // milliseconds that a finger rests for a menu
const SETTLING = 1200; // milliseconds after a cell in which JupyterLab still scrolls by itself
const MADE = "svg.nslab-picture, .nslab-seen, .nslab-stepper"; // what an output is looked at for
const MARGIN = 6; // pixels kept free above and below what is brought into view

/** The thing of a picture that an element belongs to. */
const thingOf = (target) => target.closest?.(`${PICTURE} [data-id]`) ?? null;

export class Pictures {
  constructor(labs, actions) {
    this.labs = labs;
    this.actions = actions;
    // JupyterLab's own menu listens at the document: ours comes before.
    document.addEventListener("contextmenu", (event) => this.pressed(event), true);
    document.addEventListener("click", (event) => this.clicked(event));
    document.addEventListener("touchstart", (event) => this.touched(event), { passive: true });
  }

  // full size

  /** The picture that is seen now, or nearest to the middle of what is seen. */
  inView() {
    const panel = this.labs.tracker.currentWidget;
    const middle = window.innerHeight / 2;
    const seen = [...(panel?.node.querySelectorAll(`.jp-OutputArea ${PICTURE}`) ?? [])].filter((picture) => {
      const box = picture.getBoundingClientRect();
      return box.width && box.bottom > 0 && box.top < window.innerHeight;
    });
    const away = (picture) => {
      const box = picture.getBoundingClientRect();
      return Math.abs((box.top + box.bottom) / 2 - middle);
    };
    return seen.sort((one, other) => away(one) - away(other))[0] ?? null;
  }

  toggleFull() {
    if (this.full?.open) this.full.close();
    else if (this.inView()) this.showFull(this.inView());
  }

  showFull(picture) {
    const copy = picture.cloneNode(true);
    copy.removeAttribute("style");
    const [, , wide, high] = picture.getAttribute("viewBox").split(" ").map(Number);
    copy.style.aspectRatio = `${wide} / ${high}`;
    const dialog = h("dialog", { class: "nslab-full", "aria-label": say("fullSize") });
    dialog.append(copy, h("button", { class: "nslab-link nslab-full-close", click: () => dialog.close() }, say("close"), " ", h("kbd", {}, "Esc")));
    dialog.nslabLab = this.labs.of(picture);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key.toLowerCase() === "f") dialog.close();
    });
    dialog.addEventListener("close", () => {
      closePopup();
      dialog.remove();
      this.full = null;
    });
    document.body.append(dialog);
    this.full = dialog;
    dialog.showModal();
  }

  clicked(event) {
    const button = event.target.closest?.("[data-nslab]");
    if (button) {
      event.preventDefault(); // it may stand in the line of something folded
      this.act(button);
      return;
    }
    const picture = event.target.closest?.(`.jp-OutputArea ${PICTURE}`);
    if (picture && !event.target.closest(".nslab") && this.labs.of(picture)) this.showFull(picture);
  }

  /** A button of an output: it copies what it carries, or runs that in a new cell. */
  async act(button) {
    const text = button.closest("[data-nslab-text]").dataset.nslabText;
    const lab = this.labs.of(button);
    if (button.dataset.nslab === "full") {
      this.showFull(button.closest(".jp-OutputArea-child").querySelector(PICTURE));
    } else if (button.dataset.nslab === "run" && lab) {
      this.select(lab, button);
      addCell(lab, this.actions, text);
    } else {
      await copyText(text);
      const before = button.textContent;
      button.textContent = say("copied");
      setTimeout(() => (button.textContent = before), 1500);
    }
  }

  /** Make the cell that an element is in the one in use, so that a new cell comes below it. */
  select(lab, element) {
    const { content } = lab.panel;
    const index = content.widgets.findIndex((cell) => cell.node.contains(element));
    if (index >= 0) content.activeCellIndex = index;
  }

  // the menu of a thing

  touched(event) {
    const thing = thingOf(event.target);
    if (!thing || event.touches.length !== 1) return;
    const { clientX: x, clientY: y } = event.touches[0];
    const timer = setTimeout(() => this.openMenu(thing, { x, y }), LONG);
    const end = () => clearTimeout(timer);
    for (const name of ["touchend", "touchmove", "touchcancel"]) document.addEventListener(name, end, { once: true });
  }

  pressed(event) {
    const thing = thingOf(event.target);
    if (!thing || !this.labOf(thing)) return;
    event.preventDefault();
    event.stopPropagation();
    const box = thing.getBoundingClientRect();
    const byKey = event.clientX === 0 && event.clientY === 0;
    this.openMenu(thing, byKey ? { x: box.left + 20, y: box.top + 20 } : { x: event.clientX, y: event.clientY });
  }

  labOf(thing) {
    const lab = thing.closest("dialog")?.nslabLab ?? this.labs.of(thing);
    return lab?.isLab ? lab : null;
  }

  async openMenu(thing, at) {
    const lab = this.labOf(thing);
    const answer = lab && (await lab.ask({ do: "menu", thing: thing.dataset.id }));
    if (!answer) {
      popup({ entries: [{ label: say(lab ? "busy" : "noLab") }], at });
      return;
    }
    const picture = thing.closest(PICTURE);
    const marked = picture.querySelectorAll(`[data-id="${CSS.escape(thing.dataset.id)}"]`);
    for (const group of marked) group.classList.add("nslab-chosen");
    popup({
      title: answer.title,
      subtitle: answer.subtitle,
      entries: answer.entries.map((entry) => this.entry(entry, lab, picture)),
      at,
      onClose: () => marked.forEach((group) => group.classList.remove("nslab-chosen")),
    });
  }

  /** An entry as the kernel describes it, with what it does. */
  entry(described, lab, picture) {
    if (!described) return null;
    const notes = { cell: "newCell", run: "runsNow", terminal: "opens" };
    const { kind, source } = described;
    const acts = {
      cell: () => this.addCell(lab, picture, source),
      run: () => this.runNow(lab, picture, described),
      terminal: () => window.nslab.terminal({ line: source, title: described.namespace, from: lab.panel.node }),
      copy: () => copyText(source),
      ask: () => this.ask(lab, picture, described),
    };
    return {
      label: described.label,
      icon: described.icon,
      command: described.command,
      full: source,
      danger: described.danger,
      note: notes[kind] && say(notes[kind]),
      act: acts[kind],
      entries: described.entries?.map((inner) => this.entry(inner, lab, picture)),
    };
  }

  addCell(lab, picture, source) {
    this.full?.close();
    this.select(lab, picture);
    addCell(lab, this.actions, source);
  }

  /** Ask for a word that the command lacks, where the menu was. */
  ask(lab, picture, { label, source, proposed, asked }) {
    const input = h("input", { value: proposed ?? "", "aria-label": asked, size: 28 });
    const form = h("form", { method: "dialog" }, h("label", {}, asked, " ", input), h("button", { class: "nslab-primary" }, say("ok")));
    const dialog = h("dialog", { class: "nslab-ask", "aria-label": label }, h("b", {}, label), form);
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    form.addEventListener("submit", () => {
      const word = input.value.trim();
      if (word) this.addCell(lab, picture, source.replace("…", () => word));
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    input.select();
  }

  /** Run a command that switches something, show the network after it, and leave a line that says so. */
  async runNow(lab, picture, { source, undo }) {
    const answer = await lab.ask({ do: "run", command: source });
    const line = this.lineBelow(picture);
    if (!answer) {
      line.replaceChildren(h("span", { class: "nslab-bad" }, say("busy")));
      return;
    }
    const button = (text, symbol, act) => h("button", { class: "nslab-link", click: act }, icon(symbol), " ", text);
    const parts = [
      h("span", { class: answer.ok ? false : "nslab-bad" }, answer.ok ? say("ran") : say("failed"), " "),
      h("code", {}, source),
      answer.said ? h("span", { class: "nslab-bad" }, ` ${answer.said} `) : null,
      answer.ok && undo ? button(say("undo"), "reset", () => this.runNow(lab, this.shownAt(line) ?? picture, { source: undo, undo: source })) : null,
      button(say("copy"), "copy", () => copyText(source)),
      button(say("keep"), "plus", () => this.keep(lab, line, source)),
    ];
    line.replaceChildren(...parts.filter(Boolean));
    if (answer.picture && !picture.closest(".nslab-live")) this.exchange(picture, answer.picture);
  }

  shownAt(line) {
    return line.parentElement?.querySelector(PICTURE);
  }

  keep(lab, line, source) {
    this.select(lab, line);
    addCell(lab, this.actions, `!${source}`, { run: false });
    line.remove();
  }

  lineBelow(picture) {
    const host = picture.closest(".jp-RenderedHTMLCommon, .nslab-live, dialog") ?? picture.parentElement;
    const known = host.querySelector(":scope > .nslab-ran");
    const line = known ?? h("div", { class: "nslab-ran", role: "status" });
    if (!known) host.append(line);
    return line;
  }

  /** Put another picture in place of one, and its caption in place of that one's. */
  exchange(picture, html) {
    const parsed = document.importNode(new DOMParser().parseFromString(html, "text/html").body, true);
    const [fresh, caption] = [parsed.querySelector("svg"), parsed.querySelector(".nslab-caption")];
    if (picture.closest("dialog")) {
      fresh.removeAttribute("style");
      fresh.style.cssText = picture.style.cssText;
    } else {
      picture.parentElement.querySelector(":scope > .nslab-caption")?.remove();
      if (caption) picture.after(caption);
    }
    picture.replaceWith(fresh);
  }
}

/**
 * After Shift+Enter the picture just made, and the code that made it, are both on the screen.
 *
 * JupyterLab goes to the next cell before the output is there; so when the cell is done, what it made is brought into
 * view, unless the person has scrolled meanwhile or has gone elsewhere.
 */
export function keepInView(actions, labs) {
  const scrolled = new WeakMap(); // when a person last scrolled in a notebook
  const started = new WeakMap(); // when a cell began
  const watching = new WeakMap(); // who watches the cell last run of a notebook

  const note = (event) => {
    const panel = event.target.closest?.(".jp-NotebookPanel");
    if (panel) scrolled.set(panel, performance.now());
  };
  document.addEventListener("wheel", note, { passive: true, capture: true });
  document.addEventListener("touchmove", note, { passive: true, capture: true });
  // A reader who opens something folded looks there; an answer to a question is followed by a picture.
  const TAKEN = ".jp-WindowedPanel-scrollbar, .jp-OutputArea :is(summary, button):not(.nslab-predict *)";
  document.addEventListener("pointerdown", (event) => event.target.closest?.(TAKEN) && note(event), true);
  document.addEventListener("keydown", (event) => ["PageUp", "PageDown", "ArrowUp", "ArrowDown"].includes(event.key) && note(event), true);

  actions.executionScheduled.connect((_, { cell }) => started.set(cell, performance.now()));
  actions.executed.connect((_, { notebook, cell, success }) => {
    const lab = [...labs.known.values()].find((other) => other.panel.content === notebook);
    if (!lab?.isLab || success === undefined) return;
    const begin = started.get(cell) ?? 0;
    const free = () => !((scrolled.get(lab.panel.node) ?? 0) > begin) && goesOn(notebook, cell);
    let until = performance.now() + SETTLING;
    let frame = null;
    const look = () => {
      frame = null;
      if (cell.isDisposed || !free()) return grows.disconnect();
      bringIntoView(notebook, cell);
      if (performance.now() < until) frame = requestAnimationFrame(look);
    };
    // A widget's picture comes later than the cell's end, and another one after an answer is given there.
    const grows = new ResizeObserver(() => {
      until = performance.now() + SETTLING;
      frame ??= requestAnimationFrame(look);
    });
    watching.get(notebook)?.disconnect();
    watching.set(notebook, grows);
    grows.observe(cell.node);
  });
}

/** Whether the person is still where Shift+Enter has put them: at the cell, or at the one after it. */
function goesOn(notebook, cell) {
  const at = notebook.widgets.indexOf(cell);
  return notebook.activeCellIndex === at || notebook.activeCellIndex === at + 1;
}

function bringIntoView(notebook, cell) {
  const outer = scroller(cell.node);
  const output = cell.node.querySelector(".jp-OutputArea");
  // What is folded has a box, too.
  const end = (selector) => {
    const parts = [...(output?.querySelectorAll(selector) ?? [])].filter((part) => part.checkVisibility());
    return Math.max(...parts.map((part) => part.getBoundingClientRect().bottom));
  };
  const needed = end(MADE);
  if (!outer || needed === -Infinity) return;
  const shown = outer.getBoundingClientRect();
  const top = cell.node.querySelector(".jp-InputArea").getBoundingClientRect().top - MARGIN;
  const told = end(`${MADE}, .nslab-caption`);
  const bottom = (told - top > shown.height ? needed : told) + MARGIN; // the caption, where there is space for it
  const next = notebook.widgets[notebook.widgets.indexOf(cell) + 1]?.node.getBoundingClientRect();
  // As much of the next cell as there is space for: that's the one in use.
  const wished = Math.max(bottom, Math.min(next ? Math.min(next.bottom, next.top + 90) : bottom, top + shown.height));
  const high = shown.height;
  let by = 0;
  if (bottom - top > high) by = bottom - shown.bottom; // too tall for both: what was made, rather than the code
  else if (top < shown.top) by = top - shown.top;
  else if (wished > shown.bottom) by = Math.min(wished - shown.bottom, top - shown.top);
  if (Math.abs(by) >= 1) outer.scrollTop += by;
}

/** What scrolls the notebook. */
function scroller(node) {
  for (let at = node.parentElement; at; at = at.parentElement) {
    if (/(auto|scroll)/.test(getComputedStyle(at).overflowY) && at.scrollHeight > at.clientHeight + 1) return at;
  }
  return null;
}
