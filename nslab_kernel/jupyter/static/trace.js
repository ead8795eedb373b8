/* A packet's journey: plays the packet along its way on the picture; a press on a stop anywhere moves everything there. */

const WORDS = {
  title: _("A packet's journey"),
  packet: _("Packet"),
  previous: _("Stop before"),
  next: _("Next stop"),
  play: _("Play"),
  pause: _("Pause"),
  speed: _("Speed"),
  position: _("Stop"),
  moves: _("Left and right arrows step, the space bar plays."),
};

const LEG = 900; // milliseconds from stop to stop at speed 1: real times differ by a factor of thousands
const SPEEDS = [0.25, 1, 4];

class Player {
  constructor(model, el) {
    this.model = model;
    this.words = spoken(WORDS, model.get("language"));
    this.at = 0; // in stops, with a fraction between two
    this.speed = 1;
    this.frame = null;
    this.build(el);
    this.changed = () => this.load();
    model.on("change:shown", this.changed);
    this.load();
  }

  build(el) {
    const { words } = this;
    const packets = this.model.get("packets");
    const ask = (event) => this.model.send({ do: "show", number: Number(event.target.value) });
    const options = packets.map(([number, title]) => h("option", { value: String(number) }, title));
    this.choice = h("select", { change: ask, "aria-label": words.packet }, ...options);
    this.banner = h("div", { class: "nslab-trace-banner", "aria-live": "polite" });
    this.picture = h("div", { class: "nslab-drawing", click: (event) => this.pressedMark(event) });
    this.stops = h("div", { class: "nslab-trace-stops" });
    this.playing = h("button", { class: "nslab-trace-play", click: () => this.toggle() });
    this.time = h("span", { class: "nslab-trace-time" });
    this.card = h("div", { class: "nslab-trace-card", "aria-live": "polite" });
    this.below = h("div", {});
    this.below.innerHTML = this.model.get("below"); // from the kernel's own escaped forms, as the static output is
    const speeds = SPEEDS.map((speed) =>
      h("button", { "data-speed": speed, click: () => this.setSpeed(speed) }, speed === 0.25 ? "¼×" : `${speed}×`),
    );
    this.speeds = h("span", { class: "nslab-trace-speeds", role: "group", "aria-label": words.speed }, ...speeds);
    this.bar = h(
      "div",
      { class: "nslab-trace-bar", tabindex: "0", role: "group", "aria-label": words.moves, keydown: (event) => this.pressed(event) },
      h("button", { "aria-label": words.previous, title: words.previous, click: () => this.step(-1) }, "‹"),
      this.playing,
      h("button", { "aria-label": words.next, title: words.next, click: () => this.step(1) }, "›"),
      this.stops,
      this.speeds,
      this.time,
    );
    const several = packets.length > 1 ? this.choice : null;
    this.root = h(
      "section",
      { class: "nslab nslab-trace-player", lang: this.model.get("language"), "aria-label": words.title, "data-lm-suppress-shortcuts": "true" },
      h("div", { class: "nslab-trace-head" }, this.banner, several),
      this.picture,
      this.bar,
      this.card,
      this.below,
    );
    el.append(this.root);
  }

  load() {
    const shown = this.model.get("shown");
    this.stop();
    const empty = !shown.svg;
    for (const part of [this.picture, this.bar, this.card]) part.hidden = empty;
    if (empty) return;
    this.choice.value = String(shown.number);
    this.banner.innerHTML = shown.banner;
    showSvg(this.picture, shown.svg);
    const { width, height } = this.picture.firstChild.viewBox.baseVal;
    this.picture.style.aspectRatio = `${width} / ${height}`;
    this.stations = shown.stations;
    this.lost = shown.lost;
    this.measure();
    this.drawStops();
    this.setSpeed(this.speed);
    this.go(this.stations.length - 1);
  }

  /** Where on the drawn way each stop is. */
  measure() {
    this.legs = [...this.picture.querySelectorAll('[data-kind="journey"] path')];
    this.marks = [...this.picture.querySelectorAll('[data-kind="mark"]')];
    const lengths = this.legs.map((leg) => leg.getTotalLength());
    const centres = this.marks.map((mark) => {
      const box = mark.getBBox();
      return [box.x + box.width / 2, box.y + box.height / 2];
    });
    this.reached = [0];
    let length = 0;
    this.legs.forEach((leg, number) => {
      length += lengths[number];
      const end = leg.getPointAtLength(lengths[number]);
      const next = centres[this.reached.length];
      if (next && Math.hypot(end.x - next[0], end.y - next[1]) < 3) this.reached.push(length);
    });
    this.lengths = lengths;
    const namespace = "http://www.w3.org/2000/svg";
    this.packet = document.createElementNS(namespace, "circle");
    this.packet.setAttribute("r", "8");
    this.packet.setAttribute("class", "nslab-trace-packet");
    this.picture.querySelector("svg").append(this.packet);
    this.marks.forEach((mark, number) => {
      mark.style.cursor = "pointer";
      mark.dataset.stop = String(number);
    });
  }

  drawStops() {
    const last = this.stations.length - 1;
    const buttons = this.stations.map((station, number) =>
      h(
        "button",
        { class: "nslab-trace-stop", "data-lost": this.lost && number === last, click: () => this.press(number) },
        h("b", {}, this.lost && number === last ? `${number + 1} ✕` : String(number + 1)),
        h("small", {}, station.label),
      ),
    );
    this.stops.replaceChildren(...buttons);
  }

  pointAt(at) {
    const whole = Math.min(Math.floor(at), this.reached.length - 1);
    const from = this.reached[whole];
    const to = this.reached[Math.min(whole + 1, this.reached.length - 1)];
    let length = from + (to - from) * (at - whole);
    for (let number = 0; number < this.legs.length; number += 1) {
      if (length <= this.lengths[number] || number === this.legs.length - 1) {
        return this.legs[number].getPointAtLength(Math.min(length, this.lengths[number]));
      }
      length -= this.lengths[number];
    }
    return null;
  }

  go(at) {
    const last = this.stations.length - 1;
    this.at = Math.max(0, Math.min(at, last));
    const point = this.legs.length ? this.pointAt(this.at) : null;
    const between = this.at % 1 > 0.02 && this.at % 1 < 0.98;
    this.packet.toggleAttribute("hidden", !(point && between));
    if (point) {
      this.packet.setAttribute("cx", point.x);
      this.packet.setAttribute("cy", point.y);
    }
    const number = Math.floor(this.at + 0.02);
    [...this.stops.children].forEach((button, each) => {
      button.toggleAttribute("data-passed", each <= number);
      if (each === number) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    this.marks.forEach((mark, each) => {
      mark.style.opacity = each <= number ? "" : "0.35";
    });
    this.time.textContent = `${this.stations[number].milliseconds} ms`;
    if (this.told !== this.stations[number].card) {
      this.told = this.stations[number].card;
      this.card.innerHTML = this.told;
    }
  }

  press(number) {
    this.stop();
    this.go(number);
  }

  pressedMark(event) {
    const mark = event.target.closest("[data-stop]");
    if (mark) this.press(Number(mark.dataset.stop));
  }

  pressed(event) {
    const keys = { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), Home: () => this.press(0), End: () => this.press(Infinity) };
    const act = event.key === " " && event.target === this.bar ? () => this.toggle() : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  step(by) {
    this.press(by > 0 ? Math.floor(this.at) + 1 : Math.ceil(this.at) - 1);
  }

  toggle() {
    if (this.frame) this.stop();
    else this.play();
  }

  play() {
    if (this.at >= this.stations.length - 1) this.at = 0;
    let before = performance.now();
    const tick = (now) => {
      this.go(this.at + ((now - before) / LEG) * this.speed);
      before = now;
      if (this.at >= this.stations.length - 1) this.stop();
      else this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
    this.label();
  }

  stop() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = null;
    this.label();
  }

  label() {
    const word = this.frame ? this.words.pause : this.words.play;
    this.playing.textContent = this.frame ? "❚❚" : "▶";
    this.playing.setAttribute("aria-label", word);
    this.playing.title = word;
  }

  setSpeed(speed) {
    this.speed = speed;
    for (const button of this.speeds.children) button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed));
  }

  remove() {
    this.stop();
    this.model.off("change:shown", this.changed);
  }
}

/** Asks for the way before anything runs: by clicks on the picture, by the keyboard, or as text. */
class Asking {
  constructor(model, el) {
    this.model = model;
    const { svg, places, start, command, words } = model.get("asked");
    this.places = places;
    this.words = words;
    this.way = h("input", { type: "text", "aria-label": words.way, value: start, spellcheck: "false", autocomplete: "off", input: () => this.draw(), keydown: (event) => this.typed(event) });
    this.picture = h("div", { class: "nslab-drawing", click: (event) => this.clicked(event), keydown: (event) => this.pressed(event) });
    this.said = h("p", { class: "nslab-trace-said", role: "status" });
    this.printed = h("pre", { class: "nslab-trace-printed" });
    this.buttons = h(
      "div",
      { class: "nslab-trace-buttons" },
      h("button", { class: "nslab-trace-keep", click: () => this.answer(this.way.value) }, "▶ " + words.keep),
      h("button", { click: () => this.takeBack() }, words.undo),
      h("button", { click: () => this.answer("") }, words.unknown),
    );
    this.question = h("h3", {}, words.question);
    this.how = h("p", { class: "nslab-dim" }, words.how, " ", words.nothing);
    this.root = h(
      "section",
      { class: "nslab nslab-trace-asking", lang: model.get("language"), "aria-label": words.question, "data-lm-suppress-shortcuts": "true" },
      this.question,
      h("code", {}, command),
      this.how,
      this.picture,
      this.way,
      this.buttons,
      this.said,
      this.printed,
    );
    el.append(this.root);
    this.handlers = { "change:refused": () => this.refuse(), "change:printed": () => (this.printed.textContent = model.get("printed")) };
    for (const [name, handler] of Object.entries(this.handlers)) model.on(name, handler);
    showSvg(this.picture, svg);
    takeCaption(this.picture.firstChild);
    requestAnimationFrame(() => this.draw());
  }

  get chosen() {
    return this.way.value.split(",").map((place) => place.trim()).filter(Boolean);
  }

  placeOf(target) {
    const bridge = target.closest('[data-kind="bridge"]')?.dataset.id;
    if (this.places[bridge]) return this.places[bridge];
    const id = target.closest('[data-kind="namespace"], [data-kind="interface"]')?.dataset.id;
    return this.places[id] ?? this.places[id?.split("/")[0]];
  }

  clicked(event) {
    const place = this.placeOf(event.target);
    if (!place || this.done) return;
    event.stopPropagation();
    this.way.value = [...this.chosen, place].join(", ");
    this.draw();
  }

  pressed(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.clicked(event);
  }

  typed(event) {
    event.stopPropagation();
    if (event.key === "Enter") this.answer(this.way.value);
  }

  takeBack() {
    this.way.value = this.chosen.slice(0, -1).join(", ");
    this.draw();
  }

  /** The numbers of the places that were said, on the picture. */
  draw() {
    for (const number of this.picture.querySelectorAll(".nslab-trace-chosen")) number.remove();
    const namespace = "http://www.w3.org/2000/svg";
    const add = (kind, attributes, text = "") => {
      const element = document.createElementNS(namespace, kind);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.textContent = text;
      return element;
    };
    const met = {};
    this.chosen.forEach((place, at) => {
      const [id] = Object.entries(this.places).find(([id, label]) => label === place || id === place) ?? [];
      const thing = id && this.picture.querySelector(`[data-id="${CSS.escape(id)}"]`);
      if (!thing) return;
      met[id] = (met[id] ?? -1) + 1;
      const box = thing.getBBox();
      const [x, y] = [box.x + box.width - 16 - 26 * met[id], box.y + box.height - 15];
      const group = add("g", { class: "nslab-trace-chosen" });
      group.append(add("circle", { cx: x, cy: y, r: 11 }), add("text", { x, y: y + 4.5, "text-anchor": "middle" }, String(at + 1)));
      this.picture.querySelector("svg").append(group);
    });
  }

  answer(way) {
    if (this.done) return;
    this.done = true;
    this.said.textContent = this.words.running;
    this.model.send({ do: "answer", way });
  }

  refuse() {
    if (!this.model.get("refused")) return;
    this.done = false;
    this.said.textContent = this.model.get("refused");
  }

  /** What happened is shown now: the question and what the command printed stay above it. */
  close() {
    for (const part of [this.how, this.picture, this.way, this.buttons, this.said]) part.remove();
    this.remove();
  }

  remove() {
    for (const [name, handler] of Object.entries(this.handlers)) this.model.off(name, handler);
  }
}

function render({ model, el }) {
  let shown = null;
  const show = () => (shown = new Player(model, el));
  if (!model.get("asked").command) {
    show();
    return () => shown.remove();
  }
  const asking = new Asking(model, el);
  shown = asking;
  const answered = () => {
    if (model.get("asked").command) return;
    asking.close();
    show();
  };
  model.on("change:asked", answered);
  return () => {
    model.off("change:asked", answered);
    shown.remove();
  };
}

export default { render };
