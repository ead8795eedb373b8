/* The running labs as the page knows them: one for each notebook whose kernel is nslab's, joined to it by a comm. */

import { LANGUAGES, language } from "./page.js";

const PATIENCE = 8000; // milliseconds that an answer may take; a kernel that runs a cell answers after it
const KERNEL = "nslab";

/** What a lab says of itself before its kernel has answered. */
const NOTHING = { hostname: "", namespaces: [], bridges: 0, outside: false, shells: {}, failed: null, broken: false };

export class Lab extends EventTarget {
  constructor(panel) {
    super();
    this.panel = panel;
    this.state = NOTHING;
    this.waiting = new Map();
    this.number = 0;
    this.context.kernelChanged.connect(() => this.join());
    this.context.statusChanged.connect((_, status) => {
      if (status === "idle" && (!this.comm || this.comm.isDisposed)) this.join();
      if (status === "restarting" || status === "autorestarting") this.forget();
    });
    this.context.ready.then(() => this.join());
  }

  get context() {
    return this.panel.sessionContext;
  }

  get kernel() {
    return this.context.session?.kernel ?? null;
  }

  /** Whether the notebook's kernel is a lab, running or about to. */
  get isLab() {
    return (this.kernel?.name ?? this.context.kernelPreference?.name) === KERNEL;
  }

  forget() {
    this.comm = null;
    this.state = NOTHING;
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  async join() {
    const { kernel } = this;
    this.changed();
    if (kernel?.name !== KERNEL) {
      this.forget();
      return;
    }
    if (this.joined === kernel.id && this.comm && !this.comm.isDisposed) return;
    await kernel.info;
    this.joined = kernel.id;
    const comm = kernel.createComm("nslab");
    this.comm = comm;
    comm.onMsg = (message) => this.told(message.content.data);
    comm.onClose = () => {
      if (this.comm === comm) this.comm = null;
    };
    comm.open({ language: languageOf(this.panel.context.path) });
  }

  told(data) {
    if (data.kind === "state") {
      this.state = data;
      this.changed();
    } else if (this.waiting.has(data.id)) {
      this.waiting.get(data.id)(data);
      this.waiting.delete(data.id);
    }
  }

  /** Ask the kernel; null where no answer comes, since it is busy or gone. */
  async ask(content) {
    if (!this.comm || this.comm.isDisposed) return null;
    const id = ++this.number;
    const answer = new Promise((resolve) => {
      this.waiting.set(id, resolve);
      setTimeout(() => resolve(null), PATIENCE);
    });
    this.comm.send({ ...content, id });
    const given = await answer;
    this.waiting.delete(id);
    return given;
  }

  speak(name) {
    if (this.comm && !this.comm.isDisposed) this.comm.send({ do: "language", language: name });
  }
}

/** The language that a lesson is written in, by its folder; what the user chose, elsewhere; or the kernel's own. */
export function languageOf(path) {
  return folderOf(path) ?? language.chosen;
}

/** The folder of a language that a notebook is in. */
const folderOf = (path) => path.split("/").slice(0, -1).find((name) => LANGUAGES.includes(name));

export class Labs extends EventTarget {
  constructor(app, tracker) {
    super();
    this.app = app;
    this.tracker = tracker;
    this.known = new Map();
    this.greeters = [];
    tracker.widgetAdded.connect((_, panel) => this.add(panel));
    tracker.forEach((panel) => this.add(panel));
    tracker.currentChanged.connect(() => this.changed());
    language.onChange(() => {
      for (const lab of this.known.values()) {
        if (!folderOf(lab.panel.context.path)) lab.speak(language.chosen);
      }
    });
  }

  changed() {
    const panel = this.current?.panel;
    const folder = panel && folderOf(panel.context.path);
    if (folder) language.show(folder);
    this.dispatchEvent(new Event("change"));
  }

  add(panel) {
    if (this.known.has(panel)) return;
    const lab = new Lab(panel);
    this.known.set(panel, lab);
    lab.addEventListener("change", () => this.changed());
    for (const greet of this.greeters) greet(lab);
    panel.disposed.connect(() => {
      this.known.delete(panel);
      this.changed();
    });
    this.changed();
  }

  /** Do something with each lab that is open, and with each that will be. */
  onEach(act) {
    this.greeters.push(act);
    for (const lab of this.known.values()) act(lab);
  }

  /** The lab of the notebook in use, or else any that is open. */
  get current() {
    const lab = this.known.get(this.tracker.currentWidget);
    if (lab?.isLab) return lab;
    return [...this.known.values()].find((other) => other.isLab) ?? null;
  }

  /** The lab whose notebook, or whose panel beside it, an element is in. */
  of(element) {
    for (const [panel, lab] of this.known) if (panel.node.contains(element)) return lab;
    for (const panel of this.app.shell.widgets("main")) {
      if (panel.node.contains(element) && panel.nslabNotebook) return this.known.get(panel.nslabNotebook) ?? null;
    }
    return null;
  }
}
