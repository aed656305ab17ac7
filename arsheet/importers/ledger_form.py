"""Files in the form of an account: debit, credit and running balance, headers of two rows, trial balances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from arsheet.schema.cells import clean
from arsheet.schema.headers import HeaderMatch, normalise
from arsheet.schema.model import Column

BALANCE_WORDS = frozenset(map(normalise, ("余额", "结余", "账面余额", "Balance", "Running balance")))
DEBIT_WORDS = frozenset(("借", "借方", "debit", "dr", "d", "s"))
CREDIT_WORDS = frozenset(("贷", "贷方", "credit", "cr", "c", "h"))
_GROUPED = frozenset(
    map(normalise, ("借方", "贷方", "借方金额", "贷方金额", "借", "贷", "方向", "金额", "debit", "credit"))
)
"""Headers that stand once under each of several headings: 期初余额, 本期发生额, 期末余额."""


def _money(key: str, zh: str, en: str, *aliases: str) -> Column:
    return Column(key, zh, en, "money", False, aliases)


BALANCE = _money("balance", "累计余额", "Running balance", "结余", "账面余额")
"""The balance after each row; a lone 余额 beside debit and credit is one too."""
_DEBIT = (
    "借",
    "金额借方",
    "发生额借方",
    "本期借方",
    "本期发生额借方",
    "本期发生借方",
    "本期借方发生额",
    "本期借方金额",
    "本期发生额借方金额",
)
TRIAL = (
    _money(
        "opening_balance", "期初余额", "Opening balance", "年初余额", "上期余额", "期初金额", "balance brought forward"
    ),
    _money("opening_debit", "期初借方", "Opening debit", "期初余额借方", "期初借方余额", "年初余额借方", "年初借方"),
    _money("opening_credit", "期初贷方", "Opening credit", "期初余额贷方", "期初贷方余额", "年初余额贷方", "年初贷方"),
    _money("closing_debit", "期末借方", "Closing debit", "期末余额借方", "期末借方余额", "借方余额"),
    _money("closing_credit", "期末贷方", "Closing credit", "期末余额贷方", "期末贷方余额", "贷方余额"),
    Column("account", "科目编码", "Account", "id", False, ("科目代码", "科目编号", "科目号", "account code")),
    Column("account_name", "科目名称", "Account name", "text", False, ("会计科目", "科目")),
)
"""What a trial balance has beside the columns of an invoice list."""
_OPENING_HEADS = tuple(map(normalise, ("期初", "年初", "上期余额", "Opening balance")))
_CLOSING_HEADS = tuple(map(normalise, ("期末", "Closing")))
_HEADS = (*_OPENING_HEADS, *_CLOSING_HEADS)
_DIRECTION = normalise("方向")


def columns_of(kind: str, extra: Sequence[Column]) -> tuple[Column, ...]:
    """The extra columns of an import, with those of an account or of a trial balance."""
    if kind not in ("invoices", "opening"):
        return tuple(extra)
    more = {
        "debit": _DEBIT,
        "credit": tuple(name.replace("借", "贷") for name in _DEBIT),
        "direction": ("期末余额方向", "期末方向", "余额方向"),
    }
    widened = (replace(each, aliases=(*each.aliases, *more.get(each.key, ()))) for each in extra)
    return (*widened, *((BALANCE,) if kind == "invoices" else TRIAL))


def is_credit(cell: object) -> bool:
    """Whether a direction says credit."""
    return isinstance(cell, str) and clean(cell).casefold() in CREDIT_WORDS


def composed(above: Sequence[str], texts: Sequence[str]) -> list[str] | None:
    """Headers of two rows as one: 期末余额 over 借方 and 贷方 becomes 期末余额借方; None where one row says it all."""
    counted = Counter(normalise(text) for text in texts if text)
    if counted[_DIRECTION] > 1 and _directed(texts) != list(texts):
        return _directed(texts)
    grouped = {name for name, count in counted.items() if count > 1 and name in _GROUPED}
    if counted and set(counted) <= _GROUPED:
        grouped = set(counted)
    if not grouped or not any(above):
        return None
    heading, out = "", []
    for over, text in zip(above, texts, strict=True):
        heading = over or (heading if normalise(text) in grouped else "")
        out.append(heading + text if normalise(text) in grouped else text or over)
    return out


def _directed(texts: Sequence[str]) -> list[str]:
    """A 方向 before each of several balances is named after it: 期初余额方向, 期末余额方向."""
    after = [*texts[1:], ""]
    return [
        right + text if normalise(text) == _DIRECTION and normalise(right).startswith(_HEADS) else text
        for text, right in zip(texts, after, strict=True)
    ]


def reinterpreted(
    match: HeaderMatch, headers: Sequence[str], overrides: Mapping[str, str], extra: Sequence[Column]
) -> HeaderMatch:
    """A lone 余额 beside debit or credit is the running balance, not the amount of the row."""
    if not any(column.key == "balance" for column in extra) or not {"debit", "credit"} & set(match.mapping):
        return match
    said = {normalise(header) for header in overrides}
    mapping, unmatched = dict(match.mapping), set(match.unmatched)
    for at, header in enumerate(headers):
        text = normalise(header)
        holder = next((key for key, where in mapping.items() if where == at), "")
        if text not in BALANCE_WORDS or text in said or holder not in ("", "amount", "open_amount", "balance"):
            continue
        if "balance" in mapping and mapping["balance"] != at:
            continue
        mapping.pop(holder, None)
        mapping["balance"] = at
        unmatched.discard(at)
    ambiguous = {key: found for key, found in match.ambiguous.items() if key in mapping}
    return HeaderMatch(mapping, tuple(sorted(unmatched)), ambiguous, match.missing)


def parent_accounts(codes: Sequence[str]) -> list[int]:
    """Which of the account codes others stand under: 1122 over 1122.01."""
    plain = [code.replace(".", "").replace("-", "") for code in codes]
    known = set(plain)
    over = {code[:length] for code in known for length in range(1, len(code))} & known
    return [at for at, code in enumerate(plain) if code and code in over]


def is_trial_balance(headers: Sequence[str]) -> bool:
    """Whether the headers name an opening and a closing balance."""
    texts = [normalise(header) for header in headers if header]
    return any(text.startswith(_OPENING_HEADS) for text in texts) and any(
        text.startswith(_CLOSING_HEADS) for text in texts
    )
