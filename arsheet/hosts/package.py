"""The zip layer of a workbook file: a guarded open, raw copies of unchanged parts, and a save that cannot destroy.

A package is read once, into memory: what is judged, read, patched and compared at the save are the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import posixpath
import re
import shutil
import signal
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from arsheet.hosts.opening_words import damaged as damaged
from arsheet.hosts.opening_words import empty, not_found, not_xlsx, unknown_kind
from arsheet.hosts.opening_words import encrypted as encrypted
from arsheet.hosts.saving_words import changed_meanwhile, check_not_open, refused, save_code
from arsheet.hosts.zipping import Archive, deflate, inflate
from arsheet.table import WorkbookError

FileKind = Literal["xlsx", "xls", "html", "csv"]

MAX_FILE = 200 * 1024**2
MAX_INFLATED = 2 * 1024**3
MAX_RATIO = 200
MAX_ENTRIES = 10_000
_RATIO_FREE = 1024**2  # a part this small harms nobody, however well it is compressed
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELS_NS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELS_NS = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def companion_folder(path: Path) -> Path:
    """BOOK.arsheet, the folder beside BOOK.xlsx that holds its journal and its backups."""
    return path.with_name(path.stem + ".arsheet")


def load(path: Path) -> bytes:
    """The bytes of a file that is small enough to be a workbook."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise WorkbookError(
                "file_too_large",
                f"{path.name} 超过 {MAX_FILE >> 20} MB，未打开；请拆分文件",
                f"{path.name} is larger than {MAX_FILE >> 20} MB and was not opened; split the file",
            )
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise not_found(path) from None
    except PermissionError:
        raise WorkbookError(
            "file_not_readable", f"没有读取 {path.name} 的权限", f"No permission to read {path.name}", exit_code=5
        ) from None


def sniff(data: bytes, name: str = "file") -> FileKind:
    """What the bytes are, whatever the file is called. Raises WorkbookError for empty and encrypted files."""
    if not data.strip(b"\0 \r\n\t"):
        raise empty(name)
    if data.startswith(b"PK"):
        return "xlsx"
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise encrypted(name)
        return "xls"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise WorkbookError(
            "xml_spreadsheet_2003",
            f"{name} 是 XML 电子表格 2003 格式；请在 Excel 中另存为 .xlsx",
            f"{name} is an XML Spreadsheet 2003 file; save it as .xlsx in Excel",
        )
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style")) or (
        head.startswith(b"<") and b"<table" in data[:65536].lower()
    ):
        return "html"
    if b"\0" in head and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise unknown_kind(name)
    return "csv"


def parse_xml(data: bytes, name: str = "part") -> Any:
    """An XML part as an lxml element; no entities, no network, no document type."""
    from lxml import etree

    if b"<!DOCTYPE" in data[:4096]:
        raise damaged(name, "DTD")
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise damaged(name, str(error)) from None


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part: its id, the last word of its type, and the part it points at ("" if outside)."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of the workbook as the package knows it."""

    name: str
    sheet_id: int
    kind: str
    visibility: Literal["visible", "hidden", "veryHidden"]
    part: str


class Package:
    """A workbook package in memory. Raises WorkbookError for anything that is not a whole and harmless zip."""

    def __init__(self, data: bytes, name: str = "workbook") -> None:
        self.data, self.name = data, name
        self.digest = hashlib.sha256(data).hexdigest()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._infos = self._guarded(self._zip.infolist())
        except (zipfile.BadZipFile, struct.error, NotImplementedError, EOFError, ValueError) as error:
            raise damaged(name, str(error)) from None
        self._lower = {n.lower(): n for n in self._infos}
        self._relations: dict[str, tuple[Relation, ...]] = {}
        self.computing: dict[str, bool] = {}
        """What is known of worksheet parts: whether they hold a formula."""

    @classmethod
    def open(cls, path: str | Path) -> Package:
        """Read and judge a file that should be an .xlsx or .xlsm."""
        path = Path(path)
        data = load(path)
        if sniff(data, path.name) != "xlsx":
            raise not_xlsx(path.name)
        return cls(data, path.name)

    def _guarded(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        if len(infos) > MAX_ENTRIES:
            raise self._bomb(f"{len(infos)} entries")
        if sum(i.file_size for i in infos) > MAX_INFLATED or sum(i.compress_size for i in infos) > len(self.data):
            raise self._bomb("size")
        members: dict[str, zipfile.ZipInfo] = {}
        seen: set[str] = set()
        for info in infos:
            name = info.filename
            if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or re.match(r"[A-Za-z]:", name):
                raise self._bomb(f"name {name!r}")
            if info.file_size > max(_RATIO_FREE, MAX_RATIO * info.compress_size):
                raise self._bomb(f"ratio of {name}")
            if name.lower() in seen:
                raise damaged(self.name, f"{name} twice")
            if info.flag_bits & 1:
                raise encrypted(self.name)
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise damaged(self.name, f"compression of {name}")
            seen.add(name.lower())
            members[name] = info
        return members

    def _bomb(self, what: str) -> WorkbookError:
        zh = f"{self.name} 的压缩结构异常（{what}），未打开"
        en = f"{self.name} was not opened: its zip structure is unsafe ({what})"
        return WorkbookError("file_unsafe", zh, en, facts={"what": what})

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._lower

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the file."""
        return tuple(self._infos)

    def part(self, name: str) -> bytes:
        """One part, inflated; its checksum is verified."""
        info = self._info(name)
        try:
            with self._zip.open(info) as stream:
                data = stream.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise damaged(self.name, f"{name}: {error}") from None
        if len(data) > info.file_size:
            raise self._bomb(f"size of {name}")
        return data

    def pieces(self, name: str) -> Iterator[bytes]:
        """One part, inflated piece by piece and never held whole; its checksum is verified at the end."""
        info, size, crc = self._info(name), 0, 0
        raw = self.raw(info.filename)
        try:
            for piece in inflate(raw) if info.compress_type == zipfile.ZIP_DEFLATED else (bytes(raw),):
                size, crc = size + len(piece), zlib.crc32(piece, crc)
                if size > info.file_size:
                    raise self._bomb(f"size of {name}")
                yield piece
        except (zlib.error, EOFError) as error:
            raise damaged(self.name, f"{name}: {error}") from None
        if crc != info.CRC:
            raise damaged(self.name, f"{name}: checksum")

    def holds(self, name: str, data: bytes) -> bool:
        """Whether a part is these very bytes."""
        return name in self and self._info(name).file_size == len(data) and self.part(name) == data

    def _info(self, name: str) -> zipfile.ZipInfo:
        actual = self._lower.get(name.lower())
        if actual is None:
            raise damaged(self.name, f"{name} missing")
        return self._infos[actual]

    def raw(self, name: str) -> memoryview:
        """The compressed bytes of one part as they stand in the file, without a copy."""
        info = self._infos[name]
        header = self.data[info.header_offset : info.header_offset + 30]
        if header[:4] != b"PK\3\4":
            raise damaged(self.name, f"{name}: local header")
        start = info.header_offset + 30 + sum(struct.unpack("<HH", header[26:30]))
        return memoryview(self.data)[start : start + info.compress_size]

    def relations(self, part: str) -> tuple[Relation, ...]:
        """The relationships of a part; "" asks for those of the package."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> tuple[Relation, ...]:
        folder, file = posixpath.split(part)
        source = posixpath.join(folder, "_rels", file + ".rels")
        if source not in self:
            return ()
        found = []
        for element in parse_xml(self.part(source), self.name):
            target = str(element.get("Target") or "")
            if element.get("TargetMode") == "External":
                target = ""
            elif target.startswith("/"):
                target = target[1:]
            else:
                target = posixpath.normpath(posixpath.join(folder, target))
            found.append(Relation(str(element.get("Id")), str(element.get("Type")).rsplit("/", 1)[-1], target))
        return tuple(found)

    @cached_property
    def workbook_part(self) -> str:
        """The name of the part that lists the sheets."""
        for relation in self.relations(""):
            if relation.kind == "officeDocument" and relation.target in self:
                return relation.target
        raise damaged(self.name, "workbook.xml missing")

    @cached_property
    def sheets(self) -> tuple[SheetPart, ...]:
        """All sheets in the order of their tabs, chart sheets included; each has its part."""
        relations = {r.id: r for r in self.relations(self.workbook_part)}
        found = []
        for element in parse_xml(self.part(self.workbook_part), self.name).iter("{*}sheet"):
            relation = relations.get(element.get(_RELS_NS) or element.get(_STRICT_RELS_NS) or "")
            name = str(element.get("name"))
            if relation is None or relation.target not in self:
                raise damaged(self.name, f"sheet {name} missing")
            state = str(element.get("state") or "visible")
            visibility: Any = state if state in ("hidden", "veryHidden") else "visible"
            number = element.get("sheetId") or "0"
            found.append(SheetPart(name, int(number), relation.kind, visibility, self._lower[relation.target.lower()]))
        if not found:
            raise damaged(self.name, "no sheets")
        return tuple(found)

    def sheet(self, name: str) -> SheetPart:
        """One sheet by its name, as Excel compares names."""
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        names = [s.name for s in self.sheets]
        zh, en = f"{self.name} 中没有工作表“{name}”", f"{self.name} has no sheet {name!r}"
        raise WorkbookError("sheet_not_found", zh, en, facts={"sheet": name, "sheets": names})

    def table_parts(self, sheet: SheetPart) -> tuple[str, ...]:
        """The parts of the Excel tables that stand on a sheet."""
        found = (r.target for r in self.relations(sheet.part) if r.kind == "table" and r.target in self)
        return tuple(self._lower[target.lower()] for target in found)

    def rebuilt(self, changed: Mapping[str, bytes], removed: frozenset[str] = frozenset(), level: int = 6) -> bytes:
        """The package with some parts replaced or removed; every other part keeps its compressed bytes and its time."""
        archive = Archive()
        for name, info in self._infos.items():
            if name in changed:
                data = changed[name]
                packed = deflate(data, level)
                archive.add(info, packed, zlib.crc32(data), len(data), zipfile.ZIP_DEFLATED)
            elif name not in removed:
                archive.add(info, self.raw(name), info.CRC, info.file_size, info.compress_type)
        return archive.bytes()


def step(name: str) -> None:
    """A place where tests end the process as a power cut would: only if ARSHEET_STOP_AT names it."""
    if os.environ.get("ARSHEET_STOP_AT") == name:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def temporary_prefix(path: Path) -> str:
    """How the temporary files of a save begin: they tell for which file they were made."""
    return f".{path.stem[:40]}.{hashlib.sha256(path.name.encode()).hexdigest()[:8]}."


def replace_file(path: str | Path, data: bytes, *, expect: str | None = None, label: str = "file") -> None:
    """Put a file in place at once or not at all: temp file in the same folder, fsync, a last look, rename.

    ``expect`` is the SHA-256 of the file as it was read; a file that has changed since is left alone. ``label`` leads
    the names of the steps (``workbook_replaced``).
    """
    path = Path(path).resolve()
    check_not_open(path)
    temporary: str | None = None
    try:
        if path.exists() and not os.access(path, os.W_OK):
            raise refused("file_read_only", path)
        handle, temporary = tempfile.mkstemp(prefix=temporary_prefix(path), suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            step(f"{label}_opened")
            stream.write(data[: len(data) // 2])
            stream.flush()
            step(f"{label}_half_written")
            stream.write(data[len(data) // 2 :])
            stream.flush()
            step(f"{label}_written")
            os.fsync(stream.fileno())
        step(f"{label}_synced")
        if path.exists():
            shutil.copymode(path, temporary)
        else:
            os.chmod(temporary, 0o644)
        check_not_open(path)
        if expect is not None and file_digest(path) != expect:
            raise changed_meanwhile(path)
        step(f"{label}_checked")
        os.replace(temporary, path)
        temporary = None
        step(f"{label}_replaced")
        _sync_folder(path.parent)
    except OSError as error:
        raise refused(save_code(error, made=temporary is not None), path) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def file_digest(path: Path) -> str:
    """The SHA-256 of a file; "" where there is none."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)
