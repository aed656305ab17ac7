"""Early-payment discount 现金折扣: what settles an invoice, what a payment earns, and where the discount belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from arsheet.ledger.money import exponent, round_half_up
from arsheet.ledger.terms.errors import TermError
from arsheet.ledger.terms.model import Discount
from arsheet.ledger.terms.schedule import exact_discount, full_discount


@dataclass(frozen=True, slots=True)
class DiscountPolicy:
    """How a discount is computed; keys and defaults are those of the settings sheet.

    ``discount_base``: gross (untaxed + tax), net (untaxed only), or mixed (on untaxed, and the document's tax is that
    of the discounted untaxed amount from the start, taken or not). ``discount_rounding``: payable or discount is
    rounded half up. ``instalment_application``: what is applied goes to the earliest due first, or in proportion.
    """

    discount_base: str = "gross"
    discount_rounding: str = "payable"
    discount_grace_days: int = 0
    instalment_application: str = "due_order"

    def __post_init__(self) -> None:
        for setting, allowed in _ALLOWED.items():
            if getattr(self, setting) not in allowed:
                raise _bad_setting(setting, getattr(self, setting), ", ".join(allowed))
        if self.discount_grace_days < 0:
            raise _bad_setting("discount_grace_days", self.discount_grace_days, "0, 1, 2, …")

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> DiscountPolicy:
        """From the settings sheet's texts; other keys are ignored. TermError ``setting_is_not_valid``."""
        stated = {key: str(settings[key]).strip() for key in _ALLOWED if str(settings.get(key) or "").strip()}
        grace = str(settings.get("discount_grace_days") or "0").strip() or "0"
        if not grace.isdecimal():
            raise _bad_setting("discount_grace_days", grace, "0, 1, 2, …")
        return cls(discount_grace_days=int(grace), **stated)


_ALLOWED = {
    "discount_base": ("gross", "net", "mixed"),
    "discount_rounding": ("payable", "discount"),
    "instalment_application": ("due_order", "prorata"),
}


def _bad_setting(setting: str, value: object, allowed: str) -> TermError:
    return TermError("setting_is_not_valid", {"setting": setting, "value": str(value), "allowed": allowed})


@dataclass(frozen=True, slots=True)
class DiscountInvoice:
    """An invoice as the discount sees it: minor units, days; the tax as an amount, else as a percentage of untaxed.

    ``rate``: base-currency units for 1 of its currency (None = base currency). ``schedule``: (due day, minor) lines.
    """

    invoice_id: str
    invoice_day: int
    untaxed_minor: int
    tax_minor: int | None = None
    tax_percent: Decimal | None = None
    currency: str = "CNY"
    rate: Decimal | None = None
    schedule: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DiscountPayment:
    """A receipt: ``amount_minor`` None = exactly what settles the invoices; ``in_base_minor`` None = at their rates."""

    payment_day: int
    amount_minor: int | None = None
    in_base_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """One invoice: figures in minor units of its currency, ``…_in_base_minor`` of the base currency.

    ``cash_minor`` settles it together with ``discount_minor``, which is ``discount_untaxed_minor`` and
    ``discount_tax_minor``. ``paid_per_instalment`` holds the cash, ``settled_per_instalment`` cash and discount.
    """

    invoice_id: str
    total_minor: int
    tax_minor: int
    discount_day: int | None
    in_time: bool
    payable_if_early_minor: int
    cash_minor: int
    discount_minor: int
    discount_untaxed_minor: int
    discount_tax_minor: int
    open_after_minor: int
    cash_at_document_rate_minor: int
    discount_in_base_minor: int
    open_after_in_base_minor: int
    paid_per_instalment: tuple[int, ...] = ()
    settled_per_instalment: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """The sums over the invoices, and each of them. Sums mix no currencies: the invoices of one payment share one.

    ``unapplied_minor`` is what the payment has left over. ``cash_in_base_minor`` is the money that arrived for the
    cash, ``fx_difference_in_base_minor`` that money less the cash at the documents' rates (gain +).
    """

    invoices: tuple[Settled, ...]
    total_minor: int
    tax_minor: int
    payable_if_early_minor: int
    cash_minor: int
    discount_minor: int
    discount_untaxed_minor: int
    discount_tax_minor: int
    open_after_minor: int
    unapplied_minor: int
    cash_in_base_minor: int
    discount_in_base_minor: int
    open_after_in_base_minor: int
    fx_difference_in_base_minor: int
    discount_day: int | None
    paid_per_instalment: tuple[int, ...]
    settled_per_instalment: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Quote:
    """An invoice's figures before any payment; ``exact_payable`` is what is payable early before rounding."""

    total: int
    tax: int
    discount: int
    exact_payable: Decimal
    until: int | None


def settle(
    invoices: Sequence[DiscountInvoice],
    discount: Discount | None,
    payment: DiscountPayment | None,
    policy: DiscountPolicy | None = None,
    *,
    base_currency: str = "CNY",
) -> Settlement:
    """What one payment settles of the invoices and the discount it earns; the money goes to the oldest invoice first.

    In time is on or before invoice date + days + grace, also before the invoice date. A payment that does not settle
    an invoice earns pro rata: it settles paid / (1 - d) (definitions §3.4). ``payment`` None: nothing is paid.
    """
    policy = policy or DiscountPolicy()
    order = sorted(range(len(invoices)), key=lambda i: invoices[i].invoice_day)
    left = None if payment is None else payment.amount_minor
    settled: dict[int, Settled] = {}
    for index in order:
        one = _settle_one(invoices[index], discount, payment, left, policy, base_currency)
        settled[index] = one
        left = None if left is None else left - one.cash_minor
    return _sum([settled[index] for index in range(len(invoices))], payment, max(left or 0, 0))


def _settle_one(
    invoice: DiscountInvoice,
    discount: Discount | None,
    payment: DiscountPayment | None,
    available: int | None,
    policy: DiscountPolicy,
    base_currency: str,
) -> Settled:
    quote = _quote(invoice, discount, policy)
    in_time = payment is not None and quote.until is not None and payment.payment_day <= quote.until
    cash, taken = _paid(quote, in_time, available) if payment is not None else (0, 0)
    untaxed_part = _untaxed_part(taken, invoice.untaxed_minor, quote.total, policy)
    open_after = quote.total - cash - taken
    paid, covered = _instalments(invoice.schedule, cash, taken, policy.instalment_application)
    places = exponent(invoice.currency), exponent(base_currency)
    return Settled(
        invoice_id=invoice.invoice_id,
        total_minor=quote.total,
        tax_minor=quote.tax,
        discount_day=None if discount is None or discount.is_nothing else invoice.invoice_day + discount.days,
        in_time=in_time,
        payable_if_early_minor=quote.total - quote.discount,
        cash_minor=cash,
        discount_minor=taken,
        discount_untaxed_minor=untaxed_part,
        discount_tax_minor=taken - untaxed_part,
        open_after_minor=open_after,
        cash_at_document_rate_minor=_in_base(cash, invoice.rate, *places),
        discount_in_base_minor=_in_base(taken, invoice.rate, *places),
        open_after_in_base_minor=_in_base(open_after, invoice.rate, *places),
        paid_per_instalment=paid,
        settled_per_instalment=covered,
    )


def _quote(invoice: DiscountInvoice, discount: Discount | None, policy: DiscountPolicy) -> _Quote:
    untaxed, places = invoice.untaxed_minor, exponent(invoice.currency)
    tax = _tax(invoice, discount, policy)
    total = untaxed + tax
    if discount is None or discount.is_nothing or total <= 0:
        return _Quote(total, tax, 0, Decimal(total), None)
    base = total if policy.discount_base == "gross" else untaxed
    whole = full_discount(discount, total, base, places=places, rounding=policy.discount_rounding)
    payable = total - exact_discount(discount, total, base, places=places)
    return _Quote(total, tax, whole, payable, invoice.invoice_day + discount.days + policy.discount_grace_days)


def _tax(invoice: DiscountInvoice, discount: Discount | None, policy: DiscountPolicy) -> int:
    """A tax stated as an amount stands; one stated as a percentage follows the base under ``mixed``."""
    if invoice.tax_minor is not None:
        return invoice.tax_minor
    base = Decimal(invoice.untaxed_minor)
    if policy.discount_base == "mixed" and discount is not None and not discount.is_nothing:
        base -= exact_discount(
            discount, invoice.untaxed_minor, invoice.untaxed_minor, places=exponent(invoice.currency)
        )
    return round_half_up(base * (invoice.tax_percent or 0) / 100)


def _paid(quote: _Quote, in_time: bool, available: int | None) -> tuple[int, int]:
    """(cash used, discount earned): all that settles, or pro rata for less."""
    whole = quote.discount if in_time else 0
    needed = quote.total - whole
    if available is None or available >= needed:
        return needed, whole
    if not in_time or available <= 0:
        return max(available, 0), 0
    settles = round_half_up(Decimal(available) * quote.total / quote.exact_payable)
    return available, max(min(settles - available, whole), 0)


def _untaxed_part(discount: int, untaxed: int, gross: int, policy: DiscountPolicy) -> int:
    """On gross: discount x untaxed / gross half up, the rest is tax. Otherwise the discount touches no tax."""
    if policy.discount_base != "gross" or not gross:
        return discount
    return round_half_up(Decimal(discount) * untaxed / gross)


def _instalments(
    schedule: tuple[tuple[int, int], ...], cash: int, discount: int, application: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Cash, and cash with discount, on each instalment in the schedule's own order."""
    amounts = [amount for _, amount in schedule]
    if not amounts:
        return (), ()
    covered = (
        _spread(cash + discount, amounts) if application == "prorata" else _in_due_order(cash + discount, schedule)
    )
    taken = _spread(discount, covered) if cash + discount else [0] * len(amounts)
    return tuple(whole - part for whole, part in zip(covered, taken, strict=True)), tuple(covered)


def _in_due_order(money: int, schedule: tuple[tuple[int, int], ...]) -> list[int]:
    covered = [0] * len(schedule)
    for index in sorted(range(len(schedule)), key=lambda i: schedule[i][0]):
        covered[index] = min(money, schedule[index][1])
        money -= covered[index]
    return covered


def _spread(total: int, weights: Sequence[int]) -> list[int]:
    """In proportion, each half up, the remainder to the last one that has a weight."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [round_half_up(Decimal(total) * weight / whole) for weight in weights]
    last = max(index for index, weight in enumerate(weights) if weight)
    parts[last] += total - sum(parts)
    return parts


def _in_base(minor: int, rate: Decimal | None, places: int, base_places: int) -> int:
    """Converted once, rounded half up; the currencies may have different decimals."""
    return minor if rate is None else round_half_up((Decimal(minor) * rate).scaleb(base_places - places))


def _sum(settled: list[Settled], payment: DiscountPayment | None, unapplied: int) -> Settlement:
    def total(name: str) -> int:
        return sum(getattr(one, name) for one in settled)

    cash, at_document_rate = total("cash_minor"), total("cash_at_document_rate_minor")
    arrived = at_document_rate
    if payment is not None and payment.in_base_minor is not None:
        arrived = payment.in_base_minor
        if unapplied:
            arrived = round_half_up(Decimal(arrived) * cash / (cash + unapplied))
    days = {one.discount_day for one in settled}
    return Settlement(
        invoices=tuple(settled),
        total_minor=total("total_minor"),
        tax_minor=total("tax_minor"),
        payable_if_early_minor=total("payable_if_early_minor"),
        cash_minor=cash,
        discount_minor=total("discount_minor"),
        discount_untaxed_minor=total("discount_untaxed_minor"),
        discount_tax_minor=total("discount_tax_minor"),
        open_after_minor=total("open_after_minor"),
        unapplied_minor=unapplied,
        cash_in_base_minor=arrived,
        discount_in_base_minor=total("discount_in_base_minor"),
        open_after_in_base_minor=total("open_after_in_base_minor"),
        fx_difference_in_base_minor=arrived - at_document_rate,
        discount_day=days.pop() if len(days) == 1 else None,
        paid_per_instalment=tuple(part for one in settled for part in one.paid_per_instalment),
        settled_per_instalment=tuple(part for one in settled for part in one.settled_per_instalment),
    )


def implied_annual_rate(
    percent: Decimal, discount_days: int, net_days: int, year_days: int = 365, compound: bool = False
) -> Decimal | None:
    """The yearly cost of not taking a discount, as a fraction: d/(1-d) x year/n, or (1 + d/(1-d))^(year/n) - 1.

    n = net days - discount days. None where there is no such rate: n <= 0, or a discount of 100 % or more.
    2/10 net 30 is 0.3724 a year, 0.4459 compounded.
    """
    days = net_days - discount_days
    if days <= 0 or not 0 <= percent < 100:
        return None
    with localcontext() as context:
        context.prec = 34
        gain = percent / (100 - percent)
        periods = Decimal(year_days) / days
        return (1 + gain) ** periods - 1 if compound else gain * periods
