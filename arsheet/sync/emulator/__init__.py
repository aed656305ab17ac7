"""A Google Sheets of our own on loopback: behind the sync tests and `arsheet demo sheets`."""

from arsheet.sync.emulator.faults import Fault
from arsheet.sync.emulator.people import Person, Refusal
from arsheet.sync.emulator.server import SERVICE_ACCOUNT, Emulator
from arsheet.sync.emulator.world import Quota

__all__ = ["SERVICE_ACCOUNT", "Emulator", "Fault", "Person", "Quota", "Refusal"]
