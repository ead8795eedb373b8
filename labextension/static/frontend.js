/*
 * What a widget in a notebook can't do by itself: dock beside the notebook, open a terminal, interrupt a running cell.
 *
 * JupyterLab loads this file as a prebuilt extension (a module federation container, written by hand so that there is
 * nothing to build) and calls `init`, then `get`, then the plugin's `activate`. Widgets find it as `window.nslab`;
 * where it isn't there they stay inline.
 */
(() => {
  "use strict";

  const TAKE_OVER = 2000; // milliseconds that a panel waits for the next run of its cell

  let sharedModules;

  /** A module that JupyterLab shares with its extensions. */
  async function shared(name) {
    const versions = Object.values(sharedModules[name]);
    const chosen = versions.find((version) => version.loaded) ?? versions[0];
    return (await chosen.get())();
  }

  /** The document panel that an element of the page is in, or the one in use. */
  function panelOf(app, element) {
    for (const panel of app.shell.widgets("main")) {
      if (element && panel.node.contains(element)) return panel;
    }
    return app.shell.currentWidget;
  }

  function findDocked(app, id) {
    for (const panel of app.shell.widgets("main")) {
      if (panel.id === id && !panel.isDisposed) return panel;
    }
    return null;
  }

  /** Where a new panel goes: below what is docked already, so that the notebook keeps its width. */
  function placeBeside(app, from, docked) {
    const neighbour = [...docked].find((panel) => !panel.isDisposed && panel.isAttached);
    if (neighbour) return { mode: "split-bottom", ref: neighbour.id };
    return from ? { mode: "split-right", ref: from.id } : { mode: "split-right" };
  }

  function frontEnd(app, Widget, MessageLoop, ServerConnection) {
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

    return {
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
        const panel = new Widget();
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
        const place = mode === "tab" ? { mode: "tab-after", ref: notebook?.id } : placeBeside(app, notebook, docked);
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
        if (panel) MessageLoop.installMessageHook(panel, hook);
        return () => panel && MessageLoop.removeMessageHook(panel, hook);
      },

      /** Open a terminal beside the notebook and type a line into it. */
      async terminal({ line, title, from }) {
        const notebook = panelOf(app, from);
        const panel = await app.commands.execute("terminal:create-new");
        app.shell.add(panel, "main", placeBeside(app, notebook, docked));
        remember(panel);
        await panel.content.ready;
        await panel.content.session.ready;
        const tab = panel.content.title;
        const name = () => (tab.label = title);
        tab.changed.connect(name); // it is called Terminal 1 once it's connected
        name();
        panel.content.session.send({ type: "stdin", content: [`${line}\r`] });
        app.shell.activateById(panel.id);
      },

      /** Interrupt a kernel, as the notebook's own button does. */
      async interrupt(kernel) {
        const settings = app.serviceManager.serverSettings;
        const url = `${settings.baseUrl}api/kernels/${encodeURIComponent(kernel)}/interrupt`;
        await ServerConnection.makeRequest(url, { method: "POST" }, settings);
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

  const plugin = {
    id: "nslab:frontend",
    description: "Docks nslab's pictures and lessons beside the notebook and opens terminals in its namespaces.",
    autoStart: true,
    async activate(app) {
      const { Widget } = await shared("@lumino/widgets");
      const { ServerConnection } = await shared("@jupyterlab/services");
      const { MessageLoop } = await shared("@lumino/messaging");
      window.nslab = frontEnd(app, Widget, MessageLoop, ServerConnection);
    },
  };

  /**
   * Where a machine permits no private host, a kernel runs that only tells why (sandbox/explaining.py). Its sentence is
   * shown as soon as a notebook meets it, before a cell is run.
   */
  function tellRefusals(app, Widget, showDialog) {
    const watched = new WeakSet();
    const told = new Set();

    async function tell(context) {
      const kernel = context.session?.kernel;
      const info = await kernel?.info;
      if (info?.implementation !== "nslab-refused" || told.has(kernel.id)) return;
      told.add(kernel.id);
      const body = new Widget({ node: document.createElement("p") });
      body.node.style.whiteSpace = "pre-wrap";
      body.node.textContent = info.banner;
      showDialog({ title: "No private host for this notebook", body });
    }

    app.shell.currentChanged.connect(async (_, { newValue: panel }) => {
      const context = panel?.sessionContext;
      if (!context || watched.has(context)) return;
      watched.add(context);
      context.kernelChanged.connect(() => tell(context));
      await context.ready;
      tell(context);
    });
  }

  const refusals = {
    id: "nslab:refusals",
    description: "Tells in a dialog why a notebook can have no private host.",
    autoStart: true,
    async activate(app) {
      const { Widget } = await shared("@lumino/widgets");
      const { Dialog, showDialog } = await shared("@jupyterlab/apputils");
      tellRefusals(app, Widget, (options) => showDialog({ ...options, buttons: [Dialog.okButton()] }));
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.nslab = {
    init(scope) {
      sharedModules = scope;
    },
    async get() {
      return () => ({ __esModule: true, default: [plugin, refusals] });
    },
  };
})();
