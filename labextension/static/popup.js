/* A menu that shows what each of its entries runs: below a button, or where a thing of a picture was pressed. */

import { h, icon } from "./page.js";

let open = null;

/** Close the menu that is open, if one is. */
export function closePopup() {
  open?.close();
}

/**
 * Show a menu.
 *
 * Entries have `label`, `icon`, `command` (what it runs), `act`, and perhaps `entries` (a menu of its own), `danger`,
 * `note` (what choosing it does); null is a line between two groups. `at` is a point of the page, `title` and `subtitle`
 * stand on top; `onClose` is called when it is gone.
 */
export function popup({ entries, at, title = "", subtitle = "", onClose = () => {}, focus = null }) {
  closePopup();
  open = new Popup({ entries, at, title, subtitle, onClose, focus });
  return open;
}

class Popup {
  constructor({ entries, at, title, subtitle, onClose, focus, parent = null }) {
    this.parent = parent;
    this.onClose = onClose;
    this.focus = focus ?? document.activeElement;
    const head = title && h("div", { class: "nslab-menu-head" }, h("b", {}, title), " ", h("span", {}, subtitle));
    this.node = h("div", { class: "nslab-menu", role: "menu", tabindex: "-1", "aria-label": title || false, "data-lm-suppress-shortcuts": "true" }, head || null);
    this.items = [];
    for (const entry of entries) this.add(entry);
    this.note = h("div", { class: "nslab-menu-note", hidden: true });
    const ground = document.querySelector("dialog[open]") ?? document.body; // a dialog lies above everything else
    ground.append(this.node);
    if (!parent) ground.append(this.note);
    this.place(at);
    this.node.addEventListener("keydown", (event) => this.pressed(event));
    this.outside = (event) => {
      if (!event.target.closest?.(".nslab-menu")) this.root.close();
    };
    if (!parent) {
      document.addEventListener("pointerdown", this.outside, true);
      this.scrolled = () => this.close();
      window.addEventListener("resize", this.scrolled);
    }
    this.items[0]?.node.focus();
  }

  get root() {
    return this.parent?.root ?? this;
  }

  add(entry) {
    if (!entry) {
      if (this.node.lastChild?.getAttribute?.("role") !== "separator") this.node.append(h("div", { role: "separator" }));
      return;
    }
    const node = h(
      "div",
      { role: "menuitem", tabindex: "-1", class: entry.danger ? "nslab-danger" : false, "aria-haspopup": entry.entries ? "menu" : false },
      entry.icon ? icon(entry.icon) : h("span", { class: "nslab-icon" }),
      h("span", { class: "nslab-menu-label" }, entry.label),
      h("code", {}, entry.command ?? ""),
      entry.entries ? icon("right") : null,
    );
    const item = { node, entry };
    node.addEventListener("click", () => this.choose(item));
    node.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "touch") return;
      node.focus();
      if (entry.entries) this.openChild(item);
      else this.closeChild();
    });
    node.addEventListener("focus", () => this.showNote(item));
    this.items.push(item);
    this.node.append(node);
  }

  place({ x, y }) {
    const { offsetWidth: wide, offsetHeight: high } = this.node;
    this.node.style.left = `${Math.max(4, Math.min(x, window.innerWidth - wide - 6))}px`;
    this.node.style.top = `${Math.max(4, Math.min(y, window.innerHeight - high - 6))}px`;
  }

  /** What choosing the entry does, in a strip below the menu. */
  showNote({ entry }) {
    const { note, node } = this.root;
    note.hidden = !entry.note || !entry.command;
    if (note.hidden) return;
    note.replaceChildren(h("span", {}, entry.note), h("code", {}, entry.full ?? entry.command));
    const box = (this.node ?? node).getBoundingClientRect();
    const below = box.bottom + 4;
    note.style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - note.offsetWidth - 6))}px`;
    note.style.top = `${below + note.offsetHeight < window.innerHeight ? below : Math.max(4, box.top - note.offsetHeight - 4)}px`;
  }

  choose(item) {
    if (item.entry.entries) {
      this.openChild(item);
      this.child?.items[0]?.node.focus();
      return;
    }
    this.root.close();
    item.entry.act?.();
  }

  openChild(item) {
    if (this.child?.item === item) return;
    this.closeChild();
    const box = item.node.getBoundingClientRect();
    const kept = document.activeElement;
    this.child = new Popup({ entries: item.entry.entries, at: { x: box.right - 4, y: box.top - 6 }, title: item.entry.label, onClose: () => {}, parent: this, focus: item.node });
    this.child.item = item;
    kept?.focus?.();
  }

  closeChild() {
    this.child?.close();
    this.child = null;
  }

  pressed(event) {
    event.stopPropagation();
    const at = this.items.findIndex(({ node }) => node === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1, Tab: event.shiftKey ? -1 : 1 }[event.key];
    if (step) this.items[(at + step + this.items.length) % this.items.length]?.node.focus();
    else if (event.key === "Enter" || event.key === " ") this.choose(this.items[at]);
    else if (event.key === "ArrowRight" && this.items[at]?.entry.entries) this.choose(this.items[at]);
    else if (event.key === "Escape" && !this.parent) this.close();
    else if ((event.key === "Escape" || event.key === "ArrowLeft") && this.parent) this.parent.closeChild();
    else return;
    event.preventDefault();
  }

  close() {
    this.closeChild();
    this.node.remove();
    this.note.remove();
    if (!this.parent) {
      document.removeEventListener("pointerdown", this.outside, true);
      window.removeEventListener("resize", this.scrolled);
      if (open === this) open = null;
    }
    this.focus?.focus?.({ preventScroll: true });
    this.onClose();
  }
}
