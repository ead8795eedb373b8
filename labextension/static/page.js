/* Building elements, icons, and copying: what the parts of the lab interface share. */

import { TRANSLATIONS } from "./translations.js";

/** Make an element; `properties` are set as attributes, functions as listeners. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const STROKE = 'fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"';
const ICONS = {
  play: '<path d="M4.5 2.5v11l9-5.5z" fill="currentColor"/>',
  live: `<g ${STROKE}><circle cx="8" cy="8" r="1.2" fill="currentColor"/><path d="M5.2 5.2a4 4 0 0 0 0 5.6M10.8 5.2a4 4 0 0 1 0 5.6M3 3a7 7 0 0 0 0 10M13 3a7 7 0 0 1 0 10"/></g>`,
  terminal: `<g ${STROKE}><rect x="1.5" y="2.5" width="13" height="11" rx="1.5"/><path d="M4.5 6l2 2-2 2M8.5 10.5h3"/></g>`,
  why: `<g ${STROKE}><circle cx="8" cy="8" r="6.3"/><path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.2M8 11.4v.1"/></g>`,
  break: '<path d="M9 1.5L3.5 9H7l-1 5.500L12.5 6.500H8.500z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/>',
  reset: `<g ${STROKE}><path d="M3 8a5 5 0 1 0 1.7-3.8"/><path d="M2.6 2.300l1.9 2.1 2.6-1"/></g>`,
  copy: `<g ${STROKE}><rect x="5.5" y="5.5" width="8" height="8.5" rx="1"/><path d="M10.5 5.500V2.500h-8v8h3"/></g>`,
  down: `<path d="M4 6l4 4 4-4" ${STROKE}/>`,
  right: `<path d="M6 4l4 4-4 4" ${STROKE}/>`,
  power: `<g ${STROKE}><path d="M8 2v5M4.6 4.200a5 5 0 1 0 6.8 0"/></g>`,
  plug: `<g ${STROKE}><path d="M6 2v3M10 2v3M4.5 5h7v2.500a3.5 3.5 0 0 1-7 0zM8 11v3"/></g>`,
  trash: `<g ${STROKE}><path d="M3 4.500h10M6.5 4V2.500h3V4M4.5 4.500l.6 9h5.800l.6-9"/></g>`,
  list: `<path d="M2.5 4h.1M2.5 8h.1M2.5 12h.1M5.5 4h8M5.5 8h8M5.5 12h8" ${STROKE}/>`,
  trace: `<path d="M2 13l3.5-4 3 2L14 4M14 4h-3.500M14 4v3.5" ${STROKE}/>`,
  plus: `<path d="M8 3v10M3 8h10" ${STROKE}/>`,
  book: `<path d="M8 4C6.5 2.8 4 2.6 2 3v9.500c2-.4 4.5-.2 6 1 1.5-1.2 4-1.4 6-1V3c-2-.4-4.5-.2-6 1zM8 4v9.5" ${STROKE}/>`,
  check: `<path d="M3 8.500l3.3 3.300L13 5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>`,
};

/** An icon's SVG as text; also what JupyterLab's own icons are made from. */
export const iconSvg = (name) => `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16" aria-hidden="true">${ICONS[name]}</svg>`;

export function icon(name) {
  const box = h("span", { class: `nslab-icon nslab-icon-${name}` });
  box.innerHTML = iconSvg(name);
  return box;
}

/** nslab's mark, two containers plugged into a bridge, in the colour of the text around it. */
export const MARK =
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161">` +
  `<path d="M2 12h8v9H2zm2 2v5h4v-5zM14 12h8v9h-8zm2 2v5h4v-5zM9.5 2h5v3.6h-5z"/>` +
  `<path d="M5 12V9.500C5 6 7 3 10 3v2C8.3 5 7 6.7 7 9.500V12zM19 12V9.500C19 6 17 3 14 3v2c1.7 0 3 1.7 3 4.500V12z"/></g></svg>`;

/** The same in colour, as the kernel's own logo. */
export const LOGO =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M5 12V9.5C5 6 7 3 10 3v2C8.3 5 7 6.7 7 9.5V12zM19 12V9.5C19 6 17 3 14 3v2c1.7 0 3 1.7 3 4.5V12zM9.5 2h5v3.6h-5z" fill="#009e73"/>` +
  `<path d="M2 12h8v9H2z" fill="#0072b2"/><path d="M14 12h8v9h-8z" fill="#e69f00"/></svg>`;

/** Copy text, also where the page isn't served securely and the clipboard's own interface is missing. */
export async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = h("textarea", { style: "position:fixed;opacity:0" });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

const LANGUAGE = "nslab-language";

/** The codes of all languages, English first. */
export const LANGUAGES = ["en", ...Object.keys(TRANSLATIONS)];
const changed = new EventTarget();

/** The language of panel, toolbar and menus, and of the lessons that are listed. */
export const language = {
  /** What the user has chosen; empty where nothing was. */
  get chosen() {
    return localStorage.getItem(LANGUAGE) ?? "";
  },
  get now() {
    return this.chosen || this.shown || (LANGUAGES.find((name) => navigator.language.startsWith(name)) ?? "en");
  },
  /** That of the lesson on the page, as long as nothing is chosen. */
  shown: "",
  choose(name) {
    localStorage.setItem(LANGUAGE, name);
    changed.dispatchEvent(new Event("change"));
  },
  show(name) {
    if (this.shown === name) return;
    this.shown = name;
    changed.dispatchEvent(new Event("change"));
  },
  onChange(act) {
    changed.addEventListener("change", act);
    return () => changed.removeEventListener("change", act);
  },
};
