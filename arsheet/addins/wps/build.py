"""The folder of `arsheet wps build`: the add-in's files, its registration, and a page that says what works in WPS."""

from __future__ import annotations

from pathlib import Path

from arsheet.addins.wps.files import asset, names, static

USUAL_PORT = 47_310
NOTES = {"zh": "说明.md", "en": "README.md"}


def build(folder: Path, *, port: int = USUAL_PORT, language: str = "zh") -> tuple[Path, ...]:
    """Writes the add-in, its registration and the notes in both languages; gives every file."""
    written = []
    for name in names():
        path = folder / "arsheet" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(static(name, language)[1])
        written.append(path)
    notes = {name: asset(f"notes.{spoken}.md").format(port=port) for spoken, name in NOTES.items()}
    texts = {"jsplugins.xml": jsplugins_xml(port), **notes}
    for name, text in texts.items():
        path = folder / name
        path.write_text(text, "utf-8")
        written.append(path)
    return tuple(written)


def jsplugins_xml(port: int) -> str:
    """The registration: WPS loads the add-in's page from the local service."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<jsplugins>\n'
        f'<jspluginonline name="arsheet" type="et" url="http://127.0.0.1:{port}/wps/"/>\n</jsplugins>\n'
    )
