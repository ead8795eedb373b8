/* The side panel: the lessons with their checkpoints, and the lab that is running. */

import { LANGUAGES, h, icon, language } from "./page.js";
import { count, say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const ROUND = 2 * Math.PI * 7;

/** A ring that fills as checkpoints are passed; a tick once all are. */
export function ring(passed, all, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 18 18", width: size, height: size, class: "nslab-ring", role: "img" })) svg.setAttribute(name, value);
  svg.setAttribute("aria-label", say("passed", passed, all));
  const done = all > 0 && passed === all;
  svg.innerHTML = done
    ? '<circle cx="9" cy="9" r="8.5" class="nslab-ring-done"/><path d="M5.5 9.300l2.3 2.3 4.7-5" class="nslab-ring-tick"/>'
    : `<circle cx="9" cy="9" r="7" class="nslab-ring-empty"/><circle cx="9" cy="9" r="7" class="nslab-ring-full" stroke-dasharray="${(ROUND * passed) / (all || 1)} ${ROUND}" transform="rotate(-90 9 9)"/>`;
  return svg;
}

/** What a language calls itself: English, Deutsch. */
const ownName = (name) => new Intl.DisplayNames([name], { type: "language" }).of(name);

export class Panel {
  constructor(lessons, labs, commands) {
    this.lessons = lessons;
    this.labs = labs;
    this.commands = commands;
    this.node = h("div", { class: "nslab-panel" });
    lessons.addEventListener("change", () => this.draw());
    labs.addEventListener("change", () => this.draw());
    language.onChange(() => this.draw());
    this.draw();
  }

  draw() {
    const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const scrolled = this.node.querySelector(".nslab-panel-list")?.scrollTop ?? 0;
    const { list, current } = this.lessons;
    this.node.lang = language.now;
    this.node.replaceChildren(
      h("header", {}, h("h2", {}, say("lessons")), this.languages()),
      h("div", { class: "nslab-panel-list" }, ...list.map((lesson) => this.lesson(lesson, lesson === current)), this.foot(list)),
      this.lab(),
    );
    this.node.querySelector(".nslab-panel-list").scrollTop = scrolled;
    if (focused) this.node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  languages() {
    const button = (name, label) =>
      h("button", { "data-key": `language-${name}`, "aria-pressed": String(language.now === name), lang: name, click: () => this.speak(name) }, label);
    return h("div", { class: "nslab-languages", role: "group", "aria-label": say("choose") }, ...LANGUAGES.map((name) => button(name, ownName(name))));
  }

  speak(name) {
    language.choose(name);
  }

  lesson(lesson, isCurrent) {
    const passed = lesson.checkpoints.filter((checkpoint) => checkpoint.passed).length;
    const all = lesson.checkpoints.length;
    const head = h(
      "button",
      { class: "nslab-lesson", "data-key": lesson.path, "aria-current": isCurrent ? "page" : false, click: () => this.lessons.open(lesson) },
      ring(passed, all),
      h("span", { class: "nslab-lesson-title" }, lesson.title),
      h("span", { class: "nslab-count" }, `${passed}/${all}`),
    );
    return h("div", { class: isCurrent ? "nslab-open-lesson" : false }, head, isCurrent ? this.details(lesson) : null);
  }

  details(lesson) {
    const waiting = lesson.checkpoints.find(({ passed }) => !passed);
    const items = lesson.checkpoints.map((checkpoint) => {
      const state = checkpoint.passed ? "passed" : checkpoint === waiting ? "next" : "waiting";
      return h("li", { class: `nslab-checkpoint-${state}` }, checkpoint.passed ? icon("check") : h("span", { class: "nslab-dot" }), h("span", {}, checkpoint.name));
    });
    return h(
      "div",
      { class: "nslab-details" },
      h("ol", {}, ...items),
      waiting ? h("button", { class: "nslab-primary", "data-key": "continue", click: () => this.lessons.goOn(lesson) }, say("continue")) : null,
      h("button", { class: "nslab-plain", "data-key": "again", click: () => this.lessons.startAgain(lesson) }, icon("reset"), " ", say("startAgain")),
    );
  }

  foot(list) {
    if (!list.length) return h("p", { class: "nslab-dim" }, ...code(say("noLessons")));
    const folder = list[0].path.split("/").slice(0, -1).join("/");
    return h("p", { class: "nslab-dim" }, ...code(say("copies", folder ? `\`${folder}/\`` : "`.`")));
  }

  lab() {
    const lab = this.labs.current;
    if (!lab?.state.hostname) return h("footer", { class: "nslab-dim" }, say("noLabRuns"));
    const { hostname, namespaces, bridges, outside } = lab.state;
    const inside = namespaces.filter((namespace) => namespace.name !== "host" && !namespace.outside).length;
    const act = (name, symbol) =>
      h("button", { class: "nslab-plain", "data-key": `lab-${name}`, title: this.commands.caption(`nslab:${name}`), click: () => this.commands.execute(`nslab:${name}`, { panel: lab.panel }) }, icon(symbol), " ", say(name));
    return h(
      "footer",
      {},
      h("b", {}, say("thisLab", hostname)),
      h("div", { class: "nslab-dim" }, [count("namespace", "namespaces", inside), count("bridge", "bridges", bridges), ...(outside ? [say("outside")] : [])].join(" · ")),
      act("terminal", "terminal"),
      act("reset", "reset"),
    );
  }
}

/** A sentence in which `what stands between backticks` is code. */
function code(sentence) {
  return sentence.split("`").map((part, number) => (number % 2 ? h("code", {}, part) : part));
}
