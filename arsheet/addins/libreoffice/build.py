"""arsheet.oxt: text files from the registries, our modules for LibreOffice's Python, and pictures, in one zip."""

from __future__ import annotations

import io
import zipfile
from importlib import resources

from arsheet.actions.registry import actions
from arsheet.addins.libreoffice import texts
from arsheet.addins.libreoffice.declared import declared_json
from arsheet.addins.officejs.glyphs import glyph_of, png

FILE_NAME = "arsheet.oxt"
MODULES = (
    "arsheet.addins.libreoffice.calc.answers",
    "arsheet.addins.libreoffice.calc.buttons",
    "arsheet.addins.libreoffice.calc.cells",
    "arsheet.addins.libreoffice.calc.declared",
    "arsheet.addins.libreoffice.calc.dialogs",
    "arsheet.addins.libreoffice.calc.formula",
    "arsheet.addins.libreoffice.calc.functions",
    "arsheet.addins.libreoffice.calc.handler",
    "arsheet.addins.libreoffice.calc.hub",
    "arsheet.addins.libreoffice.calc.link",
    "arsheet.addins.libreoffice.calc.places",
    "arsheet.addins.libreoffice.calc.repair",
    "arsheet.addins.libreoffice.calc.repair_text",
    "arsheet.addins.libreoffice.calc.sheets",
    "arsheet.addins.libreoffice.calc.showing",
    "arsheet.addins.libreoffice.calc.watching",
    "arsheet.addins.libreoffice.calc.writing",
)
"""What runs inside LibreOffice; shipped as text, not imported here."""
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def build() -> bytes:
    """The extension; the same registries give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, data in sorted(files().items()):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, data, compresslevel=9)
    return buffer.getvalue()


def files() -> dict[str, bytes]:
    """Every file of the extension by its name."""
    written = {
        "META-INF/manifest.xml": texts.manifest(),
        "description.xml": texts.description(),
        **texts.descriptions(),
        "arsheet.idl": texts.idl(),
        "CalcAddIns.xcu": texts.calc_addins(),
        "ProtocolHandler.xcu": texts.protocol_handler(),
        "Addons.xcu": texts.addons(),
        "CalcWindowState.xcu": texts.window_state(),
        "Jobs.xcu": texts.jobs(),
        texts.COMPONENT: texts.component(),
    }
    package = f"pythonpath/{texts.PACKAGE}"
    found = {name: text.encode() for name, text in written.items()}
    found |= {f"{package}/{name}": data for name, data in modules().items()}
    found[f"{package}/declared.json"] = declared_json()
    for button in actions().values():
        for size in (16, 32):
            found[texts.icon_path(button, size)] = png(glyph_of(button.icon), size)
    return found


def modules() -> dict[str, bytes]:
    """Our modules as they lie in the package."""
    folder = resources.files("arsheet.addins.libreoffice") / "calc"
    names = ["__init__.py", *(f"{dotted.rpartition('.')[2]}.py" for dotted in MODULES)]
    return {name: (folder / name).read_bytes() for name in names}
