"""A real window on a display of its own: a click on the toolbar, the preview read, Write clicked, the sheet written."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.addins.libreoffice.calc import Calc, Document, office
from tests.addins.libreoffice.conftest import Refreshed
from tests.hosts.excel.office import NotHere

pytestmark = [pytest.mark.office, pytest.mark.slow]


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A display that nobody sees."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian: {program.lower()})")
    number, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(number) as told:
        name = told.readline().strip()
    if not name:
        server.wait(10)
        pytest.skip("Xvfb did not start")
    yield f":{name}"
    server.terminate()
    server.wait(20)


@pytest.fixture(scope="module")
def window(display: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    try:
        with office(tmp_path_factory.mktemp("window"), display=display) as calc:
            yield calc
    except NotHere as reason:
        pytest.skip(str(reason))


class Hand:
    """The mouse and the keys of a display."""

    def __init__(self, display: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display}

    def do(self, *words: str) -> str:
        """xdotool, and what it says."""
        done = subprocess.run(["xdotool", *words], capture_output=True, text=True, env=self.environment, timeout=60)
        return done.stdout.strip()

    def click(self, x: int, y: int) -> None:
        """The left button at a place of the screen."""
        self.do("mousemove", str(x), str(y), "click", "1")


def waited(check: Any, seconds: float = 60) -> Any:
    """What becomes true, or what it was at the end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = check()
        if found:
            return found
        time.sleep(0.2)
    return check()


def parts_of(window: Any) -> Iterator[Any]:
    """Everything that a screen reader finds in a window."""
    todo = [window.getAccessibleContext()]
    while todo:
        part = todo.pop()
        yield part
        for at in range(min(part.getAccessibleChildCount(), 200)):
            child = part.getAccessibleChild(at)
            if child is not None:
                todo.append(child.getAccessibleContext())


def middle_of(window: Any, name: str) -> tuple[int, int] | None:
    """Where a button with that name is on the screen, as a screen reader is told."""
    for part in parts_of(window):
        if part.getAccessibleName() == name and part.getAccessibleRole() == PUSH_BUTTON:
            at, size = part.getLocationOnScreen(), part.getSize()
            if size.Width > 4 and at.X >= 0:
                return at.X + size.Width // 2, at.Y + size.Height // 2
    return None


PUSH_BUTTON = 44
"""com.sun.star.accessibility.AccessibleRole."""


def dialog_of(window: Calc, title: str) -> Any:
    """The window with a title, if it is open."""
    toolkit = window.context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", window.context)
    for at in range(toolkit.getTopWindowCount()):
        found = toolkit.getTopWindow(at)
        if found is not None and found.getAccessibleContext().getAccessibleName() == title:
            return found
    return None


def test_a_click_on_refresh_shows_the_preview_and_write_writes(
    window: Calc, display: str, refreshed: Refreshed, tmp_path: Path
) -> None:
    file = tmp_path / "应收.xlsx"
    shutil.copy(refreshed.path, file)
    document: Document = window.open(file, hidden=False)
    hand = Hand(display)
    frame = document.model.getCurrentController().getFrame()
    container = frame.getContainerWindow()
    sheet = document.sheet("逾期账龄")
    stamp = sheet.getCellRangeByName("A2")
    stamp.setString("尚未刷新")
    place = waited(lambda: middle_of(container, "Refresh"))
    assert place is not None, "the toolbar has no button Refresh"
    hand.click(*place)
    title = "应收账款: 刷新"
    dialog = waited(lambda: dialog_of(window, title), 90)
    assert dialog is not None, "no preview came up"
    assert stamp.getString() == "尚未刷新", "nothing is written before it is confirmed"
    write = waited(lambda: middle_of(dialog, "确认写入"))
    assert write is not None
    picture(display, tmp_path)
    hand.click(*write)
    assert waited(lambda: "2026" in stamp.getString(), 90), "nothing was written"
    assert waited(lambda: dialog_of(window, title) is None, 20)
    document.close()


def picture(display: str, folder: Path) -> None:
    """The screen, kept where a test run keeps its files, if a program for it is here."""
    time.sleep(1)  # a screen reader knows of a window before it is painted
    if shutil.which("scrot"):
        subprocess.run(["scrot", "-o", str(folder / "screen.png")], timeout=60, env={**os.environ, "DISPLAY": display})
