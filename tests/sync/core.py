"""Rounds of faults and of people's edits around the pass, counted: what the product's core test and the bench run.

Each round changes the book, lets people edit five times (before the pass and inside it), lets at least three faults
strike (answers, connections, sockets, the process itself), lets the pass come through, and then counts what is wrong.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import pickle
import random
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from arsheet.hosts.online import RemoteError
from arsheet.journal import entries, syncstate
from arsheet.journal.store import Journal
from arsheet.sync.cells import plain, same
from arsheet.sync.emulator.server import Emulator
from arsheet.sync.passes import Pass
from arsheet.table import ArsheetError
from tests.sync.world import DATA, FOLLOW, IMPATIENT, PATIENT, World

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("locked", "read", "merged", "entries", "leased", "planned", "applied", "snapshot")
KINDS = ("503", "429", "html_502", "cut_before", "cut_after", "hang", "hang_after")
PLACES = ("batchUpdate", "GET /v4", "values:batchGet")
USER = ("promised_on", "promised_amount", "dispute", "next_step")
WINDOW_SAFE = ("promised_amount", "dispute", "next_step")
"""Columns that only people write: typed in the very second of a write, nothing of ours can meet them."""
TITLE = FOLLOW.zh
MOST_TRIES = 30


class Killed(BaseException):
    """The process ends here, with all that it holds in memory."""


class Story:
    """One seed: a world, what people are owed, and the counts."""

    def __init__(
        self, google: Emulator, folder: Path, seed: int, *, kind: type[Pass] = Pass, real_kills: int = 0
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.world = World(google, folder)
        self.random = random.Random(seed)
        self.kind, self.real_kills = kind, real_kills
        self.counts: Counter[str] = Counter()
        self.owed: dict[tuple[str, str], Any] = {}
        self.typed: dict[tuple[str, str], Any] = {}
        self.former: dict[tuple[str, str], Any] = {}
        self.touched: set[str] = set()
        self.removed: set[str] = set()
        self.over: list[tuple[str, str]] = []
        self.doubled = ""
        self.serial = 0
        for _ in range(25):
            self._new_document()
        self.world.side.two_way["-"] = None
        self.world.sync(kind=kind)

    # the book ---------------------------------------------------------------------------------------------------

    def _new_document(self) -> None:
        self.serial += 1
        self.world.side.put(f"{self.serial:06d}", f"C{self.random.randrange(7):03d}", self._amount())

    def _amount(self) -> str:
        return f"{self.random.randrange(1, 10**7) / 100:.2f}"

    def _fresh(self) -> int:
        self.serial += 1
        return self.serial

    def change_book(self) -> None:
        """New documents, amounts paid, one settled, a promise entered in the workbook, entries landed."""
        side, rows = self.world.side, self.world.side.rows
        for _ in range(self.random.randrange(1, 4)):
            self._new_document()
        for key in self.random.sample(sorted(rows), 3):
            rows[key]["open_amount"] = Decimal(self._amount())
        free = sorted(key for key in rows if not any((key, column) in self.owed for column in USER))
        if len(rows) > 25 and free:
            gone = self.random.choice(free)
            del rows[gone]
            side.two_way.pop(gone, None)
        if self.random.random() < 0.5:
            key = self.random.choice(sorted(set(rows) - self.removed))
            side.two_way[key] = dt.date(2027, 1, 1) + dt.timedelta(days=self._fresh())
            self.owed[key, "promised_on"] = side.two_way[key]
            self.touched.add(key)
        if self.random.random() < 0.5:
            self._land()

    def _land(self) -> None:
        """A Refresh takes what waits into the workbook."""
        with Journal(self.world.folder / "book.arsheet") as journal:
            found = entries.waiting(journal)
            with journal.transaction():
                entries.settle(journal, [entry.no for entry in found], entries.LANDED, at="")
        for entry in found:
            spot = (entry.row_key, "promised_on")
            if entry.column == "promised_on" and self.owed.get(spot) == entry.new and spot[0] in self.world.side.rows:
                self.world.side.two_way[entry.row_key] = entry.new

    # people -----------------------------------------------------------------------------------------------------

    def _keys(self) -> list[str]:
        """Keys on the sheet, by row (1-based below the header), "" for a blank row."""
        return [str(row[0] or "") for row in self.world.rows(TITLE)[1:]]

    def _at(self, column: str) -> int:
        return self.world.rows(TITLE)[0].index(FOLLOW.column(column).zh)

    def _value(self, column: str) -> Any:
        number = self._fresh()
        if column == "promised_on":
            return dt.date(2026, 1, 1) + dt.timedelta(days=number)
        return number if column == "promised_amount" else f"说明{number}"

    def _says(self, key: str, column: str, value: Any) -> None:
        if key:
            if (before := self.typed.get((key, column))) is not None:
                self.former[key, column] = before
            self.owed[key, column] = self.typed[key, column] = value
            self.touched.add(key)

    def type(self, columns: tuple[str, ...] = USER) -> None:
        """Types into one cell."""
        row, key = self.random.choice([(row, key) for row, key in enumerate(self._keys(), 1) if key])
        column = self.random.choice(columns)
        value = self._value(column)
        self.world.person.type(TITLE, (row, self._at(column)), value)
        self._says(key, column, value)

    def sort(self) -> None:
        """Sorts the whole sheet."""
        column = self.random.randrange(6)
        self.world.person.sort(TITLE, column, descending=self.random.random() < 0.5)

    def insert_above(self) -> None:
        """Inserts an empty row."""
        self.world.person.insert_row_above(TITLE, self.random.randrange(1, len(self._keys()) + 1))

    def paste(self) -> None:
        """Pastes over 20 rows of one column."""
        column, keys = self.random.choice(USER), self._keys()
        first = self.random.randrange(max(1, len(keys) - 20))
        block = [self._value(column) if key else None for key in keys[first : first + 20]]
        self.world.person.paste(TITLE, (first + 1, self._at(column)), [[value] for value in block])
        for key, value in zip(keys[first : first + 20], block, strict=True):
            self._says(key, column, value)

    def clear(self) -> None:
        """Clears the cells of a few rows, or a whole row, that nobody touched in this round."""
        keys = self._keys()
        quiet = [(row, key) for row, key in enumerate(keys, 1) if key and key not in self.touched]
        if not quiet:
            return self.type()
        row, key = self.random.choice(quiet)
        if self.random.random() < 0.3 and key not in self.removed and key in self.world.side.rows:
            self.world.person.clear(TITLE, f"A{row + 1}:F{row + 1}")
            self.removed.add(key)
            self.touched.add(key)
            return None
        column = self.random.choice(USER)
        place = (row, self._at(column))
        if self.world.person.value(TITLE, place) not in (None, ""):
            self.world.person.clear(TITLE, place)
            self._says(key, column, None)
        return None

    def back(self) -> None:
        """Types what stood in a cell before what stands there now (A, B and A again)."""
        rows = {key: row for row, key in enumerate(self._keys(), 1) if key and key != self.doubled}
        spots = [spot for spot in self.former if spot[0] in rows and spot[1] in WINDOW_SAFE]
        if not spots:
            return self.type()
        key, column = spot = self.random.choice(spots)
        value = self.former[spot]
        self.world.person.type(TITLE, (rows[key], self._at(column)), value)
        self._says(key, column, value)
        self.counts["typed back"] += 1
        return None

    def same_cell(self) -> None:
        """Types over the machine's column, of a document that the book changes too."""
        row, key = self.random.choice([(row, key) for row, key in enumerate(self._keys(), 1) if key])
        if key not in self.world.side.rows or key in self.touched:
            return self.type()
        value = self._fresh() + 0.5
        self.touched.add(key)
        self.world.person.type(TITLE, (row, self._at("open_amount")), str(value))
        self.world.side.rows[key]["open_amount"] = Decimal(self._amount())
        self.over.append((key, str(value)))
        return None

    def duplicate(self) -> None:
        """Copies a row below itself."""
        if self.doubled:
            return
        row, key = self.random.choice([(row, key) for row, key in enumerate(self._keys(), 1) if key])
        self.world.person.duplicate_row(TITLE, row)
        self.doubled = key

    def put_right(self) -> None:
        """Does what the finding says: deletes the copy."""
        keys = self._keys()
        rows = [row for row, key in enumerate(keys, 1) if key == self.doubled]
        for row in rows[:0:-1]:
            self.world.person.delete_rows(TITLE, row)
        self.doubled = ""
        self.counts["stopped and put right"] += 1

    # a round ----------------------------------------------------------------------------------------------------

    def round(self) -> None:
        """One round; see the module."""
        self.touched, self.over = set(), []
        self.change_book()
        edits = [self.type, self.sort, self.insert_above, self.paste, self.clear, self.same_cell, self.back]
        chosen = self.random.choices(edits, k=4)
        inside = self.random.randrange(3)
        for edit in chosen[inside:]:
            edit()
        if self.random.random() < 0.15:
            self.duplicate()
        else:
            self.type()
        window = [] if self.doubled else [
            self.random.choice([self.sort, self.insert_above, lambda: self.type(WINDOW_SAFE)]) for _ in range(inside)
        ]  # fmt: skip
        self.counts["edits"] += 5
        wanted = len(self.world.google.faults.struck) + self.counts["kills"] + 3
        for _ in range(MOST_TRIES):
            self.counts["tries"] += 1
            struck = len(self.world.google.faults.struck) + self.counts["kills"]
            quiet = not window  # what is typed after the last read of a pass is the next one's
            done = self._try(window, faulty=struck < wanted)
            if done is None:
                continue
            if done.stopped and self.doubled:
                self.put_right()
            elif struck >= wanted and quiet and not done.stopped:
                break
        else:
            self.counts["passes that never came through"] += 1
        self.world.google.faults.clear()
        self.counts["rounds"] += 1
        self.count()

    def _try(self, window: list[Any], *, faulty: bool) -> Any:
        """One try of the pass; None where it failed."""
        limits = self.random.choice([PATIENT, IMPATIENT])
        moment = self.random.choice(["entries", "leased", "planned"])
        death = ""
        if faulty:
            if self.random.random() < 0.35:
                death = self.random.choice(STEPS)
            else:
                self._plan_fault(limits is PATIENT)

        def hooks(step: str) -> None:
            if window and step == moment:
                window.pop()()
            if step == death:
                raise Killed(step)

        try:
            if death and self.real_kills and not window:
                return self._child(death)
            return self.world.made(limits=limits, hooks=hooks, kind=self.kind).run()
        except Killed:
            self.counts["kills"] += 1
        except RemoteError as error:
            self.counts[f"ended with {error.code}"] += 1
        except ArsheetError as error:
            self.counts[f"refused: {error.code}"] += 1
        return None

    def _plan_fault(self, patient: bool) -> None:
        kind = self.random.choice(KINDS)
        options: dict[str, Any] = {"match": self.random.choice(PLACES)}
        if kind == "429":
            options["retry_after"] = 0
        if kind.startswith("hang"):
            options["seconds"] = 3.0 if patient else 0.5
            if patient:  # two seconds of patience are too many for a test
                kind, options = kind.replace("hang_after", "cut_after").replace("hang", "cut_before"), options
        self.world.google.faults.add(kind, **options)

    def _child(self, death: str) -> None:
        """The pass in a process of its own that is killed (SIGKILL) at a step."""
        self.real_kills -= 1
        side = base64.b64encode(pickle.dumps((self.world.side.rows, self.world.side.two_way))).decode()
        said = {
            "base": self.world.google.base_url, "info": self.world.info, "spreadsheet": self.world.person.id,
            "book": str(self.world.book), "side": side, "death": death, "kind": self.kind.__name__,
        }  # fmt: skip
        ended = subprocess.run(
            [sys.executable, "-m", "tests.sync.child"], input=json.dumps(said).encode(), cwd=ROOT, check=False,
            capture_output=True, timeout=60,
        )  # fmt: skip
        if ended.returncode == 0:
            return  # nothing was to be written, so the step never came
        if ended.returncode > 0:
            raise AssertionError(ended.stderr.decode()[-2000:])
        self.counts["kills"] += 1
        self.counts["kills of a process"] += 1

    # counting ---------------------------------------------------------------------------------------------------

    def count(self) -> None:
        """What is wrong now, and what the next run writes."""
        rows, counts = self.world.side.rows, self.counts
        sheets = {view.key: self._by_key(view.title("zh")) for view in (DATA, FOLLOW)}
        for view in (DATA, FOLLOW):
            found = sheets[view.key]
            counts["duplicate rows"] += sum(len(same_key) - 1 for same_key in found.values())
            counts["missing rows"] += len(set(rows) - set(found))
            for key, row in rows.items():
                there = found.get(key, [{}])[0]
                for column in ("customer_id", "open_amount", "due_date"):
                    if column in there and not same(there[column], plain(row[column])):
                        counts["wrong machine cells"] += 1
        self._count_entries(sheets["follow_up"])
        with suppress(RemoteError, ArsheetError):
            after = self.world.sync(kind=self.kind)
            counts["cells written by the next run"] += after.pushed
            counts["next runs"] += 1

    def _count_entries(self, sheet: dict[str, list[dict[str, Any]]]) -> None:
        with Journal(self.world.folder / "book.arsheet") as journal:
            kept = {(entry.row_key, entry.column): plain(entry.new) for entry in entries.kept(journal)}
            told = {
                (facts["key"], facts["sheet"]) for _, _, facts in syncstate.conflicts(journal, self.world.person.id)
            }
        for (key, column), value in self.owed.items():
            there = sheet.get(key, [{}])[0].get(column)
            on_sheet = same(plain(there), plain(value))
            in_journal = (key, column) not in self.typed or same(
                kept.get((key, column)), plain(self.typed[key, column])
            )
            if column == "dispute" and value is None:
                in_journal = True
            self.counts["entries owed"] += 1
            self.counts["lost entries"] += not (on_sheet and in_journal)
        for key, value in self.over:
            self.counts["machine cells typed over"] += 1
            self.counts["typed over and not told"] += (key, value) not in told

    def _by_key(self, title: str) -> dict[str, list[dict[str, Any]]]:
        header, *rows = self.world.rows(title)
        view = DATA if title == DATA.zh else FOLLOW
        names = {column.zh: column.key for column in view.published}
        found: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            cells = {names[text]: cell for text, cell in zip(header, row, strict=True) if text in names}
            if cells["document_no"]:
                found.setdefault(str(cells["document_no"]), []).append(cells)
        return found


WRONG = (
    "duplicate rows", "missing rows", "lost entries", "wrong machine cells", "typed over and not told",
    "cells written by the next run", "passes that never came through",
)  # fmt: skip
"""What must be 0."""


def run_story(
    google: Emulator, folder: Path, seed: int, rounds: int, *, kind: type[Pass] = Pass, real_kills: int = 0
) -> Counter[str]:
    """The counts of one seed; ``faults`` are those that struck, kills counted."""
    struck = len(google.faults.struck)
    story = Story(google, folder, seed, kind=kind, real_kills=real_kills)
    for _ in range(rounds):
        story.round()
    story.counts["faults"] = len(google.faults.struck) - struck + story.counts["kills"]
    return story.counts
