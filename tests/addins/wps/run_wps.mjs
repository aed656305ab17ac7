// The add-in's main.js against a double of WPS: functions registered and called, the ribbon's buttons pressed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const registered = {};
const kept = new Map();
const opened = [];
globalThis.location = { origin: "http://127.0.0.1:47310" };
globalThis.prompt = () => "http://127.0.0.1:47310/#token=the-code_1";
globalThis.wps = { AddCustomFunction: (space, name, call) => { registered[`${space}.${name}`] = call; } };
globalThis.Application = {
  PluginStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) },
  CreateTaskPane: (url) => { opened.push(url); return { ID: 7, Visible: false }; },
  GetTaskPane: (id) => ({ ID: id, Visible: false, again: true }),
};
const requests = [];
globalThis.fetch = async (url, request) => {
  const body = JSON.parse(request.body);
  requests.push({ url, body, token: request.headers.Authorization });
  const answer = { results: body.calls.map((call) => (call.fn === "AR_BALANCE" ? { error: "#N/A", code: "x", zh: "没有这个客户", en: "no such customer" } : { rows: [["客户", "合计"], ["甲", 100]] })) };
  return { ok: true, status: 200, json: async () => answer };
};
vm.runInThisContext(readFileSync(process.argv[2], "utf8"));
assert.equal(OnAddinLoad({}), true);
const names = Object.keys(arsheetDeclared.functions).map((name) => `ARSHEET.${name}`);
assert.deepEqual(Object.keys(registered), names);

OnAction({ Id: "arsheet_connect" });
assert.equal(kept.get("arsheet.token"), "the-code_1");
assert.equal(GetImage({ Tag: "refresh" }), "images/refresh-32.png");
OnAction({ Id: "arsheet_refresh" });
OnAction({ Id: "arsheet_import" });
assert.deepEqual(opened, ["http://127.0.0.1:47310/"], "the pane is opened once and shown again");

const table = await registered["ARSHEET.AR_AGING_OF"]([["客户", "到期日", "金额"], ["甲", 46030, 100]], 46112);
assert.deepEqual(table, [["客户", "合计"], ["甲", 100]]);
assert.equal(requests[0].body.client, "wps");
assert.equal(requests[0].body.protocol, 1);
assert.equal(requests[0].token, "Bearer the-code_1");
await assert.rejects(registered["ARSHEET.AR_BALANCE"]([["nobody"]]), (error) => error.code === "#N/A" && error.message === "没有这个客户");
console.log(`${names.length} functions`);
