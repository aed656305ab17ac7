"""What the rows of a file show as a whole, told once with its count: dates, decimals, terms, open amounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal

from arsheet.importers.working import Draft, rounded
from arsheet.ledger.terms import TermError, TermPolicy, parse
from arsheet.table import Problem, Table, column_letter


def say_without_rows(draft: Draft, sheet: str, header_row: int) -> None:
    """A sheet with headers and nothing under them: an export of the wrong period looks like this."""
    if not len(draft.place.rows):
        first = min((each for each in draft.place.columns if each >= 0), default=0)
        facts = {"sheet": sheet, "cell": f"{column_letter(first)}{header_row}"}
        draft.problems.append(Problem("file_without_rows", draft.spec.key, facts=facts))


def due_before_document(draft: Draft) -> list[int]:
    """Rows that are due before the date of their document."""
    if draft.spec.key != "invoices":
        return []
    pairs = zip(draft.columns["due_date"], draft.columns["document_date"], strict=True)
    return [row for row, (due, date) in enumerate(pairs) if due is not None and date is not None and due < date]


def say_due_before_document(draft: Draft, rows: list[int]) -> None:
    """One problem for all of them."""
    if rows:
        due, dates = draft.columns["due_date"], draft.columns["document_date"]
        row = max(rows, key=lambda at: (dates[at] - due[at], -at))
        draft.say(
            "documents_due_before_their_date", row, "due_date",
            count=len(rows), days=dates[row] - due[row], due_day=due[row], document_day=dates[row],
        )  # fmt: skip


def say_decimals(draft: Draft) -> None:
    """Amounts with more decimals than their currency has: the ledger rounds each half up before it adds."""
    by_currency: dict[str, list[int]] = defaultdict(list)
    amounts = draft.column("amount")
    for row in draft.standing():
        amount, currency = amounts[row], draft.currency(row)
        if isinstance(amount, Decimal) and rounded(amount, currency) != amount:
            by_currency[currency].append(row)
    for currency, rows in by_currency.items():
        read = sum((amounts[row] for row in rows), Decimal(0))
        kept = sum((rounded(amounts[row], currency) for row in rows), Decimal(0))
        draft.say(
            "amount_has_more_decimals_than_currency", rows[0], "amount",
            count=len(rows), currency=currency, read=read, rounded=kept, difference=kept - read,
        )  # fmt: skip


def say_terms(draft: Draft, terms: Table | None, settings: Mapping[str, str]) -> None:
    """One problem per term that is neither understood nor defined in the terms table, due date given or not."""
    if "terms" not in draft.mapped:
        return
    defined = set() if terms is None else {text for text in terms.column("terms_id") if text}
    cells, dues = draft.columns["terms"], draft.column("due_date")
    rows = [row for row in draft.standing() if cells[row]]
    counted = Counter(cells[row] for row in rows)
    dated = Counter(cells[row] for row in rows if dues[row] is not None)
    policy = TermPolicy.from_settings(settings)
    for text, count in counted.items():
        if text in defined:
            continue
        try:
            parse(text, policy)
        except TermError as error:
            draft.say(
                "terms_not_understood", cells.index(text), "terms",
                terms=text, count=count, dated=dated[text], reason_zh=error.words("zh"), reason_en=error.words("en"),
            )  # fmt: skip


def say_open_amounts(draft: Draft) -> None:
    """Documents whose open amount differs from their amount, where no settlement column says when it was paid."""
    if "open_amount" not in draft.mapped or "settled_on" in draft.mapped:
        return
    sums: dict[str, list[Decimal]] = defaultdict(list)
    first: dict[str, int] = {}
    for row in draft.standing():
        amount, left = draft.columns["amount"][row], draft.columns["open_amount"][row]
        if amount is not None and left is not None and amount != left:
            first.setdefault(draft.currency(row), row)
            sums[draft.currency(row)].append(amount - left)
    for currency, parts in sums.items():
        draft.say(
            "documents_partly_settled_without_date", first[currency], "open_amount",
            count=len(parts), currency=currency, sum=sum(parts, Decimal(0)),
        )  # fmt: skip
