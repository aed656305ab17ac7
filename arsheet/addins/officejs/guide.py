"""The steps that bring the add-in into Excel on each platform, and the files that they need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from arsheet.addins.officejs.certificate import Made, make_certificate
from arsheet.addins.officejs.files import static
from arsheet.addins.officejs.script import asset
from arsheet.run.session import Clock, system_clock

USUAL_PORT = 47_310
"""Where the service is found by a manifest; the same that it tries first by itself."""
FILES = ("manifest.xml", "manifest.json", "arsheet-office.zip")
STEPS = {"zh": "安装步骤.md", "en": "INSTALL.md"}


@dataclass(frozen=True, slots=True)
class Guide:
    """What was written: the folder, the address that the manifests name, and every file."""

    folder: Path
    base_url: str
    certificate: Made
    files: tuple[Path, ...]


def write_guide(folder: Path, *, port: int = USUAL_PORT, language: str = "zh", clock: Clock = system_clock) -> Guide:
    """Manifests for ``https://localhost:port``, a new certificate and the steps in both languages, in one folder."""
    base_url = f"https://localhost:{port}"
    made = make_certificate(folder, clock=clock)
    written = [made.authority, made.certificate, made.key]
    for name in FILES:
        path = folder / name
        path.write_bytes(static(name, language, base_url)[1])
        written.append(path)
    for spoken, name in STEPS.items():
        path = folder / name
        filled = asset(f"guide.{spoken}.md").format(
            port=port, base=base_url, authority=made.authority.resolve(), certificate=made.certificate.resolve(),
            key=made.key.resolve(),
        )  # fmt: skip
        path.write_text(filled, "utf-8")
        written.append(path)
    return Guide(folder, base_url, made, tuple(written))
