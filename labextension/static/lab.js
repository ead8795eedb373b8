/* The lab interface, put together. */

import { addCommands } from "./commands.js";
import { canDock } from "./docking.js";
import { markErrors } from "./errors.js";
import { Labs } from "./labs.js";
import { highlightShell } from "./highlighting.js";
import { addLauncher } from "./launcher.js";
import { Lessons } from "./lessons.js";
import { MARK } from "./page.js";
import { Panel } from "./panel.js";
import { Pictures, keepInView } from "./pictures.js";
import { addToolbars } from "./toolbar.js";
import { say } from "./words.js";

const IN_PALETTE = ["play", "live", "terminal", "why", "break", "hint", "reset", "graph", "full"];

export function activate(app, modules, { tracker, palette, launcher, static: base }) {
  const labs = new Labs(app, tracker);
  const pictures = new Pictures(labs, modules.notebook.NotebookActions);
  addCommands(app, modules, labs, pictures);
  addToolbars(labs, app.commands, modules);
  labs.onEach(highlightShell);
  markErrors(labs);
  keepInView(modules.notebook.NotebookActions, labs);
  const lessons = new Lessons(app, labs, modules, base);
  const openPanel = addPanel(app, modules, lessons, labs);
  if (canDock(app)) addLauncher(app, modules, { launcher, labs, lessons, openPanel });
  for (const name of IN_PALETTE) palette?.addItem({ command: `nslab:${name}`, category: say("category") });
  app.commands.addCommand("nslab:lessons", { label: () => say("allLessons"), execute: openPanel });
  palette?.addItem({ command: "nslab:lessons", category: say("category") });
}

/** The side panel at the left; Notebook 7 has one, too. */
function addPanel(app, { lumino, ui }, lessons, labs) {
  const widget = new lumino.Widget({ node: new Panel(lessons, labs, app.commands).node });
  widget.id = "nslab-panel";
  widget.title.icon = new ui.LabIcon({ name: "nslab:mark", svgstr: MARK });
  widget.title.caption = "nslab";
  app.shell.add(widget, "left", { rank: 90 });
  return () => app.shell.activateById(widget.id);
}
