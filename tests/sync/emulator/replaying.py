"""Replays recorded exchanges with Google against the emulator, and compares status and whole JSON.

A recording is played in order over loopback with a real google-auth session. Ids that Google chose are learnt from
its answers and exchanged for the emulator's; only what no emulator can know is blanked (times, links, the theme and
default format, the mail addresses of editors, and the width of
a column after it was fitted to its text). An exchange is left out only when it needs a file that is older than
the recording, or somebody's private file. The emulator is told nothing of all this.
"""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLANKED: frozenset[str] = frozenset(
    {"createdTime", "modifiedTime", "spreadsheetUrl", "spreadsheetTheme", "defaultFormat"}
)
ID_KEYS = frozenset({"id", "spreadsheetId", "sheetId", "protectedRangeId", "namedRangeId"})
RANGE_KEYS = frozenset({"range", "updatedRange", "tableRange", "clearedRange", "clearedRanges"})
TITLE_KEYS = frozenset({"title", "name"})
WRITTEN_KEYS = TITLE_KEYS | {"note", "description", "stringValue", "values"}
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
LIKE_A_NUMBER = re.compile(rf"[\d\W]*[eE]?[\d\W]*(?:[aApP][mM])?|\d+\W*(?:{_MONTH}).*|(?:{_MONTH})[a-z]*\W+\d.*", re.I)
FIXED = frozenset({"TRUE", "FALSE", "RAW", "USER_ENTERED", "ROWS", "COLUMNS"})


@dataclass
class Outcome:
    """What became of one recording."""

    name: str
    compared: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def recordings(folder: Path) -> list[Path]:
    """The recordings of a folder."""
    return sorted(folder.glob("*.json"))


def kind_of(method: str, path: str) -> str:
    """An operation without its ids and ranges."""
    bare = re.sub(r"/(spreadsheets|files)/[^/:?]+", r"/\1/ID", path)
    return f"{method} " + re.sub(r"/values/[^:].*?(:append|:clear)?$", r"/values/R\1", bare)


class Names:
    """A renaming of every title and text that a recording writes: `prefix` in front of what has a letter."""

    def __init__(self, interactions: list[dict[str, Any]], prefix: str) -> None:
        self.prefix = prefix
        self.known: set[str] = set()
        self.titles: set[str] = set()
        if prefix:
            for each in interactions:
                self._learn(each["request"])

    def _learn(self, request: dict[str, Any]) -> None:
        body = request["body"]
        if not body:
            return
        if "/upload/" in request["uri"]:
            self.known |= {cell for row in csv.reader(io.StringIO(body)) for cell in row if self._free(cell)}
            return
        read = _json(body)
        self.known |= {text for text in self._written(read) if self._free(text)}
        self.titles |= {text for text in self._written(read, only=TITLE_KEYS) if self._free(text)}

    @staticmethod
    def _free(text: str) -> bool:
        """Whether a text may be renamed without changing what it is (a number, a formula, a date, a truth value)."""
        plain = bool(re.search(r"[^\W\d_]", text)) and text[0] not in "='+-" and text.upper() not in FIXED
        return plain and not LIKE_A_NUMBER.fullmatch(text)

    def _written(self, value: Any, key: str = "", *, only: frozenset[str] | None = None) -> Iterator[str]:
        if isinstance(value, dict):
            for name, item in value.items():
                yield from self._written(item, name, only=only)
        elif isinstance(value, list):
            for item in value:
                yield from self._written(item, key, only=only)
        elif isinstance(value, str) and key in (only or WRITTEN_KEYS):
            yield value

    def text(self, text: str) -> str:
        """A text with its new name, if it is one that the recording wrote."""
        if text in self.known:
            return self.prefix + text
        copied = text.removeprefix("Copy of ")
        return f"Copy of {self.prefix}{copied}" if copied != text and copied in self.known else text

    def range(self, text: str) -> str:
        """An A1 range with its title renamed."""
        match = re.fullmatch(r"'((?:[^']|'')*)'(!.*)?|([^!]+)(!.*)?", text, re.S)
        if not self.prefix or not match:
            return text
        quoted = match.group(1) is not None
        title = match.group(1).replace("''", "'") if quoted else match.group(3)
        new = self.prefix + title if title in self.titles else title
        rest = (match.group(2) if quoted else match.group(4)) or ""
        return ("'" + new.replace("'", "''") + "'" if quoted else new) + rest

    def data(self, value: Any, key: str = "") -> Any:
        """A request's or an answer's JSON, renamed."""
        if not self.prefix:
            return value
        if isinstance(value, dict):
            return {name: self.data(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.data(item, key) for item in value]
        if isinstance(value, str):
            if key in RANGE_KEYS:
                return self.range(value)
            if key == "message":
                for known in sorted(self.titles, key=len, reverse=True):
                    new = self.prefix + known
                    for form in ("({}!", "'{}'!", '"{}"'):
                        value = value.replace(form.format(known), form.format(new))
                return value
            return self.text(value)
        return value

    def uploaded(self, body: str) -> str:
        """A CSV, renamed."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.text(c) for c in r] for r in csv.reader(io.StringIO(body)))
        return out.getvalue().rstrip("\n") if self.prefix else body

    def path(self, path: str) -> str:
        """A request's path, the title in its range renamed."""
        match = re.fullmatch(r"(.*/values/)([^:].*?)((?::append|:clear)?)", path, re.S)
        return match.group(1) + self.range(match.group(2)) + match.group(3) if match else path


class Replay:
    """One recording played against one emulator."""

    def __init__(self, session: Any, base_url: str, *, prefix: str = "") -> None:
        self.session, self.base, self.prefix = session, base_url, prefix
        self.ids: dict[str, str] = {}
        self.fitted = False

    def run(self, path: Path) -> Outcome:
        """Play it; the differences name the operation and the place in the answer."""
        interactions = json.loads(path.read_text("utf-8"))["interactions"]
        names, outcome = Names(interactions, self.prefix), Outcome(path.stem)
        for each in interactions:
            self._one(each["request"], each["response"], names, outcome)
        return outcome

    def _one(self, request: dict[str, Any], response: dict[str, Any], names: Names, outcome: Outcome) -> None:
        parts = urllib.parse.urlsplit(request["uri"])
        path = urllib.parse.unquote(parts.path)
        kind, wanted = kind_of(request["method"], path), response["status"]["code"]
        reason = self._not_replayable(path, request["method"], wanted, response)
        if reason:
            outcome.left_out[reason] += 1
            return
        status, raw = self._send(request, parts, path, names)
        answer = _json(raw)
        google = names.data(_json(response["body"].get("string", "")))
        self.fitted = self.fitted or "autoResizeDimensions" in (request["body"] or "")
        if status == wanted < 400:
            self._learn(google, answer)
        outcome.compared[kind] += 1
        if "/upload/" in path:  # the v2 File that comes back describes the recorder's account: its effect is compared
            google = answer = None
        known = {**{new: old for old, new in self.ids.items()}, **{old: old for old in self.ids}}
        # A column fitted to its text is as wide as Google's fonts make it: the number itself cannot be known here.
        blanked = BLANKED | {"pixelSize"} if self.fitted else BLANKED
        found = differences(settled(google, known, blanked), settled(answer, known, blanked))
        if status != wanted:
            found.insert(0, f"status: Google {wanted}, emulator {status}")
        if found:
            outcome.differences.append(f"{outcome.name}: {kind}: {str(request['body'])[:120]}: " + "; ".join(found[:3]))
        else:
            outcome.equal[kind] += 1

    def _not_replayable(self, path: str, method: str, wanted: int, response: dict[str, Any]) -> str:
        if wanted == 403:
            return "somebody's private file"
        if path == "/drive/v3/files" and method == "GET":
            listed = json.loads(response["body"].get("string", "{}")).get("files", [])
            alone = len(listed) == 1 and listed[0]["id"] in self.ids  # of several, the order is the account's
            return "" if alone else "files of the recorder's account"
        match = re.search(r"/(?:spreadsheets|files)/([^/:?]+)", path)
        if match and match.group(1) not in self.ids and wanted < 400:
            return "a file older than the recording"
        return ""

    def _send(
        self, request: dict[str, Any], parts: urllib.parse.SplitResult, path: str, names: Names
    ) -> tuple[int, bytes]:
        path = self._exchanged(names.path(path))
        query = [
            (key, names.range(v) if key == "ranges" and v else v)
            for key, v in urllib.parse.parse_qsl(parts.query, True)
        ]
        body = request["body"]
        if body and "/upload/" in path:
            body = names.uploaded(body)
        elif body:
            body = self._exchanged(json.dumps(names.data(json.loads(body)), ensure_ascii=False))
        url = self.base + urllib.parse.quote(path) + ("?" + urllib.parse.urlencode(query) if query else "")
        data = body.encode("utf-8") if body else None
        got = self.session.request(request["method"], url, data=data, headers={"Content-Type": "application/json"})
        return got.status_code, got.content

    def _exchanged(self, text: str) -> str:
        """Google's ids in a request, exchanged for the emulator's."""
        if not self.ids:
            return text
        any_id = "|".join(re.escape(old) for old in sorted(self.ids, key=len, reverse=True))
        return re.sub(rf"(?<![\w-])(?:{any_id})(?![\w-])", lambda match: self.ids[match.group()], text)

    def _learn(self, google: Any, answer: Any) -> None:
        if isinstance(google, dict) and isinstance(answer, dict):
            for key, value in google.items():
                mine = answer.get(key)
                if key in ID_KEYS and isinstance(value, (str, int)) and mine is not None and str(value) != "0":
                    self.ids.setdefault(str(value), str(mine))
                else:
                    self._learn(value, mine)
        elif isinstance(google, list) and isinstance(answer, list):
            for one, other in zip(google, answer, strict=False):
                self._learn(one, other)


def _json(raw: str | bytes) -> Any:
    text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


def settled(value: Any, ids: dict[str, str], blanked: frozenset[str] = BLANKED, key: str = "") -> Any:
    """An answer with what cannot be known blanked, and the emulator's ids named as Google's."""
    if isinstance(value, dict):
        return {name: "*" if name in blanked else settled(item, ids, blanked, name) for name, item in value.items()}
    if isinstance(value, list):
        return ["*"] if key == "users" else [settled(item, ids, blanked, key) for item in value]
    if key in ID_KEYS and str(value) in ids:
        return ids[str(value)]
    return value


def differences(google: Any, answer: Any, at: str = "$") -> list[str]:
    """Where two JSON values differ; 1 and 1.0 and true are three things."""
    if type(google) is not type(answer):
        return [f"{at}: Google {google!r:.200}, emulator {answer!r:.200}"]
    if isinstance(google, dict):
        found = [f"{at}.{key}: only Google: {google[key]!r:.120}" for key in google if key not in answer]
        found += [f"{at}.{key}: only emulator: {answer[key]!r:.120}" for key in answer if key not in google]
        return found + [
            d for key in google if key in answer for d in differences(google[key], answer[key], f"{at}.{key}")
        ]
    if isinstance(google, list):
        if len(google) != len(answer):
            return [f"{at}: Google has {len(google)}, emulator {len(answer)}: {google!r:.200} / {answer!r:.200}"]
        return [
            d
            for i, (one, other) in enumerate(zip(google, answer, strict=True))
            for d in differences(one, other, f"{at}[{i}]")
        ]
    return [] if google == answer else [f"{at}: Google {google!r:.200}, emulator {answer!r:.200}"]
