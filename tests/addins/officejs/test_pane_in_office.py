"""The task pane and the worksheet functions inside Office, played by a strict double, against the real service."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.addins.officejs import books

DOUBLE = (Path(__file__).parent / "double" / "office.js").read_text("utf-8")
OFFICE = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js"
READY = "document.querySelector('#action-refresh') && !document.querySelector('#action-refresh').ariaDisabled"
IDLE = "!document.querySelector('.action.busy')"


@pytest.fixture(scope="module")
def office(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any, str]]:
    """A browser, the service, and a workbook as the double opens it."""
    folder = tmp_path_factory.mktemp("office")
    book = json.dumps(books.as_workbook(books.new_book(folder, invoices=200)), ensure_ascii=False)
    with books.serving(folder) as service:
        yield browser, service, book


@pytest.fixture
def excel(office: tuple[Any, Any, str]) -> Any:
    """The pane in Excel, the workbook freshly opened."""
    browser, service, book = office
    browser.resize(350, 800)
    browser.open(f"{service.url}/assets/logo-16.png")
    browser.run(f"localStorage.clear(); localStorage.setItem('arsheet.token', '{service.token}')")
    browser.stand_in(OFFICE, "text/javascript", f"globalThis.arsheetTestBook = {book};\n{DOUBLE}")
    browser.problems.clear()
    browser.open(f"{service.url}/taskpane.html")
    browser.wait(READY, 40)
    return browser


def confirm(excel: Any, button: str = "#action-refresh") -> None:
    """A click on a button, and on the word."""
    excel.click(button)
    excel.wait("document.querySelector('dialog[open] button.main') || document.querySelector('.refused')", 40)
    assert excel.text(".refused") == ""
    excel.click("dialog button.main")
    excel.wait(f"(document.querySelector('.told') || document.querySelector('.refused')) && {IDLE}", 40)
    assert excel.text(".refused") == ""


def everything(excel: Any) -> dict[str, Any]:
    """All cells and tables of the double."""
    said = excel.run("JSON.stringify([[...double.cells].sort(([a], [b]) => (a < b ? -1 : 1)), double.model.tables])")
    cells, tables = json.loads(said)
    return {"cells": {place: (cell["value"], cell.get("formula")) for place, cell in cells}, "tables": tables}


def test_the_pane_opens_on_the_workbook(excel: Any) -> None:
    assert excel.text(".book-name") == "应收.xlsx"
    assert "2026" in excel.text("#stamp")
    assert excel.run("Object.keys(Office.actions.map).sort()") == sorted(
        excel.run("[...document.querySelectorAll('.action')].map((one) => one.id.slice(7))")
    )
    assert not excel.problems


def test_opening_writes_nothing(excel: Any) -> None:
    assert excel.run("double.model.log") == []


def test_a_range_of_2000_by_8_goes_up_once_and_a_table_spills(excel: Any) -> None:
    said = excel.run(
        """(async () => {
        const rows = [["客户名称", "单据号", "单据日期", "到期日", "币种", "价税合计", "备注", "未收金额"]];
        for (let at = 0; at < 2000; at += 1) rows.push([`客户${at % 40}`, `D${at}`, 46000 + at % 60, 46030 + at % 60, "CNY", 100 + at, "", 100 + at]);
        const before = { ...arsheet.stats };
        const call = (day) => CustomFunctions.functions.AR_AGING_OF(rows, day, null, null, null, { address: "分析!A1" });
        const first = await call(46112);
        const again = await Promise.all(Array.from({ length: 60 }, (_, at) => call(46000 + at)));
        const total = first[0].indexOf("应收合计");
        return { header: first[0], rows: first.length, sum: first.slice(1).reduce((sum, row) => sum + row[total], 0),
          sent: arsheet.stats.uploaded - before.uploaded, requests: arsheet.stats.requests - before.requests, again: again.length };
        })()"""
    )
    assert said["rows"] == 41
    assert said["sum"] == sum(100 + at for at in range(2000))
    assert said["sent"] == 1
    assert said["requests"] == 2
    assert "91天以上" in said["header"]


def test_2000_cells_take_ten_requests(excel: Any) -> None:
    said = excel.run(
        """(async () => {
        const before = arsheet.stats.requests;
        const cells = Array.from({ length: 2000 }, (_, at) => CustomFunctions.functions.AR_DISCOUNT(1000 + at, "2/10 net 30", 46000, 46005, { address: `分析!B${at + 1}` }));
        const answers = await Promise.all(cells);
        return { requests: arsheet.stats.requests - before, last: answers[1999][0][0] };
        })()"""
    )
    assert said["requests"] == 10
    assert said["last"] == pytest.approx(2999 * 0.02)


def test_an_error_is_an_error_of_excel_with_its_reason(excel: Any) -> None:
    said = excel.run(
        """(async () => {
        const caught = [];
        for (const args of [["没有这个客户"], ["*", "不是日期"]]) {
          try { await CustomFunctions.functions.AR_BALANCE([[args[0]]], args[1] ?? null, null, { address: "分析!C1" }); } catch (error) { caught.push([error.code, error.message]); }
        }
        const last = await CustomFunctions.functions.AR_LAST_ERROR([["#VALUE!"]], { address: "分析!D1", parameterAddresses: ["分析!C1"] });
        return { caught, last: last[0][0] };
        })()"""
    )
    assert [code for code, _ in said["caught"]] == ["#N/A", "#VALUE!"]
    assert all(message[-1] >= "\u4e00" or message[0] >= "\u4e00" for _, message in said["caught"]), said
    assert said["last"] == said["caught"][1][1]


def test_refresh_writes_the_reports_and_undo_puts_everything_back(excel: Any) -> None:
    excel.run("double.type('应收单', 'Q2', 99887.65); double.model.log.length = 0")
    before = everything(excel)
    confirm(excel)
    after = everything(excel)
    assert after != before
    assert "已写入" in excel.text("#progress")
    total = excel.run("(() => { const t = double.table('Balances').values; return t.slice(1).length })()")
    assert total == next(each["rows"] for each in after["tables"] if each["name"] == "Balances")
    sources = {each["sheet"] for each in before["tables"] if each["name"] in excel.run("[]")}
    assert not sources
    changed = {
        place.rpartition("!")[0]
        for place in {*before["cells"], *after["cells"]}
        if before["cells"].get(place) != after["cells"].get(place)
    }
    assert not changed & {"客户", "应收单", "收款", "核销记录", "设置"}, "sources are never written by a refresh"
    excel.click(".told button")
    excel.wait(f"document.querySelector('#progress').innerText.includes('已撤销') && {IDLE}")
    back = everything(excel)
    assert back["tables"] == before["tables"]
    different = {
        place for place in {*before["cells"], *back["cells"]} if before["cells"].get(place) != back["cells"].get(place)
    }
    assert not different
    assert not excel.problems


def test_text_never_becomes_a_formula(excel: Any) -> None:
    excel.run(
        "double.type('客户', 'B2', \"'=1+1\"); double.type('客户', 'B3', \"'2026-1\"); double.type('客户', 'B4', \"'TRUE\")"
    )
    confirm(excel)
    named = excel.run(
        "(() => { const t = double.table('Balances').values; const at = t[0].indexOf('客户名称'); return t.slice(1).map((row) => row[at]) })()"
    )
    everything_ = everything(excel)
    formulas = [place for place, (_, formula) in everything_["cells"].items() if formula]
    assert formulas == []
    assert {"=1+1", "2026-1", "TRUE"} & set(named), "at least one of them has a balance"
    assert 45000 not in named
    assert True not in named


def test_a_column_of_the_person_goes_on_with_its_formula(excel: Any) -> None:
    excel.run(
        """(() => {
        const table = double.model.tables.find((one) => one.name === "Balances");
        const [first, column] = [table.row, table.columns];
        double.cells.set(`${table.sheet}!${first},${column}`, { value: "加倍", text: true, format: "General" });
        for (let row = 1; row <= table.rows; row += 1) double.cells.set(`${table.sheet}!${first + row},${column}`, { value: 1, formula: `=D${first + row + 1}*2`, format: "General" });
        table.columns += 1;
        })()"""
    )
    excel.run("double.type('应收单', 'Q2', 123456.78)")
    confirm(excel)
    said = excel.run(
        """(() => {
        const table = double.model.tables.find((one) => one.name === "Balances");
        const header = double.table("Balances").values[0];
        const at = header.indexOf("加倍");
        return [at, table.rows, Array.from({ length: table.rows }, (_, row) => double.cells.get(`${table.sheet}!${table.row + 1 + row},${table.column + at}`).formula), table.row];
        })()"""
    )
    at, rows, formulas, first = said
    assert at > 0
    assert formulas == [f"=D{first + 2 + row}*2" for row in range(rows)]


def test_exactly_the_ar_cells_are_worked_out_again(excel: Any) -> None:
    customer = excel.run("double.table('Customers').values[1][0]")
    excel.run(
        f"double.type('分析', 'A1', '=ARSHEET.AR_BALANCE(\"{customer}\")'); double.type('分析', 'A3', '=SUM(A1)');"
        "double.type('分析', 'A4', '=\"AR_BALANCE(\" & A1'); double.type('分析', 'C1', '=ARSHEET.AR_AGING(\"*\")'); double.model.log.length = 0"
    )
    confirm(excel)
    excel.wait("!document.querySelector('.working')")
    calculated = excel.run("double.model.log.filter(([what]) => what === 'calculate').map(([, ...place]) => place)")
    assert sorted(map(tuple, calculated)) == [("分析", 0, 0), ("分析", 0, 2)]
    assert isinstance(excel.run("double.cell('分析', 'A1').value"), (int, float))
    assert excel.run("double.cell('分析', 'C1').value") == "客户编码", "the table spilled from its cell"
    assert excel.run("double.cell('分析', 'D2').value") != ""


def test_a_change_in_a_source_is_told_and_one_of_our_own_is_not(excel: Any) -> None:
    confirm(excel)
    excel.wait("!document.querySelector('.working')")
    assert not excel.run("!!document.querySelector('.stale')")
    time.sleep(0.7)  # Excel tells of a write after the batch that made it
    excel.run("double.type('应收单', 'Q3', 5)")
    excel.wait("document.querySelector('.stale')")
    assert "数据已变，请刷新" in excel.text(".stale")


def test_a_book_changed_after_the_preview_is_not_written(excel: Any) -> None:
    excel.run("double.type('应收单', 'Q2', 77)")
    excel.click("#action-refresh")
    excel.wait("document.querySelector('dialog[open] button.main')", 40)
    excel.run("double.type('应收单', 'Q2', 78); double.model.log.length = 0")
    excel.click("dialog button.main")
    excel.wait(f"document.querySelector('.refused') && {IDLE}")
    assert "预览之后" in excel.text(".refused")
    assert excel.run("double.model.log.filter(([what]) => what !== 'numberFormat').length") == 0


def test_nothing_below_a_table_is_overwritten(excel: Any) -> None:
    excel.run(
        """(() => {
        const table = double.model.tables.find((one) => one.name === "Balances");
        for (let row = 3; row <= table.rows; row += 1) for (let column = 0; column < table.columns; column += 1) double.cells.delete(`${table.sheet}!${table.row + row},${column}`);
        table.rows = 2;
        double.cells.set(`${table.sheet}!${table.row + 6},1`, { value: "我的备注", text: true, format: "General" });
        })()"""
    )
    before = everything(excel)
    excel.click("#action-refresh")
    excel.wait("document.querySelector('dialog[open] button.main')", 40)
    excel.click("dialog button.main")
    excel.wait(f"document.querySelector('.refused') && {IDLE}")
    assert "有内容" in excel.text(".refused")
    assert everything(excel) == before


def test_a_protected_sheet_is_told_and_nothing_is_half_written(excel: Any) -> None:
    excel.run("double.model.protected.add('客户余额'); double.type('应收单', 'Q2', 4321)")
    before = everything(excel)
    excel.click("#action-refresh")
    excel.wait("document.querySelector('dialog[open] button.main')", 40)
    excel.click("dialog button.main")
    excel.wait(f"document.querySelector('.refused') && {IDLE}")
    assert "客户余额" in excel.text(".refused")
    assert everything(excel) == before


def test_work_done_since_is_not_undone(excel: Any) -> None:
    confirm(excel)
    excel.wait("!document.querySelector('.working')")
    excel.run(
        "(() => { const t = double.model.tables.find((one) => one.name === 'Balances'); double.type(t.sheet, `B${t.row + 2}`, '手工改的') })()"
    )
    excel.click("#action-undo")
    excel.wait("document.querySelector('dialog[open] button.main')")
    excel.click("dialog button.main")
    excel.wait(f"document.querySelector('.refused') && {IDLE}")
    assert "没有撤销" in excel.text(".refused")
    assert "手工改的" in excel.run("JSON.stringify(double.table('Balances').values)")


def test_a_finding_selects_its_cell(excel: Any) -> None:
    excel.wait("document.querySelector('button.finding')")
    where = excel.text("button.finding .where")
    sheet, _, cell = where.partition("!")
    excel.click("button.finding")
    excel.wait("double.model.active && double.model.active.row > 0")
    active = excel.run("double.model.active")
    assert active["sheet"] == sheet
    assert cell.endswith(str(active["row"] + 1))


def test_a_ribbon_button_opens_the_pane_and_asks(excel: Any) -> None:
    excel.run("void Office.actions.map.refresh({ completed: () => { globalThis.completed = true } })")
    excel.wait("document.querySelector('dialog[open] button.main')", 40)
    assert ["pane"] in excel.run("double.model.log")
    excel.key("Escape")
    excel.wait("globalThis.completed === true")


def test_the_formula_of_the_selected_cell_is_written_as_values(excel: Any) -> None:
    excel.run(
        "double.type('分析', 'F2', '=ARSHEET.AR_SCHEDULE(1000,\"30% net 30, 70% net 60\",46000)'); double.model.active = { sheet: '分析', row: 1, column: 5 }"
    )
    excel.click("#action-write_values")
    excel.wait("document.querySelector('dialog[open] #values-formula')")
    assert excel.run("document.querySelector('#values-formula').value").startswith("=ARSHEET.AR_SCHEDULE")
    assert excel.run("document.querySelector('#values-cell').value") == "F2"
    excel.run("document.querySelector('#values-formula').value = '=ARSHEET.AR_TERM_EXPLAIN(\"月结30天\")'")
    excel.click("dialog button.main")
    excel.wait("document.querySelector('dialog.wide[open] .write')", 40)
    excel.click("dialog button.main")
    excel.wait(f"document.querySelector('.told') && {IDLE}")
    cell = excel.run("double.cell('分析', 'F2')")
    assert "formula" not in cell
    assert "30" in cell["value"]
    excel.click(".told button")
    excel.wait(f"document.querySelector('#progress').innerText.includes('已撤销') && {IDLE}")
    assert excel.run("double.cell('分析', 'F2').formula").startswith("=ARSHEET.AR_SCHEDULE")


def test_a_workbook_without_our_tables_still_calculates(office: tuple[Any, Any, str]) -> None:
    browser, service, _ = office
    browser.stand_in(
        OFFICE, "text/javascript", f"globalThis.arsheetTestBook = {{sheets: ['分析'], tables: []}};\n{DOUBLE}"
    )
    browser.open(f"{service.url}/assets/logo-16.png")
    browser.run(f"localStorage.setItem('arsheet.token', '{service.token}')")
    browser.open(f"{service.url}/taskpane.html")
    browser.wait(READY)
    assert browser.text(".refused") == ""
    said = browser.run("CustomFunctions.functions.AR_TERM_EXPLAIN('月结30天', null, { address: '分析!A1' })")
    assert "30" in said[0][0]
    browser.click("#action-refresh")
    browser.wait("document.querySelector('.refused')")
    assert "应收账款工作簿" in browser.text(".refused")
