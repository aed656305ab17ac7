"""The request kinds of a batchUpdate, through real gspread; what is refused leaves the whole book as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gspread
import pytest

from arsheet.sync.emulator import SERVICE_ACCOUNT, Emulator, Person
from arsheet.sync.emulator.model.cells import Cell
from arsheet.sync.emulator.model.tab import Tab
from arsheet.sync.emulator.requests import HANDLERS
from tests.sync.emulator.conftest import connect

Pair = tuple[gspread.Spreadsheet, Person]


@pytest.fixture
def pair(google: Emulator) -> Pair:
    person = google.books.create("应收", share=[SERVICE_ACCOUNT], locale="en_US")
    return connect(google).open_by_key(person.id), person


def batch(pair: Pair, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    return pair[0].batch_update({"requests": list(requests)})["replies"]


def grid(rows: int, columns: int, top: int = 0, left: int = 0) -> dict[str, int]:
    return {
        "sheetId": 0,
        "startRowIndex": top,
        "endRowIndex": top + rows,
        "startColumnIndex": left,
        "endColumnIndex": left + columns,
    }


def typed(*rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    def one(value: Any) -> dict[str, Any]:
        if value is None:
            return {}
        word = "stringValue" if isinstance(value, str) else "boolValue" if isinstance(value, bool) else "numberValue"
        return {"userEnteredValue": {word: value}}

    return [{"values": [one(value) for value in row]} for row in rows]


def test_all_the_kinds_that_were_recorded_and_that_a_sync_sends_are_there() -> None:
    recorded = """updateSheetProperties mergeCells addSheet updateCells deleteSheet sortRange
    updateSpreadsheetProperties
    updateDimensionProperties addNamedRange setBasicFilter insertDimension deleteNamedRange unmergeCells deleteDimension
    addDimensionGroup deleteDimensionGroup addProtectedRange updateNamedRange autoResizeDimensions clearBasicFilter
    copyPaste cutPaste repeatCell setDataValidation deleteProtectedRange""".split()
    sync = """appendCells createDeveloperMetadata updateDeveloperMetadata deleteDeveloperMetadata
    addConditionalFormatRule appendDimension""".split()
    assert len(recorded) == 25
    assert set(recorded + sync) <= set(HANDLERS)


def test_typed_values_stay_what_they_are(pair: Pair) -> None:
    book, person = pair
    rows = typed(("000123", 1234.5, True), ("=cmd", "1E5", None))
    batch(pair, {"updateCells": {"start": {"sheetId": 0}, "rows": rows, "fields": "userEnteredValue"}})
    assert person.values("Sheet1") == [["000123", 1234.5, True], ["=cmd", "1E5"]]
    assert book.sheet1.get(value_render_option="UNFORMATTED_VALUE") == [["000123", 1234.5, True], ["=cmd", "1E5"]]


def test_a_range_clears_what_is_not_given_and_a_start_does_not(pair: Pair) -> None:
    rows = typed(("a", "b"), ("c", "d"))
    write = {"updateCells": {"start": {"sheetId": 0}, "rows": rows, "fields": "userEnteredValue"}}
    short = typed(("x",))
    batch(pair, write, {"updateCells": {"start": {"sheetId": 0}, "rows": short, "fields": "userEnteredValue"}})
    assert pair[1].values("Sheet1") == [["x", "b"], ["c", "d"]]
    batch(pair, {"updateCells": {"range": grid(2, 2), "rows": short, "fields": "userEnteredValue"}})
    assert pair[1].values("Sheet1") == [["x"]]


def test_the_fields_mask_leaves_notes_and_formats_alone(pair: Pair) -> None:
    person = pair[1]
    person.note("Sheet1", "A1", "call first")
    person.put("Sheet1", "A1", 5, format={"textFormat": {"bold": True}}, note="call first")
    date = {"userEnteredValue": {"numberValue": 46082}, "userEnteredFormat": {"numberFormat": {"type": "DATE"}}}
    fields = "userEnteredValue,userEnteredFormat.numberFormat"
    batch(pair, {"updateCells": {"start": {"sheetId": 0}, "rows": [{"values": [date]}], "fields": fields}})
    cell = person.cell("Sheet1", "A1")
    assert cell.note == "call first"
    assert cell.format == {"textFormat": {"bold": True}, "numberFormat": {"type": "DATE"}}
    assert person.shown("Sheet1") == [["3/1/2026"]]


def test_appended_cells_find_the_end_and_grow_the_grid(pair: Pair) -> None:
    person = pair[1]
    batch(
        pair,
        {"addSheet": {"properties": {"sheetId": 9, "title": "T", "gridProperties": {"rowCount": 2, "columnCount": 1}}}},
    )
    for name in ("a", "b", "c"):
        batch(pair, {"appendCells": {"sheetId": 9, "rows": typed((name, 1)), "fields": "userEnteredValue"}})
    assert person.values("T") == [["a", 1], ["b", 1], ["c", 1]]
    assert person.size("T") == (3, 2)


def test_metadata_is_created_found_updated_and_deleted(pair: Pair) -> None:
    marker = {
        "metadataKey": "arsheet",
        "metadataValue": "1",
        "visibility": "DOCUMENT",
        "location": {"spreadsheet": True},
    }
    found = [{"developerMetadataLookup": {"metadataKey": "arsheet"}}]
    batch(pair, {"createDeveloperMetadata": {"developerMetadata": marker}})
    new = {**marker, "metadataValue": "2"}
    batch(
        pair, {"updateDeveloperMetadata": {"dataFilters": found, "developerMetadata": new, "fields": "metadataValue"}}
    )
    (held,) = pair[0].fetch_sheet_metadata(params={"fields": "developerMetadata"})["developerMetadata"]
    assert (held["metadataValue"], held["location"]["locationType"]) == ("2", "SPREADSHEET")
    batch(pair, {"deleteDeveloperMetadata": {"dataFilter": found[0]}})
    assert pair[0].fetch_sheet_metadata(params={"fields": "developerMetadata"}) == {}
    wanted = {"dataFilters": found, "developerMetadata": new, "fields": "metadataValue"}
    with pytest.raises(gspread.exceptions.APIError, match="No developer metadata"):
        batch(pair, {"updateDeveloperMetadata": wanted})


def test_a_refused_request_undoes_the_whole_batch(pair: Pair) -> None:
    write = {"updateCells": {"start": {"sheetId": 0}, "rows": typed(("a",)), "fields": "userEnteredValue"}}
    with pytest.raises(gspread.exceptions.APIError, match=r"Invalid requests\[2\].deleteSheet: No grid with id: 77"):
        batch(
            pair,
            write,
            {"insertDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}},
            {"deleteSheet": {"sheetId": 77}},
        )
    assert pair[1].values("Sheet1") == []
    assert pair[1].size("Sheet1") == (1000, 26)


def test_a_protected_range_refuses_others_and_the_whole_batch(google: Emulator, pair: Pair) -> None:
    book, person = pair
    wall = {"range": grid(1000, 1), "editors": {"users": [person.who]}}
    person.share("li@example.com")
    batch(pair, {"addProtectedRange": {"protectedRange": wall}})
    batch(pair, {"updateCells": {"start": {"sheetId": 0}, "rows": typed(("mine",)), "fields": "userEnteredValue"}})
    with pytest.raises(Exception, match="protected"):
        person.as_("li@example.com").type("Sheet1", "A2", "theirs")
    person.as_("li@example.com").type("Sheet1", "B2", "theirs")
    rule = google.world.books[book.id].tabs[0].protected[0]
    rule["editors"] = {"users": [person.who]}  # the owner takes the service account off the list
    with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
        batch(
            pair,
            {"updateCells": {"start": {"sheetId": 0, "columnIndex": 3}, "rows": typed(("x",)), "fields": "*"}},
            {"updateCells": {"start": {"sheetId": 0}, "rows": typed(("x",)), "fields": "*"}},
        )
    assert person.values("Sheet1") == [["mine"], ["", "theirs"]]


def test_a_stage_is_swapped_in_as_values(pair: Pair) -> None:
    person = pair[1]
    person.paste("Sheet1", "A1", [["old", "keep"], ["old", "keep"]])
    person.note("Sheet1", "A2", "stays")
    stage = {"sheetId": 5, "title": "_stage", "hidden": True, "gridProperties": {"rowCount": 2, "columnCount": 1}}
    batch(pair, {"addSheet": {"properties": stage}})
    rows = [{"values": [{"userEnteredValue": {"formulaValue": "=1+1"}}]}, *typed(("new",))]
    batch(pair, {"updateCells": {"start": {"sheetId": 5}, "rows": rows, "fields": "userEnteredValue"}})
    source = {"sheetId": 5, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 1}
    batch(
        pair,
        {"copyPaste": {"source": source, "destination": grid(2, 1), "pasteType": "PASTE_VALUES"}},
        {"deleteSheet": {"sheetId": 5}},
    )
    assert person.values("Sheet1") == [[2, "keep"], ["new", "keep"]]
    assert person.cell("Sheet1", "A1").formula == ""
    assert person.cell("Sheet1", "A2").note == "stays"
    assert person.tabs == ["Sheet1"]


def test_ten_million_cells_are_the_limit(pair: Pair) -> None:
    big = {"properties": {"title": "big", "gridProperties": {"rowCount": 400_000, "columnCount": 25}}}
    with pytest.raises(gspread.exceptions.APIError, match="limit of 10000000 cells"):
        batch(pair, {"addSheet": big})
    assert pair[1].tabs == ["Sheet1"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"nonsense": {}}, "Unknown name \"nonsense\" at 'requests\\[0\\]'"),
    ({"deleteSheet": {"sheetId": "x"}}, "TYPE_INT32"),
    ({"updateCells": {"start": {"sheetId": 0}, "rows": []}}, "At least one field"),
    ({"deleteSheet": {"sheetId": 0}}, "You can't remove all the sheets"),
    ({"addSheet": {"properties": {"title": "Sheet1"}}}, 'A sheet with the name "Sheet1" already exists'),
    ({"repeatCell": {"range": grid(1, 99), "fields": "note"}}, "exceeds grid limits"),
    ({"mergeCells": {"range": grid(1, 2), "mergeType": "MERGE_SOME"}}, "MERGE_SOME"),
    ({"deleteDimension": {"range": {"sheetId": 0, "dimension": "ROWS", "endIndex": 1000}}}, "delete all the rows"),
]


@pytest.mark.parametrize(("request_", "words"), WRONG, ids=[words for _, words in WRONG])
def test_what_google_refuses_is_refused_in_its_words(pair: Pair, request_: dict[str, Any], words: str) -> None:
    with pytest.raises(gspread.exceptions.APIError, match=words) as caught:
        batch(pair, request_)
    assert caught.value.code == 400


def test_rows_and_columns_come_go_and_move_with_their_ranges(pair: Pair) -> None:
    book, person = pair
    person.paste("Sheet1", "A1", [["h"], ["a"], ["b"], ["c"]])
    sheet = book.sheet1
    sheet.merge_cells("C3:D4")
    book.batch_update({"requests": [{"addNamedRange": {"namedRange": {"name": "rows", "range": grid(3, 1, top=1)}}}]})
    sheet.insert_row(["new"], index=2)
    assert person.values("Sheet1") == [["h"], ["new"], ["a"], ["b"], ["c"]]
    assert book.named_range("rows")[0].value == "a"
    sheet.delete_rows(3)
    assert person.values("Sheet1") == [["h"], ["new"], ["b"], ["c"]]
    (merge,) = book.fetch_sheet_metadata()["sheets"][0]["merges"]
    assert (merge["startRowIndex"], merge["endRowIndex"]) == (2, 4)
    move = {"source": {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}, "destinationIndex": 4}
    batch(pair, {"moveDimension": move})
    assert person.values("Sheet1") == [["h"], ["b"], ["c"], ["new"]]
    sheet.add_rows(5)
    sheet.hide_columns(1, 2)
    sheet.freeze(rows=1)
    sheet.add_dimension_group_rows(1, 3)
    assert sheet.list_dimension_group_rows()[0]["depth"] == 1
    sheet.delete_dimension_group_rows(1, 3)
    sheet.columns_auto_resize(0, 1)
    assert book.sheet1.frozen_row_count == 1


CALLS: list[Callable[[gspread.Worksheet], Any]] = [
    lambda sheet: sheet.sort((1, "des")),
    lambda sheet: sheet.format("A1:B2", {"backgroundColor": {"red": 0.5}, "textFormat": {"bold": True}}),
    lambda sheet: sheet.set_basic_filter("A1:B2"),
    lambda sheet: sheet.add_validation("A1", gspread.utils.ValidationConditionType.one_of_list, ["x", "y"]),
    lambda sheet: sheet.update_notes({"A1": "note"}),
    lambda sheet: sheet.batch_clear(["A1:B1"]),
    lambda sheet: sheet.batch_update([{"range": "A1", "values": [["x"]]}]),
    lambda sheet: sheet.copy_range("A1:B2", "D1:E2"),
    lambda sheet: sheet.cut_range("A1:B2", "D1"),
    lambda sheet: sheet.duplicate(new_sheet_name="copy"),
    lambda sheet: sheet.append_rows([["x", "y"]]),
    lambda sheet: sheet.unmerge_cells("A1:B2"),
    lambda sheet: sheet.update_tab_color("#ff8000"),
    lambda sheet: sheet.delete_columns(2),
    lambda sheet: sheet.spreadsheet.values_batch_get(["A1:B2", "Sheet1"]),
    lambda sheet: sheet.spreadsheet.fetch_sheet_metadata(params={"includeGridData": "true"}),
]


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_gspreads_own_calls_are_taken_and_fit_the_description(pair: Pair, number: int) -> None:
    pair[1].paste("Sheet1", "A1", [["b", "2"], ["a", "1"]])
    CALLS[number](pair[0].sheet1)


def test_a_fork_and_its_origin_do_not_see_each_other() -> None:
    tab = Tab(0, "T", 5, 5)
    tab.put(0, 0, Cell("a"))
    fork = tab.fork()
    tab.put(0, 0, Cell("b"))
    fork.put(0, 1, Cell("c"))
    assert [cell.value for _, _, cell in tab.cells()] == ["b"]
    assert [cell.value for _, _, cell in fork.cells()] == ["a", "c"]


def test_sorting_orders_numbers_texts_and_blanks(pair: Pair) -> None:
    book, person = pair
    person.paste("Sheet1", "A1", [["n"], [10], ["b"], [None], [9], ["A"], [True]])
    spec = {"range": grid(999, 1, top=1), "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}
    book.batch_update({"requests": [{"sortRange": spec}]})
    assert person.values("Sheet1") == [["n"], [9], [10], ["A"], ["b"], [True]]
