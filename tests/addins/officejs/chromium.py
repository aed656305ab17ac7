"""A headless Chromium on a pair of pipes: the DevTools protocol with nothing but the standard library."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--mute-audio"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--remote-debugging-pipe", "--force-color-profile=srgb", "--lang=zh-CN", "--disable-dev-shm-usage"),
)


def program() -> str | None:
    """The browser of this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class PageError(AssertionError):
    """What a script of the page threw, or a wait that nothing ended."""


class Browser:
    """One browser with one page. ``serve`` maps an address to (content type, text) that stands in for the network."""

    def __init__(self, *, width: int = 1280, height: int = 800) -> None:
        found = program()
        assert found is not None
        self._profile = tempfile.mkdtemp(prefix="arsheet-chromium-")
        ends = (*os.pipe(), *os.pipe())
        down, self._write, self._read, up = (fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 20) for each in ends)
        for each in ends:  # the numbers 3 and 4 must be free in the browser
            os.close(each)
        # the browser reads commands from descriptor 3 and answers on 4
        start = f'exec 3<&{down} 4>&{up}; exec "$0" "$@"'
        command = ["bash", "-c", start, found, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            command, pass_fds=(down, up), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        os.close(down)
        os.close(up)
        self._buffer, self._id, self._session = b"", 0, ""
        self._events: deque[dict[str, Any]] = deque(maxlen=5000)
        self.served: dict[str, tuple[str, str]] = {}
        self.problems: list[str] = []
        targets = self.send("Target.getTargets")["targetInfos"]
        page = next(each for each in targets if each["type"] == "page")
        self._session = self.send("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            self.send(f"{domain}.enable")
        self.resize(width, height)

    def close(self) -> None:
        """Ends the browser and its profile."""
        with contextlib.suppress(OSError, PageError):
            self.send("Browser.close")
        for pipe in (self._write, self._read):
            os.close(pipe)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        shutil.rmtree(self._profile, ignore_errors=True)

    # ---- the protocol ------------------------------------------------------------------------------------------

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """One command and its answer; what happens meanwhile is kept or answered."""
        self._id += 1
        number = self._id
        self._put({"id": number, "method": method, "params": params})
        while True:
            message = self._take(60)
            if message.get("id") == number:
                if "error" in message:
                    raise PageError(f"{method}: {message['error']['message']}")
                return dict(message["result"])
            self._happened(message)

    def _put(self, message: dict[str, Any]) -> None:
        if self._session and not message["method"].startswith(("Browser.", "Target.")):
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]

    def _take(self, seconds: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], seconds)
            if not ready:
                raise PageError("the browser does not answer")
            part = os.read(self._read, 1 << 20)
            if not part:
                raise PageError("the browser has gone")
            self._buffer += part
        text, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(text))

    def _happened(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "Fetch.requestPaused":
            self._answer(params)
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.problems.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.problems.append(" ".join(str(each.get("description") or each.get("value")) for each in params["args"]))
        else:
            self._events.append(message)

    def _answer(self, params: dict[str, Any]) -> None:
        found = self.served.get(params["request"]["url"].split("?")[0])
        self._id += 1
        if found is None:
            self._put({"id": self._id, "method": "Fetch.continueRequest", "params": {"requestId": params["requestId"]}})
            return
        kind, text = found
        answer = {
            "requestId": params["requestId"], "responseCode": 200,
            "responseHeaders": [{"name": "Content-Type", "value": kind}],
            "body": base64.b64encode(text.encode()).decode(),
        }  # fmt: skip
        self._put({"id": self._id, "method": "Fetch.fulfillRequest", "params": answer})

    # ---- the page ----------------------------------------------------------------------------------------------

    def resize(self, width: int, height: int, *, dark: bool = False) -> None:
        """The size of the window, in pixels."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send(
            "Emulation.setEmulatedMedia", features=[scheme, {"name": "prefers-reduced-motion", "value": "reduce"}]
        )

    def stand_in(self, url: str, kind: str, text: str) -> None:
        """Answers an address of the network from here."""
        self.served[url] = (kind, text)
        patterns = [{"urlPattern": f"{each}*"} for each in self.served]
        self.send("Fetch.enable", patterns=patterns)

    def open(self, url: str) -> None:
        """Goes to a page and waits until it is loaded."""
        self._events.clear()
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        """The value of an expression in the page; promises are waited for."""
        said = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in said:
            details = said["exceptionDetails"]
            raise PageError(details.get("exception", {}).get("description") or details["text"])
        return said["result"].get("value")

    def wait(self, script: str, seconds: float = 20) -> None:
        """Until an expression of the page is true."""
        end = time.monotonic() + seconds
        while True:
            try:
                found = self.run(f"(() => {{ try {{ return !!({script}) }} catch (error) {{ return false }} }})()")
            except PageError:
                found = False  # the page is just being left
            if found:
                return
            if time.monotonic() > end:
                raise PageError(f"waited in vain for {script}; problems: {self.problems}")
            time.sleep(0.04)

    def click(self, selector: str) -> None:
        """A real click in the middle of an element."""
        quoted = json.dumps(selector)
        self.wait(f"document.querySelector({quoted}) !== null")
        at = self.run(  # where it stands once nothing moves any more
            f"(async () => {{ const e = document.querySelector({quoted}); let was = '';"
            " e.scrollIntoView({block: 'center'});"
            " for (let n = 0; n < 60; n += 1) { const r = e.getBoundingClientRect();"
            " const at = [r.x + r.width / 2, r.y + r.height / 2];"
            " if (String(at) === was) return at; was = String(at); await new Promise((done) => setTimeout(done, 30)); }"
            " return was.split(',').map(Number); })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", clickCount=1)

    def key(self, key: str, code: int = 0) -> None:
        """One key, such as Tab or Enter."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowRight": 39, " ": 32}
        number = code or codes.get(key, 0)
        text = {"text": "\r"} if key == "Enter" else {"text": " "} if key == " " else {}
        for kind in ("keyDown", "keyUp"):
            extra = text if kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=number, **extra)

    def type(self, text: str) -> None:
        """Text into what has the focus."""
        self.send("Input.insertText", text=text)

    def choose_file(self, selector: str, path: Path) -> None:
        """A file for a file field."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def text(self, selector: str) -> str:
        """What an element says."""
        return str(self.run(f"(document.querySelector({json.dumps(selector)}) || {{}}).innerText || ''"))

    def picture(self, path: Path) -> None:
        """A screenshot of the window as PNG."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))
