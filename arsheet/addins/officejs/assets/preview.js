// What an action will write or send, shown before it happens.
import { count, dialog, h, shown, t } from "./dom.js";
import { findingLine, tally } from "./findings.js";

const MOST_FINDINGS = 20;

/** True when the person says: write it. */
export async function askPreview(action, preview) {
  const writes = (preview.writes || []).filter((write) => write.changed_cells || write.rows_before !== write.rows_after);
  const same = (preview.writes || []).filter((write) => !writes.includes(write));
  const nothing = !writes.length && !(preview.sends || []).length;
  const said = await dialog(t("preview_of", { action: action[document.documentElement.lang === "en" ? "en" : "zh"] }), [
    findingsBlock(preview.findings || []),
    sendsBlock(preview.sends || []),
    h("section", {}, h("h3", {}, t("will_write")),
      nothing ? h("p", { class: "dim" }, t("nothing_to_write")) : writes.map((write) => writeBlock(write, writes.length === 1)),
      same.length ? h("p", { class: "dim" }, `${t("no_change")}：${same.map((write) => write.sheet || write.table).join("、")}`) : null),
  ], [
    { words: t("cancel"), do: (close) => close(false) },
    { words: t("confirm"), main: true, do: (close) => close(true) },
  ], { wide: true });
  return said === true;
}

function writeBlock(write, open) {
  const sample = write.sample || [];
  const rows = write.rows_before === write.rows_after ? count(write.rows_after ?? 0) : `${count(write.rows_before ?? 0)} → ${count(write.rows_after ?? 0)}`;
  return h("details", { class: "write", open: open && sample.length > 0 },
    h("summary", {}, h("strong", {}, write.sheet || write.table),
      h("span", { class: "figure" }, h("small", {}, t("rows_change")), rows),
      h("span", { class: "figure" }, h("small", {}, t("changed_cells")), count(write.changed_cells ?? 0))),
    sample.length ? h("div", { class: "scroll" }, h("table", {},
      h("caption", {}, t("sample", { count: count(sample.length) })),
      h("thead", {}, h("tr", {}, ["cell", "old", "new"].map((key) => h("th", { scope: "col" }, t(key))))),
      h("tbody", {}, sample.map((one) => h("tr", {}, h("th", { scope: "row" }, one.cell), value(one.old, "old"), value(one.new, "new")))))) : null);
}

function value(cell, kind) {
  const words = shown(cell);
  return h("td", { class: kind }, words === "" ? h("span", { class: "dim" }, t("blank")) : words);
}

function sendsBlock(sends) {
  if (!sends.length) return null;
  return h("section", {}, h("h3", {}, t("will_send")), h("ul", {}, sends.map((send) => h("li", {}, send.to ? `${send.to}：` : "", send.subject || send.text || ""))));
}

function findingsBlock(findings) {
  if (!findings.length) return null;
  const shownOnes = findings.slice(0, MOST_FINDINGS);
  return h("details", { class: "write", open: findings.some((finding) => finding.severity === "error") && findings.length <= 6 },
    h("summary", {}, h("strong", {}, t("findings")), tally(findings)),
    h("ul", { class: "found" }, shownOnes.map((finding) => h("li", { class: finding.severity }, findingLine(finding)))));
}
