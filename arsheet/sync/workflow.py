"""The workflow that runs the sync on GitHub Actions: signed in by workload identity, nothing secret in the file."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence

_TEXT = """\
# arsheet: keep the online spreadsheets in step with the workbook.
# The runner is your own (self-hosted): the workbook and the folder BOOK.arsheet beside it stay there between runs.
name: arsheet-sync
on:
  schedule:
    - cron: {fields}  # UTC
  workflow_dispatch: {{}}
concurrency:
  group: arsheet-sync
  cancel-in-progress: false
permissions:
  contents: read
  id-token: write  # for workload identity; no key is stored
jobs:
  sync:
    runs-on: [self-hosted]
    timeout-minutes: 30
    steps:
      # Sign in by OIDC: make a workload identity pool in Google Cloud, then set these two repository variables.
      # The sync settings of the book must say: login = default (arsheet sync init --login default).
      - uses: google-github-actions/auth@v2
        with:
          workload_identity_provider: ${{{{ vars.ARSHEET_WORKLOAD_IDENTITY_PROVIDER }}}}
          service_account: ${{{{ vars.ARSHEET_SERVICE_ACCOUNT }}}}
          create_credentials_file: true
      # Credentials leave the checkout and can be read by nobody else; arsheet refuses them otherwise.
      - name: credentials as a file of mode 0600
        run: |
          install -d -m 700 "$RUNNER_TEMP/arsheet"
          install -m 600 "$GOOGLE_APPLICATION_CREDENTIALS" "$RUNNER_TEMP/arsheet/credentials.json"
          rm -f "$GOOGLE_APPLICATION_CREDENTIALS"
      # With a key instead of OIDC: keep it in the secret ARSHEET_GOOGLE_KEY, leave out the two steps above, and write
      #   env: {{ KEY: "${{{{ secrets.ARSHEET_GOOGLE_KEY }}}}" }}
      #   run: umask 077; mkdir -p "$RUNNER_TEMP/arsheet"; printf '%s' "$KEY" > "$RUNNER_TEMP/arsheet/credentials.json"
      - name: one pass
        run: |
          code=0
          GOOGLE_APPLICATION_CREDENTIALS="$RUNNER_TEMP/arsheet/credentials.json" \\
            {command} || code=$?
          # 1: done, with findings; 7: another run is at work
          case "$code" in 0|1|7) ;; *) exit "$code" ;; esac
      - name: credentials are removed
        if: always()
        run: rm -rf "$RUNNER_TEMP/arsheet"
"""


def workflow(fields: str, command: Sequence[str]) -> str:
    """The workflow for cron ``fields`` and a command that makes one pass; arsheet is found on the runner's path."""
    words = list(command)
    at = words.index("sync") if "sync" in words else 0
    said = shlex.join(["arsheet", *words[at:]]) if at else shlex.join(words)
    return _TEXT.format(fields=json.dumps(fields), command=said)
