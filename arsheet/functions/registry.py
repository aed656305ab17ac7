"""One declaration per worksheet function; every application's entry, help and example test comes from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

ParamKind = Literal["text", "number", "money", "date", "flag", "any", "range", "customer"]
Shape = Literal["scalar", "date", "row", "table"]


class FunctionError(Exception):
    """What a cell shows instead of a value: ``error`` is #N/A (no such thing, no data) or #VALUE! (bad input)."""

    def __init__(self, error: Literal["#N/A", "#VALUE!"], code: str, zh: str, en: str):
        super().__init__(f"{error} {code}: {en} / {zh}")
        self.error, self.code, self.zh, self.en = error, code, zh, en


def not_available(code: str, zh: str, en: str) -> FunctionError:
    """#N/A with its reason."""
    return FunctionError("#N/A", code, zh, en)


def bad_value(code: str, zh: str, en: str) -> FunctionError:
    """#VALUE! with its reason."""
    return FunctionError("#VALUE!", code, zh, en)


@dataclass(frozen=True, slots=True)
class Param:
    """One argument: its key, its name in both languages, what it takes. An optional one may be left out or blank."""

    key: str
    zh: str
    en: str
    kind: ParamKind = "any"
    optional: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Example:
    """Arguments and the result they give; shown in the help and run as a test."""

    args: tuple[Any, ...]
    result: Any


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared worksheet function."""

    name: str
    zh: str
    en: str
    params: tuple[Param, ...]
    returns: Shape
    call: Callable[..., Any]
    examples: tuple[Example, ...] = ()
    needs: tuple[str, ...] = ()
    """What is injected by keyword: version, calendar, policy, language, as_of."""
    aliases: tuple[str, ...] = ()


class Registered(Protocol):
    """The decorated callable."""

    def __call__(self, *args: Any, **keywords: Any) -> Any: ...


REGISTRY: dict[str, Declaration] = {}


def worksheet_function(
    name: str,
    *,
    zh: str,
    en: str,
    params: tuple[Param, ...] = (),
    returns: Shape = "scalar",
    examples: tuple[Example, ...] = (),
    needs: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a worksheet function; the callable takes its parameters in order and what it ``needs`` by keyword."""

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        if name in REGISTRY:
            raise ValueError(f"{name} is declared twice")
        REGISTRY[name] = Declaration(name, zh, en, params, returns, call, examples, needs, aliases)
        return call

    return register


@dataclass(frozen=True, slots=True)
class Version:
    """The one moment that all cells show: the ledger of the last refresh, its settings, stamp and digest."""

    ledger: Any
    settings: Mapping[str, str]
    stamp: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    findings: tuple[Any, ...] = ()
    answers: dict[Any, dict[str, Any]] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What was answered already, by function, language and further arguments, then by customer (functions.invoke)."""
