"""`arsheet serve BOOK` in a real Chromium: the buttons, preview, confirm, undo, findings and sheets of a file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.addins.officejs import books


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any, Path]]:
    """A browser on the pane of a book."""
    folder = tmp_path_factory.mktemp("pane")
    book = books.new_book(folder)
    with books.serving(folder, book) as service:
        yield browser, service, book


@pytest.fixture
def pane(page: tuple[Any, Any, Path]) -> Any:
    """The pane freshly opened, wide."""
    browser, service, _ = page
    browser.problems.clear()
    browser.resize(1360, 860)
    forget(browser, service)
    browser.open(service.link)
    browser.wait(READY)
    return browser


READY = "document.querySelectorAll('.grid .row').length > 5 && !document.querySelector('#action-refresh').ariaDisabled"


def forget(browser: Any, service: Any) -> None:
    """A window in which nothing was chosen yet."""
    browser.open(f"{service.url}/assets/logo-16.png")
    browser.run("sessionStorage.clear()")


def sheet(pane: Any, name: str) -> None:
    """Shows a sheet by its tab."""
    pane.run(f"[...document.querySelectorAll('[role=tab]')].find((tab) => tab.textContent === '{name}').click()")
    pane.wait(f"document.querySelector('[role=grid]').getAttribute('aria-label') === '{name}'")


def test_the_link_gives_the_code_and_leaves_no_trace(pane: Any) -> None:
    assert pane.run("location.hash + location.search") == ""
    assert pane.run("sessionStorage.getItem('arsheet.token').length") > 30
    assert pane.run("localStorage.length") == 0
    assert pane.text(".book-name") == "应收.xlsx"
    assert not pane.problems


def test_the_stamp_is_shown(pane: Any) -> None:
    said = pane.text("#stamp")
    assert "2026-03-31" in said
    assert "应收单" in said
    assert "CNY" in said


def test_a_sheet_is_shown_as_it_stands_in_the_file(pane: Any, page: tuple[Any, Any, Path]) -> None:
    from arsheet.hosts.xlsx import XlsxHost

    sheet(pane, "逾期账龄")
    table = XlsxHost(page[2]).read("OverdueAging")
    shown = pane.run(
        "[...document.querySelectorAll('.grid .rows .row')].map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    by_row = {int(row[0]): row[1:] for row in shown}
    header = [text for text in by_row[5] if text]
    assert header == [text for text in table.header if text]
    first = next(iter(table.rows()))
    assert by_row[6][0] == first[0]
    assert by_row[6][3] == f"{first[3]:,.2f}"


def test_a_long_sheet_scrolls_to_its_last_row(pane: Any, page: tuple[Any, Any, Path]) -> None:
    sheet(pane, "应收单")
    total = int(pane.run("document.querySelector('[role=grid]').getAttribute('aria-rowcount')"))
    assert total > 250
    pane.run("document.querySelector('.grid').scrollTop = 1e9")
    pane.wait(f"[...document.querySelectorAll('.grid .number')].some((cell) => cell.textContent === '{total}')")
    pane.wait("![...document.querySelectorAll('.grid .rows .row > span')].some((cell) => cell.textContent === '…')")
    assert int(pane.run("document.querySelectorAll('.grid .rows .row').length")) < 100


def test_refresh_previews_confirms_and_is_undone(pane: Any, page: tuple[Any, Any, Path]) -> None:
    book = page[2]
    before = book.read_bytes()
    pane.click("#action-refresh")
    pane.wait("document.querySelector('dialog[open]')")
    assert "写入前请核对" in pane.text("#dialog-title")
    assert book.read_bytes() == before, "nothing is written before the word"
    pane.key("Escape")
    pane.wait("!document.querySelector('dialog[open]')")
    assert book.read_bytes() == before
    pane.wait("!document.querySelector('.action.busy')")
    pane.click("#action-refresh")
    pane.wait("document.querySelector('dialog[open] button.main')")
    pane.click("dialog button.main")
    pane.wait("document.querySelector('.told') && !document.querySelector('.action.busy')")
    assert "已写入" in pane.text("#progress")
    assert book.read_bytes() != before
    pane.click(".told button")
    pane.wait(
        "document.querySelector('#progress').innerText.includes('已撤销') && !document.querySelector('.action.busy')"
    )
    assert book.read_bytes() == before
    assert not pane.problems


def test_as_of_is_what_the_person_chose(pane: Any) -> None:
    pane.run(
        "(() => { const day = document.querySelector('#as-of'); day.value = '2026-01-31'; day.dispatchEvent(new Event('change')) })()"
    )
    pane.click("#action-refresh")
    pane.wait("document.querySelector('dialog[open] button.main')")
    pane.click("dialog button.main")
    pane.wait("document.querySelector('#stamp').innerText.includes('2026-01-31')")
    pane.wait("!document.querySelector('.action.busy')")
    pane.click("#action-undo")
    pane.wait("document.querySelector('dialog[open] button.main')")
    pane.click("dialog button.main")
    pane.wait(
        "document.querySelector('#progress').innerText.includes('已撤销') && !document.querySelector('.action.busy')"
    )
    assert "2026-03-31" in pane.text("#stamp")


def test_a_finding_leads_to_its_cell(pane: Any) -> None:
    pane.click("#action-data_check")
    pane.wait("document.querySelector('dialog[open] button.main')")
    pane.key("Escape")
    pane.wait("document.querySelector('button.finding') && !document.querySelector('.action.busy')")
    where = pane.text("button.finding .where")
    name, _, address = where.partition("!")
    pane.click("button.finding")
    pane.wait(f"document.querySelector('[role=grid]').getAttribute('aria-label') === '{name}'")
    pane.wait("document.querySelector('.grid .chosen')")
    row = pane.run("document.querySelector('.grid .chosen').parentElement.getAttribute('aria-rowindex')")
    assert address.endswith(row)


def test_findings_are_filtered_by_severity(pane: Any) -> None:
    pane.wait("document.querySelector('.filter.warning')")
    pane.click(".filter.warning")
    kinds = pane.run("[...new Set([...document.querySelectorAll('#findings li')].map((line) => line.className))]")
    assert kinds == ["warning"]
    pane.click(".filter.all")


def test_a_file_is_imported_after_its_preview(pane: Any, page: tuple[Any, Any, Path], tmp_path: Path) -> None:
    book = page[2]
    before = book.read_bytes()
    source = tmp_path / "新单.csv"
    source.write_text(
        "客户编码,客户名称,发票号,开票日期,到期日,价税合计\nC-9001,新客户有限公司,NEW-1,2026-03-01,2026-03-31,1130.00\n"
        "C-9001,新客户有限公司,=1+1,2026-03-02,2026-03-31,226.00\n",
        "utf-8",
    )
    pane.click("#action-import")
    pane.wait("document.querySelector('dialog[open] #import-file')")
    pane.choose_file("#import-file", source)
    pane.click("dialog button.main")
    pane.wait("document.querySelector('dialog.wide[open] button.main')")
    assert "应收单" in pane.text("dialog")
    pane.click("dialog button.main")
    pane.wait("document.querySelector('.told') && !document.querySelector('.action.busy')")
    assert book.read_bytes() != before
    sheet(pane, "应收单")
    pane.click(".told button")
    pane.wait(
        "document.querySelector('#progress').innerText.includes('已撤销') && !document.querySelector('.action.busy')"
    )
    assert book.read_bytes() == before


def test_a_file_that_cannot_be_imported_says_why(pane: Any, tmp_path: Path) -> None:
    source = tmp_path / "坏.xlsx"
    source.write_bytes(b"no workbook at all")
    pane.click("#action-import")
    pane.wait("document.querySelector('dialog[open] #import-file')")
    pane.choose_file("#import-file", source)
    pane.click("dialog button.main")
    pane.wait("document.querySelector('.refused')")
    assert pane.run("document.querySelectorAll('dialog[open]').length") == 0
    assert any("\u4e00" <= letter <= "\u9fff" for letter in pane.text(".refused"))


def test_an_answer_is_written_as_values(pane: Any, page: tuple[Any, Any, Path]) -> None:
    book = page[2]
    before = book.read_bytes()
    pane.click("#action-write_values")
    pane.wait("document.querySelector('dialog[open] #values-formula')")
    pane.run("document.querySelector('#values-formula').value = '=AR_TERM_EXPLAIN(\"月结30天\")'")
    pane.run(
        "document.querySelector('#values-sheet').value = '首页'; document.querySelector('#values-cell').value = 'J60'"
    )
    pane.click("dialog button.main")
    pane.wait("document.querySelector('dialog.wide[open] .write')")
    assert "J60" in pane.text("dialog")
    pane.click("dialog button.main")
    pane.wait("document.querySelector('.told') && !document.querySelector('.action.busy')")
    assert book.read_bytes() != before
    pane.click(".told button")
    pane.wait(
        "document.querySelector('#progress').innerText.includes('已撤销') && !document.querySelector('.action.busy')"
    )


def test_a_formula_that_is_none_is_refused_in_words(pane: Any) -> None:
    pane.click("#action-write_values")
    pane.wait("document.querySelector('dialog[open] #values-formula')")
    pane.run("document.querySelector('#values-formula').value = '=SUM(A1)'")
    pane.click("dialog button.main")
    pane.wait("document.querySelector('.refused')")
    assert "看不懂" in pane.text(".refused")


def test_settings_and_help(pane: Any) -> None:
    pane.click("#action-settings")
    pane.wait("document.querySelector('[role=grid]').getAttribute('aria-label') === '设置'")
    pane.click("#action-help")
    pane.wait("document.querySelector('dialog[open] .functions')")
    pane.type("账龄")
    assert "AR_AGING" in pane.text(".functions")
    assert "AR_AMOUNT_CN" not in pane.text(".functions")
    pane.key("Escape")


def test_everything_speaks_english_too(pane: Any) -> None:
    pane.click("#top button")
    pane.wait("document.documentElement.lang === 'en'")
    shown = pane.run(
        "(() => { const copy = document.querySelector('#pane').cloneNode(true);"
        " copy.querySelectorAll('.where, .said, .hint, .book-name, #top button').forEach((one) => one.remove());"
        " return copy.textContent })()"
    )
    assert "Refresh" in shown
    assert not [letter for letter in shown if "\u4e00" <= letter <= "\u9fff"], shown
    pane.click("#top button")
    pane.wait("document.documentElement.lang === 'zh-CN'")


def test_the_pane_fits_320_pixels(pane: Any) -> None:
    for language in ("zh-CN", "en"):
        pane.resize(320, 720)
        pane.wait(f"document.documentElement.lang === '{language}'")
        wide = pane.run(
            "[...document.querySelectorAll('#pane *')].filter((one) => one.getBoundingClientRect().right > 320.5)"
            ".map((one) => one.outerHTML.slice(0, 80))"
        )
        assert wide == []
        assert pane.run("document.documentElement.scrollWidth") <= 320
        pane.click("#top button")
    pane.wait("document.documentElement.lang === 'zh-CN'")


def test_it_can_be_used_with_the_keyboard_alone(pane: Any) -> None:
    pane.run("document.activeElement.blur()")
    for _ in range(12):
        pane.key("Tab")
        if pane.run("document.activeElement.id") == "action-data_check":
            break
    assert pane.run("document.activeElement.id") == "action-data_check"
    assert pane.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
    pane.key("Enter")
    pane.wait("document.querySelector('dialog[open] button.main')")
    assert pane.run("document.activeElement.className") == "main", "the dialog takes the focus"
    pane.key("Tab")
    assert pane.run("!!document.activeElement.closest('dialog') || document.activeElement === document.body")
    pane.key("Escape")
    pane.wait("!document.querySelector('.action.busy')")
    assert pane.run("document.activeElement.id") == "action-data_check", "and gives it back"


def test_every_control_has_a_name(pane: Any) -> None:
    nameless = pane.run(
        "[...document.querySelectorAll('button, input, select, [role=grid], nav section')].filter((one) =>"
        " !(one.innerText || one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') ||"
        " (one.labels && one.labels.length))).map((one) => one.outerHTML.slice(0, 90))"
    )
    assert nameless == []


def test_a_wrong_code_asks_for_the_right_one(page: tuple[Any, Any, Path]) -> None:
    browser, service, _ = page
    browser.resize(1360, 860)
    forget(browser, service)
    browser.open(f"{service.url}/#token={'x' * 43}")
    browser.wait("document.querySelector('.connect')")
    browser.run("document.querySelector('#code').focus()")
    browser.type(service.link)
    browser.key("Enter")
    browser.wait(READY)
    assert browser.run("!document.querySelector('.connect')")


def test_a_book_changed_elsewhere_is_told(pane: Any, page: tuple[Any, Any, Path]) -> None:
    import os

    book = page[2]
    os.utime(book, (time.time() + 5, time.time() + 5))
    forget(pane, page[1])
    pane.open(page[1].link)
    pane.wait("document.querySelector('.stale')")
    assert "数据已变，请刷新" in pane.text(".stale")


def test_a_service_that_ended_is_told_and_asked_again(browser: Any, tmp_path: Path) -> None:
    book = books.new_book(tmp_path, invoices=100, refreshed=False)
    with books.serving(tmp_path, book) as service:
        browser.resize(1360, 860)
        forget(browser, service)
        browser.open(service.link)
        browser.wait(READY)
    browser.click("#action-data_check")
    browser.wait("document.querySelector('.refused button')")
    assert "arsheet serve" in browser.text(".refused")
