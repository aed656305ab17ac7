"""The calls of protocol 1: forms of answers, errors, ranges by digest, versions of books, what is refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arsheet.addins.service.limits import Limits
from arsheet.addins.service.server import Served
from arsheet.functions.catalogue import functions
from tests.addins.service.open_book import OpenBook
from tests.addins.service.serving import Client, packed, running
from tests.run.helping import make_book

LIST = [
    ["客户", "单据号", "到期日", "未收金额"],
    ["甲公司", "A1", 45746, 70000],
    ["甲公司", "A2", 45808, 70000],
    ["乙公司", "B1", 45869, 50000.5],
]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with running(limits=Limits(range_cells=10_000, body=4_000_000)) as service:
        yield service


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with Client(served) as found:
        yield found


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_book(tmp_path_factory.mktemp("book"))


@pytest.fixture
def opened(client: Client, book: Path) -> dict[str, Any]:
    """A live book's refresh."""
    return client.good("book", book="b", name="应收.xlsx", tables=OpenBook(book).tables, as_of="2026-03-31")


def test_hello(client: Client) -> None:
    said = client.good("hello")
    assert said["protocol"] == 1
    assert len(said["functions"]) == 16
    assert said["book"] is None


@pytest.mark.parametrize("protocol", [0, 2, "1", None])
@pytest.mark.parametrize("endpoint", ["hello", "call", "book", "preview"])
def test_an_old_client_is_told_to_update(client: Client, endpoint: str, protocol: Any) -> None:
    status, answer = client.post(endpoint, protocol=protocol)
    assert (status, answer) == (426, {"error": "protocol", "zh": "请更新加载项", "en": "Update the add-in"})


def test_scalar_date_row_table_and_error(client: Client) -> None:
    assert client.call("AR_AMOUNT_CN", 1234.5) == {"v": "壹仟贰佰叁拾肆元伍角"}
    assert client.call("AR_DUE_DATE", "月结30天", 45688) == {"v": {"d": 45718}}
    table = client.call("AR_AGING_OF", LIST, 45838)["rows"]
    assert table[0][0] == "客户编码"
    assert [row[0] for row in table[1:]] == ["乙公司", "甲公司"]
    wrong = client.call("AR_DUE_DATE", "月结30天", "昨天")
    assert (wrong["error"], wrong["code"]) == ("#VALUE!", "date_not_readable")
    assert wrong["zh"] != wrong["en"]
    assert client.call("AR_NO_SUCH")["code"] == "function_unknown"


def test_every_function_answers_something(client: Client) -> None:
    calls = [{"fn": name, "args": []} for name in functions()]
    results = client.good("call", book="never opened", calls=calls)["results"]
    for name, result in zip(functions(), results, strict=True):
        assert set(result) in ({"v"}, {"rows"}, {"error", "code", "zh", "en"}), name


def test_a_range_travels_once(client: Client) -> None:
    digest, text = packed([*LIST, ["丙公司", "C1", 45746, 1]])
    call = {"fn": "AR_AGING_OF", "args": [{"r": digest}, 45838]}
    status, answer = client.post("call", calls=[call])
    assert (status, answer) == (409, {"missing": [digest]})
    first = client.good("call", calls=[call], ranges={digest: text})["results"]
    assert client.good("call", calls=[call])["results"] == first
    assert client.good("call", calls=[call, call, call])["results"] == first * 3


def test_missing_ranges_are_all_named(client: Client) -> None:
    known, text = packed([["一"]])
    calls = [{"fn": "AR_AGING_OF", "args": [{"r": digest}]} for digest in ("aa", known, "bb", "aa")]
    assert client.post("call", calls=calls, ranges={known: text})[1] == {"missing": ["aa", "bb"]}


def test_a_wrong_digest_is_refused(client: Client) -> None:
    status, answer = client.post("call", calls=[], ranges={"0" * 64: "[[1]]"})
    assert (status, answer["error"]) == (400, "digest_differs")


def test_another_service_does_not_know_the_range(served: Served, client: Client) -> None:
    """Ranges belong to the token of a start."""
    digest, text = packed(LIST)
    client.good("call", calls=[], ranges={digest: text})
    with running() as other, Client(other) as stranger:
        call = {"fn": "AR_AGING_OF", "args": [{"r": digest}]}
        assert stranger.post("call", calls=[call])[0] == 409
    assert served.state.ranges.get("another token", digest) is None


def test_ranges_are_let_go_of_when_memory_is_full() -> None:
    with running(limits=Limits(ranges=40_000)) as service, Client(service) as client:
        digests = []
        for number in range(6):
            digest, text = packed([[number, "x" * 1000]])
            digests.append(digest)
            client.good("call", calls=[], ranges={digest: text})
        known = [service.state.ranges.get(service.token, digest) is not None for digest in digests]
        assert known == [False, False, False, True, True, True]


def test_a_column_of_a_million_rows_is_refused_in_words(client: Client) -> None:
    digest, text = packed([[None]] * 10_001)
    result = client.good("call", calls=[{"fn": "AR_AGING_OF", "args": [{"r": digest}]}], ranges={digest: text})
    told = result["results"][0]
    assert (told["error"], told["code"]) == ("#VALUE!", "range_too_large")
    assert "10,001" in told["zh"]
    huge, text = packed([[12345.67]] * 400_000)
    status, answer = client.post("call", calls=[], ranges={huge: text})
    assert (status, answer["error"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("rows", "error", "code"),
    [
        ([["客户", "到期日"], ["甲", 45746]], "#VALUE!", "header_row_not_recognised"),
        ([["客户", "到期日", "金额"]], "#N/A", "no_data"),
        ([], "#VALUE!", None),
        ([[None, None], [None, None]], "#VALUE!", None),
    ],
    ids=["no_amount", "header_only", "nothing", "blank"],
)
def test_bad_ranges(client: Client, rows: list[list[Any]], error: str, code: str | None) -> None:
    digest, text = packed(rows)
    call = {"fn": "AR_AGING_OF", "args": [{"r": digest}, 45838]}
    told = client.good("call", calls=[call], ranges={digest: text})["results"][0]
    assert told["error"] == error
    assert code is None or told["code"] == code


def test_text_and_errors_in_amounts_are_told_in_the_answer(client: Client) -> None:
    rows = [*LIST, ["丁公司", "D1", 45746, "一百"], ["戊公司", "E1", 45746, {"e": "#REF!"}]]
    table = client.call("AR_AGING_OF", rows, 45838)["rows"]
    assert [row[1] for row in table if row[0] == "未计入"] == ["1行：金额不是数字", "1行：单元格是错误值"]


def test_an_error_cell_comes_out_as_it_came_in(client: Client) -> None:
    assert client.call("AR_DUE_DATE", {"e": "#N/A"}, 45688)["error"] == "#N/A"
    assert client.call("AR_DUE_DATE", {"e": "#DIV/0!"}, 45688)["error"] == "#VALUE!"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"calls": 1}, {"calls": [1]}, {"calls": [{"fn": 1}]}, {"calls": [{"fn": "AR_AGING", "args": 1}]},
        {"calls": [], "ranges": [1]}, {"calls": [], "ranges": {"x": [[1]]}}, {"calls": [], "book": 1},
        {"calls": [{"fn": "AR_AGING", "args": [{"x": 1}]}]}, {"calls": [{"fn": "AR_AGING", "args": [{"d": -1}]}]},
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_not_of_the_protocol(client: Client, body: dict[str, Any]) -> None:
    status, answer = client.post("call", **body)
    assert status == 400
    assert answer["zh"] != answer["en"]


@pytest.mark.parametrize("text", ["{}", "[1]", "[[[1]]]", '[[{"x":1}]]', "[[NaN]]", "[[1e999]]", "[["])
def test_ranges_that_are_none(client: Client, text: str) -> None:
    import hashlib

    digest = hashlib.sha256(text.encode()).hexdigest()
    assert client.post("call", calls=[], ranges={digest: text})[0] == 400


def test_a_closed_book_is_not_available(client: Client, opened: dict[str, Any]) -> None:
    assert "v" in client.call("AR_BALANCE", "*", None, "net", "CNY", book="b")
    client.good("close", book="b")
    told = client.call("AR_BALANCE", "*", book="b")
    assert told["error"] == "#N/A"
    assert "刷新" in told["zh"]


def test_a_live_book(client: Client, opened: dict[str, Any]) -> None:
    assert opened["stamp"]["as_of"] == "2026-03-31"
    assert opened["stamp"]["source"] == "应收.xlsx"
    assert opened["stamp"]["rows"]["invoices"] == 87, "of 100 rows those that count, as the totals do"
    assert opened["stamp"]["stale"] is False
    assert opened["findings_count"] == len(client.good("findings", book="b")["findings"])
    assert client.call("AR_BALANCE", "没有这个客户", book="b")["error"] == "#N/A"


def test_the_whole_answer_of_a_function_is_its_cells(client: Client, opened: dict[str, Any]) -> None:
    for fn, args in (("AR_BALANCE", [None, None, "net", "CNY"]), ("AR_BALANCE", [None, None, "overdue", "USD"])):
        whole = client.good("table", book="b", fn=fn, args=args)
        calls = [{"fn": fn, "args": [key, *args[1:]]} for key in whole["keys"]]
        cells = client.good("call", book="b", calls=calls)["results"]
        assert len(cells) > 20
        for value, cell in zip(whole["values"], cells, strict=True):
            assert cell == {"v": value} or cell["error"] == value["e"]
    assert whole["version"] == opened["digest"]


def test_a_function_without_customers_has_no_whole_answer(client: Client, opened: dict[str, Any]) -> None:
    assert client.good("table", book="b", fn="AR_AMOUNT_CN", args=[])["code"] == "function_has_no_vector_form"
    assert client.good("table", book="x", fn="AR_BALANCE", args=[])["code"] == "not_refreshed"


def test_stale_is_told_until_the_next_refresh(client: Client, book: Path, opened: dict[str, Any]) -> None:
    assert client.good("changed", book="b")["stamp"]["stale"] is True
    assert "数据已变" in client.call("AR_STAMP", book="b")["v"]
    again = client.good("book", book="b", tables=OpenBook(book).tables)
    assert again["stamp"]["stale"] is False
    assert "数据已变" not in client.call("AR_STAMP", book="b")["v"]


def test_the_reason_of_an_error_cell(client: Client, opened: dict[str, Any]) -> None:
    calls = [
        {"fn": "AR_BALANCE", "args": ["没有"], "cell": "表1!B2"},
        {"fn": "AR_BALANCE", "args": ["没有"], "cell": "表1!B3"},
    ]
    client.good("call", book="b", calls=calls)
    for cell in ("表1!B2", "表1!B3"):
        assert client.call("AR_LAST_ERROR", cell, book="b")["v"] == "没有客户“没有”"
    client.good("call", book="b", calls=[{"fn": "AR_BALANCE", "args": ["*", None, None, "CNY"], "cell": "表1!B2"}])
    assert client.call("AR_LAST_ERROR", "表1!B2", book="b")["error"] == "#N/A"


def test_a_book_that_counts_from_1904_gives_the_same(client: Client, book: Path, opened: dict[str, Any]) -> None:
    client.good("book", book="m", date1904=True, tables=OpenBook(book, date1904=True).tables, as_of="2026-03-31")
    day = 46112
    for fn, args in (("AR_AGING", ["*"]), ("AR_OPEN_ITEMS", ["*"])):
        one, other = client.call(fn, *args, book="b")["rows"], client.call(fn, *args, book="m")["rows"]
        assert [[_day(cell) for cell in row] for row in one] == [[_day(cell, 1462) for cell in row] for row in other]
    assert client.call("AR_AGING", "*", day - 1492, book="m") == client.call("AR_AGING", "*", day - 30, book="b")
    moved = [LIST[0], *([*row[:2], row[2] - 1462, row[3]] for row in LIST[1:])]
    digest, text = packed(moved)
    client.good("call", calls=[], ranges={digest: text})
    assert client.call("AR_AGING_OF", {"r": digest}, 45838 - 1462, book="m") == client.call("AR_AGING_OF", LIST, 45838)


def _day(cell: Any, offset: int = 0) -> Any:
    return cell["d"] + offset if isinstance(cell, dict) and "d" in cell else cell


@pytest.mark.parametrize(
    "tables",
    [
        None, [], {"Invoices": 1}, {"Invoices": {"sheet": "应收单", "header": ["x"], "rows": [1]}},
        {"Invoices": {"sheet": "应收单", "header": ["x"], "rows": [[[1]]]}},
        {"Invoices": {"sheet": "应收单", "header": ["x"], "rows": [], "row": 0}},
    ],
    ids=range(6),
)  # fmt: skip
def test_tables_that_are_none(client: Client, tables: Any) -> None:
    assert client.post("book", book="t", tables=tables)[0] == 400


def test_a_workbook_of_somebody_else(client: Client) -> None:
    status, answer = client.post("book", book="t", tables={"Table1": {"sheet": "x", "header": [], "rows": []}})
    assert (status, answer["error"]) == (422, "not_an_arsheet_book")


def test_an_empty_table(client: Client) -> None:
    empty = {
        "Invoices": {"sheet": "应收单", "header": ["客户编码", "单据号", "价税合计"], "rows": [], "row": 2, "column": 1}
    }
    assert client.good("book", book="e", tables=empty)["stamp"]["rows"] == {}
    told = client.call("AR_AGING", "*", book="e")
    assert (told["error"], told["code"]) == ("#N/A", "no_data")


def test_two_clients_at_once(served: Served, book: Path) -> None:
    """Each sees its own book and its own answers, in order."""
    wrong: list[Any] = []

    def work(name: str, amount: int) -> None:
        table = OpenBook(book).tables["Invoices"]
        at = table["header"].index("价税合计")
        table["rows"] = [[*row[:at], amount, *row[at + 1 :]] for row in table["rows"][:20]]
        with Client(served) as mine:
            mine.good("book", book=name, tables={"Invoices": table})
            total = None
            for _ in range(15):
                calls = [{"fn": "AR_AMOUNT_CN", "args": [amount + n]} for n in range(20)]
                calls.append({"fn": "AR_STAMP", "args": []})
                results = mine.good("call", book=name, calls=calls)["results"]
                stamp = results[-1]["v"]
                total = total or stamp
                if len({json.dumps(each) for each in results}) != 21 or stamp != total:
                    wrong.append((name, stamp))

    threads = [threading.Thread(target=work, args=(f"book{n}", 1000 * (n + 1))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    stamps = {served.state.desk.version(f"book{n}").digest for n in range(4)}  # type: ignore[union-attr]
    assert len(stamps) == 4


def test_a_calculation_that_takes_too_long() -> None:
    with running(limits=Limits(work_seconds=0.0)) as service, Client(service) as client:
        status, answer = client.post("call", calls=[{"fn": "AR_AMOUNT_CN", "args": [1]}])
        assert status in (200, 504)
        if status == 200:
            assert answer["results"][0]["code"] == "out_of_time"


def test_actions_are_the_declared_ones(client: Client) -> None:
    said = client.good("actions")
    keys = [each["key"] for each in said["actions"]]
    assert keys[:5] == ["import", "refresh", "data_check", "undo", "write_values"]
    assert {"settings", "help"} <= set(keys)
    groups = {each["key"] for each in said["groups"]}
    for each in said["actions"]:
        assert each["group"] in groups
        assert each["zh"] != each["en"]
        assert each["tip_zh"] != each["tip_en"]
        assert each["kind"] in ("write", "show", "go")


def test_an_endpoint_that_is_none(client: Client) -> None:
    client.connection.request(
        "POST",
        "/api/none",
        b"{}",
        {"Authorization": f"Bearer {client.served.token}", "Content-Type": "application/json"},
    )
    response = client.connection.getresponse()
    assert response.status in (404, 405)
    response.read()
