"""One pass after another against the emulator: what lands where, and that an idle pass writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from arsheet.sync.emulator.server import Emulator
from tests.sync.world import AGING, DATA, FOLLOW, World, values


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Emulator() as google:
        made = World(google, tmp_path)
        for number in range(6):
            made.side.put(f"INV-{number:04d}", f"C00{number % 2}", f"{100 + number}.10")
        yield made


def test_the_first_pass_makes_the_tabs_and_the_second_writes_nothing(world: World) -> None:
    first = world.sync()
    assert (first.writes, first.repairs, first.generation, first.exit_code) == (1, 0, 1, 0)
    data = world.table(DATA)
    assert list(data) == list(world.side.rows)
    assert data["INV-0003"] == {
        "document_no": "INV-0003", "customer_id": "C001", "open_amount": 103.1, "due_date": 46357,
    }  # fmt: skip
    assert world.table(AGING)["C000\x1fCNY"]["open_amount"] == 306.3
    second = world.sync()
    assert (second.writes, second.pushed, second.requests) == (0, 0, 2)


def test_what_people_type_is_in_the_journal_and_stays_on_the_sheet(world: World) -> None:
    world.sync()
    world.type("INV-0002", "promised_on", dt.date(2026, 12, 24))
    world.type("INV-0002", "promised_amount", 50)
    world.type("INV-0004", "dispute", "数量不符")
    done = world.sync()
    assert sorted(values(done.pulls)) == [
        ("INV-0002", "promised_amount", Decimal("50")),
        ("INV-0002", "promised_on", dt.date(2026, 12, 24)),
        ("INV-0004", "dispute", "数量不符"),
    ]
    assert (done.waiting, done.writes) == (3, 0)
    assert world.sync().pulls == []
    world.side.rows["INV-0002"]["open_amount"] = Decimal("1.00")
    world.sync()
    row = world.table(FOLLOW)["INV-0002"]
    assert (row["open_amount"], row["promised_on"], row["promised_amount"]) == (1.0, 46380, 50.0)
