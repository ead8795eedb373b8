/* The live picture: exchanges the picture as the kernel sends it, shows details on hover and a namespace's page on a click. */

const WORDS = {
  title: _("Live picture"),
  docked: _("The live picture is docked at the right."),
  closed: _("The live picture is closed."),
  show: _("Show it again"),
  gone: _("The kernel was restarted. Run the cell again to see its network."),
  terminal: _("Open a terminal"),
  shell: _("Line for a terminal"),
  copy: _("Copy"),
  copied: _("Copied"),
  close: _("Close"),
  none: _("none"),
  asking: _("…"),
  traffic: _("Traffic"),
  rate: _("{} packets/s"),
  drops: _("{} dropped/s"),
};

const REFRESH = 2000; // milliseconds between two looks at counters while a page is open

class LivePage {
  constructor(model, el) {
    this.model = model;
    this.presence = new Presence(model, el);
    this.words = spoken(WORDS, model.get("language"));
    this.opened = null; // the namespace whose page is open
    this.traffic = {}; // what the kernel answered about sockets and counters
    this.gone = false; // the kernel knows this picture
    this.hovered = null; // the data-id of the thing under the pointer
    this.inline = h("div", { class: "nslab nslab-inline", lang: model.get("language") });
    this.picture = h("div", { class: "nslab-drawing" });
    this.count = h("button", { class: "nslab-count", "data-do": "count", "aria-pressed": "false", click: () => this.toggleCount() }, `⇅ ${this.words.traffic}`);
    this.caption = h("div", { class: "nslab-caption", "aria-live": "polite" });
    this.page = h("div", { class: "nslab-page", hidden: true });
    this.tip = h("div", { class: "nslab-tip", role: "tooltip", hidden: true });
    this.root = h(
      "section",
      { class: "nslab nslab-live", lang: model.get("language"), "aria-label": this.words.title, "data-lm-suppress-shortcuts": "true" },
      this.picture,
      this.count,
      this.caption,
      this.page,
      this.tip,
    );
    el.append(this.inline);
    this.listen();
    this.place();
    this.presence.show();
    this.width = fitColumns(model, this.picture);
    requestAnimationFrame(() => this.draw());
  }

  listen() {
    this.handlers = {
      "change:drawn": () => this.draw(),
      "change:rates": () => this.drawRates(),
      "change:counting": () => this.drawRates(),
      "msg:custom": (message) => this.told(message),
      comm_live_update: () => this.updateLife(),
    };
    for (const [name, handler] of Object.entries(this.handlers)) this.model.on(name, handler);
    this.picture.addEventListener("mousemove", (event) => this.point(event));
    this.picture.addEventListener("mouseleave", () => this.unpoint());
    this.picture.addEventListener("click", (event) => this.open(namespaceOf(event.target)));
    this.root.addEventListener("keydown", (event) => this.pressed(event));
  }

  pressed(event) {
    const target = namespaceOf(event.target);
    if ((event.key === "Enter" || event.key === " ") && target) {
      event.preventDefault();
      this.open(target);
    } else if (event.key === "Escape" && this.opened) {
      this.open(null);
    }
  }

  /** At the right of the notebook where that can be had, otherwise in the cell's output. */
  place() {
    this.model.send({ do: "place", docked: Boolean(window.nslab?.docks) });
    if (!window.nslab?.docks) {
      this.inline.replaceChildren(this.root);
      return;
    }
    this.docked = window.nslab.dock({
      id: `nslab-live-${this.model.get("kernel")}`,
      title: this.words.title,
      element: this.root,
      from: this.inline,
      mode: "beside",
      onClose: () => this.undocked(),
    });
    this.say(this.words.docked);
  }

  undocked() {
    this.docked = null;
    this.model.send({ do: "place", docked: false });
    this.say(this.words.closed, this.words.show, () => {
      this.presence.show();
      this.place();
    });
    this.presence.hide();
  }

  say(text, label = "", act = null) {
    const button = act ? h("button", { class: "nslab-link", click: act }, label) : null;
    this.inline.replaceChildren(h("span", { class: "nslab-dim" }, text, " "), ...(button ? [button] : []));
  }

  /** The view goes: its cell was cleared, or is run again, and then the next view takes the panel over. */
  remove() {
    for (const [name, handler] of Object.entries(this.handlers)) this.model.off(name, handler);
    clearInterval(this.timer);
    this.width.disconnect();
    this.docked?.release();
    this.presence.hide();
  }

  told(message) {
    if (message.kind !== "traffic") return;
    this.traffic[message.namespace] = message.sections;
    if (message.namespace === this.opened) this.showPage();
    this.showTip();
  }

  draw() {
    const { svg } = this.model.get("drawn");
    if (!svg) return;
    const focused = this.picture.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    showSvg(this.picture, svg);
    this.details = new Map();
    for (const group of this.picture.querySelectorAll("[data-id]")) {
      const title = group.querySelector(":scope > title");
      if (!title) continue;
      this.details.set(group.dataset.id, title.textContent);
      title.remove(); // the browser's own tip would come on top of ours
    }
    this.caption.textContent = takeCaption(this.picture.firstChild);
    if (focused) this.picture.querySelector(`[tabindex][data-id="${CSS.escape(focused)}"]`)?.focus();
    if (this.opened) this.showPage();
    this.drawRates();
    this.showTip();
  }

  // packets per second

  toggleCount() {
    this.model.send({ do: "count", on: !this.model.get("counting") });
  }

  /** What passes a cable in a second: received and sent at one of its ends, dropped at either. */
  rateOf(cable) {
    const rates = this.model.get("rates");
    const ends = cable.split("~").map((end) => rates[end]);
    if (!ends.some(Boolean)) return null;
    const whole = (count) => (count < 10 ? Math.round(count * 10) / 10 : Math.round(count));
    const passed = Math.max(...ends.map((end) => (end ? end[0] + end[1] : 0)));
    return { passed: whole(passed), dropped: whole(ends.reduce((sum, end) => sum + (end ? end[2] : 0), 0)) };
  }

  drawRates() {
    const counting = this.model.get("counting");
    this.count.setAttribute("aria-pressed", String(counting));
    for (const label of this.picture.querySelectorAll(".nslab-rate")) label.remove();
    if (!counting) return;
    const svg = this.picture.querySelector("svg");
    for (const cable of this.picture.querySelectorAll('[data-kind="cable"]')) {
      const rate = cable.dataset.id.includes("~") && this.rateOf(cable.dataset.id);
      const line = rate && [...cable.querySelectorAll("path")].pop();
      if (line) svg.append(this.rateLabel(rate, line.getPointAtLength(line.getTotalLength() / 2)));
    }
    this.showTip();
  }

  rateLabel({ passed, dropped }, { x, y }) {
    const make = (kind, attributes, text = "") => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.textContent = text;
      return element;
    };
    const text = `${passed}/s${dropped ? ` ✕ ${dropped}` : ""}`;
    const wide = 14 + 7.2 * text.length;
    const label = make("g", { class: "nslab-rate", "data-lost": String(dropped > 0) });
    label.append(make("rect", { x: x - wide / 2, y: y - 10, width: wide, height: 20, rx: 10 }), make("text", { x, y: y + 4.2, "text-anchor": "middle" }, text));
    return label;
  }

  // what the pointer is over

  point(event) {
    const id = event.target.closest("[data-id]")?.dataset.id ?? null;
    if (id !== this.hovered) {
      this.hovered = id;
      const namespace = id && namespaceOf(event.target);
      if (namespace) this.model.send({ do: "open", namespace });
      this.showTip();
    }
    const box = this.root.getBoundingClientRect();
    const left = Math.min(event.clientX - box.left + 14, box.width - this.tip.offsetWidth - 8);
    const below = event.clientY - box.top + 16;
    const fits = below + this.tip.offsetHeight < box.height;
    this.tip.style.left = `${Math.max(4, left)}px`;
    this.tip.style.top = `${fits ? below : Math.max(4, event.clientY - box.top - this.tip.offsetHeight - 10)}px`;
  }

  unpoint() {
    this.hovered = null;
    this.showTip();
  }

  showTip() {
    const details = this.hovered && this.details?.get(this.hovered);
    this.tip.hidden = !details;
    if (!details) return;
    const [head, ...lines] = details.split("\n");
    const [namespace, interfaceName] = this.hovered.split("/");
    const counted = this.traffic[namespace]?.at(-1);
    const row = counted?.rows.find(([name]) => name === interfaceName);
    if (row) lines.push(`↓ ${row[1]}`, `↑ ${row[2]}`);
    const rate = this.model.get("counting") && this.hovered.includes("~") ? this.rateOf(this.hovered) : null;
    if (rate) lines.push(this.words.rate.replace("{}", rate.passed), ...(rate.dropped ? [this.words.drops.replace("{}", rate.dropped)] : []));
    const met = this.traffic[namespace]?.[0].rows.filter(([, , name]) => name === interfaceName) ?? [];
    for (const [ip, mac, , state] of met.slice(0, 8)) lines.push(`${ip} → ${mac || "?"} ${state}`);
    this.tip.replaceChildren(h("b", {}, head), ...lines.map((line) => h("div", {}, line)));
  }

  // a namespace's page

  open(namespace) {
    this.unpoint(); // its details would lie over its page
    clearInterval(this.timer);
    this.opened = namespace;
    if (namespace) {
      const ask = () => this.model.send({ do: "open", namespace });
      ask();
      this.timer = setInterval(ask, REFRESH);
    }
    this.showPage();
  }

  showPage() {
    const { pages, shells } = this.model.get("drawn");
    const page = this.opened && pages[this.opened];
    this.page.hidden = !page;
    if (!page) {
      clearInterval(this.timer);
      this.opened = null;
      return;
    }
    const { words } = this;
    const line = shells[this.opened];
    const terminal = window.nslab
      ? h("button", { "data-do": "terminal", click: () => window.nslab.terminal({ line, title: page.title, from: this.inline }) }, `>_ ${words.terminal}`)
      : null;
    const sections = [...page.sections, ...(this.traffic[this.opened] ?? [])];
    const scrolled = this.page.scrollTop;
    this.page.replaceChildren(
      h(
        "header",
        {},
        h("h3", {}, page.title),
        terminal,
        h("button", { "data-do": "close", "aria-label": words.close, title: words.close, click: () => this.open(null) }, "×"),
      ),
      this.commandLine(line, words.shell),
      ...sections.map((section) => this.section(section)),
    );
    this.page.scrollTop = scrolled;
  }

  section({ title, command, heads, rows }) {
    const cells = (row, tag) => h("tr", {}, ...row.map((cell) => h(tag, {}, cell)));
    const table = h("table", {}, heads.length ? h("thead", {}, cells(heads, "th")) : null, h("tbody", {}, ...rows.map((row) => cells(row, "td"))));
    const body = rows.length ? table : h("div", { class: "nslab-dim" }, this.words.none);
    return h("div", { class: "nslab-section" }, h("h4", {}, title), this.commandLine(command, title), body);
  }

  commandLine(command, what) {
    const button = h("button", { class: "nslab-link", "aria-label": `${this.words.copy}: ${what}` }, this.words.copy);
    button.addEventListener("click", async () => {
      await copyText(command);
      button.textContent = this.words.copied;
    });
    return h("div", { class: "nslab-command" }, h("code", {}, command), " ", button);
  }

  /** The widget manager tells that the kernel no longer knows this picture, as after a restart, or knows it again. */
  updateLife() {
    this.gone = !this.gone;
    this.root.inert = this.gone;
    clearInterval(this.timer);
    if (this.gone) this.caption.textContent = this.words.gone;
  }
}

/** The namespace that something in the picture belongs to. */
function namespaceOf(target) {
  const id = target.closest('[data-kind="namespace"], [data-kind="interface"], [data-kind="bridge"]')?.dataset.id;
  return id ? id.split("/")[0] : null;
}

export default {
  render({ model, el }) {
    const page = new LivePage(model, el);
    return () => page.remove();
  },
};
