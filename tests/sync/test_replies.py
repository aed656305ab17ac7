"""Answers in the language of the sheet, and notes in that of the workbook, whatever language people typed in."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from arsheet import run
from arsheet.run.landing import land
from arsheet.run.session import open_session
from arsheet.sync.model import Target
from arsheet.sync.source import BookSource
from tests.sync.followup_book import NOW, clock, entry, keep

TYPED = [
    entry("U1", "promised_for", "tomorrow"),
    entry("U1", "promised_amount", "50%"),
    entry("U1", "state", "Promised"),
    entry("U2", "dispute", "$250 overcharged"),
    entry("U2", "next_action", None, old="call"),
]


def english_book(folder: Path) -> Path:
    path = folder / "book.xlsx"
    run.new_book(path, "en")
    session = open_session(path)
    dates = {"document_date": dt.date(2026, 1, 5), "due_date": dt.date(2026, 2, 4)}
    invoice = {**dates, "customer_id": "C1", "amount": 1000, "currency": "USD"}
    invoices = [{**invoice, "document_no": number} for number in ("U1", "U2")]
    run.append_records(session, {"customers": [{"customer_id": "C1", "name": "Acme"}], "invoices": invoices})
    session.host.save()
    keep(path, TYPED)
    return path


def test_no_chinese_in_an_english_book_and_its_sheet(tmp_path: Path) -> None:
    path = english_book(tmp_path)
    side = BookSource()(path, Target("ZHANG", language="en"), opened=False, at=NOW)
    assert side.answers is not None
    replies = side.answers([])[0].columns
    assert replies["answered"] == [
        "Promised for tomorrow; Promised amount 50%; State Promised",
        "Dispute $250 overcharged",
    ]
    assert "disputed 250.00 USD: $250 overcharged" in str(replies["reply"][1])
    assert 'The promised amount "50%" is a share: 50% of what is open is 500.00 USD' in str(replies["reply"][0])
    land(path, clock=clock)
    tables = open_session(path).tables
    assert sorted(tables["activities"].column("note")) == ['Cleared "Next action" (was call)', "State: Promised"]
    written = [*tables["activities"].records(), *tables["disputes"].records(), *replies["answered"], *replies["reply"]]
    assert not re.search("[\u3000-\u9fff\uff00-\uffef]", str(written))
