// The questions the pane asks before an action: which file, which formula, really undo; and the help.
import { FUNCTIONS } from "./declared.js";
import { count, dialog, fill, h, language, pick, t } from "./dom.js";

const IMPORT_KINDS = ["invoices", "receipts", "customers", "applications", "instalments", "limits", "orders", "opening"];
const LARGEST_MB = 20;

/** The form that asks for the code, in place of the notice. */
export function askConnect(element, words, onCode) {
  const input = h("input", { type: "text", id: "code", autocomplete: "off", spellcheck: "false", required: true });
  fill(element, h("form", { class: "connect", onsubmit: (event) => { event.preventDefault(); if (input.value.trim()) onCode(codeOf(input.value)); } },
    h("h2", {}, t("connect")), h("p", {}, t("connect_how")), words ? h("p", { class: "wrong" }, words) : null,
    h("label", { for: "code" }, t("connect_code")), h("div", { class: "row" }, input, h("button", { class: "main", type: "submit" }, t("connect_do")))));
  input.focus();
}

/** A pasted link gives its code too. */
const codeOf = (text) => (/token=([A-Za-z0-9_-]+)/.exec(text) || [null, text.trim()])[1];

export async function askUndo() {
  return (await dialog(t("undo"), h("p", {}, t("undo_question")), [
    { words: t("cancel"), do: (close) => close(false) },
    { words: t("undo"), main: true, do: (close) => close(true) },
  ])) === true;
}

function field(id, words, input, hint) {
  input.id = id;
  return h("div", { class: "field" }, h("label", { for: id }, words), input, hint ? h("small", {}, hint) : null);
}

/** {arguments: {kind, name, data, currency?, sheet?}}, or null when the person thinks better of it. */
export async function askImport() {
  const kind = h("select", { "data-first": true }, IMPORT_KINDS.map((key) => h("option", { value: key }, t(`kind_${key}`))));
  const file = h("input", { type: "file", accept: ".xlsx,.xlsm,.xls,.csv,.tsv,.txt", required: true });
  const currency = h("input", { type: "text", maxlength: "3", size: "4", placeholder: "CNY", autocomplete: "off" });
  const sheet = h("input", { type: "text", autocomplete: "off" });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const take = async (close) => {
    const chosen = file.files[0];
    if (!chosen) return fill(wrong, t("import_none"));
    if (chosen.size > LARGEST_MB * 1048576) return fill(wrong, t("import_too_large", { size: LARGEST_MB }));
    close({ arguments: {
      kind: kind.value, name: chosen.name, data: await base64(chosen),
      ...(currency.value.trim() ? { currency: currency.value.trim().toUpperCase() } : {}),
      ...(sheet.value.trim() ? { sheet: sheet.value.trim() } : {}),
    } });
  };
  return dialog(language() === "zh" ? "导入" : "Import", [
    field("import-kind", t("import_kind"), kind), field("import-file", t("import_file"), file),
    field("import-currency", t("import_currency"), currency), field("import-sheet", t("import_sheet"), sheet), wrong,
  ], [{ words: t("cancel"), do: (close) => close(null) }, { words: t("import_next"), main: true, do: take }]);
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** {arguments: {fn, args, sheet, cell}, ranges}: the AR_ call whose answer is to be written, and where. */
export async function askValues(book) {
  const here = await book.selected();
  const list = h("datalist", { id: "formulas" }, FUNCTIONS.map((each) => h("option", { value: `=${each.name}(${example(each)})` }, pick(each))));
  const formula = h("input", { type: "text", list: "formulas", autocomplete: "off", spellcheck: "false", required: true, "data-first": true, value: here.formula || "" });
  const sheet = h("select", {}, here.sheets.map((name) => h("option", { value: name, selected: name === here.sheet }, name)));
  const cell = h("input", { type: "text", size: "8", pattern: "[A-Za-z]{1,3}[0-9]{1,7}", required: true, autocomplete: "off", value: here.cell || "A1" });
  formula.setAttribute("list", "formulas");
  const said = await dialog(language() === "zh" ? "写成数值" : "Write as values", [
    list, field("values-formula", t("values_formula"), formula), field("values-sheet", t("table"), sheet),
    field("values-cell", t("values_where"), cell, t("values_hint")),
  ], [
    { words: t("cancel"), do: (close) => close(null) },
    { words: t("import_next"), main: true, do: (close) => formula.value.trim() && cell.checkValidity() && close({ formula: formula.value.trim(), sheet: sheet.value, cell: cell.value.trim().toUpperCase() }) },
  ]);
  if (!said) return null;
  const { fn, args } = await book.callOf(said.formula, said.sheet);
  const ranges = {};
  for (const [at, arg] of args.entries()) {
    if (!Array.isArray(arg)) continue;
    const text = JSON.stringify(arg);
    const digest = await globalThis.arsheet.digest(text);
    ranges[digest] = text;
    args[at] = { r: digest };
  }
  return { arguments: { fn, args, sheet: said.sheet, cell: said.cell }, ranges };
}

const example = (each) => (each.params[0] && each.params[0].key === "customer" ? '"*"' : "");

/** The worksheet functions with their arguments, and a search. */
export function showHelp() {
  const list = h("div", { class: "functions" });
  const search = h("input", { type: "search", placeholder: t("help_search"), "aria-label": t("help_search"), "data-first": true, oninput: () => draw() });
  const draw = () => {
    const words = search.value.trim().toLowerCase();
    const found = FUNCTIONS.filter((each) => `${each.name} ${each.zh} ${each.en}`.toLowerCase().includes(words));
    fill(list, found.length ? found.map(functionEntry) : h("p", { class: "dim" }, t("help_none")));
  };
  draw();
  return dialog(`${t("help")} · ${t("help_functions")} (${count(FUNCTIONS.length)})`, [search, list, h("p", { class: "dim" }, t("help_more"))], [
    { words: t("close"), main: true, do: (close) => close(null) }], { wide: true });
}

function functionEntry(each) {
  const names = each.params.map((param) => (param.optional ? `[${param.key}]` : param.key)).join(", ");
  return h("details", {}, h("summary", {}, h("code", {}, `${each.name}(${names})`), h("span", {}, pick(each))),
    h("dl", {}, each.params.map((param) => [h("dt", {}, h("code", {}, param.key)), h("dd", {}, pick(param), param.optional ? h("small", {}, ` · ${t("optional")}`) : "")])));
}
