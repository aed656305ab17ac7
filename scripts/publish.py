"""Builds the files that are made from the declarations; --check names the stale ones and exits 1."""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arsheet.hosts.template import NAMES, template_bytes  # noqa: E402
from scripts.publishing import gallery, readme  # noqa: E402

ARTEFACTS: dict[str, Callable[[], bytes]] = {
    **{f"workbook_templates/{name}": partial(template_bytes, language) for language, name in NAMES.items()},
    **{f"arsheet/help/findings.{language}.md": partial(gallery.page, language) for language in ("zh", "en")},
    **{name: partial(readme.readme, name) for name in readme.FILES},
}
"""Path below the root -> what builds its bytes. A builder may read the file it replaces (tables in a README)."""


def stale(names: Iterable[str], root: Path = ROOT) -> list[str]:
    """The artefacts that are missing or differ from what the declarations make."""
    return [name for name in names if not (root / name).is_file() or _differs(root / name, ARTEFACTS[name]())]


def _differs(path: Path, made: bytes) -> bool:
    """Workbooks are compared part by part: how a part is compressed depends on the machine's zlib."""
    old = path.read_bytes()
    return old != made and (path.suffix != ".xlsx" or _parts(old) != _parts(made))


def _parts(workbook: bytes) -> dict[str, bytes] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(workbook)) as package:
            return {name: package.read(name) for name in package.namelist()}
    except zipfile.BadZipFile:
        return None


def publish(names: Iterable[str], root: Path = ROOT) -> list[str]:
    """Writes what is stale; returns what was written."""
    written = stale(names, root)
    for name in written:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ARTEFACTS[name]())
    return written


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 = up to date or written, 1 = --check found stale files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="file", help="only these files")
    parser.add_argument("--check", action="store_true", help="write nothing")
    chosen = parser.parse_args(arguments)
    names = chosen.names or list(ARTEFACTS)
    unknown = [name for name in names if name not in ARTEFACTS]
    if unknown:
        parser.error(f"not made here: {', '.join(unknown)}; there are {', '.join(ARTEFACTS)}")
    found = stale(names) if chosen.check else publish(names)
    for name in found:
        print(f"stale: {name}" if chosen.check else f"written: {name}")
    return 1 if chosen.check and found else 0


if __name__ == "__main__":
    raise SystemExit(main())
