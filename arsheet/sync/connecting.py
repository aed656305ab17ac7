"""From a workbook's settings to its online spreadsheets: who signs in, over which relay, which of them are meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import arsheet
from arsheet.run.session import Session, open_session, zone_of
from arsheet.schema.tables.control import SYNC_KINDS
from arsheet.sync.model import Target
from arsheet.sync.remote import Progress
from arsheet.sync.scope import scopes, spreadsheet_id, targets
from arsheet.table import ArsheetError

if TYPE_CHECKING:
    from arsheet.hosts.google.auth import Account, Kind
    from arsheet.hosts.google.calls import Calls
    from arsheet.hosts.google.pacing import Limits
    from arsheet.sync.remotes.google import GoogleRemote

_KINDS = {choice.key: choice for choice in SYNC_KINDS}


@dataclass(frozen=True, slots=True)
class Configured:
    """What the settings and 同步目标 of a workbook say about the sync; ``agreed``: who agreed that data leave."""

    book: Path
    language: str
    login: str
    key: str
    relay: str
    agreed: str
    phones: bool
    targets: tuple[Target, ...]
    kinds: tuple[str, ...]
    mails: tuple[str, ...]


@dataclass(slots=True)
class Connection:
    """An account that is signed in, and its calls over all spreadsheets."""

    account: Account
    calls: Calls

    def remote(self, target: Target, progress: Callable[[Progress], None] | None = None) -> GoogleRemote:
        """One of the spreadsheets."""
        from arsheet.sync.remotes.google import GoogleRemote

        return GoogleRemote(self.calls, target.spreadsheet, editor=self.account.email, progress=progress)


def configured(book: Path) -> Configured:
    """The sync settings of a workbook; raises WorkbookError for a file that is no receivables book."""
    return configured_of(open_session(book, only=("sync_targets",)), book)


def configured_of(session: Session, book: Path) -> Configured:
    """The sync settings of a workbook that is open."""
    said, zone = session.settings, str(zone_of(session.settings))
    language = said.get("language") or session.language
    listed = scopes(session.tables)
    return Configured(
        book=book,
        language=language,
        login=said.get("sync_login") or "service_account",
        key=said.get("sync_key", ""),
        relay=said.get("sync_relay", ""),
        agreed=said.get("sync_agreed", ""),
        phones=said.get("publish_phones") == "1",
        targets=tuple(
            replace(each, zone=zone, name=_KINDS[each.name].word(language) if each.name in _KINDS else each.name)
            for each in targets(session.tables, language)
        ),
        kinds=tuple(scope.kind for scope in listed.values()),
        mails=tuple(scope.mail for scope in listed.values()),
    )


def chosen(setup: Configured, wanted: Sequence[str] = ()) -> tuple[Target, ...]:
    """The targets meant: all, or those named by id, address, or name.

    Raises ArsheetError ``sync_not_set_up`` (8) where none is set up or nobody agreed that data leave the country, and
    ``target_unknown`` (2).
    """
    if not setup.targets or not setup.agreed:
        what = ("没有同步目标", "there is no sync target") if not setup.targets else (
            "还没有人确认数据出境", "nobody has agreed yet that data leave the country")  # fmt: skip
        raise ArsheetError(
            "sync_not_set_up",
            f"{setup.book.name} 尚未设置在线同步（{what[0]}）；请先运行 arsheet sync init",
            f"{setup.book.name} is not set up for online sheets ({what[1]}); run arsheet sync init first",
            exit_code=8,
        )
    if not wanted:
        return setup.targets
    found: dict[str, Target] = {}
    for name in wanted:
        hits = [each for each in setup.targets if name in (each.name, each.scope, each.spreadsheet)]
        hits = hits or [each for each in setup.targets if spreadsheet_id(name) == each.spreadsheet]
        if not hits:
            names = "、".join(each.name or each.spreadsheet for each in setup.targets)
            raise ArsheetError(
                "target_unknown",
                f"同步目标中没有“{name}”；现有：{names}",
                f"there is no sync target {name!r}; there are: {names}",
                exit_code=2,
            )
        found.update({each.spreadsheet: each for each in hits})
    return tuple(found.values())


def connect(setup: Configured, *, key: str = "", readonly: bool = False, limits: Limits | None = None) -> Connection:
    """Signs in as the settings say; nothing is sent yet. ``key``: another key file. Raises RemoteError (5, 8)."""
    from arsheet.hosts.google.auth import sign_in
    from arsheet.hosts.google.calls import Calls
    from arsheet.hosts.google.relay import Relay

    relay = Relay.of(setup.relay)
    account = sign_in(
        cast("Kind", setup.login),
        path=key or setup.key,
        # a person's login was granted as it is; asking for less than that would be refused
        readonly=readonly and setup.login == "service_account",
        relay=relay,
        away_from=(setup.book, Path(arsheet.__file__).parent),
    )
    return Connection(account, Calls(account.credentials, account=account.email, relay=relay, limits=limits))
