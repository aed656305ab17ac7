// The client of the local service: one way to ask it anything, and the worksheet functions on top of it.
// A classic script, so that the shared runtime of Office, the custom functions of WPS and a plain browser all load it.
(function (world) {
  "use strict";
  const declared = world.arsheetDeclared; // {protocol, functions: {NAME: [kind of each parameter]}, words: {key: [zh, en]}}
  const settings = {
    base: "", token: "", book: "", language: "zh", client: "officejs",
    windowMs: 15, maxCalls: 200, timeoutMs: 60000,
  };
  const stats = { requests: 0, calls: 0, uploaded: 0 };
  const known = new Set(); // digests that the service has under the present token
  const travelling = new Map(); // digest -> promise of the request that carries it up
  const lastErrors = new Map(); // address of a cell -> the message behind its error
  const MOST_ERRORS = 10000;
  let queue = new Map(); // text of a call -> {call, waiting}
  let timer = null;

  const say = (key) => (declared.words[key] || [key, key])[settings.language === "en" ? 1 : 0];
  const saidIn = (two) => (two && (settings.language === "en" ? two.en || two.zh : two.zh || two.en)) || "";

  class ServiceError extends Error {
    constructor(code, message, answer) {
      super(message);
      this.code = code;
      this.answer = answer || {};
    }
  }

  // ---- asking -------------------------------------------------------------------------------------------------

  function setToken(token) {
    settings.token = token;
    known.clear();
  }

  /** POST one request; the answer of the service, or a ServiceError whose message is in the chosen language. */
  async function post(path, body, timeoutMs) {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), timeoutMs || settings.timeoutMs);
    let response;
    let answer;
    stats.requests += 1;
    try {
      response = await fetch(settings.base + path, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: "Bearer " + settings.token },
        body: JSON.stringify({ protocol: declared.protocol, client: settings.client, ...body }),
        signal: stop.signal,
        cache: "no-store",
        credentials: "omit",
      });
      answer = await response.json().catch(() => ({}));
    } catch (error) {
      throw new ServiceError("service_down", say(stop.signal.aborted ? "service_slow" : "service_down"));
    } finally {
      clearTimeout(clock);
    }
    if (response.ok) return answer;
    throw refusal(response.status, answer);
  }

  function refusal(status, answer) {
    if (status === 401) return new ServiceError("not_connected", say("not_connected"), answer);
    if (status === 409 && answer.missing) return new ServiceError("missing", "", answer);
    if (status === 426) return new ServiceError("protocol", say("update_addin"), answer);
    if (status === 413) return new ServiceError("too_large", say("too_large"), answer);
    return new ServiceError(answer.error || "http_" + status, saidIn(answer) || say("service_failed") + " (" + status + ")", answer);
  }

  // ---- cells up and down --------------------------------------------------------------------------------------

  /** A value of Excel as the wire has it: blank is null, an error is {"e": "#N/A"}, a rich value is its plain one. */
  function up(value) {
    if (value === null || value === undefined || value === "") return null;
    if (typeof value === "number") return Number.isFinite(value) ? value : { e: "#NUM!" };
    if (typeof value !== "object") return value;
    if (value.type === "Error") return { e: value.basicValue || "#VALUE!" };
    return "basicValue" in value ? up(value.basicValue) : String(value.text || value.name || "") || null;
  }

  /** Rows without the blank ones at the end: a whole column has a million. At least one row stays. */
  function trimmed(rows) {
    let end = rows.length;
    while (end > 1 && rows[end - 1].every((cell) => up(cell) === null)) end -= 1;
    return rows.slice(0, end).map((row) => row.map(up));
  }

  /** A cell of an answer as Excel takes it; an error inside a table stays an error of its own cell. */
  function down(cell) {
    if (cell === null || cell === undefined) return "";
    if (typeof cell !== "object") return cell;
    if ("d" in cell) return cell.d; // the service counts as the book does
    return failure(cell.e || cell.error, saidIn(cell));
  }

  function failure(text, message) {
    const codes = world.CustomFunctions.ErrorCode;
    return new world.CustomFunctions.Error(text === "#VALUE!" ? codes.invalidValue : codes.notAvailable, message);
  }

  async function digest(text) {
    const bytes = new TextEncoder().encode(text);
    if (!(world.crypto && world.crypto.subtle)) return sha256(bytes);
    return hex(new Uint8Array(await world.crypto.subtle.digest("SHA-256", bytes)));
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  /** SHA-256 (FIPS 180-4) for a web view without WebCrypto. */
  function sha256(bytes) {
    const [first, round] = constants();
    const length = bytes.length;
    const padded = new Uint8Array(((length + 8) >> 6 << 6) + 64);
    padded.set(bytes);
    padded[length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(length / 0x20000000));
    view.setUint32(padded.length - 4, (length << 3) >>> 0);
    const state = first.slice();
    const words = new Uint32Array(64);
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    for (let at = 0; at < padded.length; at += 64) {
      for (let i = 0; i < 16; i += 1) words[i] = view.getUint32(at + i * 4);
      for (let i = 16; i < 64; i += 1) {
        const a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + words[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i += 1) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + round[i] + words[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] = (state[i] + value) >>> 0; });
    }
    return state.map((value) => value.toString(16).padStart(8, "0")).join("");
  }

  /** The fractional parts of the square and cube roots of the first primes. */
  function constants() {
    const primes = [];
    for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
    const part = (root) => Math.floor((root - Math.floor(root)) * 0x100000000) >>> 0;
    return [primes.slice(0, 8).map((p) => part(Math.sqrt(p))), primes.map((p) => part(Math.cbrt(p)))];
  }

  // ---- worksheet functions ------------------------------------------------------------------------------------

  /** What a custom function does: its arguments as Excel gives them, the Invocation last. */
  async function call(name, given) {
    const invocation = given[given.length - 1] || {};
    const cell = invocation.address || "";
    stats.calls += 1;
    try {
      if (name === "AR_LAST_ERROR" && (invocation.parameterAddresses || [])[0]) return [[lastError(invocation.parameterAddresses[0])]];
      const args = await Promise.all(given.slice(0, -1).map((value, at) => argument(name, at, value)));
      while (args.length && args[args.length - 1].cell === null) args.pop();
      const answer = await enqueue(name, args, cell);
      lastErrors.delete(cell);
      return answer;
    } catch (error) {
      remember(cell, error.message);
      throw error;
    }
  }

  function lastError(address) {
    return lastErrors.get(address) || lastErrors.get(address.split(":")[0]) || "";
  }

  function remember(cell, message) {
    if (!cell) return;
    lastErrors.delete(cell); // to the end of the order, so that the oldest leaves first
    lastErrors.set(cell, message);
    if (lastErrors.size > MOST_ERRORS) lastErrors.delete(lastErrors.keys().next().value);
  }

  async function argument(name, at, value) {
    if (!Array.isArray(value)) return { cell: up(value) };
    const kind = (declared.functions[name] || [])[at];
    const rows = trimmed(value);
    if (kind !== "range" && rows.length === 1 && rows[0].length === 1) return { cell: rows[0][0] };
    const text = JSON.stringify(rows);
    const key = await digest(text);
    return { cell: { r: key }, key, text };
  }

  /** Calls that are the same in every argument share one answer. */
  function enqueue(name, args, cell) {
    const entry = { fn: name, args: args.map((each) => each.cell) };
    const text = JSON.stringify(entry);
    return new Promise((resolve, reject) => {
      let job = queue.get(text);
      if (!job) queue.set(text, (job = { entry: cell ? { ...entry, cell } : entry, ranges: args.filter((each) => each.key), waiting: [] }));
      job.waiting.push({ resolve, reject });
      if (queue.size >= settings.maxCalls) flush();
      else if (timer === null) timer = setTimeout(flush, settings.windowMs);
    });
  }

  async function flush() {
    clearTimeout(timer);
    timer = null;
    const jobs = [...queue.values()];
    queue = new Map();
    if (!jobs.length) return;
    try {
      const answer = await send(jobs);
      jobs.forEach((job, at) => settle(job, (answer.results || [])[at]));
      if (api.onStamp && answer.stamp) api.onStamp(answer.stamp);
    } catch (error) {
      const text = error.code === "too_large" ? "#VALUE!" : "#N/A";
      jobs.forEach((job) => job.waiting.forEach((each) => each.reject(failure(text, error.message))));
    }
  }

  /** One request; a range that the service has, or that an earlier request is bringing, is named by its digest alone. */
  function send(jobs) {
    const texts = new Map(jobs.flatMap((job) => job.ranges.map((range) => [range.key, range.text])));
    const keys = [...texts.keys()];
    const earlier = keys.map((key) => travelling.get(key)).filter(Boolean);
    const mine = keys.filter((key) => !known.has(key) && !travelling.has(key));
    const sending = deliver(jobs, texts, earlier);
    const arrived = () => mine.forEach((key) => travelling.delete(key));
    mine.forEach((key) => travelling.set(key, sending));
    sending.then(arrived, arrived);
    return sending;
  }

  async function deliver(jobs, texts, earlier) {
    await Promise.allSettled(earlier);
    const calls = jobs.map((job) => job.entry);
    let fresh = [...texts.keys()].filter((key) => !known.has(key));
    for (let again = 0; ; again += 1) {
      stats.uploaded += fresh.length;
      try {
        const answer = await post("/api/call", body(calls, fresh, texts));
        texts.forEach((_, key) => known.add(key));
        return answer;
      } catch (error) {
        if (error.code !== "missing" || again) throw error;
        error.answer.missing.forEach((key) => known.delete(key));
        fresh = error.answer.missing.filter((key) => texts.has(key));
      }
    }
  }

  function body(calls, fresh, texts) {
    const ranges = Object.fromEntries(fresh.map((key) => [key, texts.get(key)]));
    return { book: settings.book, language: settings.language, ranges, calls };
  }

  function settle(job, result) {
    job.waiting.forEach(({ resolve, reject }) => {
      if (!result) return reject(failure("#N/A", say("service_failed")));
      if (result.error) return reject(failure(result.error, saidIn(result)));
      if (result.rows) return resolve(result.rows.map((row) => row.map(down)));
      const cell = down(result.v);
      return cell instanceof Error ? reject(cell) : resolve([[cell]]);
    });
  }

  /** Registers every declared function with Excel. */
  function associate() {
    if (!world.CustomFunctions || !world.CustomFunctions.associate) return;
    Object.keys(declared.functions).forEach((name) => world.CustomFunctions.associate(name, (...given) => call(name, given)));
  }

  const api = { settings, stats, known, post, call, flush, setToken, associate, say, saidIn, up, down, sha256, digest, ServiceError, onStamp: null };
  world.arsheet = api;
})(globalThis);
