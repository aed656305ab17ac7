"""Payment terms 账期条款: read what people write, explain it, and make due lines of it."""

from arsheet.ledger.terms.errors import MESSAGES, TermError
from arsheet.ledger.terms.explain import canonical, explain
from arsheet.ledger.terms.model import Discount, Due, Share, TermLine, TermPolicy, Terms, validate
from arsheet.ledger.terms.parse import parse
from arsheet.ledger.terms.schedule import Schedule, ScheduleLine, due_date, due_day, schedule

__all__ = [
    "MESSAGES",
    "Discount",
    "Due",
    "Schedule",
    "ScheduleLine",
    "Share",
    "TermError",
    "TermLine",
    "TermPolicy",
    "Terms",
    "canonical",
    "due_date",
    "due_day",
    "explain",
    "parse",
    "schedule",
    "validate",
]
