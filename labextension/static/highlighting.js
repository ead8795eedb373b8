/* Cells of shell lines are coloured as shell: those below %%bash, %%sh and %%netns, and those in which every line begins with "!". */

const SHELL = "text/x-sh";
const BELOW = /^\s*%%(bash|sh|netns)\b(?!.*--python)/;

/** Whether all that a cell runs is for the shell. */
export function isShell(source) {
  if (BELOW.test(source)) return true;
  const lines = source.split("\n").filter((line) => line.trim() && !line.trim().startsWith("#"));
  return lines.length > 0 && lines.every((line, number) => line.trimStart().startsWith("!") || (number > 0 && lines[number - 1].trimEnd().endsWith("\\")));
}

/** Keep the colours of a notebook's cells right, as they are written and as the kernel says its language. */
export function highlightShell(lab) {
  const { content: notebook } = lab.panel;
  const look = () => {
    if (lab.panel.isDisposed || !lab.isLab) return;
    for (const cell of notebook.widgets) {
      if (cell.model.type !== "code") continue;
      const wanted = isShell(cell.model.sharedModel.getSource()) ? SHELL : notebook.codeMimetype;
      if (cell.model.mimeType !== wanted) cell.model.mimeType = wanted;
    }
  };
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(look, 150);
  };
  lab.panel.context.ready.then(() => {
    notebook.modelContentChanged.connect(later);
    lab.addEventListener("change", later);
    later();
  });
}
