// A workbook on disk, worked on from a browser: the service reads and saves it, the page shows it.
import { $, t } from "./dom.js";
import { parseCall } from "./formula.js";
import { SheetView } from "./sheet.js";

const arsheet = globalThis.arsheet;
const BOOK = "file";

export async function openFile({ onProgress, name }) {
  const about = await arsheet.post("/api/sheet", { book: BOOK, rows: 0 });
  const view = new SheetView($("book"), BOOK, about, onProgress);
  const found = await arsheet.post("/api/findings", { book: BOOK }).catch(() => ({}));
  if (about.sheets.length) await view.show(about.sheet || about.sheets[0]);
  return {
    id: BOOK,
    name,
    stamp: about.stamp || found.stamp || null,
    found: found.findings ? found : null,
    draw: () => view.draw(),
    snapshot: async () => ({}), // the service reads the file itself
    goTo: (sheet, cell) => view.goTo(sheet, cell),
    selected: async () => ({ ...view.selected(), sheets: view.sheets }),
    afterWrite: () => view.reload(),
    async callOf(formula) {
      const call = parseCall(formula);
      if (call.args.some((arg) => arg && arg.ref)) throw new arsheet.ServiceError("no_references_here", t("no_references_here", { formula }));
      return call;
    },
    async confirm(preview) {
      return arsheet.post("/api/confirm", { book: BOOK, preview: preview.preview });
    },
    async undo(undo) {
      onProgress(t("undoing"));
      return arsheet.post("/api/undo", { book: BOOK, undo });
    },
  };
}
