/* Running a magic so that the student sees it: as a cell of the notebook. */

const MADE = "nslab_made"; // in a cell's metadata: the interface made it, and may run it again

/** Where a notebook's cells of this source stand that the interface made. */
function madeBefore(notebook, source) {
  return notebook.widgets.findIndex(
    (cell) => cell.model.type === "code" && cell.model.getMetadata(MADE) && cell.model.sharedModel.getSource() === source,
  );
}

/**
 * Put a cell below the one in use, and run it.
 *
 * `again`: run the cell of the same source that is there already, rather than add a second one.
 * `run`: false only adds it.
 */
export async function addCell(lab, actions, source, { again = false, run = true } = {}) {
  const { content: notebook, context } = lab.panel;
  const before = again ? madeBefore(notebook, source) : -1;
  if (before >= 0) {
    notebook.activeCellIndex = before;
  } else {
    const at = notebook.model.cells.length ? notebook.activeCellIndex + 1 : 0;
    notebook.model.sharedModel.insertCell(at, {
      cell_type: "code",
      source,
      metadata: { [MADE]: true },
    });
    notebook.activeCellIndex = at;
  }
  notebook.deselectAll();
  const cell = notebook.activeCell;
  await notebook.scrollToItem(notebook.activeCellIndex, "auto").catch(() => {});
  if (run) await actions.run(notebook, context.sessionContext);
  return cell;
}
