"""Writing exactly once: every way an answer can be lost, other writers, leases, and the limits."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest

from arsheet.hosts.online import RemoteError
from arsheet.sync.emulator import SERVICE_ACCOUNT, Fault, Person, Refusal
from arsheet.sync.remote import (
    AddTab,
    AppendRows,
    Change,
    Lease,
    Marker,
    ProtectRange,
    ResizeTab,
    SetCells,
    SetValidation,
    TabWanted,
)
from arsheet.sync.remotes.google import GoogleRemote
from tests.sync.remotes.conftest import Setting

FAULTS = [
    Fault("status", "batchUpdate", code=503),
    Fault("status", "batchUpdate", code=500, times=3),
    Fault("status", "batchUpdate", code=429, retry_after=7, times=2),
    Fault("html", "batchUpdate", code=502, times=2),
    Fault("cut_before", "batchUpdate"),
    Fault("cut_after", "batchUpdate"),
    Fault("hang", "batchUpdate"),
    Fault("hang_after", "batchUpdate"),
]


def started(google: Setting) -> tuple[Person, GoogleRemote, Marker]:
    """A spreadsheet with a tab of three rows and a marker, and what was read of it."""
    book = google.book()
    remote = google.remote(book)
    changes: list[Change] = [AddTab("T", 4, 2, ("编号", "金额")), AppendRows("T", [["a", 1], ["b", 2], ["c", 3]])]
    remote.apply(changes, Marker(1, "run-0", "plan-0"), expect=None)
    marker = remote.read([TabWanted("T")]).marker
    assert marker is not None
    return book, remote, marker


def keys(book: Person) -> list[object]:
    return [row[0] for row in book.values("T")[1:]]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.kind}-{f.code}-{f.times}")
@pytest.mark.parametrize("first", [True, False], ids=["first-write", "later-write"])
def test_rows_are_appended_exactly_once_whatever_happens(google: Setting, fault: Fault, first: bool) -> None:
    times = fault.times
    fault = Fault(fault.kind, fault.match, times, code=fault.code, retry_after=fault.retry_after)
    if first:
        book, remote, marker = google.book(), None, None
        book.add_tab("T", 4, 2)
        book.paste("T", "A1", [["编号", "金额"], ["a", 1], ["b", 2], ["c", 3]])
        remote = google.remote(book)
        remote.read([TabWanted("T")])
    else:
        book, remote, marker = started(google)
    google.emulator.faults.add(fault)
    new = Marker(2, "run-1", "plan-1")
    done = remote.apply([AppendRows("T", [["d", 4], ["e", 5]])], new, expect=marker)
    assert fault.fired == times
    assert keys(book) == ["a", "b", "c", "d", "e"]
    assert done.marker == new
    assert remote.read([TabWanted("T")]).marker == new
    landed = fault.kind in ("cut_after", "hang_after")
    assert done.resolved == landed
    assert done.resent == (0 if landed or fault.code == 429 else times)
    if fault.code == 429:
        assert min(google.time.slept) >= 7


def test_the_marker_is_read_through_faults_too(google: Setting) -> None:
    book, remote, marker = started(google)
    google.emulator.faults.add("cut_after", match="batchUpdate")
    google.emulator.faults.add("503", match="GET", times=4)
    google.emulator.faults.add("html_502", match="GET", times=2)
    assert remote.apply([AppendRows("T", [["d", 4]])], Marker(2, "r", "p"), expect=marker).resolved
    assert keys(book) == ["a", "b", "c", "d"]


def test_a_batch_that_arrives_late_does_not_land_twice(google: Setting) -> None:
    """The first try times out and is still on its way; the second lands; then the first reaches the server."""
    book, remote, marker = started(google)
    late: list[tuple[str, bytes]] = []
    send = remote._calls._once

    def held(method, url, params, data, files, headers, count):  # type: ignore[no-untyped-def]
        if "batchUpdate" in url and not late:
            late.append((url, data))
            import requests

            return requests.exceptions.ReadTimeout("late")
        return send(method, url, params, data, files, headers, count)

    remote._calls._once = held  # type: ignore[method-assign]
    done = remote.apply([AppendRows("T", [["d", 4]])], Marker(2, "r", "p"), expect=marker)
    assert done.resent == 1
    answer = remote._calls.session.post(late[0][0], data=late[0][1], timeout=5)
    assert answer.status_code == 400
    assert keys(book) == ["a", "b", "c", "d"]


def test_of_two_writers_from_one_marker_only_one_lands(google: Setting) -> None:
    book, remote, marker = started(google)
    other = google.remote(book)
    assert other.read([TabWanted("T")]).marker == marker
    other.apply([SetCells("T", 0, 1, [[10]])], Marker(2, "other", "p"), expect=marker)
    with pytest.raises(RemoteError) as caught:
        remote.apply([AppendRows("T", [["d", 4]])], Marker(2, "mine", "p"), expect=marker)
    assert (caught.value.code, caught.value.exit_code) == ("marker_moved", 7)
    assert keys(book) == ["a", "b", "c"]
    now = remote.read([TabWanted("T")]).marker
    assert now is not None
    assert now.run_id == "other"


def test_of_two_first_writers_only_one_lands(google: Setting) -> None:
    book = google.book()
    book.add_tab("T", 2, 2)
    one, two = google.remote(book), google.remote(book)
    one.read([TabWanted("T")])
    two.read([TabWanted("T")])
    one.apply([AppendRows("T", [["a"]])], Marker(1, "one", "p"), expect=None)
    with pytest.raises(RemoteError) as caught:
        two.apply([AppendRows("T", [["b"]])], Marker(1, "two", "p"), expect=None)
    assert caught.value.code == "marker_moved"
    assert book.values("T") == [["a"]]


def test_many_writers_at_once_leave_one_winner_each_time(google: Setting) -> None:
    book, _, marker = started(google)
    remotes = [google.remote(book, read=5) for _ in range(4)]
    for each in remotes:
        each.read([TabWanted("T")])
    results: list[str] = []

    def write(number: int) -> None:
        try:
            remotes[number].apply([AppendRows("T", [[f"w{number}"]])], Marker(2, f"w{number}", "p"), expect=marker)
            results.append("landed")
        except RemoteError as error:
            results.append(error.code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["landed", "marker_moved", "marker_moved", "marker_moved"]
    assert len(keys(book)) == 4


def test_a_lease_is_taken_and_let_go_in_the_marker(google: Setting) -> None:
    book, remote, marker = started(google)
    lease = Lease("host-1/42", dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC))
    taken = remote.apply([], Marker(1, "run-0", "plan-0", lease), expect=marker)
    assert taken.requests == 1
    other = google.remote(book)
    seen = other.read([]).marker
    assert seen is not None
    assert seen.lease == lease
    done = remote.apply([AppendRows("T", [["d"]])], Marker(2, "run-1", "p"), expect=taken.marker)
    assert done.requests == 1
    assert done.marker.lease is None
    assert len([entry for entry in book.book.metadata if entry["metadataKey"] == "arsheet.marker"]) == 1


def test_a_marker_known_only_by_its_words_is_found_again(google: Setting) -> None:
    book, _, marker = started(google)
    fresh = google.remote(book)
    done = fresh.apply([AppendRows("T", [["d"]])], Marker(2, "r", "p"), expect=Marker(1, "run-0", "plan-0"))
    assert done.marker.entry == marker.entry + 1
    with pytest.raises(RemoteError) as caught:
        google.remote(book).apply([], Marker(3, "r", "p"), expect=Marker(1, "run-0", "plan-0"))
    assert caught.value.code == "marker_moved"


def test_an_outage_leaves_the_write_in_doubt_and_both_sides_whole(google: Setting) -> None:
    book, remote, marker = started(google)
    google.emulator.faults.add("503", times=10_000)
    with pytest.raises(RemoteError) as caught:
        remote.apply([AppendRows("T", [["d"]])], Marker(2, "r", "p"), expect=marker)
    assert caught.value.exit_code == 6
    assert caught.value.unknown
    google.emulator.faults.clear()
    assert keys(book) == ["a", "b", "c"]
    google.emulator.faults.add("cut_after", match="batchUpdate")
    google.emulator.faults.add("503", match="GET", times=10_000)
    with pytest.raises(RemoteError) as caught:
        remote.apply([AppendRows("T", [["d"]])], Marker(2, "r", "p"), expect=marker)
    assert caught.value.unknown, "it has landed, and the next run must look"
    google.emulator.faults.clear()
    now = google.remote(book).read([]).marker
    assert now == Marker(2, "r", "p")


REFUSALS = ["protected", "renamed", "deleted_tab", "deleted_file", "unshared", "readonly", "revoked"]


@pytest.mark.parametrize("case", REFUSALS)
def test_what_people_did_meanwhile_is_said_with_its_exit_code(google: Setting, case: str) -> None:
    book, remote, marker = started(google)
    expected = {
        "protected": ("range_protected", 5),
        "renamed": ("", 0),
        "deleted_tab": ("tab_gone", 4),
        "deleted_file": ("spreadsheet_not_found", 8),
        "unshared": ("not_shared", 5),
        "readonly": ("not_shared", 5),
        "revoked": ("key_revoked", 5),
    }[case]
    if case == "protected":
        book.book.titled("T").protected.append(  # type: ignore[union-attr]
            {"protectedRangeId": 9, "range": {"sheetId": book.book.titled("T").id}, "editors": {"users": []}}  # type: ignore[union-attr]
        )
    elif case == "renamed":
        book.rename_tab("T", "U")
    elif case == "deleted_tab":
        book.delete_tab("T")
    elif case == "deleted_file":
        book.delete_file()
    elif case == "unshared":
        book.unshare(SERVICE_ACCOUNT)
    elif case == "readonly":
        book.share(SERVICE_ACCOUNT, "reader")
    else:
        google.emulator.revoke(SERVICE_ACCOUNT)
    if case == "renamed":  # the tab is the same: its id is what is written to
        remote.apply([SetCells("T", 0, 1, [[9]])], Marker(2, "r", "p"), expect=marker)
        assert book.value("U", "B2") == 9
        with pytest.raises(RemoteError) as caught:
            google.remote(book).apply([SetCells("T", 0, 1, [[9]])], Marker(3, "r", "p"), expect=Marker(2, "r", "p"))
        assert (caught.value.code, caught.value.exit_code) == ("tab_not_found", 4)
        return
    with pytest.raises(RemoteError) as caught:
        remote.apply([SetCells("T", 0, 1, [[9]])], Marker(2, "r", "p"), expect=marker)
    assert (caught.value.code, caught.value.exit_code) == expected
    assert not caught.value.unknown
    assert google.time.slept == []


def test_a_token_that_ends_is_renewed_without_notice(google: Setting) -> None:
    book, remote, marker = started(google)
    google.emulator.world.tokens.expire()
    remote.apply([AppendRows("T", [["d"]])], Marker(2, "r", "p"), expect=marker)
    assert keys(book) == ["a", "b", "c", "d"]


def test_ten_million_cells_are_refused_before_anything_is_sent(google: Setting) -> None:
    book, remote, marker = started(google)
    before = remote.requests_made
    with pytest.raises(RemoteError) as caught:
        remote.apply([AddTab("大", 1_000_000, 12, ("a",))], Marker(2, "r", "p"), expect=marker)
    assert (caught.value.code, caught.value.exit_code) == ("too_many_cells", 3)
    assert "12,026,008" in caught.value.zh
    assert remote.requests_made == before
    assert book.tabs[-1] == "T"


def test_a_login_that_may_only_read_cannot_write(google: Setting) -> None:
    book, _, marker = started(google)
    remote = GoogleRemote(google.calls(readonly=True), book.id)
    assert remote.read([TabWanted("T")]).marker == marker
    with pytest.raises(RemoteError) as caught:
        remote.apply([], Marker(2, "r", "p"), expect=marker)
    assert (caught.value.code, caught.value.exit_code) == ("scope_missing", 5)


def test_a_person_who_signed_in_can_sync_and_is_told_when_that_ends(google: Setting) -> None:
    from arsheet.hosts.google.auth import KEY_VARIABLE, WRITE, sign_in
    from arsheet.hosts.google.calls import Calls
    from arsheet.hosts.google.relay import Relay

    book = google.emulator.books.create("应收", owner="li@example.cn")
    login = google.emulator.authorized_user_info("li@example.cn", (WRITE,))
    relay = Relay.of(google.emulator.base_url)
    account = sign_in("user", environment={KEY_VARIABLE: json.dumps(login)}, relay=relay)
    calls = Calls(account.credentials, account=account.email, relay=relay, clock=google.time.clock())
    remote = GoogleRemote(calls, book.id)
    done = remote.apply([AddTab("T", 2, 1, ("编号",)), AppendRows("T", [["a"]])], Marker(1, "r", "p"), expect=None)
    assert keys(book) == ["a"]
    google.emulator.revoke("li@example.cn")
    with pytest.raises(RemoteError) as caught:
        remote.apply([AppendRows("T", [["b"]])], Marker(2, "r", "p"), expect=done.marker)
    assert (caught.value.code, caught.value.exit_code) == ("login_expired", 5)
    assert "arsheet sync init" in caught.value.zh
    calls.close()


def test_a_clock_that_is_wrong_is_named(google: Setting) -> None:
    import time

    book = google.book()
    calls = google.calls()
    assert calls.clock_skew is None
    GoogleRemote(calls, book.id).read([])
    assert calls.clock_skew is not None
    assert abs(calls.clock_skew) < 60
    google.emulator.world.tokens.clock = lambda: time.time() - 7200
    with pytest.raises(RemoteError) as caught:
        google.remote(book).read([])
    assert (caught.value.code, caught.value.exit_code) == ("clock_wrong", 5)


def test_a_quota_that_others_use_up_too_is_waited_for(google: Setting) -> None:
    book, remote, marker = started(google)
    quota = google.emulator.world.quota
    quota.reads, quota.writes = 1, 1
    google.emulator.world.clock = lambda: 1000.0 + google.time.time
    quota.spent.clear()
    for number in range(3):
        marker = remote.apply([AppendRows("T", [[f"n{number}"]])], Marker(number + 2, "r", "p"), expect=marker).marker
        remote.read([])
    assert keys(book) == ["a", "b", "c", "n0", "n1", "n2"]
    assert google.time.time >= 60


def test_people_cannot_type_over_what_is_protected_and_protecting_twice_is_once(google: Setting) -> None:
    book = google.book()
    remote = google.remote(book)
    changes: list[Change] = [
        AddTab("T", 4, 3, ("编号", "金额", "备注")),
        ProtectRange("T", 0, 2),
        AppendRows("T", [["a", 1]]),
    ]
    done = remote.apply(changes, Marker(1, "r", "p"), expect=None)
    seller = book.as_("xiao.li@example.com")
    book.share("xiao.li@example.com")
    with pytest.raises(Refusal):
        seller.type("T", "B2", "9")
    seller.type("T", "C2", "明天付")
    read = remote.read([TabWanted("T")]).tabs["T"]
    assert read is not None
    assert [(area.first_column, area.end_column, area.ours) for area in read.protected] == [(0, 2, True)]
    done = remote.apply([ProtectRange("T", 0, 2), SetCells("T", 0, 1, [[2]])], Marker(2, "r", "p"), expect=done.marker)
    again = remote.read([TabWanted("T")]).tabs["T"]
    assert again is not None
    assert len(again.protected) == 1
    assert again.cells == [["a"], [2], ["明天付"]]


def test_a_drop_down_and_a_larger_grid(google: Setting) -> None:
    book, remote, marker = started(google)
    changes: list[Change] = [
        SetValidation("T", 1, ("未联系", "已承诺")),
        ResizeTab("T", 10, 4),
        ResizeTab("T", 2, 2),
        SetCells("T", 5, 3, [["x"]]),
        SetCells("T", -1, 2, [["新列"]]),
    ]
    remote.apply(changes, Marker(2, "r", "p"), expect=marker)
    assert book.size("T") == (10, 4)
    assert book.value("T", "D7") == "x"
    assert book.value("T", "C1") == "新列"
    rule = book.cell("T", "B3").rule
    assert rule is not None
    assert not rule.get("strict")
    with pytest.raises(RemoteError) as caught:
        remote.apply([SetCells("T", 50, 0, [["x"]])], Marker(3, "r", "p"), expect=Marker(2, "r", "p"))
    assert (caught.value.code, caught.value.exit_code) == ("cells_outside_tab", 4)
    with pytest.raises(RemoteError) as caught:
        remote.apply([AddTab("T", 2, 2, ("x",))], Marker(3, "r", "p"), expect=Marker(2, "r", "p"))
    assert (caught.value.code, caught.value.exit_code) == ("tab_name_taken", 4)
