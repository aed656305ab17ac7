"""Worksheet function on reminders: whom to remind, at which level, and who is passed over and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arsheet.functions.asking import AS_OF, ledger_of, no_data
from arsheet.functions.registry import Example, Param, Version, bad_value, worksheet_function
from arsheet.functions.values import Word
from arsheet.ledger.dunning import ReminderPolicy, reminders
from arsheet.schema.cells import clean
from arsheet.schema.model import Choice
from arsheet.schema.tables import TABLES
from arsheet.table import Table

HEADER = (
    *("customer_id", "name", "level", "items", "currency", "amount", "oldest", "channel", "contact", "next_action"),
    *("skip_reason", "salesperson"),
)
_WORDED = ("channel", "next_action", "skip_reason")
_STAGES = (
    Choice("before_due", "到期前", "Before due", ("未到期", "not_due")),
    Choice("overdue", "逾期", "Overdue", ("已逾期",)),
)


@worksheet_function(
    "AR_REMINDERS",
    zh="提醒清单：该提醒谁、第几级、多少钱、下一步；填1列出跳过的和原因。只列清单，不发送",
    en="Reminders list: whom to remind, level, amount, next action; with 1 also who is skipped and why. Sends nothing",
    params=(
        AS_OF,
        Param("stage", "级别或阶段", "Level or stage", "text", optional=True),
        Param("owner", "业务员或应收会计", "Salesperson or collector", "text", optional=True),
        Param("include_skipped", "列出跳过的", "Include the skipped", "flag", optional=True),
    ),
    returns="table",
    examples=(
        Example(
            (None, None, "王芳"),
            (
                (
                    *("C001", "示例一", 5, 2, "CNY", 140000, 92, Word("letter"), "张会计", Word("remind_escalate")),
                    *(None, "王芳"),
                ),
            ),
        ),
    ),
    needs=("version", "policy"),
)
def reminders_of(
    as_of: int,
    stage: str | None = None,
    owner: str | None = None,
    include_skipped: bool | None = None,
    *,
    version: Version,
    policy: Mapping[str, str],
) -> Table:
    """The columns of the sheet 提醒清单. ``stage``: a level (0 … 9), before_due or overdue."""
    found = reminders(ledger_of(version), as_of, ReminderPolicy.from_settings(policy))
    wanted = _stage(stage)
    name = clean(owner).casefold() if owner else ""
    kept = [
        record
        for record in found.records()
        if (include_skipped or not record["skip_reason"])
        and (not name or name in (clean(record[key]).casefold() for key in ("salesperson", "collector")))
        and (wanted is None or record["level"] == wanted or wanted == _stage_of(record))
    ]
    if not kept:
        raise no_data("没有要提醒的客户", "there is nobody to remind")
    kinds = dict(zip(found.header, found.kinds, strict=True))
    columns = [[_shown(key, record[key]) for record in kept] for key in HEADER]
    facts = {"view": "reminder_list", "as_of": as_of}
    return Table("reminder_list", HEADER, tuple(columns), tuple(kinds[key] for key in HEADER), facts=facts)


def _stage(text: str | None) -> int | str | None:
    if text is None:
        return None
    said = clean(text).casefold()
    if said.isdecimal() and len(said) <= 2:
        return int(said)
    for choice in _STAGES:
        if said in {name.casefold() for name in (choice.key, choice.zh, choice.en, *choice.aliases)}:
            return choice.key
    raise bad_value(
        "stage_is_unknown",
        f"“{text}”不是级别；请写级别数字（如 1），或 到期前、逾期",
        f"{text!r} is no stage; write a level such as 1, before_due or overdue",
    )


def _stage_of(record: Mapping[str, Any]) -> str:
    return "overdue" if record["overdue"] else "before_due"


def _shown(key: str, value: Any) -> Any:
    """Keys of choices as words; what the company wrote itself, and blanks, as they are."""
    if key not in _WORDED:
        return value
    if value in {choice.key for choice in TABLES["reminder_list"].column(key).choices}:
        return Word(value)
    return value or None
