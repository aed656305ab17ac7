"""Setting up the sync of a workbook: which spreadsheet for whom, who signs in, the relay, and who agreed to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import arsheet
from arsheet.run.saving import save
from arsheet.run.session import Clock, Session, append_records, open_session, system_clock, write_settings, zone_of
from arsheet.schema.layout import ONLINE_GROUP
from arsheet.schema.settings import BY_KEY, shown_value
from arsheet.schema.tables import TABLES
from arsheet.schema.tables.control import SYNC_KINDS
from arsheet.sync.scope import OWN, spreadsheet_id
from arsheet.table import ArsheetError

KINDS = tuple(choice.key for choice in SYNC_KINDS)
LOGINS = ("service_account", "user", "default")
ADVICE_ZH = (
    "数据出境提示：同步会把客户名称、单据号、金额、到期日和跟进记录放到境外（Google）的在线表格。"
    "是否需要安全评估、标准合同或个人信息保护影响评估，请由公司合规或法务确认。"
    "银行账号、税号、证件号从不发布；电话默认不发布。中转服务必须是公司依法可以使用的。"
)
ADVICE_EN = (
    "Data leave the country: the sync keeps customer names, document numbers, amounts, due dates and follow-up notes "
    "in a Google spreadsheet outside mainland China. Whether a security assessment, a standard contract or an impact "
    "assessment is needed is for the company's compliance or legal staff to say. Bank accounts, tax and id numbers "
    "are never published, phones are off by default. A relay must be one that the company may lawfully run."
)
_ID = re.compile(r"[\w-]{20,100}", re.A)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person chose. ``spreadsheet``: id or address; ``agreed_by``: who agreed that data leave the country.

    ``phones`` None: as the settings have it; they count for all spreadsheets of the book. ``app``: an OAuth client file
    with which a person signs in in the browser now; the login is kept in ``key``.
    """

    spreadsheet: str
    kind: str = "overview"
    scope: str = ""
    tabs: str = ""
    mail: str = ""
    login: str = "service_account"
    key: str = ""
    relay: str = ""
    phones: bool | None = None
    agreed_by: str = ""
    app: str = ""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was written: the spreadsheet's id, the address to share it with, whether its row is new."""

    spreadsheet: str
    account: str
    agreed: str
    new: bool
    backup: str


def check(book: Path, wanted: Wanted) -> str:
    """Refuses what cannot work before anything is written; the mail address that the job will sign in with.

    Raises ArsheetError (2 for an argument, 8 for the key file or the relay, 5 for a login).
    """
    found = spreadsheet_id(wanted.spreadsheet)
    if not _ID.fullmatch(found):
        raise _refused(
            "spreadsheet_id_not_understood",
            "这不是 Google 表格的编号或网址；请从浏览器地址栏复制，形如 https://docs.google.com/spreadsheets/d/…/edit。"
            "表格须由人新建，arsheet 不会代建",
            "this is no id or address of a Google spreadsheet; copy it from the browser, like "
            "https://docs.google.com/spreadsheets/d/…/edit. A person must create it: arsheet does not",
        )
    if wanted.kind not in KINDS or (wanted.kind in OWN) != bool(wanted.scope.strip()):
        raise _refused(
            "scope_does_not_fit_kind",
            "个人表和区域表要写明范围（业务员或区域的名称），总览和共享表不写范围",
            "a sheet of a person or a region needs a scope (the names of salespeople or regions); an overview or "
            "shared one has none",
        )
    known = {name for spec in TABLES.values() if spec.published or spec.group == ONLINE_GROUP
             for name in (spec.key, spec.zh, spec.en)}  # fmt: skip
    unknown = [name for name in re.split(r"[,，、;；\s]+", wanted.tabs) if name and name not in known]
    if unknown:
        raise _refused(
            "tab_unknown",
            f"没有可发布的工作表“{'、'.join(unknown)}”",
            f"there is no tab to publish named {', '.join(unknown)}",
        )
    if wanted.app and (wanted.login != "user" or not wanted.key):
        raise _refused(
            "sign_in_needs_a_person",
            "浏览器登录只用于 --login user，并须用 --credentials 指明登录文件保存在哪里",
            "signing in in the browser is for --login user, and --credentials must say where the login is kept",
        )
    if not wanted.agreed_by.strip():
        raise _refused(
            "agreement_missing",
            f"{ADVICE_ZH}请用 --agree 姓名 写明由谁确认",
            f"{ADVICE_EN} Say with --agree NAME who agrees",
        )
    return _account(book, wanted)


def _account(book: Path, wanted: Wanted) -> str:
    from arsheet.hosts.google.auth import Kind, sign_in
    from arsheet.hosts.google.relay import Relay

    relay, away_from = Relay.of(wanted.relay), (book, Path(arsheet.__file__).parent)
    if wanted.app:
        from arsheet.hosts.google.consent import sign_in_person

        sign_in_person(wanted.app, wanted.key, relay=relay, away_from=away_from)
    return sign_in(cast("Kind", wanted.login), path=wanted.key, relay=relay, away_from=away_from).email


def set_up(book: Path, wanted: Wanted, *, clock: Clock = system_clock) -> SetUp:
    """Writes the target and the settings into the workbook, as one action that undo takes back.

    Raises ArsheetError as ``check`` does, and as ``run.save`` does.
    """
    account = check(book, wanted)
    session = open_session(book, only=("sync_targets",))
    moment = clock(zone_of(session.settings))
    agreed = f"{wanted.agreed_by.strip()} {moment:%Y-%m-%d %H:%M}"
    phones = session.settings.get("publish_phones") == "1" if wanted.phones is None else wanted.phones
    new = _write_target(session, wanted)
    _write_settings(
        session,
        {
            "sync_login": wanted.login,
            "sync_key": str(Path(wanted.key).expanduser().absolute()) if wanted.key else "",
            "sync_relay": wanted.relay.strip(),
            "publish_phones": "1" if phones else "0",
            "sync_agreed": agreed,
        },
    )
    facts = {"agreed_by": wanted.agreed_by.strip(), "agreed_at": moment.isoformat(timespec="seconds"),
             "data_leave_the_country": True, "phones": phones, "kind": wanted.kind}  # fmt: skip
    report = save(session, "sync_init", facts, clock=clock)
    return SetUp(spreadsheet_id(wanted.spreadsheet), account, agreed, new, str(report.backup or ""))


def _write_target(session: Session, wanted: Wanted) -> bool:
    """Queues the row of a spreadsheet in 同步目标: in the place of the one it has, or as a new one."""
    spec, found = TABLES["sync_targets"], spreadsheet_id(wanted.spreadsheet)
    kind = next(choice for choice in SYNC_KINDS if choice.key == wanted.kind).word(session.language)
    row = {"spreadsheet_id": found, "kind": kind, "scope": wanted.scope, "tabs": wanted.tabs, "mail": wanted.mail}
    table = session.tables.get("sync_targets")
    known = [spreadsheet_id(str(each or "")) for each in table.column("spreadsheet_id")] if table is not None else []
    if found not in known:
        append_records(session, {"sync_targets": [{key: value for key, value in row.items() if value}]})
        return True
    raw = session.host.read(spec.table_name)
    if raw.place is not None:
        headers, at = [str(text or "") for text in raw.header], known.index(found)
        columns = {key: headers.index(header) for key, header in session.headers["sync_targets"].items()}
        cells = {raw.place.cell(at, columns[key]): value or None for key, value in row.items() if key in columns}
        session.host.set_cells(raw.place.sheet, cells)
    return False


def _write_settings(session: Session, values: Mapping[str, str]) -> None:
    """Queues settings; a book from before they existed gets their rows."""
    table = session.tables.get("settings")
    there = {str(key) for key in table.column("key")} if table is not None else set()
    write_settings(session, {key: value for key, value in values.items() if key in there})
    session.settings.update(values)
    said = session.language
    missing: list[dict[str, Any]] = [
        {
            "key": key,
            "name": BY_KEY[key].label(session.language),
            "value": value and shown_value(BY_KEY[key], value, said),
        }
        for key, value in values.items()
        if key not in there
    ]
    append_records(session, {"settings": missing})


def _refused(code: str, zh: str, en: str) -> ArsheetError:
    return ArsheetError(code, zh, en, exit_code=2)
