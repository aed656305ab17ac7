"""The faults in the facts: one pure function a fault, so that each can be tried out without the machine that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from arsheet.addins.excel.doctor.facts import Facts, Fault, Unchecked
from arsheet.addins.excel.doctor.words import FAULTS

Check = Callable[[Facts], Fault | None]
NO_MACROS, SIGNED_ONLY = 4, 3
_CHECKS: list[Check] = []


def faults(facts: Facts) -> list[Fault]:
    """Every fault, in the order in which they should be cured."""
    return [found for check in _CHECKS if (found := check(facts)) is not None]


def _check(function: Check) -> Check:
    _CHECKS.append(function)
    return function


def _fault(code: str, **facts: object) -> Fault:
    severity, zh, en, cure_zh, cure_en = FAULTS[code]
    said = [text.format(**facts) for text in (zh, en, cure_zh, cure_en)]
    return Fault(code, severity, *said)


@_check
def xlwings_missing(facts: Facts) -> Fault | None:
    """Without xlwings nothing connects Excel and Python."""
    return _fault("xlwings_missing") if not facts.python.xlwings else None


@_check
def pywin32_missing(facts: Facts) -> Fault | None:
    """xlwings needs pywin32 on Windows, and does not always say so."""
    missing = facts.platform == "windows" and facts.python.pywin32 is False
    return _fault("pywin32_missing") if missing else None


@_check
def environment_asks_for_pro(facts: Facts) -> Fault | None:
    """XLWINGS_ON_SERVER makes a plain import of xlwings ask for a paid licence."""
    name = "XLWINGS_ON_SERVER"
    value = facts.python.environment.get(name, "")
    return _fault("environment_asks_for_pro", name=name, value=value) if value.lower() in ("true", "1") else None


@_check
def excel_missing(facts: Facts) -> Fault | None:
    """No program answers for Excel.Application."""
    return _fault("excel_missing") if facts.excel.program == "" else None


@_check
def wps_holds_excel(facts: Facts) -> Fault | None:
    """WPS has registered itself in Excel's place."""
    program = (facts.excel.program or "").lower().replace("/", "\\")
    held = "\\kingsoft\\" in program or "\\wps" in program or program.rsplit("\\", 1)[-1].startswith(("et.exe", "wps"))
    return _fault("wps_holds_excel", program=facts.excel.program) if held else None


@_check
def store_excel(facts: Facts) -> Fault | None:
    """The Excel of the Microsoft Store runs in a box that cannot start the function server."""
    program = facts.excel.program or ""
    return _fault("store_excel", program=program) if "\\windowsapps\\" in program.lower() else None


@_check
def dll_missing(facts: Facts) -> Fault | None:
    """The DLL of exactly the add-in's version must lie beside the interpreter, for Excel's bitness."""
    if facts.platform != "windows" or not facts.python.xlwings:
        return None
    bits = facts.excel.bits or facts.python.bits
    wanted = f"xlwings{bits}-{facts.python.xlwings}.dll"
    there = [name for names in facts.python.folders.values() for name in names]
    if wanted in there:
        return None
    folders = "; ".join(facts.python.folders) or "?"
    return _fault("dll_missing", wanted=wanted, folders=folders, found=", ".join(there) or "-")


@_check
def bitness_differs(facts: Facts) -> Fault | None:
    """Works (the server is a process of its own), but is a frequent cause of a missing DLL or Office library."""
    excel, python = facts.excel.bits, facts.python.bits
    return _fault("bitness_differs", excel=excel, python=python) if excel and excel != python else None


@_check
def macros_disabled(facts: Facts) -> Fault | None:
    """The trust centre, or the company, allows no macros."""
    return _fault("macros_disabled") if facts.excel.vba_warnings == NO_MACROS else None


@_check
def signed_macros_only(facts: Facts) -> Fault | None:
    """An add-in made on this machine has no signature."""
    signed = facts.excel.vba_warnings == SIGNED_ONLY or facts.excel.signed_add_ins_only
    return _fault("signed_macros_only") if signed else None


@_check
def add_ins_disabled(facts: Facts) -> Fault | None:
    """All application add-ins are switched off in the trust centre."""
    return _fault("add_ins_disabled") if facts.excel.add_ins_disabled else None


@_check
def addin_disabled_after_crash(facts: Facts) -> Fault | None:
    """Excel puts what was loading while it crashed on a list."""
    named = [item for item in facts.excel.disabled_items or () if "arsheet" in item.lower()]
    return _fault("addin_disabled_after_crash", item=named[0]) if named else None


@_check
def addin_not_installed(facts: Facts) -> Fault | None:
    """There is no arsheet.xlam in the folder that Excel loads at its start."""
    missing = facts.platform != "other" and not facts.addin.path
    return _fault("addin_not_installed", folder=facts.addin.folder) if missing else None


@_check
def addin_made_with_other_xlwings(facts: Facts) -> Fault | None:
    """The add-in names one version of the DLL; another was installed since."""
    made, now = facts.addin.xlwings, facts.python.xlwings
    if not facts.addin.path or not now or made == now:
        return None
    return _fault("addin_made_with_other_xlwings", made=made or "?", now=now)


@_check
def addin_interpreter_gone(facts: Facts) -> Fault | None:
    """The Python that the add-in was made for has been moved or removed."""
    gone = bool(facts.addin.path) and facts.addin.interpreter_there is False
    return _fault("addin_interpreter_gone", interpreter=facts.addin.interpreter) if gone else None


@_check
def addin_uses_other_python(facts: Facts) -> Fault | None:
    """The add-in starts another Python than this one: its arsheet may be older."""
    mine, its = facts.python.path, facts.addin.interpreter
    if not its or not mine or facts.addin.interpreter_there is False or its.lower() == mine.lower():
        return None
    return _fault("addin_uses_other_python", interpreter=its, mine=mine)


@_check
def addin_functions_outdated(facts: Facts) -> Fault | None:
    """Functions were added or renamed since the add-in was made."""
    if not facts.addin.path or facts.addin.functions == facts.functions:
        return None
    missing = sorted(facts.functions - facts.addin.functions)
    gone = sorted(facts.addin.functions - facts.functions)
    return _fault("addin_functions_outdated", missing=", ".join(missing) or "-", gone=", ".join(gone) or "-")


@_check
def ribbon_damaged(facts: Facts) -> Fault | None:
    """The file was saved by a program that drops the ribbon, or was edited."""
    found = facts.addin.ribbon_faults
    return _fault("ribbon_damaged", what="; ".join(found[:3])) if facts.addin.path and found else None


@_check
def addin_from_internet(facts: Facts) -> Fault | None:
    """A file that came by mail or download: its macros are blocked."""
    return _fault("addin_from_internet", path=facts.addin.path) if facts.addin.from_internet else None


@_check
def applescript_missing(facts: Facts) -> Fault | None:
    """On a Mac Excel may start Python only through a script in its own folder, of xlwings' version."""
    if facts.platform != "mac" or facts.python.applescript is None or not facts.python.xlwings:
        return None
    wanted = f"xlwings-{facts.python.xlwings}.applescript"
    return None if facts.python.applescript == wanted else _fault("applescript_missing", wanted=wanted)


@_check
def functions_not_on_mac(facts: Facts) -> Fault | None:
    """Worksheet functions over COM exist on Windows only."""
    return _fault("functions_not_on_mac") if facts.platform == "mac" else None


@_check
def book_on_the_web(facts: Facts) -> Fault | None:
    """OneDrive and SharePoint give Excel a web address in place of a path."""
    found = facts.book is not None and "://" in facts.book.path
    return _fault("book_on_the_web", name=facts.book.name if facts.book else "") if found else None


@_check
def book_from_internet(facts: Facts) -> Fault | None:
    """Protected View: no macros, no functions, until a person allows editing."""
    book = facts.book
    return _fault("book_from_internet", name=book.name) if book is not None and book.from_internet else None


@_check
def book_formulas_spelled_otherwise(facts: Facts) -> Fault | None:
    """Formulas of LibreOffice, WPS, Office.js or another machine's add-in: Excel shows #NAME? or asks for a file."""
    book = facts.book
    if book is None or not book.foreign:
        return None
    cells = ", ".join(book.foreign[:5])
    return _fault("book_formulas_spelled_otherwise", name=book.name, count=len(book.foreign), cells=cells)


def unchecked(facts: Facts) -> list[Unchecked]:
    """What was not looked at, said plainly."""
    return list(_unchecked(facts))


def _unchecked(facts: Facts) -> Iterator[Unchecked]:
    if facts.platform == "other":
        yield Unchecked(
            "这台机器不是 Windows 或 Mac：没有 Excel 可查。宏的信任设置、DLL、位数、Store 版 Excel、WPS 占用、"
            "加载项是否载入都没有检查；请在装有 Excel 的机器上再运行一次",
            "This machine is neither Windows nor Mac and has no Excel: trust settings, the DLL, bitness, Store Excel, "
            "WPS in Excel's place and whether the add-in loads were not checked; run this again where Excel is",
        )
        return
    if facts.platform == "mac":
        yield Unchecked(
            "Mac 上没有注册表：宏的信任设置没有检查（Excel → 偏好设置 → 安全性）",
            "There is no registry on a Mac: the macro settings were not checked (Excel → Preferences → Security)",
        )
        return
    if facts.excel.program is None:
        yield Unchecked("没能读到 Excel 的安装位置", "Where Excel is installed could not be read")
    if facts.excel.bits is None:
        yield Unchecked("没能读到 Excel 是 32 位还是 64 位", "Whether Excel has 32 or 64 bits could not be read")
    if facts.excel.vba_warnings is None:
        yield Unchecked(
            "没有宏设置的记录：Excel 使用默认值（每次询问）",
            "No macro setting is recorded: Excel uses its default (ask)",
        )
