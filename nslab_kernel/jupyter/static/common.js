/* What nslab's widgets share: building elements, cleaning foreign HTML, showing a picture. */

/** Mark a text for translation: `script/messages` finds it, and `frontend.py` puts TRANSLATIONS before this file. */
const _ = (text) => text;

/** A table of marked texts in a language; what its catalogue lacks stays English. */
function spoken(words, language) {
  const known = TRANSLATIONS[language] ?? {};
  const entries = Object.entries(words).map(([key, said]) => [
    key,
    typeof said === "string" ? (known[said] ?? said) : spoken(said, language),
  ]);
  return Object.fromEntries(entries);
}

/** Make an element; `properties` are set as attributes, functions as listeners. */
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const ALLOWED_TAGS = new Set(
  ("A ABBR B BLOCKQUOTE BR CODE DD DEL DETAILS DIV DL DT EM H1 H2 H3 H4 H5 H6 HR I IMG KBD LI OL P PRE S SAMP SMALL " +
    "SPAN STRONG SUB SUMMARY SUP TABLE TBODY TD TH THEAD TR U UL VAR").split(" "),
);
const ALLOWED_ATTRIBUTES = new Set(["href", "src", "alt", "title", "colspan", "rowspan", "lang", "role", "aria-label", "open"]);
const SAFE_LINK = /^(https?:|mailto:|#|[^:]*$)/i;
const SAFE_IMAGE = /^data:image\/(png|jpeg|gif);/i;

/** HTML of a lesson without anything that could act: scripts, listeners, styles, requests to other machines. */
function clean(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const element of [...page.body.querySelectorAll("*")]) {
    if (!ALLOWED_TAGS.has(element.tagName)) {
      element.remove();
      continue;
    }
    for (const { name, value } of [...element.attributes]) {
      const safe =
        ALLOWED_ATTRIBUTES.has(name) &&
        (name !== "href" || SAFE_LINK.test(value)) &&
        (name !== "src" || SAFE_IMAGE.test(value));
      if (!safe) element.removeAttribute(name);
    }
  }
  const fragment = document.createDocumentFragment();
  fragment.append(...page.body.childNodes);
  return fragment;
}

/** Show cleaned HTML; its links to other notebooks open in JupyterLab, those to the web in a tab of their own. */
function showHtml(box, html) {
  box.replaceChildren(clean(html));
  for (const link of box.querySelectorAll("a[href]")) {
    const target = link.getAttribute("href");
    if (/^https?:/i.test(target)) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    } else if (!target.startsWith("#")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        window.nslab?.open(target, box);
      });
    }
  }
}

/** Put a picture in place of the one that is shown: parsed first and exchanged at once, so that no blank frame is painted. */
function showSvg(box, svg) {
  const holder = document.createElement("template");
  holder.innerHTML = svg;
  box.replaceChildren(holder.content);
}

/**
 * Take a picture's caption out of it, so that it can be read at the size of text: gives the caption back.
 * The box around the picture is given its proportions, to be as high as it needs to be and no higher.
 */
function takeCaption(svg) {
  const captions = [...svg.querySelectorAll('[data-kind="caption"]')];
  const text = captions.map((caption) => [...caption.querySelectorAll("text")].map((line) => line.textContent).join(" ")).join(" ");
  for (const caption of captions) caption.remove();
  const { x, y, width, height } = svg.getBBox();
  if (width && height) {
    svg.setAttribute("viewBox", `${x - 6} ${y - 6} ${width + 12} ${height + 12}`);
    svg.parentElement.style.aspectRatio = `${width + 12} / ${height + 12}`;
  }
  svg.setAttribute("preserveAspectRatio", "xMidYMin");
  return text;
}

const NARROW = 760; // CSS pixels: three namespaces side by side would be too small to read in less

/** Have the kernel draw a picture for the width that its box has. */
function fitColumns(model, box) {
  let asked = 0; // as many as suit the picture
  const watch = new ResizeObserver(() => {
    const columns = box.clientWidth < NARROW ? 2 : 0;
    if (!box.clientWidth || columns === asked) return;
    asked = columns;
    model.send({ do: "columns", columns });
  });
  watch.observe(box);
  return watch;
}

/** A sentence in which `what stands between backticks` is code. */
function withCode(sentence) {
  return sentence.split("`").map((part, number) => (number % 2 ? h("code", {}, part) : part));
}

/** Copy text, also where the page isn't served securely and the clipboard's own interface is missing. */
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = h("textarea", { style: "position:fixed;opacity:0" });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

const HERE = 10000; // milliseconds between two signs of life

/**
 * Tells the kernel that this page shows a widget, and when nobody can see it: it ends what it does for nobody.
 * What turns out to be seen after all (a window in front again, a question about closing answered with no) is told
 * by the next sign of life.
 */
class Presence {
  constructor(model, element) {
    this.model = model;
    this.element = element;
    this.page = Math.random().toString(36).slice(2);
    this.leave = () => this.say("hide");
    this.turn = () => this.say(document.hidden ? "hide" : "here");
  }

  say(what) {
    try {
      this.model.send({ do: what, page: this.page });
    } catch {
      // The notebook is closed, and its connection to the kernel with it; `closing` has told in time.
    }
  }

  show() {
    if (this.timer) return;
    this.say("show");
    this.timer = setInterval(() => document.hidden || this.say("here"), HERE);
    window.addEventListener("pagehide", this.leave);
    document.addEventListener("visibilitychange", this.turn);
    requestAnimationFrame(() => (this.release = window.nslab?.closing(this.element, this.leave)));
  }

  hide() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    window.removeEventListener("pagehide", this.leave);
    document.removeEventListener("visibilitychange", this.turn);
    this.release?.();
    this.say("hide");
  }
}
