"""AR_回复: what was understood of each thing that people typed, or why it was not, beside exactly the text it answers.

A reply is keyed by the document and by the text of the row's cells at that moment, so it never stands beside words
that it does not answer; earlier replies stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arsheet.functions.registry import Version
from arsheet.importers.followup.columns import COLUMNS
from arsheet.importers.followup.folding import Group, answer_text, fold
from arsheet.importers.followup.reading import plain
from arsheet.journal.entries import WAITING, Entry
from arsheet.run.landing import Standing, Words, read_groups
from arsheet.schema.cells import clean_text
from arsheet.schema.tables import TABLES
from arsheet.sync.cells import clipped
from arsheet.sync.model import TabData
from arsheet.sync.remote import Cell
from arsheet.sync.views import view_of
from arsheet.table import Table

RECEIVED = ("已收到", "Received")
WAITS = ("待写入工作簿", "waiting to be written into the workbook")
ASKED = ("请更正", "Please correct")
LONGEST_KEY, LONGEST = 49_000, 20_000
"""Characters of a key, and of the texts beside it, that fit into a cell of an online sheet (50,000) with room left."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its key on the sheet, the document, the text answered, the words, and the day (ISO) it was read."""

    key: str
    document: str
    answered: str
    text: str
    on: str


def replies(
    entries: Sequence[Entry], stands: Standing, version: Version, tables: Mapping[str, Table], language: str
) -> list[Reply]:
    """One reply per row and reading, oldest first; of two about the same text the later one. See ``read_groups``."""
    groups = fold(entries)
    of_number = {entry.no: entry for entry in entries}
    open_groups = [group for group in groups if any(_waits(of_number[no], stands) for no in group.numbers.values())]
    provisional: dict[int, Words] = {}
    as_of = int(version.stamp["as_of"])
    for group, _, said in read_groups(open_groups, version.ledger, as_of, tables, {}, language=language):
        for each in said:
            provisional[group.numbers[each.column]] = (each.understood, each.zh, each.en)
    found: dict[str, Reply] = {}
    for group in groups:
        words = [
            _settled(of_number[no], stands) or provisional.get(no, (True, "", ""))
            for no in (group.numbers[column] for column in COLUMNS if column in group.numbers)
        ]
        waits = group in open_groups
        key = f"{group.key}|{answer_text(group.cells)}"
        if len(key) > LONGEST_KEY:
            continue  # no cell holds it, so no look-up could find it; Side.refused keeps such texts out
        found.pop(key, None)
        text = clipped(reply_text(words, waits, language), LONGEST)
        found[key] = Reply(key, group.key, clipped(_shown(group, language), LONGEST), text, group.read_at[:10])
    return list(found.values())


def reply_text(words: Sequence[Words], waits: bool, language: str) -> str:
    """已收到：…（待写入工作簿）；请更正：…  An emptied set of words says only that it was received."""
    at = 0 if language == "zh" else 1
    told = [(ok, (zh, en)[at]) for ok, zh, en in words]
    understood = [text for ok, text in told if ok and text]
    asked = list(dict.fromkeys(text for ok, text in told if not ok and text))
    colon, stop = ("：", "；") if language == "zh" else (": ", "; ")
    parts = []
    if understood or not asked:
        text = RECEIVED[at] + (colon + stop.join(understood) if understood else "")
        parts.append(text + ((f"（{WAITS[0]}）" if language == "zh" else f" ({WAITS[1]})") if waits else ""))
    if asked:
        parts.append(ASKED[at] + colon + stop.join(asked))
    return stop.join(parts)


def _waits(entry: Entry, stands: Standing) -> bool:
    return _settled(entry, stands) is None


def _settled(entry: Entry, stands: Standing) -> Words | None:
    """What was said about an entry when it was dealt with; None while it waits."""
    if entry.no in stands.words:
        return stands.words[entry.no]
    if entry.state == WAITING or entry.no in stands.gone:
        return None
    zh, _, en = entry.reason.partition("\n")
    return entry.state == "landed", zh, en or zh


def _shown(group: Group, language: str) -> str:
    """The text answered, for people."""
    spec = TABLES["follow_up"]
    cells = ((spec.column(column), plain(group.cells.get(column))) for column in COLUMNS)
    told = (f"{column.header(language)} {clean_text(value)}" for column, value in cells if value is not None)
    return ("；" if language == "zh" else "; ").join(told)


def reply_data(found: Sequence[Reply], language: str) -> TabData:
    """The tab of replies."""
    columns: dict[str, list[Cell]] = {
        "key": [reply.key for reply in found],
        "document_no": [reply.document for reply in found],
        "answered": [reply.answered for reply in found],
        "reply": [reply.text for reply in found],
        "at": [dt.date.fromisoformat(reply.on) for reply in found],
    }
    return TabData(view_of(TABLES["replies"], language), [reply.key for reply in found], columns)
