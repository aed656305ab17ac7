"""Where the service says how to reach it, and where the installer says how to start one."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def run_folder() -> str:
    """The user's folder for what runs now; the same rule as that of the service."""
    said = os.environ.get("ARSHEET_RUN_DIR")
    if said:
        return said
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return os.path.join(local, "arsheet", "run")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "arsheet", "run")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.path.isdir(runtime):
        return os.path.join(runtime, "arsheet")
    return os.path.join(home, ".cache", "arsheet", "run")


def run_file() -> str:
    """The file with port and token."""
    return os.path.join(run_folder(), "service.json")


def config_folder() -> str:
    """The user's folder for what was installed: ``ARSHEET_CONFIG_DIR``, else as the platform has it."""
    said = os.environ.get("ARSHEET_CONFIG_DIR")
    if said:
        return said
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.path.join(os.environ.get("APPDATA") or os.path.join(home, "AppData", "Roaming"), "arsheet")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Application Support", "arsheet")
    return os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "arsheet")


def config_file() -> str:
    """The file with the command that starts the service."""
    return os.path.join(config_folder(), "libreoffice.json")


def read_private(path: str) -> dict[str, Any] | None:
    """A JSON object of the user's own; None where there is none, or others could have written or read it."""
    try:
        with open(path, encoding="utf-8") as file:
            about = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o077):
                return None
            said = json.load(file)
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def start_command() -> list[str]:
    """The command written at install time; ``arsheet serve --quiet`` from the path where there is none."""
    said = (read_private(config_file()) or {}).get("command")
    if isinstance(said, list) and said and all(isinstance(part, str) for part in said):
        return said
    return ["arsheet", "serve", "--quiet"]
