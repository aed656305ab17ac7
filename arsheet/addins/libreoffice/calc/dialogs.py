"""The windows of the extension: a text to be confirmed, a message, a file and what it holds."""

from __future__ import annotations

from typing import Any

import uno

from . import hub
from .declared import declared, say

OK, CANCEL = 1, 2
"""com.sun.star.awt.PushButtonType."""


def confirm(document: Any, key: str, text: str, language: str) -> bool:
    """Shows what will be written; whether the person wants it."""
    title = say("title", language) + ": " + declared()["actions"][key][language]
    return _text_window(document, title, text, language, (say("write", language), say("cancel", language)))


def show(document: Any, text: str, language: str) -> None:
    """A long text to read."""
    _text_window(document, say("title", language), text, language, (say("close", language),))


def tell(document: Any, text: str, language: str) -> None:
    """A message."""
    if text.count("\n") > 12:
        show(document, text, language)
    else:
        _box(document, "INFOBOX", 1, text, language)


def ask(document: Any, key: str, language: str) -> bool:
    """A question that is answered with OK or Cancel."""
    return _box(document, "QUERYBOX", 2, say(key, language), language) == 1


def _service(name: str) -> Any:
    return hub.context.ServiceManager.createInstanceWithContext(name, hub.context)


def _window(document: Any) -> Any:
    controller = document.getCurrentController()
    return controller.getFrame().getContainerWindow() if controller is not None else None


def _box(document: Any, kind: str, buttons: int, text: str, language: str) -> int:
    toolkit = _service("com.sun.star.awt.Toolkit")
    box = toolkit.createMessageBox(
        _window(document), uno.Enum("com.sun.star.awt.MessageBoxType", kind), buttons, say("title", language), text
    )
    answer = int(box.execute())
    box.dispose()
    return answer


def _text_window(document: Any, title: str, text: str, language: str, buttons: tuple[str, ...]) -> bool:
    width, height = 320, 220
    model = _model(title, width, height)
    _add(model, "Edit", "text", (6, 6, width - 12, height - 34), Text=text, MultiLine=True, ReadOnly=True,
         VScroll=True, HScroll=False)  # fmt: skip
    for at, label in enumerate(reversed(buttons)):
        first = at == len(buttons) - 1
        left = width - 6 - 64 * (at + 1)
        _add(model, "Button", f"button{at}", (left, height - 22, 60, 16), Label=label,
             PushButtonType=OK if first else CANCEL, DefaultButton=first)  # fmt: skip
    return _run(document, model)[0]


def choose_kind(document: Any, language: str) -> str:
    """What a file holds; "" where the person gave up."""
    kinds = declared()["kinds"]
    model = _model(say("import_kind", language), 160, 60)
    labels = tuple(each[language] for each in kinds)
    _add(model, "ListBox", "kind", (6, 8, 148, 14), StringItemList=labels, Dropdown=True, SelectedItems=(1,))
    _add(model, "Button", "button0", (94, 38, 60, 16), Label=say("cancel", language), PushButtonType=CANCEL)
    _add(model, "Button", "button1", (30, 38, 60, 16), Label=say("next", language), PushButtonType=OK,
         DefaultButton=True)  # fmt: skip
    wanted, dialog = _run(document, model, keep=True)
    at = dialog.getControl("kind").getSelectedItemPos()
    dialog.dispose()
    return str(kinds[at]["key"]) if wanted and at >= 0 else ""


def choose_file(language: str) -> str:
    """The path of a file; "" where the person gave up."""
    picker = _service("com.sun.star.ui.dialogs.FilePicker")
    picker.setTitle(say("import_title", language))
    picker.appendFilter(say("import_filter", language), "*.xlsx;*.xlsm;*.xls;*.csv")
    if picker.execute() != 1:
        return ""
    return str(uno.fileUrlToSystemPath(picker.getSelectedFiles()[0]))


def _model(title: str, width: int, height: int) -> Any:
    model = _service("com.sun.star.awt.UnoControlDialogModel")
    model.Title, model.Width, model.Height, model.Closeable, model.Moveable = title, width, height, True, True
    return model


def _add(model: Any, kind: str, name: str, place: tuple[int, int, int, int], **properties: Any) -> None:
    control = model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
    control.PositionX, control.PositionY, control.Width, control.Height = place
    for key, value in properties.items():
        setattr(control, key, value)
    model.insertByName(name, control)


def _run(document: Any, model: Any, *, keep: bool = False) -> tuple[bool, Any]:
    dialog = _service("com.sun.star.awt.UnoControlDialog")
    dialog.setModel(model)
    window = _window(document)
    dialog.createPeer(window.getToolkit() if window is not None else _service("com.sun.star.awt.Toolkit"), window)
    wanted = bool(dialog.execute())
    if not keep:
        dialog.dispose()
    return wanted, dialog
