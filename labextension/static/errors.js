/* Errors of a lab: a command that stands between backticks looks like one. Jupyter shows errors as plain text. */

import { h } from "./page.js";

const ERROR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"] pre, .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"] pre';
const COMMAND = /`([^`\n]+)`/;

/** Put the commands of a text into elements of their own. */
function mark(text) {
  const found = COMMAND.exec(text.data);
  if (!found) return;
  const rest = text.splitText(found.index);
  const after = rest.splitText(found[0].length);
  rest.replaceWith(h("code", { class: "nslab-said-command" }, found[1]));
  mark(after);
}

function markAll(node) {
  for (const pre of node.querySelectorAll(ERROR)) {
    const texts = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) if (texts.currentNode.data.includes("`")) found.push(texts.currentNode);
    found.forEach(mark);
  }
}

/** Do so in each notebook whose kernel is a lab, whenever an output comes. */
export function markErrors(labs) {
  labs.onEach((lab) => {
    lab.panel.node.classList.toggle("nslab-notebook", lab.isLab);
    lab.addEventListener("change", () => lab.panel.node.classList.toggle("nslab-notebook", lab.isLab));
    const watch = new MutationObserver(() => lab.isLab && markAll(lab.panel.node));
    watch.observe(lab.panel.content.node, { childList: true, subtree: true });
    lab.panel.disposed.connect(() => watch.disconnect());
  });
}
