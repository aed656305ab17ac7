// Elements, words, figures: the few helpers every part of the pane shares.
import { GLYPHS, KINDS, WORDS } from "./declared.js";

const SVG = "http://www.w3.org/2000/svg";
const arsheet = globalThis.arsheet;

export const language = () => (arsheet.settings.language === "en" ? "en" : "zh");
export const pick = (two) => two[language()] || two.zh || two.en || "";

/** The words of a key in the chosen language, with {braces} filled in. */
export function t(key, facts = {}) {
  const two = WORDS[key] || [key, key];
  return two[language() === "zh" ? 0 : 1].replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}

/** An element: h("button", {class: "main", onclick}, "text", child). Text is text: nothing is ever parsed as HTML. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list" && name !== "form" && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return element;
}

export const $ = (id) => document.getElementById(id);

export function glyph(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "glyph", "aria-hidden": "true" })) svg.setAttribute(key, value);
  path.setAttribute("d", GLYPHS[name] || GLYPHS.other);
  svg.append(path);
  return svg;
}

// ---- figures ----------------------------------------------------------------------------------------------------

const MONEY = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const COUNT = new Intl.NumberFormat("en-US");
const PLAIN = new Intl.NumberFormat("en-US", { maximumFractionDigits: 10, useGrouping: false });
const SHARE = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 2 });

export const count = (number) => COUNT.format(number);
export const money = (number) => MONEY.format(number);

/** A serial of the 1900 system as 2026-03-31. */
export function date(serial) {
  const whole = Math.floor(serial);
  return new Date(Date.UTC(1899, 11, 30) + (whole < 60 ? whole + 1 : whole) * 86400000).toISOString().slice(0, 10);
}

/** What a cell of the wire shows; ``kind`` is that of its column, "" where it is not known. */
export function shown(cell, kind = "") {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "boolean") return cell ? "TRUE" : "FALSE";
  if (typeof cell === "object") return "d" in cell ? date(cell.d) : cell.e || "";
  if (typeof cell !== "number") return cell;
  if (kind === "money") return money(cell);
  if (kind === "percent") return SHARE.format(cell);
  if (kind === "date" && cell > 0 && cell < 2958466) return date(cell);
  if (kind === "id" || kind === "text") return PLAIN.format(cell);
  return Number.isInteger(cell) ? PLAIN.format(cell) : money(cell);
}

export const kindOf = (header) => (typeof header === "string" && KINDS[header.trim()]) || "";
export const isNumber = (cell, kind) => typeof cell === "number" && kind !== "id" && kind !== "text" && kind !== "date";

/** 27 -> AA; the first column is 1. */
export function letters(column) {
  let name = "";
  for (let left = column; left > 0; left = Math.floor((left - 1) / 26)) name = String.fromCharCode(65 + ((left - 1) % 26)) + name;
  return name;
}

/** "B12" or "B12:D14" -> {row: 12, column: 2}; null for what is no address. */
export function place(address) {
  const found = /^\$?([A-Z]{1,3})\$?([0-9]{1,7})/i.exec(address || "");
  if (!found) return null;
  const column = [...found[1].toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  return { row: Number(found[2]), column };
}

// ---- the modal dialog -------------------------------------------------------------------------------------------

/** Opens the dialog with a title, content and buttons; the promise gives what ``close(value)`` was given, or null. */
export function dialog(title, content, buttons, { wide = false } = {}) {
  const box = $("dialog");
  return new Promise((resolve) => {
    const before = document.activeElement && document.activeElement.id; // its element may be drawn anew meanwhile
    const done = (value) => {
      box.onclose = null;
      if (box.open) box.close();
      if (before && $(before)) $(before).focus();
      resolve(value);
    };
    box.classList.toggle("wide", wide);
    const form = h("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); (buttons.find((b) => b.main) || buttons[0]).do(done); } },
      h("header", {}, h("h2", { id: "dialog-title" }, title),
        h("button", { type: "button", class: "quiet close", "aria-label": t("close"), onclick: () => done(null) }, "×")),
      h("div", { class: "content", tabindex: "-1" }, content),
      h("footer", {}, buttons.map((button) => h("button", {
        type: button.main ? "submit" : "button", class: button.main ? "main" : "", disabled: button.disabled === true, autofocus: button.main === true,
        onclick: button.main ? undefined : () => button.do(done) }, button.words))));
    fill(box, form);
    box.onclose = () => done(null);
    box.showModal();
    const first = box.querySelector("[data-first], button.main:not([disabled])");
    if (first) first.focus();
  });
}
