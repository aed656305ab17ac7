"""The cells that a person typed beside one document become rows of promises, disputes and activities, or questions.

Nothing typed is dropped: each changed cell ends in a row, in a question back, or in both an activity and a word about
why nothing else was done. Promises and disputes are only ever added to; a cell that was emptied withdraws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from arsheet.importers.followup.amounts import Amount, disputed_amount, promised_amount
from arsheet.importers.followup.columns import COLUMNS
from arsheet.importers.followup.dates import read_spoken
from arsheet.ledger.calendar import Calendar
from arsheet.schema.cells import clean_text, read_choice
from arsheet.schema.tables import TABLES
from arsheet.schema.tables.online import FOLLOW_STATES, HANDED_OVER
from arsheet.table import from_day, iso

_YEARS = 730
"""A day further away than this is rather a slip."""
_LONGEST = 2000
ALL = ("（全部未收）", " (all that is open)")
_REASONS = (
    ("quality", "质量|破损|不良|瑕疵|quality|damaged|defect"),
    ("quantity", "数量|短少|少发|短缺|quantity|short"),
    ("price", "价|折扣|price|discount"),
    ("invoice", "票|invoice"),
    ("delivery", "交付|交货|迟|物流|没收到货|deliver|late"),
    ("service", "服务|售后|service"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """The document (or instalment) that a row is about: its open amount in major units, 0 once it is settled."""

    key: str
    document_no: str
    sequence: int | None
    customer_id: str
    currency: str
    open: Decimal


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person's cells of one row hold, and which of them changed; read on a day, from whose spreadsheet."""

    key: str
    cells: Mapping[str, Any]
    changed: Mapping[str, Any]
    """Column -> what stood there before."""
    on: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one changed cell; ``understood`` is False where it is asked back and nothing of it landed."""

    column: str
    understood: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows to append by table (column key -> plain cell, choices by key), and what to say about each changed cell."""

    rows: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    said: tuple[Said, ...] = ()


@dataclass(slots=True)
class _Work:
    typed: Typed
    item: Item
    calendar: Calendar
    language: str
    rows: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    activity: dict[str, Any] = field(default_factory=dict)

    def changed(self, *columns: str) -> bool:
        return any(column in self.typed.changed for column in columns)

    def cell(self, column: str) -> Any:
        return plain(self.typed.cells.get(column))

    def say(self, zh: str, en: str, *columns: str, understood: bool = True) -> None:
        """Answers those of the columns that changed; the words count once, for the first of them."""
        mine = [column for column in columns if column in self.typed.changed]
        self.said += [Said(column, understood, *((zh, en) if not at else ("", ""))) for at, column in enumerate(mine)]

    def note(self, zh: str, en: str) -> None:
        """What the activity says, in the words of the workbook."""
        self.notes.append(zh if self.language == "zh" else en)

    def ask(self, zh: str, en: str, *columns: str) -> None:
        self.say(zh, en, *columns, understood=False)


def plain(value: Any) -> Any:
    """A cell as it is read: a text without blanks round it, None for one without anything else."""
    if isinstance(value, str):
        return clean_text(value) or None
    return value


def read_row(typed: Typed, item: Item | None, calendar: Calendar | None = None, *, language: str = "zh") -> Reading:
    """What the changed cells of a row mean; ``item`` is None for a document that the workbook does not have.

    ``language``: of the workbook, in which the notes of its rows are written.
    """
    if item is None:
        zh = f"工作簿里没有单据 {typed.key}；请核对单据号，或先导入这张单据"
        en = f"The workbook has no document {typed.key}; check the number, or import the document first"
        return Reading(said=tuple(Said(column, False, zh, en) for column in COLUMNS if column in typed.changed))
    work = _Work(typed, item, calendar or Calendar(), language)
    if work.changed("promised_for", "promised_amount"):
        _promise(work)
    if work.changed("dispute"):
        _dispute(work)
    if work.changed("state"):
        _state(work)
    if work.changed("next_action", "next_date"):
        _next_step(work)
    if work.notes or work.activity:
        note = ("；" if language == "zh" else "; ").join(work.notes) or None
        facts = {"customer_id": item.customer_id, "document_no": item.document_no, "at": from_day(typed.on)}
        work.rows.append(("activities", {**facts, "by": typed.by or None, "note": note, **work.activity}))
    order = {column: at for at, column in enumerate(COLUMNS)}
    return Reading(tuple(work.rows), tuple(sorted(work.said, key=lambda said: order[said.column])))


def _emptied(work: _Work, column: str) -> None:
    """A cell that was emptied: told, and kept as an activity."""
    spec = TABLES["follow_up"].column(column)
    was = clean_text(work.typed.changed[column])
    work.note(f"清空了“{spec.zh}”（原为 {was}）", f'Cleared "{spec.en}" (was {was})')


def _settled(work: _Work, *columns: str) -> bool:
    if work.item.open > 0:
        return False
    work.ask(
        f"单据 {work.item.key} 已经结清（未收 0），没有登记；若有误请告知财务",
        f"Document {work.item.key} is settled (nothing open); nothing was recorded. Tell finance if this is wrong",
        *columns,
    )
    return True


def _promise(work: _Work) -> None:
    columns = ("promised_for", "promised_amount")
    when, much = work.cell("promised_for"), work.cell("promised_amount")
    if when is None and much is None:
        for column in columns:
            if work.changed(column):
                _emptied(work, column)
        zh = "承诺已清空：以前登记的承诺仍保留在“承诺付款”里"
        work.say(zh, "The promise was cleared here: what was recorded before stays under Promises", *columns)
        return
    if _settled(work, *columns):
        return
    if when is None:
        work.ask("请在“承诺日期”写明哪一天付款", "Please write the day of payment under Promised for", *columns)
        return
    item = work.item
    day = _day(work, when, columns)
    if day is None:
        return
    found = promised_amount(much, item.currency, item.open)
    if _asked(work, found, *columns):
        return
    amount = item.open if found.value is None else found.value
    work.rows.append(
        ("promises", {"customer_id": item.customer_id, "document_no": item.document_no, "amount": amount,
                      "promised_on": from_day(work.typed.on), "pay_by": from_day(day), "by": work.typed.by or None})
    )  # fmt: skip
    whole_zh, whole_en = ALL if found.value is None else ("", "")
    zh = f"承诺 {iso(day)} 付款 {amount:,.2f} {item.currency}{whole_zh}"
    work.say(zh, f"promised {amount:,.2f} {item.currency} by {iso(day)}{whole_en}", *columns)


def _day(work: _Work, value: Any, columns: tuple[str, ...]) -> int | None:
    """The day of a cell; None once it has been asked back."""
    spoken = read_spoken(value, work.typed.on, work.calendar)
    if spoken.day is None:
        work.ask(spoken.zh, spoken.en, *columns)
        return None
    shown = clean_text(value)
    if spoken.day < work.typed.on:
        work.ask(
            f"“{shown}”读作 {iso(spoken.day)}，已经过去；请写今天以后的日期",
            f'"{shown}" reads as {iso(spoken.day)}, which has passed; please write a day to come',
            *columns,
        )
        return None
    if spoken.day - work.typed.on > _YEARS:
        work.ask(
            f"“{shown}”读作 {iso(spoken.day)}，在两年以后；请核对年份",
            f'"{shown}" reads as {iso(spoken.day)}, more than two years away; please check the year',
            *columns,
        )
        return None
    return spoken.day


def _asked(work: _Work, found: Amount, *columns: str) -> bool:
    """Asks back an amount that was not understood; whether it was not."""
    if found.asked:
        work.ask(found.zh, found.en, *columns)
    return found.asked


def _dispute(work: _Work) -> None:
    said, item = work.cell("dispute"), work.item
    if said is None:
        _emptied(work, "dispute")
        work.say(
            "争议说明已清空：争议仍然登记着；解决后请财务在“争议”里填结案日期",
            "The note was cleared: the dispute still stands; once it is solved, finance fills in the day it was closed",
            "dispute",
        )
        return
    if _settled(work, "dispute"):
        return
    text = clean_text(said)[:_LONGEST]
    found = disputed_amount(text, item.currency, item.open)
    if _asked(work, found, "dispute"):
        return
    amount = found.value
    reason = next((key for key, words in _REASONS if re.search(words, text, re.I)), "other")
    work.rows.append(
        ("disputes", {"document_no": item.document_no, "sequence": item.sequence, "customer_id": item.customer_id,
                      "amount": amount, "reason": reason, "note": text, "owner": work.typed.by or None,
                      "opened": from_day(work.typed.on)})
    )  # fmt: skip
    whole_zh, whole_en = ALL if amount is None else ("", "")
    shown = f"{item.open if amount is None else amount:,.2f} {item.currency}"
    work.say(f"争议 {shown}{whole_zh}：{text}", f"disputed {shown}{whole_en}: {text}", "dispute")


def _state(work: _Work) -> None:
    value = work.cell("state")
    if value is None:
        _emptied(work, "state")
        work.say("状态已清空", "the state was cleared", "state")
        return
    shown = clean_text(value)
    key = read_choice(value, (*FOLLOW_STATES, HANDED_OVER)).value
    found = next((each for each in FOLLOW_STATES if each.key == key), None)
    if found is None:
        words = [each.zh for each in FOLLOW_STATES], [each.en for each in FOLLOW_STATES]
        zh = f"没有“{shown}”这个状态；请选：{'、'.join(words[0])}"
        work.ask(zh, f'There is no state "{shown}"; choose {", ".join(words[1])}', "state")
        return
    work.note(f"状态：{found.zh}", f"State: {found.en}")
    if found.key == "disputed":
        work.activity["cause"] = "dispute"
    hint_zh, hint_en = "", ""
    if found.key == "promised" and work.cell("promised_for") is None:
        hint_zh, hint_en = "，请写承诺日期", "; please write the day under Promised for"
    elif found.key == "disputed" and work.cell("dispute") is None:
        hint_zh, hint_en = "，请写争议说明", "; please write what is disputed"
    work.say(f"状态 {found.zh}{hint_zh}", f"state {found.en}{hint_en}", "state")


def _next_step(work: _Work) -> None:
    columns = ("next_action", "next_date")
    what, when = work.cell("next_action"), work.cell("next_date")
    for column, value in zip(columns, (what, when), strict=True):
        if value is None and work.changed(column):
            _emptied(work, column)
            header = TABLES["follow_up"].column(column)
            work.say(f"{header.zh}已清空", f"{header.en} was cleared", column)
    text = clean_text(what)[:_LONGEST] if what is not None else None
    if when is None:
        if text is not None and work.changed("next_action"):
            work.activity["next_action"] = text
            work.say(f"下一步 {text}", f"next: {text}", "next_action")
        return
    if not work.changed("next_date"):
        day = read_spoken(when, work.typed.on, work.calendar).day
    else:
        day = _day(work, when, ("next_date",))
    if day is not None:
        work.activity["next_date"] = from_day(day)
    if text is not None and (work.changed("next_action") or day is not None):
        work.activity["next_action"] = text
    told = iso(day) if day is not None else ""
    if text is not None and work.changed("next_action"):
        work.say(
            f"下一步 {text} {told}".rstrip(),
            f"next: {text} {told}".rstrip(),
            *(columns if day is not None else columns[:1]),
        )
    elif day is not None:
        work.say(
            f"下一步 {text or ''} {told}".replace("  ", " "),
            f"next: {text or ''} {told}".replace("  ", " "),
            "next_date",
        )
