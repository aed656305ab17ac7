"""Payment terms: written forms, the worked numbers of the definitions, peer cases, and what must always hold."""

from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arsheet.ledger.money import to_minor
from arsheet.ledger.terms import (
    MESSAGES,
    Discount,
    Due,
    Share,
    TermError,
    TermLine,
    TermPolicy,
    Terms,
    canonical,
    due_date,
    explain,
    parse,
    schedule,
    validate,
)
from arsheet.ledger.terms.parse import _parsed
from arsheet.ledger.terms.vocabulary import chinese_number, plain
from arsheet.table import iso, to_day

ROOT = Path(__file__).parents[2]
PEERS = ROOT.parent / "shared" / "data" / "peer_cases"
REST = Share("rest")


def day(text: str) -> int:
    return to_day(dt.date.fromisoformat(text))


def days(text: str) -> dict[str, int]:
    return {key: day(value) for key, _, value in (pair.partition("=") for pair in text.split())}


def golden() -> list[dict[str, str]]:
    with (ROOT / "tests" / "golden" / "terms.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


GOLDEN = golden()
GOOD = [row for row in GOLDEN if not row["refused"]]
BAD = [row for row in GOLDEN if row["refused"]]


def share_text(share: Share) -> str:
    mark = {"percent_of_total": "%", "percent_of_remaining": "% of rest", "fixed": "元", "rest": "rest"}[share.kind]
    return mark if share.kind == "rest" else f"{share.value}{mark}"


@pytest.mark.parametrize("row", GOOD, ids=lambda row: f"{row['text']} {row['settings']} {row['base_date']}")
def test_written_form(row: dict[str, str]) -> None:
    policy = TermPolicy.from_settings(dict(pair.split("=") for pair in row["settings"].split()))
    terms = parse(row["text"], policy)
    events = days(row["events"])
    lines = schedule(terms, amount_minor=None, base_day=day(row["base_date"]), events=events, policy=policy).lines
    shares = ["100%"] if len(lines) == 1 else [share_text(line.share) for line in terms.lines]
    seen = [
        f"{share} {'pending' if line.pending else iso(line.due_day or 0)}{' fallback' if line.fallback else ''}"
        for share, line in zip(shares, lines, strict=True)
    ]
    assert " | ".join(seen) == row["expected"]
    assert explain(terms, "zh", policy) == row["zh"]
    assert explain(terms, "en", policy)
    assert parse(canonical(terms), policy) == terms


@pytest.mark.parametrize("row", BAD, ids=lambda row: row["text"])
def test_refused_form(row: dict[str, str]) -> None:
    with pytest.raises(TermError) as caught:
        parse(row["text"])
    assert caught.value.code == row["refused"]
    assert row["zh"] in caught.value.words("zh")
    assert caught.value.words("en") == str(caught.value)


def test_there_are_enough_written_forms() -> None:
    assert len({row["text"] for row in GOLDEN}) >= 100


WORKED = [
    ("net 30", "03-02 02-14 03-30", {}),
    ("EOM", "01-31 01-31 02-28", {}),
    ("当月结", "01-31 01-31 02-28", {}),
    ("EOM+30d", "03-02 03-02 03-30", {}),
    ("月结30天", "03-02 03-02 03-30", {}),
    ("EOM+1M", "02-28 02-28 03-31", {}),
    ("月结30天", "02-28 02-28 03-31", {"yuejie": "months"}),
    ("30d EOM", "03-31 02-28 03-31", {}),
    ("next month 15", "02-15 02-15 03-15", {}),
    ("次月15日", "02-15 02-15 03-15", {}),
]


@pytest.mark.parametrize(("text", "expected", "stated"), WORKED)
def test_worked_dates_of_the_definitions(text: str, expected: str, stated: dict[str, str]) -> None:
    policy = TermPolicy.from_settings(stated)
    bases = ("2025-01-31", "2025-01-15", "2025-02-28")
    dues = [due_date(parse(text, policy), day(base), policy=policy) for base in bases]
    assert " ".join(iso(due)[5:] for due in dues if due is not None) == expected


def test_last_line_takes_the_rest() -> None:
    lines = schedule(parse("30% net 0; 30% net 30; 40% net 60"), amount_minor=10000001, base_day=0).lines
    assert [line.amount_minor for line in lines] == [3000000, 3000000, 4000001]


def test_last_line_may_fall_below_zero() -> None:
    terms = parse("70% net 0; 500元 net 0; 30% net 0; 200元 net 0")
    assert [line.amount_minor for line in schedule(terms, amount_minor=100000, base_day=0).lines] == [
        70000,
        50000,
        30000,
        -50000,
    ]


def test_credit_note_gives_the_fixed_amount_its_sign() -> None:
    lines = schedule(parse("200元 net 0; rest net 30"), amount_minor=-100000, base_day=0).lines
    assert [line.amount_minor for line in lines] == [-20000, -80000]


def test_zero_amount_is_one_line_on_the_base_date() -> None:
    lines = schedule(parse("30% net 0; 70% net 30"), amount_minor=0, base_day=day("2016-05-17")).lines
    assert [(line.due_day, line.amount_minor) for line in lines] == [(day("2016-05-17"), 0)]


def test_fixed_amounts_follow_the_currency() -> None:
    lines = schedule(parse("500元 net 0; rest net 30"), amount_minor=1200, base_day=0, places=0).lines
    assert [line.amount_minor for line in lines] == [500, 700]


def test_discount_per_line_adds_up() -> None:
    plan = schedule(parse("2/10 30% net 0; 30% net 30; 40% net 60"), amount_minor=10000001, base_day=100)
    assert (plan.discount_until, plan.discount_minor) == (110, 200000)
    assert sum(line.discount_minor or 0 for line in plan.lines) == 200000


def test_due_date_of_instalments_is_the_last_and_unknown_while_one_waits() -> None:
    terms = parse("30% net 60; rest @签约")
    assert due_date(terms, 0, events={"signing": 10}) == 60
    assert due_date(terms, 0) is None


def test_fallback_where_the_paper_or_the_whole_document_waits() -> None:
    waiting = schedule(parse("30% @签约; 70% @交付"), amount_minor=100, base_day=0).lines
    assert [line.pending for line in waiting] == [True, True]
    assert schedule(parse("@交付"), amount_minor=100, base_day=0).lines[0].fallback
    assert schedule(parse("@验收"), amount_minor=100, base_day=0).lines[0].pending
    assert schedule(parse("货、票到30天"), amount_minor=100, base_day=0, events={"delivery": 5}).lines[0].due_day == 35


def test_retention_and_roll_are_flagged() -> None:
    policy = TermPolicy(roll="following")
    lines = schedule(
        parse("95% net 0; 5%质保金+12M"), amount_minor=100, base_day=day("2026-06-01"), policy=policy
    ).lines
    assert [line.retention for line in lines] == [False, True]
    assert [line.provisional for line in lines] == [False, True]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "term_has_no_lines"),
        ([TermLine(Share("percent_of_total", Decimal(50)))], "term_percentages_do_not_total_100"),
        ([TermLine(Share("percent_of_remaining", Decimal(50)))], "term_percentages_do_not_total_100"),
        ([TermLine(REST, Due("net_days", days=-30))], "term_days_are_negative"),
        ([TermLine(REST), TermLine(REST)], "rest_is_not_the_last_part"),
        ([TermLine(Share("fixed", Decimal(-1))), TermLine(REST)], "term_amount_is_negative"),
        ([TermLine(Share("percent_of_total", None))], "term_kind_is_unknown"),
        ([TermLine(REST, Due("weekly"))], "term_kind_is_unknown"),  # type: ignore[arg-type]
        ([TermLine(REST, Due("day_of_following_month", day_of_month=0))], "term_day_of_month_is_out_of_range"),
    ],
)
def test_invalid_terms_are_refused(lines: list[TermLine], code: str) -> None:
    with pytest.raises(TermError) as caught:
        validate(Terms(tuple(lines)))
    assert caught.value.code == code
    assert caught.value.words("zh")


def test_a_discount_is_validated() -> None:
    for discount in (Discount(Decimal(101), None, 1), Discount(None, Decimal(-1), 1), Discount(Decimal(1), None, -1)):
        with pytest.raises(TermError):
            validate(Terms((TermLine(REST),), discount))


@pytest.mark.parametrize(
    "stated", [{"yuejie": "weeks"}, {"cutoff_day": "32"}, {"cutoff_day": "x"}, {"roll": "up"}, {"last_line": "split"}]
)
def test_bad_settings_are_named(stated: dict[str, str]) -> None:
    with pytest.raises(TermError) as caught:
        TermPolicy.from_settings(stated)
    assert caught.value.code == "setting_is_not_valid"
    assert next(iter(stated)) in caught.value.words("zh")


def test_every_message_has_both_languages() -> None:
    assert all(len(words) == 2 and all(words) for words in MESSAGES.values())


def test_parse_is_cached_and_raises_anew() -> None:
    assert parse("月结30天") is parse("月结30天")
    outcome = _parsed("老规矩", TermPolicy())
    assert isinstance(outcome, TermError)
    with pytest.raises(TermError) as caught:
        parse("老规矩")
    assert caught.value is not outcome


@pytest.mark.parametrize(
    ("text", "number"), [("三十", 30), ("一百二十", 120), ("叁拾", 30), ("十五", 15), ("三〇", 30)]
)
def test_chinese_numbers(text: str, number: int) -> None:
    assert chinese_number(text) == number


def stays_stable(text: str) -> None:
    """Refused in words, or read so that its notation reads back to the same terms."""
    outcome = _parsed(text, TermPolicy())
    if isinstance(outcome, TermError):
        assert outcome.words("zh")
        assert outcome.words("en")
    else:
        assert parse(canonical(outcome)) == outcome
        assert explain(outcome, "zh")
        assert explain(outcome, "en")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    stays_stable(text)


PIECES = ["30", "天", "月结", "票到", "货到", "%", "预付", "余款", ";", "+", "@", "net ", "EOM", "d", "次月", "日"]
PIECES += ["质保金", "验收后", "2/10 ", "元", "个月", "截账", "/", "发货前", " ", "L/C", "rest", "100", "安装调试"]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join))
def test_what_is_read_is_stable(text: str) -> None:
    stays_stable(text)


small = st.integers(0, 400)
dom = st.integers(1, 31)
dues = st.one_of(
    small.map(lambda n: Due("net_days", days=n)),
    small.map(lambda n: Due("end_of_invoice_month_plus_days", days=n)),
    st.integers(0, 36).map(lambda n: Due("end_of_month_after_months", months=n)),
    st.just(Due("last_day_of_invoice_month")),
    dom.map(lambda d: Due("day_of_following_month", day_of_month=d)),
    st.builds(lambda n, d: Due("net_days_then_next_day_of_month", days=n, day_of_month=d), small, dom),
    st.builds(
        lambda n, d: Due("net_days_then_end_of_month_then_day", days=n, day_of_month=d), small, st.integers(0, 31)
    ),
    st.builds(lambda m, n: Due("relative", months=m, days=n), st.integers(0, 24), small),
)
cents = st.decimals(0, 5000, places=2)
shares = st.one_of(
    cents.map(lambda v: Share("fixed", v)),
    st.integers(0, 100).map(lambda v: Share("percent_of_total", Decimal(v))),
    st.integers(0, 100).map(lambda v: Share("percent_of_remaining", Decimal(v))),
)
roles = st.sampled_from(("", "retention"))
events_used = st.sampled_from(((), ("delivery",), ("delivery", "received"), ("acceptance",), ("安装调试",)))


@st.composite
def valid_terms(draw: st.DrawFn) -> Terms:
    lines = [TermLine(draw(shares), draw(dues), draw(events_used), draw(roles)) for _ in range(draw(st.integers(0, 3)))]
    lines.append(TermLine(REST, draw(dues), draw(events_used), draw(roles)))
    discount = draw(st.none() | st.builds(Discount, st.integers(1, 9).map(Decimal), st.none(), st.integers(0, 60)))
    return Terms(tuple(lines), discount)


@settings(deadline=None)
@given(valid_terms())
def test_canonical_text_reads_back(terms: Terms) -> None:
    read = parse(canonical(terms))
    assert read.discount == terms.discount
    assert schedule(read, amount_minor=123457, base_day=20000) == schedule(terms, amount_minor=123457, base_day=20000)
    assert canonical(read) == canonical(parse(canonical(read)))


@settings(deadline=None)
@given(valid_terms(), st.integers(-(10**12), 10**12), st.integers(0, 30000))
def test_schedule_adds_up_and_never_precedes_its_base(terms: Terms, amount: int, base: int) -> None:
    happened = {"delivery": base + 3, "received": base + 9, "acceptance": base + 40}
    plan = schedule(terms, amount_minor=amount, base_day=base, events=happened)
    assert sum(line.amount_minor or 0 for line in plan.lines) == amount
    if plan.discount_minor is not None:
        assert sum(line.discount_minor or 0 for line in plan.lines) == plan.discount_minor
    for line in plan.lines:
        assert line.pending == (line.due_day is None)
        assert line.due_day is None or (line.base_day is not None and line.due_day >= line.base_day)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_plain_text_stays_plain(text: str) -> None:
    assert "\0" not in plain(text.replace("\0", ""))


def due_of(fields: dict[str, Any]) -> Due:
    return Due(**fields)


def peer_terms(term: dict[str, Any] | None) -> Terms:
    if term is None:
        return Terms((TermLine(REST, Due("net_days")),))
    lines = []
    for line in term["lines"]:
        value = line["share"]["value"]
        share = Share(line["share"]["kind"], None if value is None else Decimal(value))
        lines.append(TermLine(share, due_of(line["due"])))
    stated = term["discount"]
    if stated is None:
        return Terms(tuple(lines))
    numbers = [None if stated[key] is None else Decimal(stated[key]) for key in ("percent", "amount")]
    return Terms(tuple(lines), Discount(numbers[0], numbers[1], stated["days"]))


def peer_cases() -> list[dict[str, Any]]:
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(PEERS.glob("*.json"))]
    return [case for file in files for case in file.get("cases", []) if case["topic"] in ("due_date", "instalments")]


@pytest.mark.skipif(not PEERS.exists(), reason="the peer cases are not beside the repository")
def test_peer_cases() -> None:
    cases = peer_cases()
    assert cases
    for case in cases:
        given_, expected = case["inputs"], case["expected"]
        policy, terms = TermPolicy.from_settings(case["settings"]), peer_terms(given_["term"])
        if expected.get("rejected"):
            with pytest.raises(TermError):
                validate(terms)
            continue
        validate(terms)
        amount = None if given_["amount"] is None else to_minor(given_["amount"])
        base = None if given_["invoice_date"] is None else day(given_["invoice_date"])
        plan = schedule(terms, amount_minor=amount, base_day=base, policy=policy)
        found = {
            "due_dates": [iso(line.due_day) for line in plan.lines if line.due_day is not None],
            "amounts": [f"{Decimal(line.amount_minor or 0).scaleb(-2)}" for line in plan.lines],
            "discount_date": None if plan.discount_until is None else iso(plan.discount_until),
            "rejected": False,
        }
        assert {key: found[key] for key in expected} == expected, case["case_id"]
