/* What the interface does: JupyterLab commands, which palette, shortcuts, toolbar, launcher and panel have in common. */

import { addCell } from "./cells.js";
import { iconSvg } from "./page.js";
import { say } from "./words.js";

export const MAGICS = {
  play: "%netns_play",
  live: "%netns_live",
  terminal: "%netns_shell",
  why: "%netns_why",
  break: "%netns_break",
  reset: "%netns_reset",
  hint: "%netns_hint",
  graph: "%netns_graph",
};

export const KEYS = {
  play: "Alt P", live: "Alt L", terminal: "Alt T", why: "Alt Y", break: "Alt B", reset: "Alt R", full: "F",
};

/** The magic of a command, with the arguments that it would have now. */
export function magicOf(name, lab) {
  if (name === "why" && lab?.state.failed) return `%netns_why ${lab.state.failed.join(" ")}`;
  return MAGICS[name];
}

/** The magic that asks why between two namespaces, where no ping has failed yet. */
function whyAnything(lab) {
  const { namespaces } = lab.state;
  const inside = namespaces.filter(({ name, address, outside }) => name !== "host" && address && !outside);
  const [source, other] = inside;
  const target = other ?? namespaces.find(({ name, address, outside }) => address && (outside || name === "host"));
  return source && target ? `%netns_why ${source.name} ${target.address}` : "";
}

export function addCommands(app, { notebook, ui }, labs, pictures) {
  const run = (lab, source, options) => addCell(lab, notebook.NotebookActions, source, options);
  const acts = {
    play: (lab) => run(lab, MAGICS.play, { again: true }),
    live: (lab) => run(lab, MAGICS.live, { again: true }),
    terminal: (lab, { namespace = "host" }) => openTerminal(lab, namespace),
    why: (lab, { source }) => run(lab, source || (lab.state.failed ? magicOf("why", lab) : whyAnything(lab)) || MAGICS.graph),
    break: (lab, { level }) => run(lab, level ? `${MAGICS.break} --level ${level}` : MAGICS.break),
    reset: (lab) => run(lab, MAGICS.reset),
    hint: (lab) => run(lab, MAGICS.hint),
    graph: (lab) => run(lab, MAGICS.graph),
  };

  async function openTerminal(lab, namespace) {
    const line = lab.state.shells[namespace];
    if (line) await window.nslab.terminal({ line, title: namespace === "host" ? lab.state.hostname : namespace, from: lab.panel.node });
  }

  for (const [name, act] of Object.entries(acts)) {
    app.commands.addCommand(`nslab:${name}`, {
      label: () => say(`${name}Full`),
      caption: () => MAGICS[name],
      icon: new ui.LabIcon({ name: `nslab:${name}`, svgstr: iconSvg(ICON_OF[name] ?? name) }),
      isEnabled: () => labs.current !== null,
      execute: async (args) => {
        const lab = args.panel ? labs.known.get(args.panel) : labs.current;
        if (lab) await act(lab, args);
      },
    });
  }
  app.commands.addCommand("nslab:full", {
    label: () => say("fullFull"),
    isEnabled: () => pictures.inView() !== null,
    execute: () => pictures.toggleFull(),
  });
  labs.addEventListener("change", () => app.commands.notifyCommandChanged());
  addKeys(app);
  return { run, openTerminal };
}

const ICON_OF = { hint: "why", graph: "live" };

function addKeys(app) {
  for (const [name, keys] of Object.entries(KEYS)) {
    const selector = name === "full" ? ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus:not(:read-write)" : ".jp-NotebookPanel";
    app.commands.addKeyBinding({ command: `nslab:${name}`, keys: [keys], selector });
  }
}
