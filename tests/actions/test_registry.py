"""The declared buttons: every one in both languages, in a group that exists, with what a click does."""

from __future__ import annotations

import pytest

from arsheet.actions import importing, places, undoing, values
from arsheet.actions.registry import ACTIONS, GROUPS, ORDER, action, actions
from arsheet.functions.invoke import invoke
from arsheet.table import ArsheetError, CellError

DECLARED = ("import", "refresh", "data_check", "undo", "write_values", "settings", "help")


def test_the_buttons_of_the_ribbon() -> None:
    found = actions()
    assert [key for key in found if key in DECLARED] == list(DECLARED)
    assert set(found) == set(ACTIONS)
    assert set(ORDER) <= set(found)


@pytest.mark.parametrize("key", actions())
def test_each_is_said_in_both_languages(key: str) -> None:
    found = actions()[key]
    assert found.group in {name for name, _, _ in GROUPS}
    assert all((found.zh, found.en, found.icon, found.tip_zh, found.tip_en))
    assert found.tip_zh != found.tip_en
    assert found.kind in ("write", "show", "go")
    assert not set(found.tip_en) & set("，。；：")


def test_a_declaration_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="no group"):
        action("x", zh="x", en="x", group="none", icon="x")(lambda: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(ValueError, match="twice"):
        action("refresh", zh="x", en="x", group="data", icon="x")(lambda: None)  # type: ignore[arg-type, return-value]


def test_effects_are_data() -> None:
    assert places.settings({}).effects[0].kind == "show_sheet"
    assert places.help_({"about": "AR_AGING"}).effects[0].facts == {"about": "AR_AGING"}
    assert undoing.undo({"redo": True}).effects[0].facts == {"redo": True}
    assert importing.import_file({"kind": "receipts", "file": "x"}).effects[0].facts["file"] == "x"


def test_values_are_put_where_they_fit() -> None:
    outcome = values.write_values(invoke("AR_DUE_DATE", ["net 30", 45688]), ("表", "$B$2"))
    facts = outcome.effects[0].facts
    assert values.addressed(facts) == {"B2": facts["rows"][0][0]}
    assert values.position("XFD1048576") == (1_048_576, 16_383)
    for wrong in ("", "B", "2", "B0", "ABCD1", "B2:C3"):
        with pytest.raises(ArsheetError):
            values.position(wrong)
    assert values.plain(CellError("#N/A")) == "#N/A"


def test_a_function_without_answer_writes_nothing() -> None:
    with pytest.raises(ArsheetError) as caught:
        values.write_values(invoke("AR_DUE_DATE", ["net 30", "x"]), ("表", "B2"))
    assert caught.value.code == "date_not_readable"
