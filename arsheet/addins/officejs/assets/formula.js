// One AR_ call as a person wrote it: its name, its constants, and the references that are still to be read.
import { t } from "./dom.js";

const arsheet = globalThis.arsheet;
const CALL = /^\s*=?\s*(?:[^!()]*!)?(?:_xll\.|_xludf\.|_xldudf_|ARSHEET\.)*(AR_[A-Z_]+)\s*\(([\s\S]*)\)\s*$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const REFERENCE = /^(?:(?:'((?:[^']|'')+)'|([^'!()"\s]+))!)?(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?\d+:\$?\d+)$/i;
const TABLE = /^([\p{L}_][\p{L}\p{N}_.]*)\[(?:#All|#全部)?\]$/iu;
const DAY = 86400000;

/** {fn, args}: an argument is null, a number, a text, true or false, or {ref: {sheet, address} | {table}}. */
export function parseCall(formula) {
  const found = CALL.exec(formula);
  if (!found) throw new arsheet.ServiceError("formula_not_understood", t("formula_not_understood", { formula }));
  return { fn: found[1].toUpperCase(), args: parts(found[2]).map((text) => argument(text.trim(), formula)) };
}

/** The arguments between the outermost commas; text in quotes and brackets is left whole. */
function parts(text) {
  if (!text.trim()) return [];
  const found = [""];
  let depth = 0;
  let quote = "";
  for (const letter of text) {
    if (quote) quote = letter === quote ? "" : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ("([{".includes(letter)) depth += 1;
    else if (")]}".includes(letter)) depth -= 1;
    if ((letter === "," || letter === ";" || letter === "，") && !depth && !quote) found.push("");
    else found[found.length - 1] += letter;
  }
  return found;
}

function argument(text, formula) {
  if (text === "") return null;
  if (text.startsWith('"') && text.endsWith('"') && text.length > 1) return text.slice(1, -1).replace(/""/g, '"');
  if (NUMBER.test(text)) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  const day = /^DATE\(\s*(\d{4})\s*,\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)$/i.exec(text);
  if (day) return Math.round((Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3])) - Date.UTC(1899, 11, 30)) / DAY);
  const table = TABLE.exec(text);
  if (table) return { ref: { table: table[1] } };
  const place = REFERENCE.exec(text);
  if (place) return { ref: { sheet: (place[1] || place[2] || "").replace(/''/g, "'"), address: place[3].replace(/\$/g, "") } };
  throw new arsheet.ServiceError("formula_not_understood", t("formula_not_understood", { formula }));
}
