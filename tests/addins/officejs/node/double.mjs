// Excel's side of custom functions, and a service that answers what a test tells it to: for the core script in Node.
import { readFileSync } from "node:fs";
import vm from "node:vm";

export class CustomFunctionsDouble {
  static Error = class extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  };
  static ErrorCode = { invalidValue: "#VALUE!", notAvailable: "#N/A", divisionByZero: "#DIV/0!", invalidNumber: "#NUM!" };
  static functions = {};
  static associate(id, call) {
    this.functions[id] = call;
  }
}

/** Loads the served functions.js as Excel does; ``answer(path, body)`` gives [status, body] or throws. */
export function load(answer) {
  const requests = [];
  globalThis.CustomFunctions = CustomFunctionsDouble;
  CustomFunctionsDouble.functions = {};
  globalThis.fetch = async (url, request) => {
    const body = JSON.parse(request.body);
    requests.push({ url, body, headers: request.headers });
    await new Promise((resolve) => setTimeout(resolve, 2));
    const [status, said] = await answer(url, body, request);
    return { ok: status === 200, status, json: async () => said };
  };
  vm.runInThisContext(readFileSync(process.env.ARSHEET_FUNCTIONS_JS, "utf8"));
  globalThis.arsheet.setToken("a-token");
  return requests;
}

/** A cell of Excel that calls a function. */
export const cell = (name, args, address = "", parameterAddresses = []) =>
  CustomFunctionsDouble.functions[name](...args, { address, parameterAddresses });

/** A service that knows ranges by their digest and answers every call with ``value(call, rows of its first range)``. */
export function service(value) {
  const known = new Map();
  return async (url, body) => {
    for (const [digest, text] of Object.entries(body.ranges)) known.set(digest, text);
    const wanted = body.calls.flatMap((call) => call.args.filter((arg) => arg && arg.r).map((arg) => arg.r));
    const missing = [...new Set(wanted.filter((digest) => !known.has(digest)))];
    if (missing.length) return [409, { missing }];
    return [200, { results: body.calls.map((call) => value(call, known)), stamp: { as_of: "2026-03-31", stale: false } }];
  };
}
