// A workbook that answers as Office.js does, for tests in a browser: nothing can be read before it was loaded and
// synchronised, writes happen at sync, text is taken as Excel takes it typed, tables resize, custom functions spill.
(function (world) {
  "use strict";
  const cells = new Map(); // "sheet!row,column" -> {value, formula?, text?, format}
  const model = { sheets: [], tables: [], active: null, events: [], log: [], date1904: false, protected: new Set() };

  const letters = (column) => { let name = ""; for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26)) name = String.fromCharCode(65 + ((left - 1) % 26)) + name; return name; };
  const number = (name) => [...name.toUpperCase()].reduce((sum, one) => sum * 26 + one.charCodeAt(0) - 64, 0) - 1;
  const key = (sheet, row, column) => `${sheet}!${row},${column}`;
  const at = (sheet, row, column) => cells.get(key(sheet, row, column)) || { value: "", format: "General" };

  /** A value as Excel takes it when it is typed: this is what turns text into formulas, numbers, dates, truths. */
  function typed(raw, old) {
    const format = old.format;
    if (typeof raw !== "string") return { value: raw, format };
    if (raw.startsWith("'")) return { value: raw.slice(1), text: true, format };
    if (raw.startsWith("=")) return { value: 0, formula: raw, format };
    if (/^[+-]?[\d,]*\.?\d+%?$/.test(raw)) return { value: Number(raw.replace(/[,%]/g, "")), format };
    if (/^\d{1,4}[-/]\d{1,2}([-/]\d{1,2})?$/.test(raw)) return { value: 45000, format: "m/d/yyyy" };
    if (/^(true|false)$/i.test(raw)) return { value: raw.toLowerCase() === "true", format };
    return { value: raw, format };
  }

  function put(sheet, row, column, cell) {
    if (cell.value === "" && !cell.formula && cell.format === "General") cells.delete(key(sheet, row, column));
    else cells.set(key(sheet, row, column), cell);
  }

  const relative = (formula, row, column) => formula.replace(/\b([A-Z]{1,2})(\d+)\b/g, (_, c, r) => `R[${r - 1 - row}]C[${number(c) - column}]`);
  const absolute = (formula, row, column) => formula.replace(/R\[(-?\d+)\]C\[(-?\d+)\]/g, (_, r, c) => `${letters(column + Number(c))}${row + 1 + Number(r)}`);

  // ---- proxies: load, then sync, then read ------------------------------------------------------------------------

  class Proxy_ {
    constructor(context) { this.context = context; this.wanted = new Set(); this.got = {}; }
    load(names) { for (const name of String(names).split(",")) { this.wanted.add(name.trim()); } this.context.pending.add(this); return this; }
    take() { for (const name of this.wanted) this.got[name] = this.value(name); }
    read(name) {
      if (!(name in this.got)) throw new Error(`PropertyNotLoaded: ${this.constructor.name}.${name}`);
      return this.got[name];
    }
  }
  const readable = (type, names) => names.forEach((name) => {
    const had = Object.getOwnPropertyDescriptor(type.prototype, name) || {};
    Object.defineProperty(type.prototype, name, { ...had, configurable: true, get() { return this.read(name); } });
  });

  class Range extends Proxy_ {
    constructor(context, sheet, row, column, rows, columns, none = false) { super(context); Object.assign(this, { at: [sheet, row, column, rows, columns], none }); }
    grid(pick) { const [sheet, row, column, rows, columns] = this.at; return Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (__, c) => pick(at(sheet, row + r, column + c), row + r, column + c))); }
    value(name) {
      const [sheet, row, column, rows, columns] = this.at;
      const parts = {
        values: () => this.grid((cell) => cell.value), formulas: () => this.grid((cell) => cell.formula || cell.value),
        formulasR1C1: () => this.grid((cell, r, c) => (cell.formula ? relative(cell.formula, r, c) : cell.value)),
        numberFormat: () => this.grid((cell) => cell.format), isNullObject: () => this.none,
        valueTypes: () => this.grid((cell) => (cell.error ? "Error" : typeof cell.value === "number" ? "Double" : cell.value === "" ? "Empty" : "String")),
        rowIndex: () => row, columnIndex: () => column, rowCount: () => rows, columnCount: () => columns,
        address: () => `${sheet}!${letters(column)}${row + 1}${rows * columns > 1 ? `:${letters(column + columns - 1)}${row + rows}` : ""}`,
      };
      if (!parts[name]) throw new Error(`no such property: Range.${name}`);
      return parts[name]();
    }
    write(what, grid) {
      const [sheet, row, column, rows, columns] = this.at;
      const single = grid.length === 1 && grid[0].length === 1;
      if (!single && (grid.length !== rows || grid.some((line) => line.length !== columns))) throw new Error(`InvalidArgument: ${grid.length} × ${grid[0].length} into ${rows} × ${columns}`);
      this.context.later(() => {
        if (model.protected.has(sheet)) throw new Error("AccessDenied");
        for (let r = 0; r < rows; r += 1) for (let c = 0; c < columns; c += 1) {
          const raw = single ? grid[0][0] : grid[r][c];
          const old = at(sheet, row + r, column + c);
          if (what === "numberFormat") put(sheet, row + r, column + c, { ...old, format: raw });
          else put(sheet, row + r, column + c, typed(what === "formulasR1C1" && typeof raw === "string" ? absolute(raw, row + r, column + c) : raw, old));
        }
        model.log.push([what, sheet, row, column, rows, columns]);
        touched(sheet, row, column, rows, columns);
      });
    }
    set values(grid) { this.write("values", grid); }
    set formulas(grid) { this.write("formulas", grid); }
    set formulasR1C1(grid) { this.write("formulasR1C1", grid); }
    set numberFormat(grid) { this.write("numberFormat", grid); }
    get worksheet() { return this.sheet_ || (this.sheet_ = new Worksheet(this.context, this.at[0])); }
    getRow(index) { const [sheet, row, column, , columns] = this.at; return new Range(this.context, sheet, row + index, column, 1, columns); }
    clear(what) { const [sheet, row, column, rows, columns] = this.at; this.context.later(() => { for (let r = 0; r < rows; r += 1) for (let c = 0; c < columns; c += 1) put(sheet, row + r, column + c, { value: "", format: what === "Contents" ? at(sheet, row + r, column + c).format : "General" }); }); }
    getUsedRangeOrNullObject() { return used(this.context, this.at); }
    getSpecialCellsOrNullObject() { const found = [...cells].filter(([place, cell]) => cell.formula && place.startsWith(`${this.at[0]}!`)).map(([place]) => place.split("!").pop().split(",").map(Number)); return new Areas(this.context, this.at[0], found); }
    calculate() { const [sheet, row, column] = this.at; model.log.push(["calculate", sheet, row, column]); this.context.waits.push(() => evaluate(sheet, row, column)); }
    select() { this.context.later(() => { model.active = { sheet: this.at[0], row: this.at[1], column: this.at[2] }; }); }
  }
  readable(Range, ["values", "formulas", "formulasR1C1", "numberFormat", "valueTypes", "rowIndex", "columnIndex", "rowCount", "columnCount", "address", "isNullObject"]);

  function used(context, [sheet, row, column, rows, columns]) {
    const inside = [...cells].filter(([place, cell]) => cell.value !== "" && place.startsWith(`${sheet}!`)).map(([place]) => place.split("!").pop().split(",").map(Number))
      .filter(([r, c]) => r >= row && r < row + rows && c >= column && c < column + columns);
    if (!inside.length) return new Range(context, sheet, row, column, 1, 1, true);
    const [r0, r1] = [Math.min(...inside.map((one) => one[0])), Math.max(...inside.map((one) => one[0]))];
    const [c0, c1] = [Math.min(...inside.map((one) => one[1])), Math.max(...inside.map((one) => one[1]))];
    return new Range(context, sheet, r0, c0, r1 - r0 + 1, c1 - c0 + 1);
  }

  class Areas extends Proxy_ {
    constructor(context, sheet, found) { super(context); this.found = found; this.areas = new List(context, found.map(([r, c]) => new Range(context, sheet, r, c, 1, 1))); }
    value() { return this.found.length === 0; }
  }
  readable(Areas, ["isNullObject"]);

  class List extends Proxy_ {
    constructor(context, items) { super(context); this.all = items; }
    load(names) { for (const name of String(names).split(",")) this.all.forEach((item) => item.load(name.trim().replace(/^items\//, ""))); this.wanted.add("items"); this.context.pending.add(this); return this; }
    value() { return this.all; }
  }
  readable(List, ["items"]);

  class Worksheet extends Proxy_ {
    constructor(context, name) { super(context); this.sheet = name; this.protection = new Protection(context, name); }
    value(name) { return { name: this.sheet, isNullObject: !model.sheets.includes(this.sheet), visibility: "Visible" }[name]; }
    getRangeByIndexes(row, column, rows, columns) { if (row < 0 || rows < 1 || columns < 1) throw new Error("InvalidArgument"); return new Range(this.context, this.sheet, row, column, rows, columns); }
    getRange(address) {
      if (!address) return new Range(this.context, this.sheet, 0, 0, 1048576, 16384);
      const found = /^([A-Z]+)(\d*)(?::([A-Z]+)(\d*))?$/i.exec(address.replace(/\$/g, ""));
      const row = found[2] ? Number(found[2]) - 1 : 0, column = number(found[1]);
      const last = found[3] ? [found[4] ? Number(found[4]) - 1 : 1048575, number(found[3])] : [found[2] ? row : 1048575, column];
      return new Range(this.context, this.sheet, row, column, last[0] - row + 1, last[1] - column + 1);
    }
    activate() { this.context.later(() => { model.active = { sheet: this.sheet, row: 0, column: 0 }; }); }
  }
  readable(Worksheet, ["name", "isNullObject", "visibility"]);
  class Protection extends Proxy_ {
    constructor(context, sheet) { super(context); this.sheet = sheet; }
    value() { return model.protected.has(this.sheet); }
  }
  readable(Protection, ["protected"]);

  class Table extends Proxy_ {
    constructor(context, table) { super(context); this.table = table; this.worksheet = new Worksheet(context, table ? table.sheet : ""); }
    value(name) { return { name: this.table && this.table.name, id: this.table && this.table.name, isNullObject: !this.table }[name]; }
    getHeaderRowRange() { const { sheet, row, column, columns } = this.table; return new Range(this.context, sheet, row, column, 1, columns); }
    getDataBodyRange() { const { sheet, row, column, columns, rows } = this.table; return new Range(this.context, sheet, row + 1, column, rows, columns); }
    getRange() { const { sheet, row, column, columns, rows } = this.table; return new Range(this.context, sheet, row, column, rows + 1, columns); }
    resize(range) {
      const [sheet, row, column, rows, columns] = range.at;
      this.context.later(() => {
        if (sheet !== this.table.sheet || row !== this.table.row || column !== this.table.column || rows < 2) throw new Error("InvalidArgument: resize");
        Object.assign(this.table, { rows: rows - 1, columns });
        model.log.push(["resize", this.table.name, rows - 1, columns]);
      });
    }
  }
  readable(Table, ["name", "id", "isNullObject"]);

  class Workbook extends Proxy_ {
    constructor(context) {
      super(context);
      const table = (name) => new Table(context, model.tables.find((one) => one.name.toLowerCase() === name.toLowerCase()));
      this.tables = Object.assign(new List(context, model.tables.map((one) => new Table(context, one))), {
        getItem: table, getItemOrNullObject: table, onChanged: { add: (handler) => model.events.push(handler) } });
      this.worksheets = Object.assign(new List(context, model.sheets.map((name) => new Worksheet(context, name))), {
        getItem: (name) => new Worksheet(context, name), getItemOrNullObject: (name) => new Worksheet(context, name) });
    }
    value(name) { return { name: "应收.xlsx", use1904DateSystem: model.date1904 }[name]; }
    getActiveCell() { const { sheet, row, column } = model.active || { sheet: model.sheets[0], row: 0, column: 0 }; return new Range(this.context, sheet, row, column, 1, 1); }
  }
  readable(Workbook, ["name", "use1904DateSystem"]);

  class Context {
    constructor() { this.pending = new Set(); this.queue = []; this.waits = []; this.workbook = new Workbook(this); }
    later(work) { this.queue.push(work); }
    async sync() {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const queue = this.queue.splice(0);
      for (const work of queue) work();
      for (const wait of this.waits.splice(0)) await wait();
      for (const proxy of this.pending) proxy.take();
      this.pending.clear();
    }
  }

  function touched(sheet, row, column, rows, columns) {
    for (const table of model.tables) {
      const inside = table.sheet === sheet && row <= table.row + table.rows && row + rows > table.row && column < table.column + table.columns && column + columns > table.column;
      if (inside) setTimeout(() => model.events.forEach((handler) => handler({ tableId: table.name })), 5);
    }
  }

  // ---- a cell that calls a custom function ------------------------------------------------------------------------

  async function evaluate(sheet, row, column) {
    const cell = at(sheet, row, column);
    const found = /^=ARSHEET\.(AR_[A-Z_]+)\((.*)\)$/.exec(cell.formula || "");
    if (!found) throw new Error(`calculate on ${sheet}!${letters(column)}${row + 1}: ${cell.formula}`);
    const args = found[2] ? JSON.parse(`[${found[2]}]`) : [];
    const address = `${sheet}!${letters(column)}${row + 1}`;
    try {
      const rows = await world.CustomFunctions.functions[found[1]](...args.map((arg) => (typeof arg === "string" ? [[arg]] : arg)), { address, parameterAddresses: [] });
      rows.forEach((line, r) => line.forEach((value, c) => put(sheet, row + r, column + c, { ...at(sheet, row + r, column + c), value: value instanceof Error ? value.code : value, ...(r || c ? {} : { formula: cell.formula }) })));
    } catch (error) {
      put(sheet, row, column, { ...cell, value: error.code || "#VALUE!", error: error.message });
    }
  }

  // ---- what Office puts into the page -----------------------------------------------------------------------------

  world.Excel = { run: async (work) => { const context = new Context(); const result = await work(context); await context.sync(); return result; } };
  world.Office = { onReady: async () => ({ host: "Excel" }), actions: { map: {}, associate(id, call) { this.map[id] = call; } }, addin: { async showAsTaskpane() { model.log.push(["pane"]); } } };
  class FunctionError extends Error { constructor(code, message) { super(message); this.code = code; } }
  world.CustomFunctions = { functions: {}, associate(id, call) { this.functions[id] = call; }, Error: FunctionError, ErrorCode: { invalidValue: "#VALUE!", notAvailable: "#N/A" } };
  world.double = {
    model, cells,
    open(book) {
      cells.clear();
      Object.assign(model, { sheets: book.sheets, tables: book.tables.map((one) => ({ name: one.name, sheet: one.sheet, row: one.row, column: one.column, rows: Math.max(1, one.rows.length), columns: one.header.length })), log: [], events: [] });
      for (const one of book.tables) [one.header, ...one.rows].forEach((line, r) => line.forEach((value, c) => { if (value !== null) put(one.sheet, one.row + r, one.column + c, { value, text: typeof value === "string", format: "General" }); }));
    },
    cell: (sheet, address) => { const found = /^([A-Z]+)(\d+)$/.exec(address); return at(sheet, Number(found[2]) - 1, number(found[1])); },
    type: (sheet, address, raw) => { const found = /^([A-Z]+)(\d+)$/.exec(address); const [r, c] = [Number(found[2]) - 1, number(found[1])]; put(sheet, r, c, typed(raw, at(sheet, r, c))); touched(sheet, r, c, 1, 1); },
    table: (name) => { const one = model.tables.find((each) => each.name === name); return { ...one, values: new Range(null, one.sheet, one.row, one.column, one.rows + 1, one.columns).value("values") }; },
  };
  if (world.arsheetTestBook) world.double.open(world.arsheetTestBook);
})(globalThis);
