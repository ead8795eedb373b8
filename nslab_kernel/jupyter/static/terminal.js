/* Opens a terminal when the kernel says so, and shows the line that it enters the namespace with. */

const WORDS = {
  opened: _("A terminal in {0} was opened beside the notebook. The line it began with works in any other terminal, too:"),
  type: _("Type this in a terminal to get into {0}:"),
  tab: _("A terminal in {0} opens in a tab of its own. The line that it begins with works in any other terminal, too:"),
  open: _("Open it"),
  copy: _("Copy"),
  again: _("Open another"),
};

export default {
  render({ model, el }) {
    const words = spoken(WORDS, model.get("language"));
    const line = model.get("line");
    const namespace = model.get("namespace");
    const open = () => window.nslab.terminal({ line, title: namespace, from: el });
    const told = (message) => {
      if (message.kind === "open" && window.nslab?.docks) open(); // a browser opens a tab only for a click
    };
    const where = window.nslab?.docks ? words.opened : window.nslab ? words.tab : words.type;
    const said = where.replace("{0}", namespace);
    el.append(
      h(
        "div",
        { class: "nslab nslab-terminal", lang: model.get("language") },
        h("div", {}, said),
        h("code", {}, line),
        " ",
        h("button", { click: () => copyText(line) }, words.copy),
        " ",
        window.nslab ? h("button", { "data-do": "again", click: open }, window.nslab.docks ? words.again : words.open) : null,
      ),
    );
    model.on("msg:custom", told);
    model.send({ do: "ready" });
    return () => model.off("msg:custom", told);
  },
};
