// The core script behind every worksheet function: batches, digests, errors, dates.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { cell, load, service } from "./double.mjs";

const table = (rows) => [["客户", "到期日", "金额"], ...Array.from({ length: rows }, (_, at) => [`客户${at % 7}`, 46000 + at, at + 0.5])];
const range = (known, call) => JSON.parse(known.get(call.args[0].r));

test("the calls of one recalculation go in one request, identical calls once", async () => {
  const requests = load(service((call) => ({ v: call.args[0] })));
  const answers = await Promise.all([..."甲乙甲甲乙"].map((name, at) => cell("AR_BALANCE", [[[name]], null], `Sheet1!B${at + 1}`)));
  assert.deepEqual(answers, [[["甲"]], [["乙"]], [["甲"]], [["甲"]], [["乙"]]]);
  assert.equal(requests.length, 1);
  assert.equal(requests[0].body.calls.length, 2);
  assert.equal(requests[0].body.protocol, 1);
  assert.equal(requests[0].body.client, "officejs");
  assert.equal(requests[0].headers.Authorization, "Bearer a-token");
  assert.deepEqual(requests[0].body.calls[0], { fn: "AR_BALANCE", args: ["甲"], cell: "Sheet1!B1" });
});

test("2,000 cells take 10 requests of 200 calls", async () => {
  const requests = load(service((call) => ({ v: call.args[0].length })));
  const answers = await Promise.all(Array.from({ length: 2000 }, (_, at) => cell("AR_BALANCE", [[[`C${at}`]]])));
  assert.equal(answers.length, 2000);
  assert.equal(requests.length, 10);
  assert.ok(requests.every((request) => request.body.calls.length === 200));
});

test("a range travels once by its SHA-256, even between requests that run at the same time", async () => {
  const requests = load(service((call, known) => ({ v: range(known, call).length })));
  const rows = table(2000);
  const answers = await Promise.all(Array.from({ length: 401 }, (_, at) => cell("AR_AGING_OF", [rows, 46000 + at])));
  assert.ok(answers.every((answer) => answer[0][0] === 2001));
  assert.equal(requests.length, 3);
  assert.equal(requests.filter((request) => Object.keys(request.body.ranges).length).length, 1);
  const [[digest, text]] = Object.entries(requests.flatMap((request) => Object.entries(request.body.ranges))).map(([, pair]) => pair);
  assert.equal(digest, createHash("sha256").update(text).digest("hex"));
  await cell("AR_AGING_OF", [rows, 46900]);
  assert.deepEqual(requests.at(-1).body.ranges, {});
});

test("a service that has forgotten a range is sent it again, once", async () => {
  let forget = false;
  const known = service((call, texts) => ({ v: range(texts, call).length }));
  const requests = load(async (url, body) => {
    if (forget) {
      forget = false;
      return [409, { missing: [body.calls[0].args[0].r] }];
    }
    return known(url, body);
  });
  const rows = table(10);
  await cell("AR_AGING_OF", [rows, 46000]);
  forget = true;
  assert.deepEqual(await cell("AR_AGING_OF", [rows, 46001]), [[11]]);
  assert.equal(requests.length, 3);
  assert.equal(Object.keys(requests[2].body.ranges).length, 1);
});

test("a service that never takes a range gives #N/A, not a loop", async () => {
  const requests = load(async (url, body) => [409, { missing: [body.calls[0].args[0].r] }]);
  await assert.rejects(cell("AR_AGING_OF", [table(3), 46000]), (error) => error.code === "#N/A");
  assert.equal(requests.length, 2);
});

test("SHA-256 in the script equals the platform's, for a web view that has none", async () => {
  load(service(() => ({ v: 1 })));
  for (const text of ["", "abc", "客户".repeat(40), "x".repeat(55), "x".repeat(56), "x".repeat(64), "y".repeat(100000)]) {
    assert.equal(arsheet.sha256(new TextEncoder().encode(text)), createHash("sha256").update(text).digest("hex"));
    assert.equal(await arsheet.digest(text), createHash("sha256").update(text).digest("hex"));
  }
});

test("blank rows at the end of a whole column stay behind; blanks, errors and rich values are plain", async () => {
  const requests = load(service((call, known) => ({ v: known.get(call.args[0].r) })));
  const rows = [["金额", "到期日"], [{ type: "Error", basicValue: "#DIV/0!" }, ""], [{ type: "Double", basicValue: 5 }, null], ...Array.from({ length: 50000 }, () => ["", ""])];
  const [[text]] = await cell("AR_AGING_OF", [rows, 46000]);
  assert.equal(text, '[["金额","到期日"],[{"e":"#DIV/0!"},null],[5,null]]');
  assert.ok(JSON.stringify(requests[0].body).length < 500);
});

test("a table spills, dates are serials, an error in one row stays in its row", async () => {
  load(service(() => ({ rows: [["客户", "到期日"], ["甲", { d: 46112 }], [{ e: "#N/A", code: "x", zh: "没有", en: "none" }, null]] })));
  const answer = await cell("AR_OPEN_ITEMS", [[["*"]]]);
  assert.deepEqual(answer.slice(0, 2), [["客户", "到期日"], ["甲", 46112]]);
  assert.equal(answer[2][0].code, "#N/A");
  assert.equal(answer[2][0].message, "没有");
  assert.equal(answer[2][1], "");
});

test("errors are #N/A or #VALUE! with the message of the language, and AR_LAST_ERROR repeats it", async () => {
  load(service((call) => ({ error: call.args[0] === "nobody" ? "#N/A" : "#VALUE!", code: "c", zh: "没有这个客户", en: "no such customer" })));
  await assert.rejects(cell("AR_BALANCE", [[["nobody"]]], "Sheet1!B2"), (error) => error.code === "#N/A" && error.message === "没有这个客户");
  assert.deepEqual(await cell("AR_LAST_ERROR", ["#N/A"], "Sheet1!C2", ["Sheet1!B2"]), [["没有这个客户"]]);
  arsheet.settings.language = "en";
  await assert.rejects(cell("AR_BALANCE", [[["x"]]], "Sheet1!B2"), (error) => error.code === "#VALUE!" && error.message === "no such customer");
  assert.deepEqual(await cell("AR_LAST_ERROR", ["x"], "Sheet1!C2", ["Sheet1!B9"]), [[""]]);
});

for (const [status, zh, en] of [[426, /请更新加载项/, /Update the add-in/], [401, /连接码/, /code/], [500, /没有给出结果/, /no answer/]]) {
  test(`HTTP ${status} is #N/A with words in both languages`, async () => {
    load(async () => [status, { error: "x" }]);
    await assert.rejects(cell("AR_BALANCE", [[["a"]]]), (error) => error.code === "#N/A" && zh.test(error.message));
    arsheet.settings.language = "en";
    await assert.rejects(cell("AR_BALANCE", [[["a"]]]), (error) => error.code === "#N/A" && en.test(error.message));
  });
}

test("no service: #N/A that says how to start it; the next recalculation works again", async () => {
  let up = false;
  load(async (url, body) => {
    if (!up) throw new TypeError("fetch failed");
    return service(() => ({ v: 7 }))(url, body);
  });
  await assert.rejects(cell("AR_BALANCE", [[["a"]]]), (error) => error.code === "#N/A" && /arsheet serve/.test(error.message));
  up = true;
  assert.deepEqual(await cell("AR_BALANCE", [[["a"]]]), [[7]]);
});

test("a service that hangs is given up", async () => {
  load((url, body, request) => new Promise((resolve, reject) => request.signal.addEventListener("abort", () => reject(new Error("aborted")))));
  arsheet.settings.timeoutMs = 40;
  await assert.rejects(cell("AR_BALANCE", [[["a"]]]), (error) => error.code === "#N/A" && /时限/.test(error.message));
});

test("a body too large is #VALUE!: the range is to be made smaller", async () => {
  load(async () => [413, {}]);
  await assert.rejects(cell("AR_AGING_OF", [table(2), 46000]), (error) => error.code === "#VALUE!" && /区域太大/.test(error.message));
});

test("a new token forgets what the old one had sent up", async () => {
  const requests = load(service((call, known) => ({ v: range(known, call).length })));
  await cell("AR_AGING_OF", [table(2), 46000]);
  arsheet.setToken("another");
  await cell("AR_AGING_OF", [table(2), 46001]);
  assert.equal(Object.keys(requests[1].body.ranges).length, 1);
});

test("every declared function is registered under its id", () => {
  load(service(() => ({ v: 1 })));
  assert.deepEqual(Object.keys(CustomFunctions.functions), Object.keys(arsheetDeclared.functions));
  assert.ok(Object.keys(CustomFunctions.functions).length >= 14);
});
