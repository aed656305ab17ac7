"""What the Windows registry says about Excel: the program behind it, its bitness and its trust settings."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Protocol

from arsheet.addins.excel.doctor.facts import ExcelFacts
from arsheet.addins.excel.doctor.files import program_bits

OFFICE = r"Microsoft\Office\16.0\Excel"
"""Excel 2016, 2019, 2021, 2024 and Microsoft 365 are all version 16.0."""
USER, POLICY = rf"HKCU\Software\{OFFICE}", rf"HKCU\Software\Policies\{OFFICE}"
COMMAND = re.compile(r'^"([^"]+)"|^(.+?\.exe)', re.I)


class Registry(Protocol):
    """The registry, keys written with their hive: HKCU, HKLM or HKCR."""

    def value(self, key: str, name: str) -> Any:
        """A value; None where there is none."""
        ...

    def values(self, key: str) -> dict[str, Any]:
        """All values of a key; empty where there is none."""
        ...


def excel_facts(registry: Registry) -> ExcelFacts:
    """The facts about Excel."""
    program = _program(registry)
    return ExcelFacts(
        program=program,
        bits=program_bits(Path(program)) if program else None,
        vba_warnings=_number(registry, "VBAWarnings"),
        add_ins_disabled=bool(_number(registry, "DisableAllAddins")),
        signed_add_ins_only=bool(_number(registry, "RequireAddinSig")),
        disabled_items=_disabled(registry),
    )


def _program(registry: Registry) -> str:
    """The program that the class of Excel.Application starts; blank where nothing is registered."""
    clsid = registry.value(r"HKCR\Excel.Application\CLSID", "")
    if not clsid:
        return ""
    command = str(registry.value(rf"HKCR\CLSID\{clsid}\LocalServer32", "") or "")
    found = COMMAND.match(command)
    return (found[1] or found[2]) if found else command


def _number(registry: Registry, name: str) -> int | None:
    """A setting of the trust centre; the company's policy goes before the person's own choice."""
    for key in (POLICY, USER):
        value = registry.value(rf"{key}\Security", name)
        if isinstance(value, int):
            return value
    return None


def _disabled(registry: Registry) -> tuple[str, ...]:
    """The files that Excel does not load after a crash; each value holds the path in UTF-16 among other bytes."""
    names = []
    for value in registry.values(rf"{USER}\Resiliency\DisabledItems").values():
        if isinstance(value, bytes):
            text = value[len(value) % 2 :].decode("utf-16-le", "replace")
            names += re.findall(r"[^\\\0]+\.xla[mx]?", text, re.I)
    return tuple(names)


if sys.platform == "win32":
    import winreg

    HIVES = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCR": winreg.HKEY_CLASSES_ROOT}

    class _System:
        def value(self, key: str, name: str) -> Any:
            return self.values(key).get(name)

        def values(self, key: str) -> dict[str, Any]:
            hive, _, rest = key.partition("\\")
            try:
                with winreg.OpenKey(HIVES[hive], rest) as opened:
                    count = winreg.QueryInfoKey(opened)[1]
                    return {name: data for name, data, _ in (winreg.EnumValue(opened, at) for at in range(count))}
            except OSError:
                return {}

    def system_registry() -> Registry:
        """The registry of this machine."""
        return _System()
