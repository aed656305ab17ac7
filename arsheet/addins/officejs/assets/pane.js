// The task pane: starts, knows what is going on, and carries an action from the click to the written cells.
import { GROUPS, TABLES } from "./declared.js";
import { askConnect, askImport, askUndo, askValues, showHelp } from "./dialogs.js";
import { $, count, fill, glyph, h, language, money, pick, t } from "./dom.js";
import { openFile } from "./file.js";
import { showFindings } from "./findings.js";
import { openLive } from "./live.js";
import { askPreview } from "./preview.js";

const arsheet = globalThis.arsheet;
const inOffice = document.documentElement.dataset.mode === "office";
const store = inOffice ? () => localStorage : () => sessionStorage; // Office keeps a session store no longer than a pane
const state = { book: null, stamp: null, findings: null, findingsCount: 0, asOf: "", busy: "", undo: null };
const COUNTED = [["invoices", "Invoices"], ["receipts", "Receipts"]];
const ACTIONS = new Map(GROUPS.flatMap((group) => group.actions).map((action) => [action.key, action]));

// ---- starting ---------------------------------------------------------------------------------------------------

async function start() {
  takeToken();
  const chosen = read("arsheet.language");
  if (chosen) arsheet.settings.language = chosen;
  arsheet.settings.client = inOffice ? "officejs" : "pane";
  arsheet.onStamp = (stamp) => setStamp(stamp);
  if (inOffice) await officeReady();
  draw();
  await connect();
}

/** The code comes once, behind the # of the link, and never stays in the address. */
function takeToken() {
  const found = /(?:^#|&)token=([A-Za-z0-9_-]+)/.exec(location.hash);
  if (found) {
    history.replaceState(null, "", location.pathname + location.search);
    write("arsheet.token", found[1]);
  }
  arsheet.setToken(found ? found[1] : read("arsheet.token") || "");
}

function read(key) {
  try { return store().getItem(key); } catch { return null; }
}

function write(key, value) {
  try { store().setItem(key, value); } catch { /* a browser may forbid it: the code then lasts as long as the page */ }
}

async function officeReady() {
  await Office.onReady();
  for (const key of ACTIONS.keys()) {
    Office.actions.associate(key, async (event) => {
      try {
        await Office.addin.showAsTaskpane();
        await run(key);
      } finally {
        if (event && event.completed) event.completed();
      }
    });
  }
}

async function connect() {
  if (!arsheet.settings.token) return refused(new arsheet.ServiceError("not_connected", t("not_connected")));
  try {
    const hello = await arsheet.post("/api/hello", {});
    if (hello.language && !read("arsheet.language")) arsheet.settings.language = hello.language;
    state.book = inOffice ? await openLive({ onChanged, onProgress: progress }) : await openFile({ onProgress: progress, name: hello.name || "" });
    arsheet.settings.book = state.book.id;
    setStamp(state.book.stamp || null);
    if (state.book.found) found(state.book.found);
    fill($("notice"));
    draw();
  } catch (error) {
    draw();
    refused(error);
  }
}

// ---- drawing ----------------------------------------------------------------------------------------------------

function draw() {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  document.title = t("title");
  document.querySelector(".skip").textContent = t("skip");
  drawTop();
  drawStamp();
  drawActions();
  drawFindings();
  if (state.book) state.book.draw();
}

function drawTop() {
  const name = state.book ? state.book.name || t(inOffice ? "live_book" : "no_book") : t("no_book");
  fill($("top"),
    h("img", { src: "assets/logo-64.png", alt: "", width: 32, height: 32 }),
    h("div", { class: "names" }, h("h1", {}, t("title")), h("p", { class: "book-name", title: name }, name)),
    h("button", { class: "quiet", "aria-label": t("language_label"), onclick: switchLanguage }, t("language")));
}

function switchLanguage() {
  arsheet.settings.language = language() === "zh" ? "en" : "zh";
  write("arsheet.language", arsheet.settings.language);
  [$("progress"), $("notice")].forEach((told) => fill(told)); // said in the other language
  draw();
  if (!state.book) drawConnect("");
}

function setStamp(stamp) {
  state.stamp = stamp;
  drawStamp();
}

function drawStamp() {
  const stamp = state.stamp;
  const asOf = h("input", {
    type: "date", id: "as-of", value: state.asOf, "aria-describedby": "as-of-hint", disabled: !state.book,
    onchange: (event) => { state.asOf = event.target.value; },
  });
  fill($("stamp"),
    stamp && stamp.stale === true && h("div", { class: "stale", role: "status" },
      h("div", {}, h("strong", {}, t("stale")), h("p", {}, t("stale_long"))),
      h("button", { class: "main", onclick: () => run("refresh") }, t("refresh_now"))),
    h("h2", { class: "unseen" }, t("stamp")),
    h("dl", {}, stampLines(stamp)),
    h("div", { class: "as-of" }, h("label", { for: "as-of" }, t("as_of")), asOf,
      h("small", { id: "as-of-hint" }, t("as_of_hint"))));
}

function stampLines(stamp) {
  if (!stamp) return [h("dt", {}, t("refreshed_at")), h("dd", {}, t("never"))];
  const lines = [[t("as_of"), stamp.as_of || ""], [t("refreshed_at"), stamp.refreshed_at || t("never")], ...COUNTED.map((key) => counted(stamp, key))];
  return lines.filter(([, value]) => value.length).map(([words, value]) => [h("dt", {}, words), h("dd", {}, value)]);
}

/** Rows of a table and its total in each currency: a line each, currencies are never added up. */
function counted(stamp, [key, table]) {
  const rows = (stamp.rows || {})[key];
  if (!rows) return ["", ""];
  const totals = Object.entries((stamp.totals || {})[key] || {}).map(([code, value]) => h("span", { class: "line" }, h("small", {}, code), " ", money(value)));
  return [TABLES[table][language() === "zh" ? 0 : 1], [h("span", { class: "line" }, t("row_count", { count: count(rows) })), ...totals]];
}

function drawActions() {
  const focused = document.activeElement && document.activeElement.id;
  const idle = !state.busy && state.book;
  fill($("actions"), GROUPS.map((group) => h("section", { class: "group", "aria-labelledby": `group-${group.key}` },
    h("h2", { id: `group-${group.key}` }, pick(group)),
    h("div", { class: "buttons" }, group.actions.map((action) => h("button", {
      class: `action${state.busy === action.key ? " busy" : ""}`, id: `action-${action.key}`, title: pick(action.tip),
      "aria-disabled": !idle && action.key !== "help" ? "true" : null, onclick: () => run(action.key) }, glyph(action.icon), h("span", {}, pick(action))))))));
  // the buttons are drawn anew: the focus stays where it was
  const again = focused && focused.startsWith("action-") && $(focused);
  if (again) again.focus();
}

/** The findings of an answer; it holds the gravest, and how many there are. */
function found(answer) {
  state.findings = answer.findings || [];
  state.findingsCount = answer.findings_count ?? state.findings.length;
  drawFindings();
}

function drawFindings() {
  showFindings($("findings"), state.findings, state.findingsCount, (finding) => goTo(finding.sheet, finding.cell));
}

async function goTo(sheet, cell) {
  try { await state.book.goTo(sheet, cell); } catch (error) { refused(error); }
}

/** One line of progress; "" takes it away. */
function progress(words) {
  fill($("progress"), words ? h("div", { class: "working" }, h("span", { class: "bar" }), words) : null);
}

function tell(words, { undo = null, kind = "good" } = {}) {
  fill($("progress"), h("div", { class: `told ${kind}` }, h("span", {}, words),
    undo && h("button", { class: "quiet", onclick: () => takeBack(undo) }, t("undo"))));
}

function refused(error) {
  progress("");
  if (error.code === "not_connected") return drawConnect(read("arsheet.token") ? t("connect_wrong") : "");
  if (!(error instanceof arsheet.ServiceError)) console.error(error);
  fill($("notice"), h("div", { class: "refused" }, h("p", {}, error.message || String(error)),
    h("div", { class: "row" },
      error.code === "service_down" && h("button", { onclick: connect }, t("retry")),
      h("button", { class: "quiet", onclick: () => fill($("notice")) }, t("close")))));
}

function drawConnect(words) {
  askConnect($("notice"), words, async (code) => {
    write("arsheet.token", code);
    arsheet.setToken(code);
    await connect();
  });
}

// ---- doing ------------------------------------------------------------------------------------------------------

const SPECIAL = { undo: () => takeBack(null), help: () => showHelp(), settings: () => goTo(TABLES.Settings[language() === "zh" ? 0 : 1], "A1") };
const ASKING = { import: askImport, write_values: askValues };

/** A click on a button, in the pane or on the ribbon. One thing runs at a time. */
async function run(key) {
  const action = ACTIONS.get(key);
  if (!action || state.busy) return;
  if (!state.book && key !== "help") return refused(new arsheet.ServiceError("not_connected", t("not_connected")));
  fill($("notice"));
  if (SPECIAL[key]) return SPECIAL[key]();
  let more = {};
  try {
    more = ASKING[key] ? await ASKING[key](state.book) : {};
  } catch (error) {
    return refused(error);
  }
  if (more) await busy(key, () => perform(action, more));
}

async function busy(key, work) {
  state.busy = key;
  drawActions();
  try {
    await work();
  } catch (error) {
    refused(error);
  } finally {
    state.busy = "";
    drawActions();
  }
}

/** Preview, the person's word, confirm, write. Nothing is written before the word, and all of it or nothing after. */
async function perform(action, more) {
  const given = { ...(state.asOf ? { as_of: state.asOf } : {}), ...more.arguments };
  const tables = await state.book.snapshot(action);
  progress(t("calculating"));
  const preview = await arsheet.post("/api/preview", { book: state.book.id, language: language(), action: action.key, arguments: given, ranges: more.ranges, ...tables });
  progress("");
  if (action.reads.length) found(preview);
  if (action.kind !== "write") return tell(t("done", { action: pick(action) }));
  if (!preview.preview && !(preview.writes || []).length) return tell(t("nothing_to_write"), { kind: "plain" });
  if (!(await askPreview(action, preview))) return;
  progress(t("writing"));
  const done = await state.book.confirm(preview);
  if (done.stamp) setStamp(done.stamp);
  await state.book.afterWrite();
  const written = (preview.writes || []).filter((write) => write.changed_cells || write.rows_before !== write.rows_after).length;
  const words = t(written === 1 ? "done_table" : written ? "done_tables" : "done", { action: pick(action), count: written });
  const left = done.not_updated || [];
  tell(left.length ? `${words}。${t("not_updated", { count: left.length, cells: left.slice(0, 5).join("、") })}` : words, { undo: done.undo });
}

async function takeBack(undo) {
  if (state.busy) return;
  if (undo === null && !(await askUndo())) return;
  await busy("undo", async () => {
    progress(t("undoing"));
    const done = await state.book.undo(undo);
    if (done.stamp) setStamp(done.stamp);
    await state.book.afterWrite();
    tell(t("undone"));
  });
}

function onChanged() {
  if (state.stamp && state.stamp.stale !== true) setStamp({ ...state.stamp, stale: true });
}

arsheet.run = run;
start();
