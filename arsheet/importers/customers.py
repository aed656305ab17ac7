"""Who the rows of a file belong to: customers found by id, name or alias, and those the file is the first to name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from arsheet.importers.working import Draft, typed
from arsheet.ledger.assembly.rows import optional
from arsheet.schema.cells import clean
from arsheet.schema.tables import TABLES
from arsheet.table import Table

ALIAS_SEPARATOR = "；"
_SPLIT = re.compile(r"[；;、\n|]")


_SUFFIX = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|责任公司|集团公司|公司|集团|厂|店|,?(?:co)?\.?,?(?:ltd|limited|inc|llc|gmbh|corp)\.?)$"
)


def stem(text: str) -> str:
    """A name without brackets and the legal form at its end: 甲贸易 of 甲贸易有限公司."""
    key = name_key(text)
    shorter = _SUFFIX.sub("", key)
    while shorter and shorter != key:
        key, shorter = shorter, _SUFFIX.sub("", shorter)
    return re.sub(r"[()\[\]]", "", key)


def name_key(text: str) -> str:
    """A name without what varies in writing: width, case and spaces."""
    return clean(text).casefold().replace(" ", "")


class Register:
    """The customers known so far: of the workbook, then of the file."""

    def __init__(self, table: Table | None):
        self.ids: set[str] = set()
        self.name: dict[str, str] = {}
        self.written: dict[str, set[str]] = defaultdict(set)
        self.by_name: dict[str, set[str]] = defaultdict(set)
        if table is None:
            return
        aliases = optional(table, "payer_aliases")
        for row, (text, name) in enumerate(zip(table.column("customer_id"), optional(table, "name"), strict=True)):
            if text is None:
                continue
            self.ids.add(text)
            self.name.setdefault(text, name or "")
            for spelling in (name or "", *_SPLIT.split(aliases[row] or "")):
                if spelling.strip():
                    self.by_name[name_key(spelling)].add(text)
                    self.written[text].add(name_key(spelling))

    def named(self, name: str) -> set[str]:
        """The ids of the customers of a name."""
        return self.by_name.get(name_key(name), set())


def commonest(names: Counter[str]) -> list[str]:
    """Spellings by count, the shorter of equals first: the same in whatever order the rows come."""
    return sorted(names, key=lambda name: (-names[name], len(name), name))


def resolve(draft: Draft, table: Table | None) -> Table | None:
    """Fills in customer_id of every standing row, and makes the rows of the customers that are new.

    A row with an id belongs to it; one with only a name to the customer of that name or alias, else to a new customer
    whose id is the name. A name of several customers is refused: which of them is meant is for a person to say.
    """
    register = Register(table)
    ids, names = draft.columns["customer_id"], draft.column("customer_name")
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, int] = {}
    rows = draft.standing()
    with_id = [row for row in rows if ids[row] is not None]
    for row in with_id:
        _seen(ids[row], names[row], row, spellings, first)
    for text in spellings:
        for name in spellings[text]:
            register.by_name[name_key(name)].add(text)
    known_in_workbook = frozenset(register.ids)
    _resolve_by_name(draft, [row for row in rows if ids[row] is None and names[row]], register, spellings, first)
    _say_names(draft, register, spellings, first, known_in_workbook)
    _say_suffixes(draft, register, spellings, first, known_in_workbook)
    return _created(draft, [text for text in first if text not in known_in_workbook], spellings, first)


def _seen(text: str, name: str | None, row: int, spellings: dict[str, Counter[str]], first: dict[str, int]) -> None:
    first.setdefault(text, row)
    counter = spellings[text]
    if name:
        counter[name] += 1


def _resolve_by_name(
    draft: Draft, rows: list[int], register: Register, spellings: dict[str, Counter[str]], first: dict[str, int]
) -> None:
    """Rows that name their customer without an id; spellings that differ in width, case or spaces are one name."""
    ids, names = draft.columns["customer_id"], draft.column("customer_name")
    groups: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        groups[name_key(names[row])].append(row)
    for members in groups.values():
        written = Counter(names[row] for row in members)
        name = commonest(written)[0]
        found = {name} if name in register.ids else register.named(name)
        if len(found) > 1:
            facts = {"name": name, "ids": "、".join(sorted(found)), "count": len(members)}
            draft.say("customer_name_of_several_customers", members[0], "customer_name", **facts)
            draft.refused.update(members)
            continue
        text = next(iter(found), clean(name))
        for row in members:
            ids[row] = text
            _seen(text, names[row], row, spellings, first)


def _say_names(
    draft: Draft,
    register: Register,
    spellings: dict[str, Counter[str]],
    first: dict[str, int],
    known: Iterable[str],
) -> None:
    """One problem per new customer with several names, per known one with a new name, and one for shared names."""
    in_workbook = set(known)
    owners: dict[str, set[str]] = defaultdict(set)
    column = "customer_name" if "customer_name" in draft.mapped else "customer_id"
    for text, names in spellings.items():
        for name in names:
            owners[name].add(text)
        if text in in_workbook:
            strange = [name for name in commonest(names) if name_key(name) not in register.written[text]]
            if strange:
                facts = {"id": text, "name": register.name.get(text, ""), "names": _counted(names, strange)}
                draft.say("customer_has_name_not_in_workbook", first[text], column, count=len(strange), **facts)
        elif len(names) > 1:
            facts = {"id": text, "name": commonest(names)[0], "names": _counted(names, commonest(names))}
            draft.say("customer_has_several_names", first[text], column, count=len(names), **facts)
    shared = sorted(name for name, of in owners.items() if len(of) > 1)
    if shared:
        example = shared[0]
        draft.say(
            "customers_share_a_name", first[min(owners[example])], column,
            count=len(shared), name=example, ids="、".join(sorted(owners[example])),
        )  # fmt: skip


def _say_suffixes(
    draft: Draft,
    register: Register,
    spellings: dict[str, Counter[str]],
    first: dict[str, int],
    known: frozenset[str],
) -> None:
    """One problem for all new customers whose names differ from others only in the legal form: none are merged."""
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for text in sorted(known):
        groups[stem(register.name.get(text) or text)][text] = register.name.get(text) or text
    for text, names in spellings.items():
        if text not in known:
            name = (commonest(names) or [text])[0]
            groups[stem(name)][text] = name
    alike = [
        group for key, group in groups.items()
        if key and len({name_key(name) for name in group.values()}) > 1 and any(text not in known for text in group)
    ]  # fmt: skip
    if alike:
        example = min(alike, key=lambda group: min(first[text] for text in group if text not in known))
        row = min(first[text] for text in example if text not in known)
        column = "customer_name" if "customer_name" in draft.mapped else "customer_id"
        names_of = "、".join(example.values())
        draft.say("customers_differ_by_suffix", row, column, count=len(alike), names=names_of)


def _counted(names: Counter[str], chosen: list[str]) -> str:
    return "、".join(f"{name} ×{names[name]}" for name in chosen)


def _created(draft: Draft, texts: list[str], spellings: dict[str, Counter[str]], first: dict[str, int]) -> Table | None:
    """The rows of new customers: id as text, the commonest spelling as name, the others as aliases."""
    if not texts:
        return None
    names = [commonest(spellings[text]) or [text] for text in texts]
    keys = list(draft.columns)
    at = {"customer_id": draft.place.columns[keys.index("customer_id")]}
    if "customer_name" in draft.mapped:
        at["name"] = draft.place.columns[keys.index("customer_name")]
    return typed(
        TABLES["customers"],
        {
            "customer_id": list(texts),
            "name": [spelled[0] for spelled in names],
            "payer_aliases": [ALIAS_SEPARATOR.join(spelled[1:]) or None for spelled in names],
        },
        draft.place.sheet,
        [draft.place.rows[first[text]] for text in texts],
        at,
    )
