/*
 * JupyterLab loads this file as a prebuilt extension (a module federation container, written by hand so that there is
 * nothing to build) and calls `init`, then `get`, then each plugin's `activate`. The parts beside it are ES modules.
 */
(() => {
  "use strict";

  const here = document.currentScript.src;
  let sharedModules;

  /** A module that JupyterLab shares with its extensions; undefined in an application that has no such module. */
  async function shared(name) {
    const versions = Object.values(sharedModules[name] ?? {});
    const chosen = versions.find((version) => version.loaded) ?? versions[0];
    return chosen && (await chosen.get())();
  }

  /** Whether there are panels. Voilà loads JupyterLab's extensions, too, but shows one page of outputs. */
  const hasPanels = (app) => Boolean(app.shell.currentChanged);

  const part = (name) => import(new URL(`${name}.js`, here).href);

  function addStyle() {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("style.css", here).href;
    document.head.append(link);
  }

  async function plugins() {
    const names = {
      lumino: "@lumino/widgets",
      messaging: "@lumino/messaging",
      services: "@jupyterlab/services",
      apputils: "@jupyterlab/apputils",
      notebook: "@jupyterlab/notebook",
      launcher: "@jupyterlab/launcher",
      ui: "@jupyterlab/ui-components",
    };
    const found = await Promise.all(Object.values(names).map(shared));
    const modules = Object.fromEntries(Object.keys(names).map((name, number) => [name, found[number]]));
    const { notebook, apputils, launcher } = modules;
    const [docking, refusals, lab] = await Promise.all(["docking", "refusals", "lab"].map(part));
    return [
      {
        id: "nslab:docking",
        description: "Docks nslab's pictures and lessons beside the notebook and opens terminals in its namespaces.",
        autoStart: true,
        activate: (app) => hasPanels(app) && docking.activate(app, modules),
      },
      {
        id: "nslab:refusals",
        description: "Says in a dialog why a notebook can have no private host.",
        autoStart: true,
        activate: (app) => hasPanels(app) && refusals.activate(app, modules),
      },
      {
        id: "nslab:lab",
        description: "The lab in the toolbar, the palette, the launcher, the side panel and in each picture's menu.",
        autoStart: true,
        optional: [notebook.INotebookTracker, apputils.ICommandPalette, ...(launcher ? [launcher.ILauncher] : [])],
        activate: (app, tracker, palette, cards) => {
          if (!tracker) return;
          addStyle();
          lab.activate(app, modules, { tracker, palette, launcher: cards, static: here });
        },
      },
    ];
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.nslab = {
    init(scope) {
      sharedModules = scope;
    },
    async get() {
      const found = await plugins();
      return () => ({ __esModule: true, default: found });
    },
  };
})();
