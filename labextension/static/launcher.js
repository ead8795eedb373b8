/* Cards in JupyterLab's launcher: go on with the course, an empty lab, a terminal inside the lab, the live picture. */

import { LOGO, h, iconSvg } from "./page.js";
import { everywhere, say } from "./words.js";

// The lab's cards come first, and the first of them is wide; JupyterLab names a section by its words.
const OURS = everywhere("category").map((name) => `[data-category=${JSON.stringify(name)}]`).join(", ");
const STYLE =
  `.jp-Launcher-section:has(${OURS}) { order: -1; } ` +
  `.jp-LauncherCard:is(${OURS}):first-child { width: 220px; border-left: 4px solid var(--nslab-blue); }`;

const RANK = { continue: 0, lessons: 1, notebook: 2, terminal: 3, live: 4 };

export function addLauncher(app, { ui }, { launcher, labs, lessons, openPanel }) {
  document.head.append(h("style", {}, STYLE));
  const acts = {
    continue: {
      label: () => {
        const lesson = lessons.next;
        if (!lesson) return say("allLessons");
        const passed = lesson.checkpoints.filter((checkpoint) => checkpoint.passed).length;
        const waiting = lesson.checkpoints.find((checkpoint) => !checkpoint.passed);
        if (!passed || !waiting) return say("startCard", lesson.title);
        return say("continueCard", say("continueNext", lesson.title, passed, lesson.checkpoints.length, waiting.name));
      },
      icon: LOGO,
      execute: () => (lessons.next ? lessons.goOn(lessons.next) : openPanel()),
    },
    lessons: { label: () => say("allLessons"), icon: iconSvg("book"), execute: openPanel },
    notebook: { label: () => say("emptyNotebook"), icon: iconSvg("plus"), execute: ({ cwd }) => emptyNotebook(cwd) },
    terminal: { label: () => say("terminalFull"), icon: iconSvg("terminal"), execute: ({ cwd }) => inLab("nslab:terminal", cwd) },
    live: { label: () => say("live_card"), icon: iconSvg("live"), execute: ({ cwd }) => inLab("nslab:live", cwd) },
  };

  async function emptyNotebook(cwd = "") {
    return app.commands.execute("notebook:create-new", { cwd, kernelName: "nslab" });
  }

  /** Do something in the lab that is open; where none is, an empty notebook opens with one. */
  async function inLab(command, cwd) {
    const lab = labs.current ?? (await newLab(cwd));
    if (lab) await app.commands.execute(command, { panel: lab.panel });
  }

  async function newLab(cwd) {
    const panel = await emptyNotebook(cwd);
    await panel.sessionContext.ready;
    const lab = labs.known.get(panel);
    await new Promise((resolve) => {
      const done = () => lab.state.hostname && (lab.removeEventListener("change", done), resolve());
      lab.addEventListener("change", done);
      done();
      setTimeout(resolve, 20000); // a kernel that never answers
    });
    return lab;
  }

  for (const [name, { label, icon, execute }] of Object.entries(acts)) {
    const command = `nslab:launch-${name}`;
    app.commands.addCommand(command, {
      label,
      caption: label,
      icon: new ui.LabIcon({ name: `nslab:launch-${name}`, svgstr: icon }),
      execute,
    });
    launcher?.add({ command, category: say("category"), rank: RANK[name] });
  }
  lessons.addEventListener("change", () => app.commands.notifyCommandChanged("nslab:launch-continue"));
}
