/* A prediction: the question and its choices, then the answer laid over what happened. */

function render({ model, el }) {
  const { question, choices, words, language } = model.get("asked");
  const chosen = new Set();
  const root = h("div", { class: "nslab nslab-predict", lang: language, tabindex: "0", role: "group", "aria-label": words.title });
  el.append(root);

  const boxes = choices.map((label, index) =>
    h(
      "button",
      { class: "choice", role: "checkbox", "aria-checked": "false", click: () => toggle(index) },
      h("span", { class: "box", "aria-hidden": "true" }),
      h("span", { class: "label" }, label),
      h("kbd", {}, String(index + 1)),
    ),
  );
  const note = h("span", { class: "how" }, words.how.replace("{}", choices.map((_, index) => index + 1).join(" ")));
  const keep = h("button", { class: "keep", disabled: true, click: () => answer([...chosen]) }, "▶ " + words.keep);
  const unknown = h("button", { class: "unknown", click: () => answer([]) }, words.unknown);
  const buttons = h("div", { class: "buttons" }, keep, unknown, note);
  const said = h("p", { class: "said", role: "status" });
  const printed = h("pre", { class: "printed" });
  const picture = h("div", { class: "picture" });
  root.append(h("h3", {}, question), h("div", { class: "choices" }, ...boxes), buttons, said, printed, picture);

  function toggle(index) {
    if (done()) return;
    if (!chosen.delete(index)) chosen.add(index);
    boxes[index].setAttribute("aria-checked", String(chosen.has(index)));
    keep.disabled = chosen.size === 0;
  }
  function done() {
    return Object.keys(model.get("outcome")).length > 0 || said.textContent !== "";
  }
  function answer(indexes) {
    if (done()) return;
    said.textContent = words.running;
    keep.hidden = unknown.hidden = true;
    model.send({ do: "answer", chosen: indexes });
  }
  function draw() {
    showSvg(picture, model.get("picture"));
  }
  function show() {
    const outcome = model.get("outcome");
    if (!Object.keys(outcome).length) return;
    keep.hidden = unknown.hidden = true;
    note.textContent = words.again;
    boxes.forEach((box, index) => {
      const mine = outcome.chosen.includes(index);
      const right = outcome.right[index];
      box.setAttribute("aria-checked", String(mine));
      box.setAttribute("aria-disabled", "true");
      box.classList.toggle("right", right);
      const word = mine && right ? words["as said"] : right ? words.happened : mine ? words.chosen : "";
      box.querySelector("kbd").replaceWith(h("span", { class: "word" }, word));
    });
    said.textContent = words[outcome.verdict];
    printed.textContent = outcome.printed;
  }
  root.addEventListener("keydown", (event) => {
    const number = Number(event.key);
    if (number >= 1 && number <= choices.length) toggle(number - 1);
    else if (event.key === "Enter" && event.target === root && chosen.size) answer([...chosen]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  model.on("change:outcome", show);
  model.on("change:picture", draw);
  draw();
  show();
  return () => {
    model.off("change:outcome", show);
    model.off("change:picture", draw);
  };
}

export default { render };
