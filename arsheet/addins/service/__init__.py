"""The local service: one calculation server behind Office.js, LibreOffice, WPS and the task pane in a browser."""

from __future__ import annotations

PROTOCOL = 1
"""The number of the wire protocol; PROTOCOL.md says what it holds."""
