/* The lessons: which ones there are, how far each is, and starting one again. All of it is read from the notebooks. */

import { language } from "./page.js";
import { everywhere, say } from "./words.js";

const VERDICTS = "nslab_verdicts"; // metadata of a checkpoint's output (jupyter/verdicts.py)
const CHECK = /^\s*%%?netns_check\b/;
const PLAIN = new RegExp(`^(${everywhere("checkpoint").join("|")})(?!\\p{L})`, "iu"); // a heading that says no more than that
const LESSON = /^\d\d.*\.ipynb$/;
const FOLDERS = ["", "notebooks/", "nslab-lessons/"]; // where lessons lie below the server's folder

/** What an old copy is called; it isn't listed as a lesson. */
const BEFORE = /\(\d{4}-\d\d-\d\d \d\d\.\d\d(, \d+)?\)\.ipynb$|\.new\.ipynb$/;

const sourceOf = (cell) => (Array.isArray(cell.source) ? cell.source.join("") : (cell.source ?? ""));

/** Whether a checkpoint's last run found everything as it should be. */
function hasPassed(cell) {
  return (cell.outputs ?? []).some(({ metadata }) => metadata?.[VERDICTS]?.length && metadata[VERDICTS].every(({ holds }) => holds));
}

/** The last heading of a Markdown text, without its marks. */
function headingOf(source) {
  const found = [...source.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].at(-1);
  return found?.[1].replace(/[`*_]/g, "") ?? "";
}

/** A notebook's title and its checkpoints, each with its name and whether it has been passed. */
export function readLesson(content, name) {
  let title = "";
  let heading = "";
  const checkpoints = [];
  for (const cell of content.cells ?? []) {
    const source = sourceOf(cell);
    if (cell.cell_type === "markdown") {
      title ||= source.match(/^#\s+(.+)$/m)?.[1].replace(/[`*_]/g, "") ?? "";
      const found = headingOf(source);
      heading = found && !(PLAIN.test(found) && heading) ? found : heading;
    } else if (cell.cell_type === "code" && CHECK.test(source)) {
      checkpoints.push({ id: cell.id, name: heading || say("checkpoint"), passed: hasPassed(cell) });
    }
  }
  return { title: title || name.replace(/\.ipynb$/, ""), checkpoints };
}

export class Lessons extends EventTarget {
  constructor(app, labs, { services, apputils }, base) {
    super();
    this.app = app;
    this.labs = labs;
    this.services = services;
    this.apputils = apputils;
    this.base = base;
    this.contents = app.serviceManager.contents;
    this.list = [];
    this.watched = new WeakSet();
    this.contents.fileChanged.connect((_, { type, newValue, oldValue }) => {
      const path = newValue?.path ?? oldValue?.path ?? "";
      if (type !== "save" || !this.find(path)) this.look();
    });
    labs.addEventListener("change", () => this.watch());
    language.onChange(() => this.look());
    this.look();
  }

  find(path) {
    return this.list.find((lesson) => lesson.path === path);
  }

  /** Find the lessons in the language of the moment, and read them. */
  async look() {
    const wanted = language.now;
    const run = (this.run = (this.run ?? 0) + 1);
    let found = [];
    for (const folder of FOLDERS) {
      found = await this.inFolder(`${folder}${wanted}`);
      if (found.length) break;
    }
    if (!found.length) found = await this.inFolder("");
    if (run !== this.run) return;
    const lessons = await Promise.all(found.map((file) => this.read(file)));
    if (run !== this.run) return;
    this.list = lessons.filter(Boolean);
    this.watch();
    this.changed();
  }

  async inFolder(path) {
    try {
      const { content } = await this.contents.get(path, { content: true });
      return content.filter(({ type, name }) => type === "notebook" && LESSON.test(name) && !BEFORE.test(name)).sort((one, other) => one.name.localeCompare(other.name));
    } catch {
      return []; // there is no such folder here
    }
  }

  async read({ path, name }) {
    try {
      const { content } = await this.contents.get(path, { content: true, type: "notebook" });
      return { path, name, ...readLesson(content, name) };
    } catch {
      return null; // deleted meanwhile
    }
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  // how far an open lesson is

  /** Follow the lessons that are open: a checkpoint counts once it has passed, and is kept by saving the notebook. */
  watch() {
    for (const { panel } of this.labs.known.values()) {
      if (this.watched.has(panel)) continue;
      this.watched.add(panel);
      panel.context.ready.then(() => {
        panel.context.model?.contentChanged.connect(() => this.later(panel));
        this.later(panel);
      });
    }
  }

  later(panel) {
    clearTimeout(panel.nslabTimer);
    panel.nslabTimer = setTimeout(() => this.follow(panel), 400);
  }

  follow(panel) {
    if (panel.isDisposed) return;
    const lesson = this.find(panel.context.path);
    if (!lesson) return;
    const before = lesson.checkpoints.filter(({ passed }) => passed).length;
    Object.assign(lesson, readLesson(panel.context.model.toJSON(), lesson.name));
    const now = lesson.checkpoints.filter(({ passed }) => passed).length;
    this.changed();
    if (now !== before) panel.context.save().catch(() => {});
  }

  // the lesson to go on with

  /** The lesson in use, the first that isn't finished after one that is begun, or the first of all. */
  get next() {
    const isDone = ({ checkpoints }) => checkpoints.length > 0 && checkpoints.every(({ passed }) => passed);
    const current = this.current;
    if (current && !isDone(current)) return current;
    const begun = this.list.findLastIndex(({ checkpoints }) => checkpoints.some(({ passed }) => passed));
    return this.list.slice(Math.max(0, begun)).find((lesson) => !isDone(lesson)) ?? this.list[0] ?? null;
  }

  get current() {
    return this.find(this.labs.tracker.currentWidget?.context.path ?? "");
  }

  open(lesson) {
    return this.app.commands.execute("docmanager:open", { path: lesson.path, factory: "Notebook" });
  }

  /** Open the lesson where its first checkpoint waits that hasn't been passed. */
  async goOn(lesson) {
    const panel = await this.open(lesson);
    await panel?.context?.ready;
    const waiting = lesson.checkpoints.find(({ passed }) => !passed);
    const index = waiting ? panel.content.widgets.findIndex((cell) => cell.model.id === waiting.id) : -1;
    if (index < 0 || !lesson.checkpoints.some(({ passed }) => passed)) return;
    panel.content.activeCellIndex = index;
    panel.content.scrollToItem(index, "center").catch(() => {});
  }

  /** The lesson as it came with nslab. */
  async original(lesson) {
    const settings = this.app.serviceManager.serverSettings;
    const url = new URL(`lessons/${language.now}/${encodeURIComponent(lesson.name)}`, this.base).href;
    const answer = await this.services.ServerConnection.makeRequest(url, {}, settings);
    return answer.ok ? answer.json() : null;
  }

  /** Start a lesson again: what the student has is kept beside it under another name. */
  async startAgain(lesson) {
    const fresh = await this.original(lesson);
    const { Dialog, showDialog } = this.apputils;
    if (!fresh) {
      await showDialog({ title: lesson.title, body: say("notShipped"), buttons: [Dialog.okButton({ label: say("ok") })] });
      return;
    }
    const kept = await this.nameForOld(lesson);
    const { button } = await showDialog({
      title: say("startAgainTitle", lesson.title),
      body: say("startAgainBody", kept.split("/").at(-1)),
      buttons: [Dialog.cancelButton({ label: say("cancel") }), Dialog.okButton({ label: say("startAgain") })],
    });
    if (!button.accept) return;
    for (const { panel } of [...this.labs.known.values()]) {
      if (panel.context.path !== lesson.path) continue;
      await panel.context.save();
      await panel.sessionContext.shutdown();
      panel.dispose();
    }
    const old = await this.contents.get(lesson.path, { content: true, type: "notebook" });
    await this.contents.save(kept, { type: "notebook", format: "json", content: old.content });
    await this.contents.save(lesson.path, { type: "notebook", format: "json", content: fresh });
    await this.look();
    await this.open(lesson);
  }

  /** A name beside the lesson that no file has: the day and the minute make it plain which one it is. */
  async nameForOld(lesson) {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    const stamp = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}.${two(now.getMinutes())}`;
    const stem = lesson.path.replace(/\.ipynb$/, "");
    for (let number = 1; ; number++) {
      const name = `${stem} (${stamp}${number > 1 ? `, ${number}` : ""}).ipynb`;
      const taken = await this.contents.get(name, { content: false }).then(() => true, () => false);
      if (!taken) return name;
    }
  }
}
