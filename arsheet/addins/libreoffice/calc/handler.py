"""The commands behind menu and toolbar, and the job that runs when a document was loaded."""

from __future__ import annotations

import json
from typing import Any

import uno
import unohelper
from com.sun.star.frame import XDispatchProvider, XNotifyingDispatch
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.task import XJob

from . import buttons, hub, repair, watching

HANDLER = "com.arsheet.ProtocolHandler"
JOB = "com.arsheet.Loaded"
PROTOCOL = "com.arsheet:"
SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


class Handler(unohelper.Base, XDispatchProvider, XNotifyingDispatch, XInitialization, XServiceInfo):  # type: ignore[misc]
    """com.arsheet:refresh and its like. A macro gets what was done as JSON (see ``buttons.press``)."""

    def __init__(self, context: Any, *args: Any) -> None:
        self.frame: Any = None
        hub.context = context
        hub.set_later(watching.run_later)

    def initialize(self, args: Any) -> None:
        """The frame that the command is for."""
        if args:
            self.frame = args[0]

    def queryDispatch(self, url: Any, target: str, flags: int) -> Any:
        """Ourselves for our own commands."""
        return self if url.Protocol == PROTOCOL and url.Path in buttons.known() else None

    def queryDispatches(self, requests: Any) -> tuple[Any, ...]:
        """Several at once."""
        return tuple(self.queryDispatch(each.FeatureURL, each.FrameName, each.SearchFlags) for each in requests)

    def dispatch(self, url: Any, args: Any) -> None:
        """A click."""
        self._pressed(url, args)

    def dispatchWithNotification(self, url: Any, args: Any, listener: Any) -> None:
        """A click by a macro that waits for the result."""
        said = self._pressed(url, args)
        if listener is not None:
            event = uno.createUnoStruct("com.sun.star.frame.DispatchResultEvent")
            event.Source = self
            event.State = 0 if "error" in said else 1
            event.Result = json.dumps(said, ensure_ascii=False)
            listener.dispatchFinished(event)

    def _pressed(self, url: Any, args: Any) -> dict[str, Any]:
        given = {each.Name: each.Value for each in args or ()}
        document = self.frame.getController().getModel()
        return buttons.press(document, url.Path, given)

    def addStatusListener(self, listener: Any, url: Any) -> None:
        """Our buttons are always enabled."""

    def removeStatusListener(self, listener: Any, url: Any) -> None:
        """See above."""

    def getImplementationName(self) -> str:
        """Its name."""
        return HANDLER

    def supportsService(self, name: str) -> bool:
        """Whether this is it."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        """A protocol handler."""
        return ("com.sun.star.frame.ProtocolHandler",)


class Loaded(unohelper.Base, XJob, XServiceInfo):  # type: ignore[misc]
    """Runs after every load, also of hidden documents."""

    def __init__(self, context: Any, *args: Any) -> None:
        hub.context = context
        hub.set_later(watching.run_later)

    def execute(self, args: Any) -> None:
        """Repairs the names of a spreadsheet; other documents are passed by."""
        said = {each.Name: each.Value for group in args if group.Name == "Environment" for each in group.Value}
        document = said.get("Model")
        try:
            if document is not None and document.supportsService(SPREADSHEET):
                repair.loaded(document)
        except Exception:
            hub.note_failure()

    def getImplementationName(self) -> str:
        """Its name."""
        return JOB

    def supportsService(self, name: str) -> bool:
        """Whether this is it."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        """A job."""
        return (JOB, "com.sun.star.task.Job")
