"""Every case of every folder, and our own, against what the ledger says."""

from __future__ import annotations

from typing import Any

from tests.peers.running import failures


def test_peer(peer_case: dict[str, Any]) -> None:
    assert failures(peer_case) == []


def test_own(own_case: dict[str, Any]) -> None:
    assert failures(own_case) == []
