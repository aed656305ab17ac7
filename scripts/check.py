"""Style, types, layers and generated files, in one go: python3 scripts/check.py"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import environment

CHECKS = {
    "ruff": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    "publish": ["scripts/publish.py", "--check"],
}


def main() -> int:
    """Runs every check and says which failed."""
    python = environment.prepare("test")
    failed = []
    for name, arguments in CHECKS.items():
        environment.say(name)
        if subprocess.run([str(python), *arguments], cwd=environment.ROOT).returncode:
            failed.append(name)
    print("checks failed: " + ", ".join(failed) if failed else "checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
