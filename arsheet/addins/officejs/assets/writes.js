// What the service says is to be written, put into Excel's tables: checked first, then written, then read back. Text
// never becomes a formula, formulas of a person's own columns go on, and what stood there can be put back.
import { t } from "./dom.js";

const arsheet = globalThis.arsheet;
const CELLS_AT_ONCE = 40000; // Excel on the web refuses requests over 5 MB
const DATE = "yyyy-mm-dd";
const PLAIN_TEXT = /^[\p{L}（【《“][^0-9]*$/u; // what Excel leaves as it is: it has no digit and begins with a letter

/** A value read from Excel as the wire has it; ``type`` is Excel's own word for it where that matters. */
export function up(value, type) {
  if (value === "" || value === null || value === undefined) return null;
  return type === "Error" ? { e: value } : value;
}

/** A cell of the wire as Excel takes it. An apostrophe makes any text text: "=1+1", "1-2" and "TRUE" stay as they are. */
export function encode(cell) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "object") return "d" in cell ? arsheet.down(cell) : `'${cell.e}`;
  if (typeof cell !== "string") return cell;
  return (PLAIN_TEXT.test(cell) && !/^(true|false)$/i.test(cell)) || cell === "" ? cell : `'${cell}`;
}

/** Carries the writes out, all of them or none; gives what puts the former contents back. */
export async function apply(context, writes) {
  const plans = [];
  for (const write of writes) plans.push(write.table ? await planTable(context, write) : await planCells(context, write));
  const before = [];
  try {
    for (const plan of plans) {
      before.push(plan.before);
      await plan.carryOut();
    }
    for (const plan of plans) plan.before.after = await plan.readBack();
  } catch (error) {
    await restore(context, before).catch(() => {});
    throw new arsheet.ServiceError("left_as_was", t("left_as_was", { reason: error.message }));
  }
  return before;
}

// ---- tables -----------------------------------------------------------------------------------------------------

async function planTable(context, write) {
  const state = await readTable(context, write.table);
  const shape = target(write, state);
  await mustFit(context, state, shape, write.table);
  const body = shape.rows.map((row) => row.map(encode));
  keepFormulas(body, state, shape);
  const cells = write.cells && Object.keys(write.cells).length ? await planCells(context, { sheet: state.sheetName, cells: write.cells }) : null;
  return {
    before: { ...state, kind: "table", name: write.table, cells: cells && cells.before },
    async carryOut() {
      await putTable(context, write.table, state, { header: shape.header, body, from: shape.from, total: shape.total, formats: formats(shape, state) });
      if (cells) await cells.carryOut();
    },
    async readBack() {
      const now = await readTable(context, write.table);
      if (now.rows !== shape.total || now.columns !== shape.header.length) throw new Error(write.table);
      if (cells) cells.before.after = await cells.readBack();
      return now.values;
    },
  };
}

/** The table as it stands: place, header, values, formulas, the number formats of its first row. */
async function readTable(context, name) {
  const table = context.workbook.tables.getItemOrNullObject(name);
  table.load("isNullObject");
  await context.sync();
  if (table.isNullObject) throw new arsheet.ServiceError("table_missing", t("table_missing", { table: name }));
  const [header, body, sheet] = [table.getHeaderRowRange(), table.getDataBodyRange(), table.worksheet];
  const first = body.getRow(0);
  header.load("values,rowIndex,columnIndex");
  body.load("values,formulas,formulasR1C1,rowCount,columnCount");
  first.load("numberFormat");
  sheet.load("name");
  sheet.protection.load("protected");
  await context.sync();
  if (sheet.protection.protected) throw new arsheet.ServiceError("sheet_protected", t("sheet_protected", { sheet: sheet.name }));
  return {
    sheetName: sheet.name, header: header.values[0], row: header.rowIndex, column: header.columnIndex, rows: body.rowCount, columns: body.columnCount,
    values: body.values, formulas: body.formulas, relative: body.formulasR1C1, numberFormat: first.numberFormat[0],
  };
}

/** Which rows go where: ``from`` is the first row of the body that is written, ``total`` how many there are then. */
function target(write, state) {
  const header = write.header && write.header.length ? write.header : state.header;
  if (write.mode !== "append" && write.mode !== "remove") return { header, rows: write.rows, from: 0, total: Math.max(write.rows.length, 1) };
  let filled = state.rows;
  while (filled && state.values[filled - 1].every((cell) => cell === "")) filled -= 1;
  if (write.mode === "remove") return { header, rows: [], from: filled - write.added, total: Math.max(filled - write.added, 1) };
  const rows = write.rows.slice(write.rows.length - write.added);
  return { header, rows, from: filled, total: Math.max(filled + rows.length, state.rows) };
}

/** Below the table there must be room: what a person put there is never overwritten. */
async function mustFit(context, state, shape, name) {
  const more = shape.total - state.rows;
  if (more <= 0) return;
  const below = context.workbook.worksheets.getItem(state.sheetName)
    .getRangeByIndexes(state.row + 1 + state.rows, state.column, more, Math.max(shape.header.length, state.columns)).getUsedRangeOrNullObject(true);
  below.load("isNullObject,address");
  await context.sync();
  if (!below.isNullObject) throw new arsheet.ServiceError("blocked_below", t("blocked_below", { table: name, cell: below.address.split("!").pop() }));
}

/** A column that a person fills with one formula goes on with it in every row. */
function keepFormulas(body, state, shape) {
  state.header.forEach((name, at) => {
    const to = shape.header.indexOf(name);
    const formula = state.relative.length ? state.relative[0][at] : "";
    const whole = isFormula(formula, state.values[0][at]) && state.relative.every((row) => row[at] === formula);
    if (to >= 0 && whole) body.forEach((row) => { row[to] = { formula }; });
  });
}

const isFormula = (formula, value) => typeof formula === "string" && formula.startsWith("=") && formula !== value;

/** The number format of each column: the table's own, and a date's where it has none. */
function formats(shape, state) {
  return shape.header.map((name, at) => {
    const own = state.numberFormat[state.header.indexOf(name)];
    const dates = shape.rows.some((row) => row[at] && typeof row[at] === "object" && "d" in row[at]);
    return dates && (!own || own === "General") ? DATE : own || null;
  });
}

async function putTable(context, name, state, { header, body, from, total, formats: wanted }) {
  const sheet = context.workbook.worksheets.getItem(state.sheetName);
  const table = context.workbook.tables.getItem(name);
  table.resize(sheet.getRangeByIndexes(state.row, state.column, total + 1, header.length));
  if (header.some((text, at) => text !== state.header[at])) sheet.getRangeByIndexes(state.row, state.column, 1, header.length).values = [header];
  if (total < state.rows) sheet.getRangeByIndexes(state.row + 1 + total, state.column, state.rows - total, state.columns).clear("Contents");
  if (header.length < state.columns) sheet.getRangeByIndexes(state.row, state.column + header.length, state.rows + 1, state.columns - header.length).clear("Contents");
  await context.sync();
  if (!body.length && from === 0) {
    sheet.getRangeByIndexes(state.row + 1, state.column, 1, header.length).clear("Contents");
    await context.sync();
  }
  wanted.forEach((format, at) => {
    if (format && body.length) sheet.getRangeByIndexes(state.row + 1 + from, state.column + at, body.length, 1).numberFormat = [[format]];
  });
  await putRows(context, sheet, state.row + 1 + from, state.column, body);
}

/** Values in blocks that Excel on the web accepts; formulas of whole columns after them. */
async function putRows(context, sheet, row, column, body) {
  const width = body.length ? body[0].length : 0;
  const step = Math.max(1, Math.floor(CELLS_AT_ONCE / Math.max(1, width)));
  for (let from = 0; from < body.length; from += step) {
    const part = body.slice(from, from + step);
    sheet.getRangeByIndexes(row + from, column, part.length, width).values = part.map((cells) => cells.map((cell) => (cell && typeof cell === "object" ? "" : cell)));
    await context.sync();
  }
  for (let at = 0; at < width; at += 1) {
    if (!body[0][at] || typeof body[0][at] !== "object") continue;
    sheet.getRangeByIndexes(row, column + at, body.length, 1).formulasR1C1 = body.map((cells) => [cells[at].formula]);
  }
  await context.sync();
}

// ---- single cells -----------------------------------------------------------------------------------------------

async function planCells(context, write) {
  const sheet = context.workbook.worksheets.getItemOrNullObject(write.sheet);
  sheet.load("isNullObject");
  await context.sync();
  if (sheet.isNullObject) throw new arsheet.ServiceError("table_missing", t("table_missing", { table: write.sheet }));
  const addresses = Object.keys(write.cells);
  const ranges = addresses.map((address) => sheet.getRange(address));
  ranges.forEach((range) => range.load("values,formulas"));
  sheet.protection.load("protected");
  await context.sync();
  if (sheet.protection.protected) throw new arsheet.ServiceError("sheet_protected", t("sheet_protected", { sheet: write.sheet }));
  return {
    before: { kind: "cells", sheetName: write.sheet, addresses, values: ranges.map((range) => range.values[0][0]), formulas: ranges.map((range) => range.formulas[0][0]) },
    async carryOut() {
      addresses.forEach((address, at) => {
        const cell = write.cells[address];
        ranges[at].values = [[encode(cell)]];
        if (cell && typeof cell === "object" && "d" in cell) ranges[at].numberFormat = [[DATE]];
      });
      await context.sync();
    },
    async readBack() {
      ranges.forEach((range) => range.load("values"));
      await context.sync();
      return ranges.map((range) => range.values[0][0]);
    },
  };
}

// ---- going back -------------------------------------------------------------------------------------------------

/** What a cell held, as Excel takes it back: a formula, or the value as what it was. */
const former = (formula, value) => (isFormula(formula, value) ? formula : typeof value === "string" ? encode(value) : value);

/** Puts back what stood there before ``apply``, the last write first. */
export async function restore(context, before) {
  for (const state of [...before].reverse()) {
    if (state.kind === "cells") await restoreCells(context, state);
    else await restoreTable(context, state);
  }
}

async function restoreTable(context, state) {
  const now = await readTable(context, state.name);
  const body = state.formulas.map((row, down) => row.map((formula, right) => former(formula, state.values[down][right])));
  await putTable(context, state.name, now, { header: state.header, body, from: 0, total: body.length, formats: state.numberFormat });
  if (state.cells) await restoreCells(context, state.cells);
}

async function restoreCells(context, state) {
  const sheet = context.workbook.worksheets.getItem(state.sheetName);
  state.addresses.forEach((address, at) => { sheet.getRange(address).formulas = [[former(state.formulas[at], state.values[at])]]; });
  await context.sync();
}

/** Whether the book still holds what was written: otherwise undoing would lose somebody's work. */
export async function same(context, before) {
  for (const state of before) {
    if (state.kind === "cells") {
      const ranges = state.addresses.map((address) => context.workbook.worksheets.getItem(state.sheetName).getRange(address));
      ranges.forEach((range) => range.load("values"));
      await context.sync();
      if (JSON.stringify(ranges.map((range) => range.values[0][0])) !== JSON.stringify(state.after)) return false;
    } else if (JSON.stringify((await readTable(context, state.name)).values) !== JSON.stringify(state.after)) return false;
  }
  return true;
}
