/* Opens a terminal when the kernel says so, and shows the line that it enters the namespace with. */

const WORDS = {
  en: {
    opened: "A terminal in {0} was opened beside the notebook. The line it began with works in any other terminal, too:",
    type: "Type this in a terminal to get into {0}:",
    tab: "A terminal in {0} opens in a tab of its own. The line that it begins with works in any other terminal, too:",
    open: "Open it",
    copy: "Copy",
    again: "Open another",
  },
  zh: {
    opened: "已在笔记本旁边打开 {0} 中的终端。它开头的那一行在其他终端里同样可用：",
    type: "在终端中输入下面这一行即可进入 {0}：",
    tab: "{0} 中的终端会在单独的标签页中打开。它开头的那一行在其他终端里同样可用：",
    open: "打开",
    copy: "复制",
    again: "再打开一个",
  },
};

export default {
  render({ model, el }) {
    const words = WORDS[model.get("language")] ?? WORDS.en;
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
