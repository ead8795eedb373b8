/*
 * Where a machine permits no private host, a kernel runs that only says why (sandbox/refusal_kernel.py). Its sentence is
 * shown as soon as a notebook meets it, before a cell is run.
 */

export function activate(app, { lumino, apputils }) {
  const watched = new WeakSet();
  const shown = new Set();

  async function show(context) {
    const kernel = context.session?.kernel;
    const info = await kernel?.info;
    if (info?.implementation !== "nslab-refused" || shown.has(kernel.id)) return;
    shown.add(kernel.id);
    const body = new lumino.Widget({ node: document.createElement("p") });
    body.node.style.whiteSpace = "pre-wrap";
    body.node.textContent = info.banner;
    const buttons = [apputils.Dialog.okButton()];
    apputils.showDialog({ title: "No private host for this notebook", body, buttons });
  }

  app.shell.currentChanged.connect(async (_, { newValue: panel }) => {
    const context = panel?.sessionContext;
    if (!context || watched.has(context)) return;
    watched.add(context);
    context.kernelChanged.connect(() => show(context));
    await context.ready;
    show(context);
  });
}
