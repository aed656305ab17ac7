"""Developer metadata: created, found by lookup, updated and deleted; what a sync's marker is kept in."""

from __future__ import annotations

from typing import Any

from arsheet.sync.emulator import masks
from arsheet.sync.emulator.errors import invalid
from arsheet.sync.emulator.model.book import Book

MAX_TOTAL = 30_000  # characters of keys and values in one spreadsheet, for each visibility


def _located(book: Book, asked: dict[str, Any]) -> dict[str, Any]:
    """The location with its type: the spreadsheet, a sheet, a row or a column."""
    location = dict(asked.get("location", {}))
    location.pop("locationType", None)
    if location.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    if "sheetId" in location:
        book.tab(location["sheetId"])
        return {"locationType": "SHEET", "sheetId": location["sheetId"]}
    if "dimensionRange" in location:
        ranged = location["dimensionRange"]
        book.tab(ranged.get("sheetId", 0))
        kind = "ROW" if ranged.get("dimension") == "ROWS" else "COLUMN"
        return {"locationType": kind, "dimensionRange": ranged}
    raise invalid("Developer metadata must specify a location.")


def _check_size(book: Book) -> None:
    total = sum(len(m.get("metadataKey", "")) + len(m.get("metadataValue", "")) for m in book.metadata)
    if total > MAX_TOTAL:
        raise invalid(f"Developer metadata exceeds the limit of {MAX_TOTAL} characters.")


def create(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """createDeveloperMetadata: at the spreadsheet, a tab, a row or a column."""
    asked = body.get("developerMetadata", {})
    if not asked.get("metadataKey"):
        raise invalid("Developer metadata must specify a metadataKey.")
    if asked.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise invalid("Developer metadata must specify a visibility.")
    taken = {item["metadataId"] for item in book.metadata}
    number = asked.get("metadataId")
    if number in taken:
        raise invalid(f"Developer metadata with id {number} already exists.")
    item: dict[str, Any] = {"metadataId": number or book.free_id(taken.__contains__)}
    item["metadataKey"] = asked["metadataKey"]
    if "metadataValue" in asked:
        item["metadataValue"] = asked["metadataValue"]
    item["location"] = _located(book, asked)
    item["visibility"] = asked["visibility"]
    book.metadata.append(item)
    _check_size(book)
    return {"createDeveloperMetadata": {"developerMetadata": item}}


def found(book: Book, data_filter: dict[str, Any]) -> list[dict[str, Any]]:
    """The metadata that a DataFilter's lookup selects."""
    lookup = data_filter.get("developerMetadataLookup")
    if lookup is None:
        raise invalid("Only a developerMetadataLookup can select developer metadata.")
    plain = ("metadataId", "metadataKey", "metadataValue", "visibility")
    wanted = {key: value for key, value in lookup.items() if key in plain}
    hits = [item for item in book.metadata if all(item.get(key) == value for key, value in wanted.items())]
    if "locationType" in lookup:
        hits = [item for item in hits if item["location"]["locationType"] == lookup["locationType"]]
    if "metadataLocation" in lookup:
        place = _located(book, {"location": lookup["metadataLocation"]})
        hits = [item for item in hits if item["location"] == place]
    return hits


def update(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """updateDeveloperMetadata: every one that a filter selects."""
    hits = [item for data_filter in body.get("dataFilters", []) for item in found(book, data_filter)]
    if not hits:
        raise invalid("No developer metadata matched the data filters.")
    tree = masks.parse(body.get("fields", ""))
    changed = []
    for item in hits:
        new = {**masks.updated(item, body.get("developerMetadata", {}), tree), "metadataId": item["metadataId"]}
        new["location"] = _located(book, new)
        book.metadata[next(i for i, old in enumerate(book.metadata) if old is item)] = new
        changed.append(new)
    _check_size(book)
    return {"updateDeveloperMetadata": {"developerMetadata": changed}}


def delete(book: Book, body: dict[str, Any], who: str) -> dict[str, Any]:
    """deleteDeveloperMetadata: every one that the filter selects."""
    gone = found(book, body.get("dataFilter", {}))
    book.metadata = [item for item in book.metadata if not any(item is other for other in gone)]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": gone} if gone else {}}


HANDLERS = {
    "createDeveloperMetadata": create,
    "updateDeveloperMetadata": update,
    "deleteDeveloperMetadata": delete,
}
