"""The empty workbook in Chinese or English, built from the declarations and the same to the byte every time."""

from __future__ import annotations

import io
from pathlib import Path

NAMES = {"zh": "应收账款管理.xlsx", "en": "receivables.xlsx"}
"""The file name of each language's template."""


def template_bytes(language: str) -> bytes:
    """The workbook as bytes; ``language`` is zh or en."""
    if language not in NAMES:
        raise ValueError(f"no template in {language!r}")
    from arsheet.hosts.template.book import build
    from arsheet.hosts.template.fixed import repack
    from arsheet.hosts.template.stored import with_stored_results

    raw = io.BytesIO()
    build(language).save(raw)
    return repack(with_stored_results(raw.getvalue()))


def build_template(path: Path | str, language: str) -> None:
    """Writes the empty workbook to ``path``."""
    Path(path).write_bytes(template_bytes(language))
