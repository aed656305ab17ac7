"""The marker as it is kept in the spreadsheet: one entry of developer metadata that travels with every batch."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from arsheet.hosts.google.requests import MARKER_KEY
from arsheet.hosts.online import RemoteError
from arsheet.sync.remote import Lease, Marker

FIRST_ENTRY = 1_095_520_000
"""The number of the first marker of a spreadsheet; each write takes the next one."""
_LAST_ENTRY = 2**31 - 1
_VERSION = 1


def entry_after(expect: Marker | None) -> int:
    """The number under which the next marker is kept: the same for every writer that starts from ``expect``."""
    if expect is None or not FIRST_ENTRY <= expect.entry < _LAST_ENTRY:
        return FIRST_ENTRY
    return expect.entry + 1


def marker_text(marker: Marker) -> str:
    """A marker as the text of its entry."""
    said: dict[str, Any] = {
        "v": _VERSION,
        "generation": marker.generation,
        "run": marker.run_id,
        "plan": marker.plan_digest,
    }
    if marker.lease is not None:
        expires = marker.lease.expires.astimezone(dt.UTC).isoformat()
        said["lease"] = {"holder": marker.lease.holder, "expires": expires}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def same(one: Marker | None, other: Marker | None) -> bool:
    """Whether two markers say the same."""
    if one is None or other is None:
        return one is other
    return marker_text(one) == marker_text(other)


def part_marker(marker: Marker, expect: Marker | None, part: int, of: int) -> Marker:
    """The marker of a part of a write that does not fit one request.

    It keeps the generation and the lease that stood there: until the last part, the write has not happened.
    """
    return replace(
        marker,
        generation=expect.generation if expect else 0,
        plan_digest=f"{marker.plan_digest}#{part}/{of}",
        lease=expect.lease if expect else None,
    )


def marker_of(entries: Sequence[Mapping[str, Any]]) -> Marker | None:
    """The marker among the developer metadata of a spreadsheet: the newest, should there be several.

    Raises RemoteError ``marker_unreadable`` for one that this version cannot read.
    """
    ours = [entry for entry in entries if entry.get("metadataKey") == MARKER_KEY]
    if not ours:
        return None
    return max((_parsed(entry) for entry in ours), key=lambda marker: (marker.generation, marker.entry))


def _parsed(entry: Mapping[str, Any]) -> Marker:
    try:
        said = json.loads(str(entry.get("metadataValue", "")))
        if said["v"] > _VERSION:
            raise ValueError
        lease = said.get("lease")
        held = Lease(str(lease["holder"]), dt.datetime.fromisoformat(lease["expires"])) if lease else None
        return Marker(
            int(said["generation"]), str(said["run"]), str(said["plan"]), held, entry=int(entry["metadataId"])
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        raise RemoteError(
            "marker_unreadable",
            "表格中的同步标记无法识别（可能由更新版本的 arsheet 写入，或被其他程序改动），未写入；"
            "请升级 arsheet 后重试",
            "the sync's marker in the spreadsheet cannot be read (written by a newer arsheet, or changed by another "
            "program) and nothing was written; upgrade arsheet and try again",
            exit_code=4,
        ) from None
