"""Buttons through the service: preview, confirm and undo, on a workbook that an application has open and on a file."""

from __future__ import annotations

import base64
import copy
import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arsheet import run
from arsheet.addins.service.server import Served
from arsheet.hosts.xlsx import XlsxHost
from tests.addins.service.open_book import OpenBook
from tests.addins.service.serving import Client, running
from tests.run.helping import clock_at, make_book, sha

REPORTS = {"OverdueAging", "AgingByYear", "OpenItems", "Balances", "Reclassification", "Checks"}
RECEIPTS = (
    "收款编号,客户编码,收款日期,金额,币种\nR-新-1,KH00001,2026-03-20,100.00,CNY\nR-新-2,KH00002,2026-03-21,200.50,CNY\n"
)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with running() as service:
        yield service


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with Client(served) as found:
        yield found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return make_book(tmp_path)


@pytest.fixture
def on_file(file: Path) -> Iterator[Client]:
    with running(file) as service, Client(service) as found:
        yield found


def upload(text: str, name: str = "收款.csv") -> dict[str, Any]:
    """The arguments of an import."""
    return {"kind": "receipts", "name": name, "data": base64.b64encode(text.encode()).decode()}


def confirmed(client: Client, book: OpenBook, name: str, action: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Preview and confirm on an open book, its writes carried out."""
    seen = client.good("preview", book=name, action=action, arguments=arguments, tables=book.tables)
    done = client.good("confirm", book=name, preview=seen["preview"], cells=book.before(seen["writes"]))
    book.apply(done["writes"])
    return done


def test_refresh_of_an_open_book_shows_first_and_gives_what_the_file_gets(client: Client, file: Path) -> None:
    book = OpenBook(file)
    before = copy.deepcopy(book.state())
    seen = client.good("preview", book="live", action="refresh", arguments={"as_of": "2026-03-31"}, tables=book.tables)
    writes = {write["table"]: write for write in seen["writes"] if write["table"]}
    assert set(writes) >= REPORTS
    assert seen["summary"]["as_of"] == "2026-03-31"
    aging = writes["OverdueAging"]
    assert aging["rows_before"] == 0
    assert aging["rows_after"] > 0
    assert 0 < len(aging["sample"]) <= 20
    assert book.state() == before  # a preview writes nothing

    done = client.good("confirm", book="live", preview=seen["preview"], cells=book.before(seen["writes"]))
    book.apply(done["writes"])
    assert done["stamp"]["stale"] is False
    run.refresh(file, dt.date(2026, 3, 31))
    saved = OpenBook(file)
    for name in REPORTS - {"Checks"}:
        assert book.tables[name]["header"] == saved.tables[name]["header"]
        assert [_near(row) for row in book.tables[name]["rows"]] == [_near(row) for row in saved.tables[name]["rows"]]
        assert len(saved.tables[name]["rows"]) == writes[name]["rows_after"]


def _near(row: list[Any]) -> list[Any]:
    return [round(float(cell), 6) if isinstance(cell, (int, float)) else cell for cell in row]


def test_a_second_preview_changes_nothing(served: Served, client: Client, file: Path) -> None:
    served.state.clock = clock_at()
    book = OpenBook(file)
    arguments = {"as_of": "2026-03-31"}
    confirmed(client, book, "twice", "refresh", arguments)
    seen = client.good(
        "preview", book="twice", action="refresh", arguments=arguments, tables=book.tables, cells=book.cells
    )
    assert [write["sheet"] for write in seen["writes"] if write["changed_cells"]] == []


def test_undo_gives_an_open_book_back_as_it_was(client: Client, file: Path) -> None:
    book = OpenBook(file)
    book.cells = {"逾期账龄": {"A2": "上次的说明"}}
    before = copy.deepcopy(book.state())
    done = confirmed(client, book, "back", "refresh", {"as_of": "2026-03-31"})
    assert book.state() != before
    answer = client.good("undo", book="back", undo=done["undo"], tables=book.tables)
    book.apply(answer["writes"])
    assert book.state() == before
    assert client.post("undo", book="back")[1]["error"] == "nothing_to_undo"


def test_undo_keeps_what_was_done_since(client: Client, file: Path) -> None:
    book = OpenBook(file)
    confirmed(client, book, "touched", "refresh", {"as_of": "2026-03-31"})
    book.tables["OverdueAging"]["rows"][0][1] = "改过的名字"
    status, answer = client.post("undo", book="touched", tables=book.tables)
    assert (status, answer["error"]) == (409, "workbook_changed_since")
    assert "逾期账龄" in answer["zh"]


def test_undo_walks_back_in_order(client: Client, file: Path) -> None:
    book = OpenBook(file)
    states = [copy.deepcopy(book.state()["tables"])]
    first = confirmed(client, book, "order", "import", upload(RECEIPTS))
    states.append(copy.deepcopy(book.state()["tables"]))
    confirmed(client, book, "order", "refresh", {"as_of": "2026-03-31"})
    assert client.post("undo", book="order", undo=first["undo"])[1]["error"] == "undo_out_of_order"
    for wanted in reversed(states):
        book.apply(client.good("undo", book="order")["writes"])
        assert book.state()["tables"] == wanted


def test_columns_of_the_users_own_move_with_their_row(client: Client, file: Path) -> None:
    book = OpenBook(file)
    confirmed(client, book, "own", "refresh", {"as_of": "2026-03-31"})
    table = book.tables["Balances"]
    table["header"].append("我的备注")
    for row in table["rows"]:
        row.append(f"备注 {row[0]}")
    table["rows"].reverse()
    confirmed(client, book, "own", "refresh", {"as_of": "2026-03-31"})
    table = book.tables["Balances"]
    at, key = table["header"].index("我的备注"), table["header"].index("客户编码")
    assert [row[at] for row in table["rows"]] == [f"备注 {row[key]}" for row in table["rows"]]


def test_import_into_an_open_book(client: Client, file: Path) -> None:
    book = OpenBook(file)
    rows = len(book.tables["Receipts"]["rows"])
    client.good("book", book="imp", tables=book.tables)
    seen = client.good("preview", book="imp", action="import", arguments=upload(RECEIPTS), tables=book.tables)
    (write,) = [each for each in seen["writes"] if each["table"] == "Receipts"]
    assert (write["mode"], write["rows_before"], write["rows_after"]) == ("append", rows, rows + 2)
    assert seen["summary"]["file"] == "收款.csv"
    done = client.good("confirm", book="imp", preview=seen["preview"])
    (made,) = [each for each in done["writes"] if each["table"] == "Receipts"]
    assert made["added"] == 2
    assert done["stamp"]["stale"] is True
    book.apply(done["writes"])
    again = client.good("preview", book="imp", action="import", arguments=upload(RECEIPTS), tables=book.tables)
    assert again["preview"] is None  # row by row idempotent
    (back,) = [w for w in client.good("undo", book="imp")["writes"] if w["table"] == "Receipts"]
    assert (back["mode"], back["added"], len(back["rows"])) == ("remove", 2, rows)


def test_values_for_an_application_that_does_not_spill(client: Client, file: Path) -> None:
    book = OpenBook(file)
    client.good("book", book="val", tables=book.tables, as_of="2026-03-31")
    arguments = {"sheet": "我的表", "cell": "$C$4", "fn": "AR_AGING", "args": ["*"]}
    seen = client.good("preview", book="val", action="write_values", arguments=arguments)
    rows = client.call("AR_AGING", "*", book="val")["rows"]
    (write,) = seen["writes"]
    assert (write["mode"], write["sheet"], write["table"]) == ("cells", "我的表", "")
    done = client.good("confirm", book="val", preview=seen["preview"], cells={"我的表": {"C4": "原来的"}})
    cells = done["writes"][0]["cells"]
    assert [cells["C4"], cells["D4"], cells["C5"]] == [rows[0][0], rows[0][1], rows[1][0]]
    back = client.good("undo", book="val")["writes"][0]["cells"]
    assert back["C4"] == "原来的"
    assert set(back) == set(cells)
    by_formula = {"sheet": "我的表", "cell": "C4", "formula": '=IFERROR(ARSHEET.AR_AGING("*",DATE(2026,3,31)),"")'}
    other = client.good("preview", book="val", action="write_values", arguments=by_formula)
    assert other["writes"][0]["changed_cells"] == write["changed_cells"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"sheet": "x", "cell": "C4", "fn": "AR_BALANCE", "args": ["没有"]}, "customer_unknown"),
        ({"sheet": "x", "cell": "C4", "fn": "AR_NONE", "args": []}, "function_unknown"),
        ({"sheet": "x", "cell": "四", "fn": "AR_AGING", "args": ["*"]}, "address_not_understood"),
        ({"sheet": "x", "cell": "XFD1048576", "fn": "AR_AGING", "args": ["*"]}, "values_do_not_fit"),
        ({"sheet": "x", "fn": "AR_AGING"}, "argument_missing"),
        ({"sheet": "x", "cell": "C4", "formula": "=AR_BALANCE(A1)"}, "formula_not_understood"),
        ({"sheet": "x", "cell": "C4", "formula": "=SUM(A1:A2)"}, "formula_not_understood"),
    ],
)
def test_values_that_cannot_be_written(client: Client, file: Path, arguments: dict[str, Any], code: str) -> None:
    client.good("book", book="bad", tables=OpenBook(file).tables, as_of="2026-03-31")
    status, answer = client.post("preview", book="bad", action="write_values", arguments=arguments)
    assert (status in (409, 422), answer["error"]) == (True, code)
    assert answer["zh"] != answer["en"]


def test_buttons_that_lead_somewhere(client: Client) -> None:
    said = client.good("preview", book="x", action="settings", tables={})
    assert said["effects"] == [{"kind": "show_sheet", "table": "settings", "sheet": "设置"}]
    assert said["preview"] is None
    assert client.good("preview", book="x", action="help", tables={})["effects"][0]["kind"] == "show_help"
    assert client.post("preview", book="x", action="no_such", tables={})[1]["error"] == "action_unknown"
    assert client.post("confirm", book="x", preview="none")[1]["error"] == "preview_unknown"


def test_a_preview_is_confirmed_once_and_by_its_own_book(client: Client, file: Path) -> None:
    tables = OpenBook(file).tables
    seen = client.good("preview", book="once", action="refresh", tables=tables)
    assert client.post("confirm", book="another", preview=seen["preview"])[0] == 409
    client.good("confirm", book="once", preview=seen["preview"])
    assert client.post("confirm", book="once", preview=seen["preview"])[0] == 409


def test_a_change_between_preview_and_confirm_leaves_the_book_stale(client: Client, file: Path) -> None:
    seen = client.good("preview", book="between", action="refresh", tables=OpenBook(file).tables)
    client.good("changed", book="between")
    assert client.good("confirm", book="between", preview=seen["preview"])["stamp"]["stale"] is True


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/passwd.csv", "C:\\x\\收款.csv", "a\x00b.csv", "字" * 300 + ".csv"]
)
def test_the_name_of_an_upload_is_only_a_name(client: Client, file: Path, name: str) -> None:
    seen = client.good(
        "preview", book="up", action="import", arguments=upload(RECEIPTS, name), tables=OpenBook(file).tables
    )
    assert not set("/\\\x00") & set(seen["summary"]["file"])


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "x.exe"}, "file_kind_unknown"), ({"name": ""}, "file_kind_unknown"), ({"data": "%%%"}, "bad_request"),
        ({"data": ""}, "bad_request"), ({"kind": "x"}, "import_kind_unknown"),
        ({"name": "x.xlsx", "data": "UEsDBGJyb2tlbg=="}, None),
    ],
    ids=range(6),
)  # fmt: skip
def test_uploads_that_are_refused(client: Client, file: Path, change: dict[str, Any], error: str | None) -> None:
    arguments = {**upload(RECEIPTS), **change}
    status, answer = client.post(
        "preview", book="up", action="import", arguments=arguments, tables=OpenBook(file).tables
    )
    assert status in (400, 422)
    assert error is None or answer["error"] == error


def test_a_path_in_the_arguments_is_never_opened(client: Client, file: Path) -> None:
    arguments = {"kind": "receipts", "file": "/etc/passwd"}
    status, answer = client.post(
        "preview", book="p", action="import", arguments=arguments, tables=OpenBook(file).tables
    )
    assert status in (400, 422)
    assert "passwd" not in str(answer)


def test_a_file_is_saved_through_the_journal(on_file: Client, file: Path) -> None:
    before = sha(file)
    seen = on_file.good("preview", book="file", action="refresh", arguments={"as_of": "2026-03-31"})
    assert sha(file) == before
    done = on_file.good("confirm", book="file", preview=seen["preview"])
    assert done["writes"] == []
    assert sha(file) != before
    assert run.log(file)[-1].action == "refresh"
    assert done["stamp"]["stale"] is False
    assert len(XlsxHost(file).read("OverdueAging")) == next(
        write["rows_after"] for write in seen["writes"] if write["table"] == "OverdueAging"
    )
    on_file.good("undo", book="file")
    assert sha(file) == before
    on_file.good("undo", book="file", redo=True)
    assert sha(file) != before


def test_import_into_a_file(on_file: Client, file: Path) -> None:
    rows = len(XlsxHost(file).read("Receipts"))
    seen = on_file.good("preview", book="file", action="import", arguments=upload(RECEIPTS))
    on_file.good("confirm", book="file", preview=seen["preview"])
    assert len(XlsxHost(file).read("Receipts")) == rows + 2
    last = run.log(file)[-1]
    assert (last.action, last.arguments["file"]) == ("import", "收款.csv")
    assert on_file.good("call", book="file", calls=[])["stamp"]["stale"] is True


def test_data_check_of_a_file_leaves_the_reports(on_file: Client, file: Path) -> None:
    seen = on_file.good("preview", book="file", action="data_check")
    assert [write["table"] for write in seen["writes"] if write["table"]] == ["Checks"]
    on_file.good("confirm", book="file", preview=seen["preview"])
    assert len(XlsxHost(file).read("OverdueAging")) == 0


def test_a_preview_waits_while_the_file_is_open_elsewhere(on_file: Client, file: Path) -> None:
    seen = on_file.good("preview", book="file", action="refresh")
    marker, before = file.with_name(f"~${file.name}"), sha(file)
    marker.write_bytes(b"\x06someone" + b" " * 157)
    status, answer = on_file.post("confirm", book="file", preview=seen["preview"])
    assert (status, answer["error"]) == (423, "workbook_open_elsewhere")
    assert sha(file) == before
    marker.unlink()
    assert on_file.good("confirm", book="file", preview=seen["preview"])["done"]
    assert len(XlsxHost(file).read("OverdueAging")) > 0
    assert on_file.post("confirm", book="file", preview=seen["preview"])[1]["error"] == "preview_unknown"


def test_a_file_that_somebody_saved_meanwhile_is_not_overwritten(on_file: Client, file: Path) -> None:
    seen = on_file.good("preview", book="file", action="refresh")
    run.refresh(file, dt.date(2026, 2, 28))
    theirs = sha(file)
    status, answer = on_file.post("confirm", book="file", preview=seen["preview"])
    assert status in (409, 422)
    assert answer["zh"] != answer["en"]
    assert sha(file) == theirs


def test_the_file_as_it_was_read_is_stale_once_it_changed(on_file: Client, file: Path) -> None:
    on_file.good("book", book="file", as_of="2026-03-31")
    first = on_file.good("call", book="file", calls=[{"fn": "AR_STAMP", "args": []}])
    run.refresh(file, dt.date(2026, 3, 31))
    again = on_file.good("call", book="file", calls=[{"fn": "AR_STAMP", "args": []}])
    assert again["stamp"]["stale"] is True
    assert first["stamp"]["as_of"] == again["stamp"]["as_of"]


def test_a_file_that_is_gone(on_file: Client, file: Path) -> None:
    file.unlink()
    for endpoint, more in (("book", {}), ("preview", {"action": "refresh"}), ("sheet", {"sheet": "应收单"})):
        status, answer = on_file.post(endpoint, book="file", **more)
        assert (status, answer["error"]) == (422, "file_not_found"), endpoint
    assert on_file.call("AR_BALANCE", "*", book="file")["error"] == "#N/A"


def test_only_the_file_that_was_given(on_file: Client, file: Path) -> None:
    other = file.with_name("other.xlsx")
    other.write_bytes(file.read_bytes())
    for book in (str(other), "other.xlsx", f"../{other.name}"):
        assert on_file.post("sheet", book=book, sheet="应收单")[0] == 409
        assert on_file.post("preview", book=book, action="refresh")[0] == 400
        assert on_file.post("book", book=book)[0] == 400


def test_a_window_of_a_sheet(on_file: Client, file: Path) -> None:
    found = on_file.good("sheet", book="file", sheet="应收单", **{"from": 1, "rows": 3})
    header = list(XlsxHost(file).read("Invoices").header)
    assert found["rows"][0] == header
    assert len(found["rows"]) == 3
    assert found["total"] == 101
    assert len(on_file.good("sheet", book="file", sheet="应收单", **{"from": 1, "rows": 10**9})["rows"]) == 101
    assert on_file.good("sheet", book="file", sheet="应收单", **{"from": 5000, "rows": 5})["rows"] == []
    assert on_file.post("sheet", book="file", sheet="没有")[1]["error"] == "sheet_not_found"
    hidden = [info.name for info in XlsxHost(file).book.sheets if info.visibility != "visible"]
    assert not set(hidden) & set(found["sheets"])


def test_two_clients_on_one_file_write_one_after_the_other(on_file: Client, file: Path) -> None:
    answers: list[tuple[int, dict[str, Any]]] = []

    def work() -> None:
        with Client(on_file.served) as mine:
            for _ in range(3):
                seen = mine.good("preview", book="file", action="refresh", arguments={"as_of": "2026-03-31"})
                answers.append(mine.post("confirm", book="file", preview=seen["preview"]))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(status == 200 for status, _ in answers) >= 2
    assert all(answer["error"] for status, answer in answers if status != 200)
    assert run.record_broken_at(file) == 0
    run.look(file)
