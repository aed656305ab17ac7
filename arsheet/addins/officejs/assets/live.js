// The workbook that Excel has open: its tables read as they stand, what was confirmed written into them, its AR_ cells
// worked out again, its changes noticed. Everything is said to Excel in batches; nothing is read twice.
import { SOURCES, TABLES } from "./declared.js";
import { t } from "./dom.js";
import { parseCall } from "./formula.js";
import { apply, restore, same, up } from "./writes.js";

const arsheet = globalThis.arsheet;
const NAMES = new Map(Object.keys(TABLES).map((name) => [name.toLowerCase(), name]));
const MOST_CELLS = 100000; // read at once: Excel on the web refuses answers over 5 MB
const KEPT_UNDOS = 5;
const AR_CELL = /(^|[^A-Za-z0-9_."'])(?:ARSHEET\.)?AR_[A-Z_]+\s*\(/i;

export async function openLive({ onChanged, onProgress }) {
  const book = new LiveBook(onChanged, onProgress);
  await book.open();
  return book;
}

class LiveBook {
  constructor(onChanged, onProgress) {
    Object.assign(this, { onChanged, onProgress, undos: new Map(), seen: null, ours: 0, telling: null });
    this.id = `live-${globalThis.crypto.randomUUID()}`; // one per open window: a copy of a book is another book
    this.name = "";
    this.stamp = null;
    this.found = null;
    this.date1904 = false;
  }

  /** Reads the book for the first time, so that functions answer, and watches its source tables. */
  async open() {
    await Excel.run(async (context) => {
      const workbook = context.workbook;
      workbook.load("name");
      await context.sync();
      this.name = workbook.name;
    });
    this.date1904 = await date1904();
    const tables = await this.read();
    if (!tables.Invoices) return;
    const said = await arsheet.post("/api/book", this.body({ name: this.name, tables, as_of: null }));
    this.stamp = said.stamp;
    this.found = said.findings ? said : null;
    await this.watch();
  }

  body(more) {
    return { book: this.id, language: arsheet.settings.language, date1904: this.date1904, ...more };
  }

  draw() {}

  // ---- reading --------------------------------------------------------------------------------------------------

  /** Every table of the house that the book has: {name: {sheet, header, rows, row, column}}. */
  async read() {
    this.onProgress(t("reading"));
    try {
      return await Excel.run((context) => readTables(context));
    } finally {
      this.onProgress("");
    }
  }

  /** What a preview is made from; an action that needs no table is asked for without them. */
  async snapshot(action) {
    if (action && !action.reads.length) {
      this.seen = null;
      return { name: this.name };
    }
    const tables = await this.read();
    this.seen = JSON.stringify(tables);
    return { tables, name: this.name, date1904: this.date1904 };
  }

  // ---- writing --------------------------------------------------------------------------------------------------

  /** Confirms a preview, unless the book has changed since it was shown, and writes what the service says. */
  async confirm(preview) {
    if (this.seen !== null && JSON.stringify(await this.read()) !== this.seen) throw new arsheet.ServiceError("changed_since", t("changed_since"));
    this.onProgress(t("writing"));
    const done = await arsheet.post("/api/confirm", { book: this.id, preview: preview.preview });
    const before = await this.write(done.writes || []);
    if (done.undo) this.keep(done.undo, before);
    return done;
  }

  /** Takes a confirmed action back: what stood there is put back, formulas included, if nobody changed it since. */
  async undo(undo) {
    const id = undo || [...this.undos.keys()].pop() || null;
    const kept = this.undos.get(id);
    const { tables } = await this.snapshot();
    if (kept && !(await this.quietly((context) => same(context, kept)))) {
      throw new arsheet.ServiceError("changed_since", t("changed_since_write"));
    }
    const done = await arsheet.post("/api/undo", this.body({ undo: id, tables }));
    if (kept) await this.quietly((context) => restore(context, kept));
    else await this.write(done.writes || []);
    this.undos.delete(id);
    return done;
  }

  async write(writes) {
    return this.quietly((context) => apply(context, writes));
  }

  keep(undo, before) {
    this.undos.set(undo, before);
    while (this.undos.size > KEPT_UNDOS) this.undos.delete(this.undos.keys().next().value);
  }

  /** Runs in Excel without taking its own changes for those of a person. */
  async quietly(work) {
    this.ours += 1;
    try {
      return await Excel.run(work);
    } finally {
      // Excel tells of a change after the batch that made it
      setTimeout(() => { this.ours -= 1; }, 500);
    }
  }

  /** After a write: the AR_ cells of the book, and only those, are worked out again. */
  async afterWrite() {
    this.onProgress(t("recalculating"));
    try {
      await this.quietly(recalculate);
    } finally {
      this.onProgress("");
    }
  }

  // ---- noticing -------------------------------------------------------------------------------------------------

  async watch() {
    const sources = new Set(SOURCES.map((name) => name.toLowerCase()));
    await Excel.run(async (context) => {
      const tables = context.workbook.tables;
      tables.load("items/id,items/name");
      await context.sync();
      const watched = new Set(tables.items.filter((table) => sources.has(table.name.toLowerCase())).map((table) => table.id));
      tables.onChanged.add(async (event) => {
        const own = event.triggerSource ? event.triggerSource === "ThisLocalAddin" : this.ours > 0;
        if (!own && watched.has(event.tableId)) this.changed();
      });
      await context.sync();
    });
  }

  changed() {
    this.onChanged();
    clearTimeout(this.telling); // a paste tells of itself many times
    this.telling = setTimeout(() => arsheet.post("/api/changed", { book: this.id }).catch(() => {}), 300);
  }

  // ---- the selection --------------------------------------------------------------------------------------------

  async goTo(sheet, cell) {
    await Excel.run(async (context) => {
      const found = context.workbook.worksheets.getItemOrNullObject(sheet);
      found.load("isNullObject,visibility");
      await context.sync();
      if (found.isNullObject) throw new arsheet.ServiceError("sheet_missing", t("table_missing", { table: sheet }));
      if (found.visibility !== "Visible") found.visibility = "Visible";
      found.activate();
      found.getRange(cell || "A1").select();
      await context.sync();
    });
  }

  async selected() {
    return Excel.run(async (context) => {
      const cell = context.workbook.getActiveCell();
      const sheets = context.workbook.worksheets;
      cell.load("address,formulas");
      cell.worksheet.load("name");
      sheets.load("items/name");
      await context.sync();
      const formula = String(cell.formulas[0][0]);
      return {
        sheet: cell.worksheet.name, cell: cell.address.split("!").pop().replace(/\$/g, ""),
        formula: AR_CELL.test(formula) ? formula : "", sheets: sheets.items.map((sheet) => sheet.name),
      };
    });
  }

  /** The call in a formula, its references replaced by what stands there. */
  async callOf(formula, sheet) {
    const call = parseCall(formula);
    const args = await Promise.all(call.args.map((arg) => (arg && arg.ref ? valuesOf(arg.ref, sheet) : arg)));
    return { fn: call.fn, args };
  }
}

async function date1904() {
  try {
    return await Excel.run(async (context) => {
      context.workbook.load("use1904DateSystem");
      await context.sync();
      return context.workbook.use1904DateSystem === true;
    });
  } catch {
    return false; // an older Excel cannot tell; books of the 1904 system are rare and of old Macs
  }
}

async function readTables(context) {
  const tables = context.workbook.tables;
  tables.load("items/name");
  await context.sync();
  const found = tables.items.filter((table) => NAMES.has(table.name.toLowerCase())).map((table) => {
    const parts = { table, name: NAMES.get(table.name.toLowerCase()), header: table.getHeaderRowRange(), body: table.getDataBodyRange(), sheet: table.worksheet };
    parts.header.load("values,rowIndex,columnIndex");
    parts.body.load("rowCount,columnCount,rowIndex,columnIndex");
    parts.sheet.load("name");
    return parts;
  });
  await context.sync();
  const result = {};
  for (const { name, header, body, sheet } of found) {
    const rows = await readRows(context, sheet, body);
    result[name] = { sheet: sheet.name, header: header.values[0].map((text) => String(text)), rows, row: header.rowIndex + 2, column: header.columnIndex + 1 };
  }
  return result;
}

async function readRows(context, sheet, body) {
  const step = Math.max(1, Math.floor(MOST_CELLS / body.columnCount));
  const rows = [];
  for (let from = 0; from < body.rowCount; from += step) {
    const part = sheet.getRangeByIndexes(body.rowIndex + from, body.columnIndex, Math.min(step, body.rowCount - from), body.columnCount);
    part.load("values");
    await context.sync();
    // an error reads as its text: only where one may stand is it asked what the cell is
    if (part.values.some((row) => row.some((cell) => typeof cell === "string" && cell.startsWith("#")))) {
      part.load("valueTypes");
      await context.sync();
    }
    part.values.forEach((row, at) => rows.push(row.map((cell, column) => up(cell, typeof cell === "string" && cell.startsWith("#") ? part.valueTypes[at][column] : ""))));
  }
  while (rows.length && rows[rows.length - 1].every((cell) => cell === null)) rows.pop();
  return rows;
}

async function valuesOf(reference, sheet) {
  return Excel.run(async (context) => {
    const range = reference.table
      ? context.workbook.tables.getItem(reference.table).getRange()
      : context.workbook.worksheets.getItem(reference.sheet || sheet).getRange(reference.address).getUsedRangeOrNullObject(true);
    range.load("values,isNullObject");
    await context.sync();
    if (range.isNullObject) return null;
    const rows = range.values.map((row) => row.map((cell) => up(cell, "")));
    return rows.length === 1 && rows[0].length === 1 ? rows[0][0] : rows;
  });
}

/** Works out again exactly the cells whose formula calls an AR_ function. */
export async function recalculate(context) {
  const sheets = context.workbook.worksheets;
  sheets.load("items/name");
  await context.sync();
  const places = sheets.items.map((sheet) => {
    const cells = sheet.getRange().getSpecialCellsOrNullObject("Formulas");
    cells.load("isNullObject");
    cells.areas.load("items/formulas,items/rowIndex,items/columnIndex");
    return { sheet, cells };
  });
  await context.sync();
  let count = 0;
  for (const { sheet, cells } of places) {
    if (cells.isNullObject) continue;
    for (const area of cells.areas.items) {
      area.formulas.forEach((row, down) => row.forEach((formula, right) => {
        if (!AR_CELL.test(String(formula).replace(/"[^"]*"/g, '""'))) return;
        sheet.getRangeByIndexes(area.rowIndex + down, area.columnIndex + right, 1, 1).calculate();
        count += 1;
      }));
    }
  }
  await context.sync();
  return count;
}
