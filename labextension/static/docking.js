/* What a widget in a notebook can't do by itself: dock beside the notebook, open a terminal, interrupt a running cell. */

const TAKE_OVER = 2000; // milliseconds that a panel waits for the next run of its cell

/** The document panel that an element of the page is in, or the one in use. */
export function panelOf(app, element) {
  for (const panel of app.shell.widgets("main")) {
    if (element && panel.node.contains(element)) return panel;
  }
  return app.shell.currentWidget;
}

/** Whether panels can stand beside each other: in JupyterLab, not in Notebook 7, which shows one document a page. */
export const canDock = (app) => "mode" in app.shell;

function findDocked(app, id) {
  for (const panel of app.shell.widgets("main")) {
    if (panel.id === id && !panel.isDisposed) return panel;
  }
  return null;
}

/** Where a new panel goes: below what is docked already, so that the notebook keeps its width. */
function placeBeside(from, docked) {
  const neighbour = [...docked].find((panel) => !panel.isDisposed && panel.isAttached);
  if (neighbour) return { mode: "split-bottom", ref: neighbour.id };
  return from ? { mode: "split-right", ref: from.id } : { mode: "split-right" };
}

/** Type a line into a terminal's session once its shell is there. */
async function typeInto(session, line) {
  await session.ready;
  session.send({ type: "stdin", content: [`${line}\r`] });
}

/** What widgets find as `window.nslab`; where it isn't there, they stay in the cell's output. */
function frontEnd(app, { lumino, messaging, services }) {
  const docked = new Set();

  function remember(panel) {
    docked.add(panel);
    panel.disposed.connect(() => docked.delete(panel));
  }

  /** What the owner of an element does with its panel. */
  function handle(panel, element) {
    const holds = () => !panel.isDisposed && panel.node.contains(element);
    return {
      close() {
        if (holds()) panel.dispose();
      },
      /** The element's cell is cleared: the panel goes, unless the cell is run again and takes it over. */
      release() {
        panel.nslabOnClose = null;
        setTimeout(() => holds() && panel.dispose(), TAKE_OVER);
      },
    };
  }

  /** A terminal beside the notebook. */
  async function terminalPanel({ line, title, from }) {
    const notebook = panelOf(app, from);
    const panel = await app.commands.execute("terminal:create-new");
    app.shell.add(panel, "main", placeBeside(notebook, docked));
    remember(panel);
    await panel.content.ready;
    await typeInto(panel.content.session, line);
    const tab = panel.content.title;
    const name = () => (tab.label = title);
    tab.changed.connect(name); // it is called Terminal 1 once it's connected
    name();
    app.shell.activateById(panel.id);
  }

  /** A terminal in a browser tab of its own, where nothing can stand beside the notebook. */
  async function terminalTab(line) {
    const session = await app.serviceManager.terminals.startNew();
    await typeInto(session, line);
    const { baseUrl } = app.serviceManager.serverSettings;
    window.open(`${baseUrl}terminals/${encodeURIComponent(session.name)}`, "_blank", "noopener");
  }

  return {
    /** Whether `dock` puts an element beside the notebook; otherwise it has to stay where it is. */
    docks: canDock(app),

    /**
     * Put an element into a panel of its own; a panel of the same id gets it instead of a second one.
     * `mode` is "beside" or "tab"; `onClose` is called once the panel is gone.
     */
    dock({ id, title, element, from, mode, onClose }) {
      const known = findDocked(app, id);
      if (known) {
        known.node.replaceChildren(element);
        known.nslabOnClose = onClose;
        app.shell.activateById(id);
        return handle(known, element);
      }
      const panel = new lumino.Widget();
      panel.id = id;
      panel.addClass("nslab-docked");
      panel.title.label = title;
      panel.title.closable = true;
      panel.node.appendChild(element);
      panel.onCloseRequest = () => panel.dispose(); // a plain widget would only be taken out of the page
      panel.nslabOnClose = onClose;
      panel.disposed.connect(() => panel.nslabOnClose?.());
      const notebook = panelOf(app, from);
      notebook?.disposed.connect(() => panel.dispose());
      panel.nslabNotebook = notebook;
      const place = mode === "tab" ? { mode: "tab-after", ref: notebook?.id } : placeBeside(notebook, docked);
      app.shell.add(panel, "main", { ...place, activate: mode === "tab" });
      if (mode !== "tab") remember(panel);
      return handle(panel, element);
    },

    /** Call `act` when the document that an element is in is asked to close; gives what ends that. */
    closing(element, act) {
      const panel = panelOf(app, element);
      const hook = (_, message) => {
        if (message.type === "close-request") act();
        return true;
      };
      if (panel) messaging.MessageLoop.installMessageHook(panel, hook);
      return () => panel && messaging.MessageLoop.removeMessageHook(panel, hook);
    },

    /** Open a terminal and type a line into it: beside the notebook, or where there is no dock in a tab of its own. */
    async terminal(wanted) {
      await (canDock(app) ? terminalPanel(wanted) : terminalTab(wanted.line));
    },

    /** Interrupt a kernel, as the notebook's own button does. */
    async interrupt(kernel) {
      const settings = app.serviceManager.serverSettings;
      const url = `${settings.baseUrl}api/kernels/${encodeURIComponent(kernel)}/interrupt`;
      await services.ServerConnection.makeRequest(url, { method: "POST" }, settings);
    },

    /** Open another document, by its path as seen from the notebook. */
    open(path, from) {
      const here = panelOf(app, from)?.context?.path ?? "";
      const base = new URL(here, "file:///");
      const target = decodeURIComponent(new URL(path, base).pathname.slice(1));
      app.commands.execute("docmanager:open", { path: target });
    },
  };
}

export function activate(app, modules) {
  window.nslab = frontEnd(app, modules);
}
