"""The house rules that a machine can hold: lengths, docstrings, words, clocks, imports, both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from arsheet.actions.registry import ACTIONS
from arsheet.functions.catalogue import functions
from arsheet.run import refresh  # declares the action
from arsheet.schema import settings as settings_module
from arsheet.schema.finding_words import WORDS as FINDING_WORDS
from arsheet.schema.tables import TABLES
from arsheet.schema.words import WORDS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "arsheet"
MODULES = sorted(PACKAGE.rglob("*.py"))
IDS = [path.relative_to(PACKAGE).as_posix() for path in MODULES]
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 70
LONGER: dict[str, str] = {}
"""Modules that may be longer, each with its reason."""
LONGER_FUNCTIONS: dict[str, str] = {}
"""Functions that may be longer, each with its reason."""
ENTRY_POINTS = {"arsheet/__init__.py", "arsheet/cli/__init__.py", "arsheet/frames.py"}
USED_FROM_OUTSIDE = {
    "arsheet.addins.excel.buttons": "the ribbon's VBA calls it by name",
    "arsheet.functions.examples": "the ledger behind the examples, for tests and pages",
    "arsheet.hosts.memory": "the host without a file, for tests and for actions tried out",
    "arsheet.ledger.interest": "held to the peer cases; its function comes with dunning",
    "arsheet.ledger.policy": "held to the peer cases; its button comes with matching",
    "arsheet.ledger.tie": "held to the peer cases; its function comes with the closing",
    "arsheet.sync.emulator.unverified": "the one list of what the recorded exchanges do not cover",
}
"""Modules that nothing in the package imports yet, each with the reason why it stands."""
FUNCTION_SERVER = "addins/excel/udfs.py"
"""The one module outside hosts/ that meets xlwings: Excel's function server loads it."""
LIBREOFFICE_PART = "addins/libreoffice/calc/"
"""Modules that run inside LibreOffice, where uno is all there is."""
SPREADSHEET_LIBRARIES = {"openpyxl", "xlwings", "lxml", "python_calamine", "gspread", "fastexcel", "uno", "nanoarrow"}
CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("time", "time")}

every_module = pytest.mark.parametrize("path", MODULES, ids=IDS)


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax."""
    return ast.parse(path.read_text("utf-8"))


def definitions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, bool]]:
    """Every function and class with its dotted name, and whether people outside the module may use it."""

    def walk(node: ast.AST, above: str, public: bool, inside: bool) -> Iterator[tuple[str, ast.AST, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                open_ = public and not child.name.startswith("_") and not inside
                name = f"{above}{child.name}"
                yield name, child, open_
                function = not isinstance(child, ast.ClassDef)
                yield from walk(child, f"{name}.", open_, inside or function)
            else:
                yield from walk(child, above, public, inside)

    yield from walk(tree(path), "", True, False)  # type: ignore[misc]


def test_the_rules_are_held_over_the_whole_package() -> None:
    assert len(MODULES) > 50
    assert set(LONGER) <= set(IDS), "an exception for a module that is gone"


@every_module
def test_modules_and_functions_are_short(path: Path) -> None:
    name, lines = path.relative_to(PACKAGE).as_posix(), len(path.read_text("utf-8").splitlines())
    assert lines <= MOST_LINES or name in LONGER, f"{lines} lines"
    for title, node, _ in definitions(path):
        if not isinstance(node, ast.ClassDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            allowed = f"{name} {title}" in LONGER_FUNCTIONS
            assert length <= MOST_LINES_OF_A_FUNCTION or allowed, f"{title}: {length} lines"


@every_module
def test_modules_and_what_they_offer_are_described(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not source.strip() or ast.get_docstring(tree(path)), "no docstring"
    for title, node, public in definitions(path):
        if public:
            assert ast.get_docstring(node), f"{title} has no docstring"


@every_module
def test_nothing_is_left_for_later(path: Path) -> None:
    marks = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK", "W" + "IP")) + r")\b")
    assert not marks.findall(path.read_text("utf-8"))
    assert not re.search(r"raise\s+NotImplementedError", path.read_text("utf-8"))
    assert not re.search(r"^\s*print\(", path.read_text("utf-8"), re.M)


def imported() -> set[str]:
    """Every module that some module of the package names in an import."""
    found: set[str] = set()
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)  # import_module("arsheet.frames")
    return found


def test_every_module_is_used() -> None:
    from arsheet.functions.catalogue import MODULES as LAZY

    named = imported() | {f"arsheet.functions.{name}" for name in LAZY}
    named |= {f"arsheet.actions.{path.stem}" for path in (PACKAGE / "actions").glob("*.py")}  # the registry imports all
    idle = []
    for path in MODULES:
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        below = any(name.startswith(f"{dotted}.") for name in named)
        entry = path.relative_to(ROOT).as_posix() in ENTRY_POINTS
        if dotted not in named and not (path.name == "__init__.py" and below) and not entry:
            idle.append(dotted)
    assert not set(idle) - set(USED_FROM_OUTSIDE)
    assert all((ROOT / f"{name.replace('.', '/')}.py").exists() for name in USED_FROM_OUTSIDE)


def names(path: Path) -> Iterator[str]:
    """Every name that a module gives to something."""
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def words(name: str) -> list[str]:
    """DiscountPayment -> discount, payment."""
    return re.findall(r"[a-z]+|\d+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())


BANNED = {
    "allocation": "application", "allocations": "applications", "allocate": "apply", "allocated": "applied",
    "debtor": "customer", "debtors": "customers", "client": "customer", "clients": "customers",
    "ageing": "aging", "installment": "instalment", "installments": "instalments",
    "payments": "receipts", "payment": "receipt", "outstanding": "open", "util": "a name", "utils": "a name",
    "helper": "a name", "helpers": "a name", "manager": "a name", "misc": "a name",
}  # fmt: skip
ALLOWED = re.compile(
    r"payment_(terms|term|reference|link|on|day|days|platform|channel)"
    r"|prepayment|early_payment|discount_?payment|days_sales_outstanding",
    re.I,
)
"""Payment in the words of the house: terms, the reference and link on a bill, paying early for a discount."""
SPEAKS_OF_PAYING = {"ledger/discount.py", "functions/discount.py", "importers/sample/payments.py"}
"""Modules about how people pay."""


@every_module
def test_one_word_for_each_thing(path: Path) -> None:
    at_home = path.relative_to(PACKAGE).as_posix() in SPEAKS_OF_PAYING
    for name in sorted({*names(path), path.stem}):
        if at_home or ALLOWED.search(name):
            continue
        for word in words(name):
            assert word not in BANNED, f"{name}: say {BANNED[word]}"


@pytest.mark.parametrize("room", ["ledger", "functions", "schema", "actions"])
def test_no_clock_below_the_edge(room: str) -> None:
    for path in sorted((PACKAGE / room).rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute):
                value = node.value
                owner = (
                    value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
                )
                assert (owner, node.attr) not in CLOCKS, f"{path.name}:{node.lineno}"


@every_module
def test_spreadsheet_libraries_stay_in_the_hosts(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]
    for node in ast.walk(tree(path)):
        found = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [node.module]
        for name in found:
            if name.split(".")[0] in SPREADSHEET_LIBRARIES:
                server = path.relative_to(PACKAGE).as_posix() == FUNCTION_SERVER and name == "xlwings"
                inside = name == "uno" and path.relative_to(PACKAGE).as_posix().startswith(LIBREOFFICE_PART)
                assert room == "hosts" or server or inside, f"{path.name}:{node.lineno} imports {name}"


HAN = re.compile(r"[\u4e00-\u9fff]")
NAMES_KEPT = re.compile(r"月结|不催")
"""Chinese words that English help quotes because the sheet holds them."""
SAME_IN_BOTH = {"LPR", "KPI", "CNY", "USD", "EUR"}


def pairs() -> Iterator[tuple[str, str, str]]:
    """Where, zh, en of everything that is declared in both languages."""
    for spec in TABLES.values():
        yield f"table {spec.key}", spec.zh, spec.en
        yield f"note of {spec.key}", spec.note_zh, spec.note_en
        for column in spec.columns:
            yield f"{spec.key}.{column.key}", column.zh, column.en
            if column.note_zh or column.note_en:
                yield f"note of {spec.key}.{column.key}", column.note_zh, column.note_en
            for choice in column.choices:
                yield f"{spec.key}.{column.key} = {choice.key}", choice.zh, choice.en
    for setting in settings_module.SETTINGS:
        yield f"setting {setting.key}", setting.zh, setting.en
        yield f"help of {setting.key}", setting.help_zh, setting.help_en
        for choice in setting.choices:
            yield f"{setting.key} = {choice.key}", choice.zh, choice.en
    for name, declared in functions().items():
        yield name, declared.zh, declared.en
        for param in declared.params:
            yield f"{name} {param.key}", param.zh, param.en
    for key, action in ACTIONS.items():
        yield f"action {key}", action.zh, action.en
    for key, (zh, en) in WORDS.items():
        yield f"word {key}", zh, en


def test_everything_is_said_in_both_languages() -> None:
    assert refresh is not None
    assert ACTIONS
    for where, zh, en in pairs():
        assert zh.strip(), where
        assert en.strip(), where
        plain = zh == en and (zh in SAME_IN_BOTH or not re.search(r"[^\W\d_]{4,}", zh))
        assert HAN.search(zh) or plain, f"{where}: {zh!r} is not Chinese"
        assert not HAN.search(en) or NAMES_KEPT.search(en), f"{where}: {en!r} is not English"


def test_every_finding_has_its_words_in_both_languages() -> None:
    for code, (severity, zh, en, hint_zh, hint_en) in FINDING_WORDS.items():
        assert severity in ("error", "warning", "note"), code
        assert HAN.search(zh), code
        assert HAN.search(hint_zh), code
        assert en.strip(), code
        assert hint_en.strip(), code
        assert not HAN.search(hint_en), code
        assert re.fullmatch(r"[a-z0-9_]+", code), code
        # a fact in one language's words is a fact in the other's, but for the pairs name_zh / name_en
        facts = [{re.sub(r"_(zh|en)$", "", part) for part in re.findall(r"\{([a-z_0-9]+)", text)} for text in (zh, en)]
        assert facts[0] == facts[1], code
