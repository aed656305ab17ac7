"""A LibreOffice with the extension in it, driven over UNO as a person or a macro would; ended by its pid."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from arsheet.addins.libreoffice.build import files
from arsheet.addins.libreoffice.install import start_command
from tests.hosts.excel.office import NotHere, load_uno

ERRORS = {521: "#NULL!", 532: "#DIV/0!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 503: "#NUM!", 32767: "#N/A"}


def unpack(folder: Path, changed: Mapping[str, bytes] | None = None) -> Path:
    """The extension as a folder of bundled extensions, which LibreOffice takes without installing, also for root."""
    for name, data in {**files(), **(changed or {})}.items():
        target = folder / "arsheet" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def own_environment() -> dict[str, str]:
    """Ours without another Python: LibreOffice's looks for its modules beside the first python3 of the path."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    return {**kept, "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


class Calc:
    """One soffice process with its own profile, extension, run folder and service."""

    def __init__(
        self,
        folder: Path,
        *,
        display: str | None = None,
        command: list[str] | None = None,
        changed: Mapping[str, bytes] | None = None,
    ) -> None:
        program = shutil.which("soffice")
        if program is None:
            raise NotHere("soffice is not installed")
        self.uno = load_uno()
        self.folder = folder
        self.run_dir, config = folder / "run", folder / "config"
        config.mkdir(parents=True)
        wanted = config / "libreoffice.json"
        wanted.write_text(json.dumps({"command": command or start_command()}))
        wanted.chmod(0o600)
        unpack(folder / "bundled", changed)
        pipe = f"arsheet{uuid.uuid4().hex[:12]}"
        self._command = [
            program, "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck",
            f"-env:UserInstallation=file://{folder}/profile", f"-env:BUNDLED_EXTENSIONS=file://{folder}/bundled",
            f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
        ]  # fmt: skip
        self._environment = {
            **own_environment(), "ARSHEET_RUN_DIR": str(self.run_dir), "ARSHEET_CONFIG_DIR": str(config),
            "LC_ALL": "C.UTF-8",
        }  # fmt: skip
        if display is None:
            self._command.append("--headless")
        else:
            self._environment.update(DISPLAY=display, SAL_USE_VCLPLUGIN="gen")
        self._start()
        self.context = self._connect(pipe)
        self.desktop = self.context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)

    def _start(self) -> None:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self._command, start_new_session=True, env=self._environment, **quiet)

    def _connect(self, pipe: str) -> Any:
        local = self.uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            except Exception:
                if self.process.poll() is not None:
                    self._start()  # the first start on a new profile may end to start again
                time.sleep(0.05)
        self.end()
        raise NotHere("soffice did not answer within 90 seconds")

    def named(self, **values: Any) -> tuple[Any, ...]:
        """Property values."""
        out = []
        for name, value in values.items():
            each = self.uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            each.Name, each.Value = name, value
            out.append(each)
        return tuple(out)

    def open(self, path: Path | str, *, hidden: bool = True) -> Document:
        """A file, or private:factory/scalc."""
        url = path if isinstance(path, str) else f"file://{path}"
        found = self.desktop.loadComponentFromURL(url, "_blank", 0, self.named(Hidden=hidden))
        assert found is not None, f"{path} did not open"
        return Document(self, found)

    def new(self) -> Document:
        """An empty spreadsheet."""
        return self.open("private:factory/scalc")

    def service(self) -> dict[str, Any] | None:
        """What the run file of the service says."""
        file = self.run_dir / "service.json"
        return json.loads(file.read_text()) if file.exists() else None

    def end_service(self) -> None:
        """Ends the service that the extension started."""
        running = self.service()
        if running is None:
            return
        with_pid = running["pid"]
        try:
            os.kill(with_pid, signal.SIGTERM)
            for _ in range(200):
                os.kill(with_pid, 0)
                if zombie(with_pid):
                    break
                time.sleep(0.02)
            else:
                os.kill(with_pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        (self.run_dir / "service.json").unlink(missing_ok=True)

    def end(self) -> None:
        """Kills the process and what it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        self.end_service()


def zombie(pid: int) -> bool:
    """Whether a process has ended and waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


class Document:
    """An open spreadsheet."""

    def __init__(self, calc: Calc, model: Any) -> None:
        self.calc, self.model = calc, model

    def sheet(self, name: str | None = None) -> Any:
        """A sheet by name, else the first."""
        sheets = self.model.Sheets
        return sheets.getByName(name) if name else sheets.getByIndex(0)

    def cell(self, address: str, sheet: str | None = None) -> Any:
        """A cell or a range."""
        return self.sheet(sheet).getCellRangeByName(address)

    def value(self, address: str, sheet: str | None = None) -> Any:
        """What a cell holds: number, text, None, or the name of an error."""
        return shown(self.cell(address, sheet).getCellByPosition(0, 0))

    def enter(self, formula: str, address: str = "A1", sheet: str | None = None) -> Any:
        """Enters a formula and gives what the cell shows."""
        self.cell(address, sheet).setFormula(formula)
        return self.value(address, sheet)

    def block(self, formula: str, address: str, sheet: str | None = None) -> list[list[Any]]:
        """Enters an array formula and gives what its block shows."""
        self.cell(address, sheet).setArrayFormula(formula)
        return self.values(address, sheet)

    def values(self, address: str, sheet: str | None = None) -> list[list[Any]]:
        """What a block shows."""
        cells = self.cell(address, sheet)
        rows, columns = cells.Rows.Count, cells.Columns.Count
        return [[shown(cells.getCellByPosition(c, r)) for c in range(columns)] for r in range(rows)]

    def press(self, key: str, **arguments: Any) -> dict[str, Any]:
        """Dispatches a button with its preview confirmed (or not: ``Confirm=False``)."""
        make = self.calc.context.ServiceManager.createInstanceWithContext
        dispatcher = make("com.sun.star.frame.DispatchHelper", self.calc.context)
        frame = self.model.getCurrentController().getFrame()
        given = self.calc.named(**{"Confirm": True, **arguments})
        event = dispatcher.executeDispatch(frame, f"com.arsheet:{key}", "_self", 0, given)
        return json.loads(event.Result)

    def save_as(self, path: Path, kind: str = "Calc MS Excel 2007 XML") -> Path:
        """Stores a copy."""
        self.model.storeToURL(f"file://{path}", self.calc.named(FilterName=kind))
        return path

    def close(self) -> None:
        """Without saving."""
        self.model.setModified(False)
        self.model.close(True)


def shown(cell: Any) -> Any:
    """A cell as number, text, None, or the name of its error."""
    if cell.getError():
        return ERRORS.get(cell.getError(), f"Err:{cell.getError()}")
    kind = cell.Type.value
    if kind == "EMPTY":
        return None
    if kind == "FORMULA":
        return cell.Value if cell.FormulaResultType2 == 1 else cell.String
    return cell.Value if kind == "VALUE" else cell.String


@contextmanager
def office(folder: Path, **options: Any) -> Iterator[Calc]:
    """A LibreOffice for a while."""
    calc = Calc(folder, **options)
    try:
        yield calc
    finally:
        calc.end()
