"""A whole VBA project as the bytes of vbaProject.bin: [MS-OVBA] 2.2 and 2.3."""

from __future__ import annotations

from collections.abc import Sequence

from arsheet.addins.excel.vba.compound import compound_file
from arsheet.addins.excel.vba.compression import compress
from arsheet.addins.excel.vba.directory import directory
from arsheet.addins.excel.vba.modules import NEWLINE, Module, NotWritable
from arsheet.addins.excel.vba.obfuscation import obfuscate

SOURCE_ONLY = bytes.fromhex("cc61ffff000100")
"""The _VBA_PROJECT stream without a performance cache: version 0xFFFF makes the application compile the text
(2.3.4.1)."""
EXTENDER = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"


def vba_project(modules: Sequence[Module], *, name: str, project_id: str) -> bytes:
    """The compound file of a project. ``project_id`` is a GUID in braces; equal arguments give equal bytes."""
    names = [module.name.casefold() for module in modules]
    if len(set(names)) < len(names):
        raise NotWritable(f"two modules of one name among {', '.join(names)}")
    streams = {module.name: compress(module.source.encode("ascii")) for module in modules}
    return compound_file(
        {
            "VBA": {"_VBA_PROJECT": SOURCE_ONLY, "dir": compress(directory(modules, name)), **streams},
            "PROJECT": _project(modules, name, project_id),
            "PROJECTwm": _names(modules),
        }
    )


def _project(modules: Sequence[Module], name: str, project_id: str) -> bytes:
    """The PROJECT stream (2.3.1): modules, no protection, no password, visible, and closed editor windows."""
    lines = [f'ID="{project_id}"']
    for module in modules:
        if module.kind == "document":
            lines.append(f"Document={module.name}/&H00000000")
        else:
            lines.append(f"{'Class' if module.kind == 'class' else 'Module'}={module.name}")
    protection = obfuscate(bytes(4), project_id=project_id, seed=0x5A)
    password = obfuscate(bytes(1), project_id=project_id, seed=0x3C)
    visible = obfuscate(b"\xff", project_id=project_id, seed=0x6E)
    lines += [f'Name="{name}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    lines += [f'CMG="{protection}"', f'DPB="{password}"', f'GC="{visible}"']
    lines += ["", "[Host Extender Info]", EXTENDER, "", "[Workspace]"]
    lines += [f"{module.name}=0, 0, 0, 0, C" for module in modules]
    return "".join(line + NEWLINE for line in lines).encode("ascii")


def _names(modules: Sequence[Module]) -> bytes:
    """The PROJECTwm stream (2.3.3): each name in the code page and in UTF-16."""
    pairs = (module.name.encode("ascii") + b"\0" + module.name.encode("utf-16-le") + b"\0\0" for module in modules)
    return b"".join(pairs) + b"\0\0"
