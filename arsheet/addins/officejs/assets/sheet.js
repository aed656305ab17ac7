// A window on one sheet: read only, as many rows as there are, only those in sight in the page.
import { count, fill, h, isNumber, kindOf, letters, place, shown, t } from "./dom.js";

const arsheet = globalThis.arsheet;
const ROW = 30; // height of a row, as in pane.css
const PAGE = 200;
const TALLEST = 12000000; // a browser cannot make an element much higher
const HEADER_ROWS = 8; // the header of a table stands in one of the first rows

export class SheetView {
  constructor(element, book, about, onProgress) {
    Object.assign(this, { element, book, sheets: about.sheets, onProgress, sheet: "", chosen: null });
    this.forget();
  }

  forget() {
    this.pages = new Map();
    this.asked = new Set();
    this.total = 0;
    this.columns = 0;
    this.header = 0;
    this.kinds = [];
    this.widths = [];
  }

  async show(sheet) {
    if (this.sheet !== sheet) this.chosen = null;
    this.sheet = sheet;
    this.forget();
    await this.load(0);
    this.draw();
  }

  async reload() {
    const about = await arsheet.post("/api/sheet", { book: this.book, rows: 0 });
    this.sheets = about.sheets;
    const top = this.scroller ? this.scroller.scrollTop : 0;
    await this.show(this.sheets.includes(this.sheet) ? this.sheet : this.sheets[0]);
    if (this.scroller) this.scroller.scrollTop = top;
  }

  async load(page) {
    if (this.asked.has(page)) return;
    this.asked.add(page);
    const sheet = this.sheet;
    const answer = await arsheet.post("/api/sheet", { book: this.book, sheet, from: page * PAGE + 1, rows: PAGE });
    if (sheet !== this.sheet) return;
    this.total = answer.total;
    this.columns = Math.max(this.columns, answer.columns.length);
    this.pages.set(page, answer.rows);
    if (page === 0) this.learn(answer.rows);
  }

  /** Where the header stands, what kind each column is, and how wide it must be. */
  learn(rows) {
    const fits = rows.slice(0, HEADER_ROWS).map((row) => row.filter((cell) => kindOf(cell)).length);
    const best = Math.max(...fits, 0);
    this.header = best >= 2 ? fits.indexOf(best) + 1 : 0;
    const names = this.header ? rows[this.header - 1] : [];
    this.kinds = Array.from({ length: this.columns }, (_, at) => kindOf(names[at]));
    this.widths = Array.from({ length: this.columns }, (_, at) => {
      const from = this.header ? this.header - 1 : 0; // a title above the table may run over its neighbours
      const longest = rows.slice(from, from + 60).reduce((most, row) => Math.max(most, breadth(shown(row[at], this.kinds[at]))), 0);
      return Math.min(Math.max(Math.round(longest * 7.4) + 22, 56), this.header ? 300 : 130); // a page's text runs over
    });
  }

  draw() {
    const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": t("sheets") }, this.sheets.map((name) => h("button", {
      role: "tab", "aria-selected": String(name === this.sheet), tabIndex: name === this.sheet ? 0 : -1,
      onclick: () => this.show(name).catch((error) => this.failed(error)), onkeydown: (event) => this.walk(event, name) }, name)));
    this.body = h("div", { class: "rows" });
    this.scroller = h("div", { class: "grid", tabindex: "0", role: "grid", "aria-readonly": "true", "aria-label": this.sheet, "aria-rowcount": this.total, onscroll: () => this.paint() }, this.letters(), this.body);
    const note = this.total ? `${t("row_count", { count: count(this.total) })} · ${t("read_only")}` : t("empty_sheet");
    fill(this.element, tabs, this.scroller, h("p", { class: "foot" }, note));
    this.paint();
  }

  failed(error) {
    fill(this.body, h("p", { class: "wrong" }, error.message));
  }

  walk(event, name) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && this.sheets[this.sheets.indexOf(name) + step];
    if (next) this.show(next).then(() => this.element.querySelector('[aria-selected="true"]').focus(), (error) => this.failed(error));
  }

  track() {
    return `52px ${this.widths.map((width) => `${width}px`).join(" ")}`;
  }

  letters() {
    const row = h("div", { class: "row letters", role: "row" }, h("span", { class: "corner" }),
      this.widths.map((_, at) => h("span", { role: "columnheader" }, letters(at + 1))));
    row.style.gridTemplateColumns = this.track();
    return row;
  }

  /** Draws the rows in sight and asks for those that are not here yet. */
  paint() {
    const height = Math.min(this.total * ROW, TALLEST);
    const scale = this.total * ROW > TALLEST ? (this.total * ROW) / TALLEST : 1;
    const first = Math.max(0, Math.floor((this.scroller.scrollTop * scale) / ROW) - 10);
    const last = Math.min(this.total, first + Math.ceil((this.scroller.clientHeight || 600) / ROW) + 20);
    this.body.style.height = `${height}px`;
    const shownRows = [];
    for (let index = first; index < last; index += 1) shownRows.push(this.row(index, (index * ROW) / scale));
    fill(this.body, shownRows);
    for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last - 1) / PAGE); page += 1) {
      if (!this.asked.has(page)) this.load(page).then(() => this.paint(), (error) => this.failed(error));
    }
  }

  row(index, top) {
    const cells = (this.pages.get(Math.floor(index / PAGE)) || [])[index % PAGE];
    const number = index + 1;
    const isHeader = number === this.header;
    const row = h("div", { class: `row${isHeader ? " header" : ""}`, role: "row", "aria-rowindex": number },
      h("span", { class: "number", role: "rowheader" }, number),
      this.widths.map((_, at) => this.cell(cells ? cells[at] : "…", number, at, isHeader, runsOver(cells, at))));
    row.style.gridTemplateColumns = this.track();
    row.style.transform = `translateY(${top}px)`;
    return row;
  }

  cell(value, row, at, isHeader, runs) {
    const kind = row > this.header ? this.kinds[at] : "";
    const words = shown(value, kind);
    const marked = this.chosen && this.chosen.row === row && this.chosen.column === at + 1;
    const page = row < this.header || !this.header; // outside a table a text runs over the blank cells beside it
    const classes = [page && runs, isNumber(value, kind) && !isHeader && "number-cell", marked && "chosen", value && value.e && "broken"].filter(Boolean).join(" ");
    return h("span", { class: classes, role: "gridcell", "aria-selected": marked ? "true" : null, title: words.length > 24 ? words : null, onclick: () => { this.chosen = { row, column: at + 1 }; this.paint(); } }, words);
  }

  /** Shows a sheet at a cell and marks it. */
  async goTo(sheet, address) {
    const wanted = place(address) || { row: 1, column: 1 };
    if (sheet && sheet !== this.sheet) await this.show(sheet);
    this.chosen = wanted;
    const scale = this.total * ROW > TALLEST ? (this.total * ROW) / TALLEST : 1;
    await this.load(Math.floor((wanted.row - 1) / PAGE));
    this.scroller.scrollTop = Math.max(0, ((wanted.row - 4) * ROW) / scale);
    this.scroller.scrollLeft = Math.max(0, this.widths.slice(0, wanted.column - 1).reduce((sum, width) => sum + width, 0) - 160);
    this.paint();
    this.element.scrollIntoView({ block: "nearest" });
  }

  selected() {
    const chosen = this.chosen;
    return { sheet: this.sheet, cell: chosen ? `${letters(chosen.column)}${chosen.row}` : "A1", formula: "" };
  }
}

/** "over": a text with a blank cell to its right; "under": a blank cell that such a text may run over. */
function runsOver(cells, at) {
  if (!cells || cells[at + 1] !== null) return "";
  if (typeof cells[at] === "string") return "over";
  let left = at;
  while (left > 0 && cells[left] === null) left -= 1;
  return left < at && typeof cells[left] === "string" ? "under" : "";
}

/** Width in Latin characters: a Chinese one counts for two. */
function breadth(words) {
  return [...words].reduce((sum, letter) => sum + (letter.codePointAt(0) > 0x2e7f ? 1.9 : 1), 0);
}
