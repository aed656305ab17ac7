// The list of findings: how grave, where, what was read, what to do; a click leads to the cell.
import { count, fill, h, language, t } from "./dom.js";

const SEVERITIES = ["error", "warning", "note"];
const PAGE = 50;
let chosen = "all";
let most = PAGE;

/** Counts by severity, as coloured figures. */
export function tally(findings) {
  return SEVERITIES.map((severity) => [severity, findings.filter((one) => one.severity === severity).length])
    .filter(([, number]) => number)
    .map(([severity, number]) => h("span", { class: `count ${severity}` }, h("small", {}, t(severity)), count(number)));
}

export function findingLine(finding) {
  const words = language() === "zh" ? [finding.zh, finding.hint_zh] : [finding.en, finding.hint_en];
  const where = [finding.sheet, finding.cell].filter(Boolean).join("!");
  return [where ? h("span", { class: "where" }, where) : null, h("span", { class: "said" }, words[0]), words[1] ? h("span", { class: "hint" }, words[1]) : null];
}

/** Draws the list; ``total`` may be more than came along; ``onGo`` is called with the finding that was clicked. */
export function showFindings(element, findings, total, onGo) {
  const redraw = () => showFindings(element, findings, total, onGo);
  const title = h("h2", { id: "findings-title" }, t("findings"));
  element.setAttribute("aria-labelledby", "findings-title");
  if (findings === null) return fill(element, title, h("p", { class: "dim" }, t("findings_not_yet")));
  if (!findings.length) return fill(element, title, h("p", { class: "clear" }, t("findings_none")));
  const have = ["all", ...SEVERITIES.filter((severity) => findings.some((one) => one.severity === severity))];
  if (!have.includes(chosen)) chosen = "all";
  const wanted = chosen === "all" ? findings : findings.filter((one) => one.severity === chosen);
  const filters = h("div", { class: "filters", role: "group", "aria-label": t("findings") }, have.map((key) => h("button", {
    class: `filter ${key}`, "aria-pressed": String(chosen === key), onclick: () => { chosen = key; most = PAGE; redraw(); },
  }, t(key), h("b", {}, count(key === "all" ? findings.length : findings.filter((one) => one.severity === key).length)))));
  const list = h("ul", { class: "found" }, wanted.slice(0, most).map((finding) => h("li", { class: finding.severity }, finding.cell
    ? h("button", { class: "finding", "aria-label": `${t(finding.severity)}。${t("go_to", { place: `${finding.sheet}!${finding.cell}` })}。${language() === "zh" ? finding.zh : finding.en}`, onclick: () => onGo(finding) }, findingLine(finding))
    : h("div", { class: "finding" }, findingLine(finding)))));
  const left = wanted.length - most;
  const beyond = total > findings.length ? h("p", { class: "dim" }, t("findings_beyond", { count: count(total), shown: count(findings.length) })) : null;
  return fill(element, title, filters, beyond, list,
    left > 0 && h("button", { class: "quiet", onclick: () => { most += PAGE; redraw(); } }, t("more_findings", { count: Math.min(PAGE, left) })));
}
