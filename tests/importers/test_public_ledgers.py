"""Two public ledgers, imported: every figure of their expected_facts.json, and what their damaged copies must raise."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from arsheet.hosts.reading import read_file
from arsheet.importers.plan import ImportPlan, merged
from arsheet.importers.tabular import plan_import
from arsheet.ledger.aging import AgingPolicy, age
from arsheet.ledger.assembly import Assembly, assemble
from arsheet.ledger.items import open_items
from arsheet.schema.findings import findings
from arsheet.table import Grid, Problem, iso, to_day

DATASETS = Path(__file__).parents[2] / ".." / "shared" / "data" / "datasets"
pytestmark = pytest.mark.skipif(not DATASETS.is_dir(), reason=f"the public data sets are not at {DATASETS}")

IBM = "ibm_late_payment/WA_Fn-UseC_-Accounts-Receivable.csv"
OPEN = "highradius/highradius_open_9681_dd-mm-yyyy.csv"
SWAPPED = "highradius/negative/highradius_open_day_month_swapped.csv"
REPORT = "highradius/highradius_o2c_open_aging_detail.csv"
BUCKETS = {"not_due": "current"}


@lru_cache
def grid(file: str) -> Grid:
    book = read_file(DATASETS / file)
    return book.grid(book.sheet_names[0])


@lru_cache
def plan(file: str, currency: str | None = "USD", swap: tuple[str, ...] = (), ignored: str = "") -> ImportPlan:
    mapping = {ignored: ""} if ignored else None
    return plan_import("invoices", grid(file), {}, currency=currency, swap_dates=swap, mapping=mapping)


@lru_cache
def assembly(file: str, **changes: Any) -> Assembly:
    return assemble(merged({}, plan(file, **changes)), {"base_currency": "USD"})


@lru_cache
def facts(folder: str) -> dict[str, Any]:
    return json.loads((DATASETS / folder / "expected_facts.json").read_text("utf-8"))


def problems(of: ImportPlan, code: str) -> list[Problem]:
    return [problem for problem in of.problems if problem.code == code]


def buckets(file: str, day: str, basis: str, **changes: Any) -> dict[str, list[Any]]:
    """Bucket -> [rows, amount] of the open items."""
    ledger = assembly(file, **changes).ledger
    aged = age(ledger, to_day_of(day), AgingPolicy(basis=basis))
    index = aged.buckets.index(base_days_of(file, day, basis, **changes))
    out = {}
    for at, key in enumerate(aged.buckets.keys):
        rows = (index == at) & (aged.residual != 0)
        assert int(aged.residual[rows].sum()) == int(aged.matrix[:, at].sum())
        out[BUCKETS.get(key, key)] = [int(rows.sum()), Decimal(int(aged.residual[rows].sum())).scaleb(-2)]
    return out


def base_days_of(file: str, day: str, basis: str, **changes: Any) -> np.ndarray:
    lines = assembly(file, **changes).ledger.lines
    return lines.due if basis == "due" else lines.date


def to_day_of(day: str) -> int:
    return to_day(dt.date.fromisoformat(day))


def expected(figures: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {key: [count, Decimal(amount)] for key, (count, amount) in figures.items()}


def top5(file: str, day: str, **changes: Any) -> list[list[Any]]:
    items = open_items(assembly(file, **changes).ledger, to_day_of(day))
    totals: dict[str, int] = defaultdict(int)
    for customer, amount in zip(items.column("customer_id"), items.column("open"), strict=True):
        totals[customer] += int(amount)
    ranked = sorted(totals.items(), key=lambda pair: -pair[1])[:5]
    return [[customer, str(Decimal(total).scaleb(-2))] for customer, total in ranked]


def opened(file: str, day: str, **changes: Any) -> tuple[int, Decimal, int]:
    items = open_items(assembly(file, **changes).ledger, to_day_of(day))
    total = sum(int(amount) for amount in items.column("open"))
    return len(items), Decimal(total).scaleb(-2), len(set(items.column("customer_id")))


@pytest.mark.parametrize("day", ["2012-06-30", "2012-12-31", "2013-06-30", "2013-12-31"])
def test_ibm_every_ledger_figure_at_every_date(day: str) -> None:
    said = facts("ibm_late_payment")["facts"][day]
    assert opened(IBM, day) == (said["open_count"], Decimal(said["open_amount"]), said["customers_with_open"])
    assert buckets(IBM, day, "due") == expected(said["by_due"])
    assert buckets(IBM, day, "invoice") == expected(said["by_invoice_date"])
    assert top5(IBM, day) == said["top5"]


def test_ibm_dates_of_the_facts_are_all_tested() -> None:
    assert set(facts("ibm_late_payment")["facts"]) == {"2012-06-30", "2012-12-31", "2013-06-30", "2013-12-31", "all"}


def test_ibm_whole_file() -> None:
    said = facts("ibm_late_payment")["facts"]["all"]
    preview = plan(IBM).preview
    invoices = preview.tables["invoices"]
    assert (invoices.rows_read, invoices.rows_new, invoices.rows_refused) == (said["invoices"], said["invoices"], 0)
    assert invoices.sum_new == {"USD": Decimal(said["total"])}
    assert len(preview.new_customers) == said["customers"]
    assert preview.settlements == {"USD": (said["invoices"], Decimal(said["total"]))}
    assert not [each for each in plan(IBM).problems if each.code == "day_and_month_probably_swapped"]
    assert assembly(IBM).ledger.problems == ()


@pytest.mark.parametrize("day", ["2020-04-30", "2020-05-31", "2020-06-30"])
def test_highradius_open_file_every_figure_at_every_date(day: str) -> None:
    check_open_file(OPEN, day)


def check_open_file(file: str, day: str, **changes: Any) -> None:
    said = facts("highradius")["open_file"]
    at = said["open_at"][day]
    assert opened(file, day, **changes) == (at["open"][0], Decimal(at["open"][1]), at["customers_with_open"])
    assert buckets(file, day, "due", **changes) == expected(at["aging_by_due_date"])
    assert top5(file, day, **changes) == at["top5_customers"]
    lines = assembly(file, **changes).ledger.lines
    later = lines.date > to_day_of(day)
    total = Decimal(int(lines.amount[later].sum())).scaleb(-2)
    assert [int(later.sum()), total] == [at["posted_later"][0], Decimal(at["posted_later"][1])]


def test_highradius_dates_of_the_facts_are_all_tested() -> None:
    assert set(facts("highradius")["open_file"]["open_at"]) == {"2020-04-30", "2020-05-31", "2020-06-30"}


def test_highradius_open_file_as_a_whole() -> None:
    said = facts("highradius")["open_file"]
    made = plan(OPEN)
    invoices = made.preview.tables["invoices"]
    assert (invoices.rows_read, invoices.rows_new) == (said["rows"], said["rows"])
    assert invoices.sum_new == {"USD": Decimal(said["amount"])}
    assert invoices.sum_read == {"USD": Decimal(said["file_sum"]["amount"])}
    assert len(made.preview.new_customers) == said["customers"]
    assert problems(made, "amount_has_more_decimals_than_currency")[0].facts["count"] == 576
    assert said["rows_with_more_than_two_decimals"] == 576
    assert problems(made, "documents_due_before_their_date")[0].facts["count"] == said["rows_due_before_posting"]
    in_ledger = Counter(problem.code for problem in assembly(OPEN).problems)
    assert in_ledger["due_date_before_document_date"] == said["rows_due_before_posting"]
    assert not problems(made, "day_and_month_probably_swapped")
    assert made.preview.settlements == {}


def test_highradius_one_finding_per_unknown_term() -> None:
    said = facts("highradius")["open_file"]
    terms = problems(plan(OPEN), "terms_not_understood")
    assert len(terms) == said["distinct_terms"] == len({problem.facts["terms"] for problem in terms})
    assert sum(problem.facts["count"] for problem in terms) == said["rows"]
    assert sum(problem.facts["dated"] for problem in terms) == said["rows"]


def test_highradius_names_of_customers() -> None:
    said = facts("highradius")["open_file"]
    made = plan(OPEN)
    several = problems(made, "customer_has_several_names")
    assert len(several) == said["customers_with_several_names"]
    assert len({problem.facts["id"] for problem in several}) == len(several)
    assert problems(made, "customers_share_a_name")[0].facts["count"] == said["names_of_several_customers"]
    customers = next(table for table in made.appended if table.name == "customers")
    spelled = {}
    for row in customers.records():
        spelled[row["customer_id"]] = {row["name"], *(row["payer_aliases"] or "").split("；")} - {""}
    assert len(set().union(*spelled.values())) == said["distinct_names_trimmed"]
    for customer, names in said["names_of_top5"].items():
        assert spelled[customer] == {name.strip() for name in names}


def test_highradius_imported_again_adds_nothing() -> None:
    tables = merged({}, plan(OPEN))
    again = plan_import("invoices", grid(OPEN), tables, currency="USD")
    assert again.changes_nothing
    assert again.preview.tables["invoices"].rows_known == 9681
    assert not problems(again, "customer_has_several_names")


def test_ibm_imported_again_adds_nothing() -> None:
    tables = merged({}, plan(IBM))
    again = plan_import("invoices", grid(IBM), tables, currency="USD")
    assert again.changes_nothing
    assert [again.preview.tables[key].rows_known for key in ("invoices", "receipts", "applications")] == [2466] * 3


def test_swapped_file_raises_one_finding_per_column_with_its_counts() -> None:
    said = facts("highradius")["swapped_file"]
    made = plan(SWAPPED)
    headers = {key: header for header, key in made.preview.headers.items()}
    found = {headers[problem.column]: problem.facts for problem in problems(made, "day_and_month_probably_swapped")}
    assert set(found) == set(said["columns"])
    for column, counts in said["columns"].items():
        seen = found[column]
        assert seen["rows"] == counts["rows_with_day_up_to_12"]
        assert seen["count"] == counts["of_these_day_differs_from_month"]
        assert seen["months"] == ", ".join(map(str, counts["months_seen_in_them"]))
        assert seen["other_months"] == ", ".join(map(str, counts["months_seen_in_the_other_rows"]))
        assert seen["due_before"] == said["rows_due_before_posting"]
    assert problems(made, "documents_due_before_their_date")[0].facts["count"] == said["rows_due_before_posting"]
    assert problems(made, "settled_before_document_date")[0].facts["count"] == said["rows_cleared_before_posting"]
    assert made.preview.tables["receipts"].rows_new == said["clear_date_filled"]


def test_swapped_file_is_not_corrected_silently() -> None:
    made = plan(SWAPPED)
    read = plan(OPEN).source.column("document_date")
    shown = made.source.column("document_date")
    wrong = sum(one != other for one, other in zip(shown, read, strict=True))
    assert wrong == facts("highradius")["swapped_file"]["columns"]["posting_date"]["rows_with_wrong_date"]


@pytest.mark.parametrize("day", ["2020-04-30", "2020-05-31", "2020-06-30"])
def test_swapped_file_put_right_on_request_gives_the_figures_of_the_open_file(day: str) -> None:
    changes = {"swap": ("posting_date", "due_in_date", "baseline_create_date"), "ignored": "clear_date"}
    check_open_file(SWAPPED, day, **changes)
    assert not problems(plan(SWAPPED, **changes), "day_and_month_probably_swapped")


def test_aging_report_repeated_rows_and_currencies() -> None:
    said = facts("highradius")["open_aging_report"]
    made = plan(REPORT, currency=None)
    counts = made.preview.tables["invoices"]
    repeated = problems(made, "rows_repeated_in_file")
    assert len(repeated) == 1
    assert repeated[0].facts["rows"] == said["duplicate_rows"] == counts.rows_repeated
    assert repeated[0].facts["ids"] == said["ids_with_duplicate_rows"]
    assert (counts.rows_read, counts.rows_new) == (said["rows"], said["distinct_invoice_ids"])
    by_currency = said["totals_by_currency"]
    assert counts.sum_read == {name: Decimal(each["all_rows"][1]) for name, each in by_currency.items()}
    unrepeated = {name: Decimal(each["without_repeated_rows"][1]) for name, each in by_currency.items()}
    assert counts.sum_unrepeated == counts.sum_new == unrepeated
    rows = Counter(made.source.column("currency"))
    assert rows == {name: each["all_rows"][0] for name, each in by_currency.items()}
    new = Counter(next(table for table in made.appended if table.name == "invoices").column("currency"))
    assert new == {name: each["without_repeated_rows"][0] for name, each in by_currency.items()}
    ledger = assembly(REPORT, currency=None).ledger
    assert set(ledger.currencies) == {"USD", "CAD"}


@pytest.mark.parametrize("file", [IBM, OPEN, SWAPPED, REPORT])
def test_every_problem_has_words_in_both_languages_and_a_cell(file: str) -> None:
    made = plan(file, currency=None if file == REPORT else "USD")
    for language in ("zh", "en"):
        for finding in findings(made.problems, made.sources, language):
            assert "?" not in finding.text(language), finding
            assert finding.cell
            assert finding.sheet == grid(file).sheet


def test_ids_stay_text() -> None:
    customers = plan(OPEN).preview.new_customers
    assert all(isinstance(text, str) for text in customers)
    assert Counter(map(len, plan(OPEN).source.column("customer_id"))) == {9: 9552, 6: 129}


def test_preview_shows_headers_and_dates() -> None:
    preview = plan(IBM).preview
    assert preview.headers["SettledDate"] == "settled_on"
    assert "DaysLate" in preview.unknown_headers
    assert iso(preview.tables["invoices"].earliest or 0) == "2012-01-03"
