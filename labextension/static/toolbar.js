/* The lab's buttons in the toolbar of each notebook whose kernel is a lab. */

import { KEYS, MAGICS, magicOf } from "./commands.js";
import { h, icon, language } from "./page.js";
import { popup } from "./popup.js";
import { say } from "./words.js";

const BUTTONS = ["play", "live", "terminal", "why", "break", "reset"];
const WITH_MENU = new Set(["terminal", "why", "break"]);

/** What the small arrow of a button offers. */
function entriesOf(name, lab, commands) {
  const act = (command, args) => () => commands.execute(command, { ...args, panel: lab.panel });
  const cell = (label, source) => ({ label, icon: "plus", command: source, note: say("newCell"), act: act("nslab:why", { source }) });
  const { namespaces, shells, hostname, failed } = lab.state;
  const inside = namespaces.filter(({ outside }) => !outside);
  if (name === "terminal") {
    return namespaces.map(({ name: namespace }) => ({
      label: say("terminalIn", namespace === "host" ? hostname : namespace),
      icon: "terminal",
      command: namespace === "host" ? MAGICS.terminal : `${MAGICS.terminal} ${namespace}`,
      full: shells[namespace],
      note: say("opens"),
      act: act("nslab:terminal", { namespace }),
    }));
  }
  if (name === "why") {
    const last = failed ? [cell(say("whyPing", ...failed), `%netns_why ${failed.join(" ")}`), null] : [];
    const pairs = inside.flatMap((from) =>
      namespaces.filter((to) => to !== from && to.address && from.name !== "host").map((to) => cell(say("whyPing", from.name, to.name === "host" ? hostname : to.name), `%netns_why ${from.name} ${to.address}`)),
    );
    return [...last, ...pairs.slice(0, 14)];
  }
  return [
    ...[1, 2, 3].map((level) => ({
      label: `${say("level", level)}: ${say(`level${level}`)}`,
      icon: "break",
      command: `${MAGICS.break} --level ${level}`,
      note: say("newCell"),
      act: act("nslab:break", { level }),
    })),
    null,
    { label: say("hint"), icon: "why", command: MAGICS.hint, note: say("newCell"), act: act("nslab:hint") },
    { ...cell(say("check"), "%netns_check"), icon: "check" },
    { ...cell(say("putBack"), `${MAGICS.break} --off`), icon: "reset" },
  ];
}

class Bar {
  constructor(lab, commands) {
    this.lab = lab;
    this.commands = commands;
    this.node = h("div", { class: "nslab-toolbar", role: "group", "aria-label": "nslab" });
    this.tip = h("div", { class: "nslab-tooltip", role: "tooltip", hidden: true });
    this.draw();
    lab.addEventListener("change", () => this.update());
    this.stop = language.onChange(() => this.draw());
    lab.panel.disposed.connect(() => {
      this.stop();
      this.tip.remove();
    });
  }

  draw() {
    this.node.replaceChildren(...BUTTONS.map((name) => this.button(name)));
    this.update();
  }

  update() {
    this.node.hidden = !this.lab.isLab;
    this.node.parentElement?.classList.toggle("lm-mod-hidden", !this.lab.isLab);
  }

  button(name) {
    const run = () => {
      this.tip.hidden = true;
      this.commands.execute(`nslab:${name}`, { panel: this.lab.panel });
    };
    const main = h("button", { class: "nslab-button", "data-do": name, "aria-label": `${say(name)}: ${MAGICS[name]}`, click: run }, icon(name), h("span", { class: "nslab-word" }, say(name)));
    main.addEventListener("pointerenter", () => this.show(name, main));
    main.addEventListener("focus", () => main.matches(":focus-visible") && this.show(name, main));
    for (const gone of ["pointerleave", "blur"]) main.addEventListener(gone, () => (this.tip.hidden = true));
    if (!WITH_MENU.has(name)) return main;
    const more = h("button", { class: "nslab-button nslab-more", "data-do": `${name}-menu`, "aria-haspopup": "menu", "aria-label": `${say(name)} …` }, icon("down"));
    more.addEventListener("click", () => {
      const box = main.getBoundingClientRect();
      const entries = entriesOf(name, this.lab, this.commands);
      if (entries.length) popup({ entries, at: { x: box.left, y: box.bottom + 3 } });
    });
    return h("span", { class: "nslab-split" }, main, more);
  }

  /** What a button does, its key, and the magic that it runs. */
  show(name, button) {
    const does = name === "why" && !this.lab.state.failed ? say("whyTipAny") : say(`${name}Tip`);
    this.tip.replaceChildren(
      h("div", {}, h("b", {}, say(name)), " ", does, " ", h("kbd", {}, KEYS[name])),
      h("code", {}, magicOf(name, this.lab)),
    );
    document.body.append(this.tip);
    this.tip.hidden = false;
    const box = button.getBoundingClientRect();
    this.tip.style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - this.tip.offsetWidth - 6))}px`;
    this.tip.style.top = `${box.bottom + 4}px`;
  }
}

/** Add the buttons to every notebook's toolbar; they are seen only where the kernel is a lab. */
export function addToolbars(labs, commands, { lumino }) {
  const done = new WeakSet();
  const add = (panel) => {
    const lab = labs.known.get(panel);
    if (!lab || done.has(panel)) return;
    done.add(panel);
    const widget = new lumino.Widget({ node: h("div", { class: "nslab-toolbar-item jp-Toolbar-item" }) });
    widget.node.append(new Bar(lab, commands).node);
    widget.node.classList.toggle("lm-mod-hidden", !lab.isLab);
    const place = () => panel.toolbar.insertBefore("spacer", "nslab", widget);
    panel.context.ready.then(() => {
      if (!panel.isDisposed && !place()) panel.toolbar.insertItem(10, "nslab", widget);
    });
  };
  for (const panel of labs.known.keys()) add(panel);
  labs.tracker.widgetAdded.connect((_, panel) => add(panel));
}
