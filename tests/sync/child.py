"""A pass in a process of its own, killed without warning at a step: what it held in memory is gone."""

from __future__ import annotations

import base64
import json
import os
import pickle
import signal
import sys
from pathlib import Path

from google.oauth2.service_account import Credentials

from arsheet.hosts.google.calls import Calls
from arsheet.hosts.google.relay import Relay
from arsheet.sync.emulator.server import SERVICE_ACCOUNT
from arsheet.sync.model import Target
from arsheet.sync.passes import Pass
from arsheet.sync.remotes.google import GoogleRemote
from tests.sync.world import NOW, PATIENT, SCOPES, Books


def main() -> None:
    said = json.load(sys.stdin)
    side = Books()
    side.rows, side.two_way = pickle.loads(base64.b64decode(said["side"]))
    credentials = Credentials.from_service_account_info(said["info"], scopes=SCOPES)
    calls = Calls(credentials, account=SERVICE_ACCOUNT, relay=Relay.of(said["base"]), limits=PATIENT)

    def hooks(step: str) -> None:
        if step == said["death"]:
            os.kill(os.getpid(), signal.SIGKILL)

    remote = GoogleRemote(calls, said["spreadsheet"])
    Pass(
        Path(said["book"]), Target(said["spreadsheet"]), remote, side, clock=lambda zone: NOW.astimezone(zone),
        hooks=hooks,
    ).run()  # fmt: skip


if __name__ == "__main__":
    main()
