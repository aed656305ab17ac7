"""The local service on the loopback: many cells in one request, a range that travels once, many cells on one range."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import json
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

CELLS, ROWS, MANY = 2_000, 2_000, 60
HEADER = ["客户", "客户名称", "单据号", "单据日期", "到期日", "金额", "未收金额", "业务员"]


Post = Callable[[dict[str, Any]], dict[str, Any]]


@contextmanager
def _service() -> Iterator[Post]:
    """A service in this process on a socket of its own, and a keep-alive client with its token."""
    from arsheet.addins.service.server import prepare, server_of

    served, sock = prepare()
    server = server_of(served)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    _hold_book(served.state)
    connection = http.client.HTTPConnection("127.0.0.1", served.port)
    headers = {"Authorization": f"Bearer {served.token}", "Content-Type": "application/json"}

    def post(body: dict[str, Any]) -> dict[str, Any]:
        said = json.dumps({"protocol": 1, "client": "pane", "language": "zh", **body}).encode()
        connection.request("POST", "/api/call", said, headers)
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        assert response.status == 200, answer
        return answer

    try:
        yield post
    finally:
        connection.close()
        server.should_exit = True
        thread.join()
        sock.close()


def scalar_2000() -> dict[str, Any]:
    """2,000 different scalar cells in one request against one request per cell."""
    with _service() as post:
        return _scalar_2000(post)


def _scalar_2000(post: Post) -> dict[str, Any]:
    whats = ("net", "gross", "overdue", "unapplied")
    calls = [
        {"fn": "AR_BALANCE", "args": [f"KH{at // 4:05d}", None, whats[at % 4]], "cell": f"S!A{at}"}
        for at in range(CELLS)
    ]
    book = {"book": "bench", "calls": calls}
    assert all("v" in each for each in post(book)["results"])
    together = _best(lambda: post(book), 7)
    alone = _best(lambda: [post({"book": "bench", "calls": [call]}) for call in calls], 2)
    return {
        "name": "scalar_2000",
        "ratio": round(together / alone, 4),
        "asked": "<= 0.02",
        "together_ms": round(together * 1e3, 1),
        "one_by_one_ms": round(alone * 1e3, 1),
    }


def _hold_book(state: Any) -> None:
    """A live book of 500 customers with four invoices each."""
    from arsheet.run.live import host_in_memory
    from arsheet.run.session import session_of, version_from
    from arsheet.schema.tables import TABLES

    customers, invoices = TABLES["customers"], TABLES["invoices"]
    keys = ("document_no", "customer_id", "document_date", "due_date", "amount", "currency")
    rows = [
        [
            f"YS{at:06d}",
            f"KH{at // 4:05d}",
            dt.date(2026, 1, 1 + at % 28),
            dt.date(2026, 3, 1 + at % 28),
            100 + at,
            "CNY",
        ]
        for at in range(4 * 500)
    ]
    host = host_in_memory(
        {
            customers.table_name: ([customers.column(key).zh for key in ("customer_id", "name")],
                                   [[f"KH{at:05d}", f"客户{at}"] for at in range(500)]),
            invoices.table_name: ([invoices.column(key).zh for key in keys], rows),
        },
        {},
        {customers.table_name: (customers.zh, 1, 0), invoices.table_name: (invoices.zh, 1, 0)},
    )  # fmt: skip
    state.desk.hold("bench", version_from(session_of(host), dt.date(2026, 3, 31)))


def range_again() -> dict[str, Any]:
    """A recalculation on an unchanged range of 2,000 x 8 against the first, which uploads it."""
    with _service() as post:
        return _range_again(post)


def _range_again(post: Post) -> dict[str, Any]:
    first, again = [], []
    for seed in range(5):
        digest, text = _range(seed)
        call = {"fn": "AR_AGING_OF", "args": [{"r": digest}, 46_100]}
        first.append(_time(lambda: post({"calls": [call], "ranges": {digest: text}})))  # noqa: B023 - called at once
        again.append(min(_time(lambda: post({"calls": [call]})) for _ in range(3)))  # noqa: B023 - called at once
    return {
        "name": "range_again",
        "ratio": round(statistics.median(again) / statistics.median(first), 3),
        "asked": "<= 0.5",
        "first_ms": round(statistics.median(first) * 1e3, 1),
        "again_ms": round(statistics.median(again) * 1e3, 1),
        "kb": len(_range(0)[1]) // 1024,
    }


def many_on_one() -> dict[str, Any]:
    """60 different cells on one new range in one request against one cell on a new range."""
    with _service() as post:
        return _many_on_one(post)


def _many_on_one(post: Post) -> dict[str, Any]:
    bases, buckets, splits = ("due", "invoice"), (None, None, "30,60,90"), ("customer",) * 3 + ("salesperson",)
    asked = [[46_000 + 5 * at, bases[at % 2], buckets[at % 3], splits[at % 4]] for at in range(MANY)]
    one, many = [], []
    for seed in range(20, 27):
        digest, text = _range(seed)
        calls = [{"fn": "AR_AGING_OF", "args": [{"r": digest}, *args]} for args in asked]
        many.append(_time(lambda: post({"calls": calls, "ranges": {digest: text}})))  # noqa: B023 - called at once
        other, text = _range(seed + 100)
        call = {"fn": "AR_AGING_OF", "args": [{"r": other}, *asked[0]]}
        one.append(_time(lambda: post({"calls": [call], "ranges": {other: text}})))  # noqa: B023 - called at once
    return {
        "name": "many_on_one",
        "ratio": round(statistics.median(many) / statistics.median(one), 2),
        "asked": "<= 3",
        "one_ms": round(statistics.median(one) * 1e3, 1),
        "many_ms": round(statistics.median(many) * 1e3, 1),
    }


def _range(seed: int) -> tuple[str, str]:
    """Digest and JSON text of an invoice list: 60 customers, 8 salespersons, three years."""
    rnd = random.Random(seed)
    rows: list[list[Any]] = [HEADER]
    for at in range(ROWS):
        who, day, amount = rnd.randrange(60), 45_000 + rnd.randrange(1_000), round(rnd.uniform(10, 90_000), 2)
        due = day + 30 * rnd.randrange(1, 4)
        rows.append(
            [f"KH{who:05d}", f"客户{who:03d}", f"YS{at:06d}", day, due, amount, amount, f"员{rnd.randrange(8)}"]
        )
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest(), text


def _time(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _best(work: Callable[[], Any], rounds: int) -> float:
    return min(_time(work) for _ in range(rounds))
