// The live module over Microsoft's own office-addin-mock, which refuses what was not loaded or synchronised.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.env.ARSHEET_NPM}/`);
const { OfficeMockObject } = require("office-addin-mock");

globalThis.arsheet = { settings: { language: "zh" }, ServiceError: class extends Error {}, down: (cell) => cell.d, post: async () => ({}) };
const { openLive } = await import(pathToFileURL(`${process.env.ARSHEET_PANE}/live.js`));

function workbook({ missing = false } = {}) {
  const done = [];
  const sheet = {
    isNullObject: missing, visibility: "Hidden", activate() { done.push("activate"); },
    getRange(address) { return { select() { done.push(address); } }; },
  };
  const data = {
    context: {
      workbook: {
        name: "应收.xlsx", use1904DateSystem: false, sheet,
        tables: { items: { name: "x", filter: () => [] }, onChanged: { add() {} } },
        worksheets: { sheet, getItemOrNullObject() { return this.sheet; } },
      },
    },
    async run(work) { return work(this.context); },
  };
  globalThis.Excel = new OfficeMockObject(data);
  return { done, sheet: globalThis.Excel.context.workbook.worksheets.sheet };
}

test("a book opens: its name and date system are loaded before they are read", async () => {
  workbook();
  const book = await openLive({ onChanged() {}, onProgress() {} });
  assert.equal(book.name, "应收.xlsx");
  assert.equal(book.date1904, false);
  assert.match(book.id, /^live-/);
});

test("a finding selects its cell", async () => {
  const { done } = workbook();
  const book = await openLive({ onChanged() {}, onProgress() {} });
  await book.goTo("应收单", "Q12");
  assert.deepEqual(done, ["activate", "Q12"]);
});

test("a sheet that is gone is told", async () => {
  workbook({ missing: true });
  const book = await openLive({ onChanged() {}, onProgress() {} });
  await assert.rejects(book.goTo("没有", "A1"));
});
