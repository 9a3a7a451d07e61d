# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The jail as the project uses it: run, its jailer, its queue, its room; what happens where there is none."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designs.jail import JailError, Limits, places, run, why_not
from designs.jail.jailer import AlreadyServedError, Jailer
from designs.jail.limits import CEILING, LEAST
from designs.jail.pool import Pool
from designs.jail.room import room
from designs.jail.room_files import own_files
from designs.jail.service import check
from designs.jail.turns import Turns
from designs.jail.wire import connected, receive, send
from designs.jail.zygote import Zygote
from tests.jailed import ENTRIES, TRIAL, Cell

SLOW = "import time\ntime.sleep({})\nanswer = 1"


@pytest.fixture
def no_jailer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRETEAU_VAR", str(tmp_path))


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(processes: list[int]) -> None:
    """Waits until none of them lives; fails if one stays."""
    deadline = time.monotonic() + 10
    while any(map(alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(alive, processes))


# With a jailer


def test_every_wall_holds(jailer: Jailer) -> None:
    said: list[str] = []
    check(said.append)
    assert sum(line.startswith("held") for line in said) == 8
    assert not any(line.startswith("FELL") for line in said)


def test_a_job_by_the_jailer_is_warm(jailer: Jailer) -> None:
    run("probe", b"")
    answer = run("probe", b"")
    assert all(json.loads(answer.output).values())
    assert answer.seconds < 1  # importing CadQuery alone takes longer
    assert answer.peak_kb > 50_000


def test_only_its_own_user_can_open_the_jailers_socket(jailer: Jailer) -> None:
    mode = places.socket().stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_a_second_jailer_does_not_take_the_place_of_the_first(jailer: Jailer) -> None:
    pool = Pool(0)
    with pytest.raises(AlreadyServedError):
        Jailer(places.socket(), pool)
    assert run("probe", b"").output


@pytest.mark.parametrize(
    "head", [{}, {"entry": "probe"}, {"entry": "probe", "limits": {"seconds": "1"}}, {"entry": "probe", "limits": {"sec": 1}}, {"entry": "probe", "limits": 3}]
)  # fmt: skip
def test_a_request_of_another_form_is_refused(jailer: Jailer, head: dict[str, object]) -> None:
    with connected(places.socket()) as client:
        send(client, head, b"")
        answer, body = receive(client, 0)
    assert answer["kind"] == "refused"
    assert body == b""


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\xff" * 12, b"\x00\x00\x00\x02" + bytes(8) + b"[]", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_request_harms_nobody(jailer: Jailer, data: bytes) -> None:
    with connected(places.socket()) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):  # it left without having read it all
            while client.recv(100):
                pass
    assert run("probe", b"").output


def test_test_entries_do_not_exist_in_production(jailer: Jailer) -> None:
    for entry in ("script", "trial:script", "os:system", "", "../../x"):
        with pytest.raises(JailError) as caught:
            run(entry, b"answer = 1")
        assert caught.value.kind == "refused"
        with connected(places.socket()) as client:
            send(client, {"entry": entry, "limits": {}}, b"")
            assert receive(client, 0)[0]["kind"] == "refused"


# The pool


def test_jobs_wait_a_bounded_time_in_a_bounded_queue() -> None:
    """A pool whose zygotes are all taken."""
    pool = Pool(0, longest_queue=1, patience_s=0.2)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(pool.run, "probe", b"", Limits())
        time.sleep(0.05)
        with pytest.raises(JailError, match="too many") as full:
            pool.run("probe", b"", Limits())
        with pytest.raises(JailError, match="turn") as late:
            waiting.result()
    assert full.value.kind == late.value.kind == "unavailable"
    assert "Réessayez" in full.value.french
    pool.close()
    with pytest.raises(JailError):
        pool.run("probe", b"", Limits())


def test_a_zygote_that_dies_or_has_served_enough_is_replaced_and_nothing_stays_behind(cell: Cell) -> None:
    """The cell is there for its skip alone."""
    pool = Pool(1, trial=(ENTRIES, TRIAL), jobs_of_a_zygote=2)
    limits = Limits(seconds=20)
    assert pool.run("script", b"answer = 1", limits).output == b"1"
    first = pool.zygotes[0].processes
    with ThreadPoolExecutor(1) as other:
        job = other.submit(pool.run, "script", SLOW.format(15).encode(), limits)
        time.sleep(0.3)
        os.kill(first[0], signal.SIGKILL)
        with pytest.raises(JailError) as caught:
            job.result(timeout=10)
    assert caught.value.kind == "crash"
    assert pool.run("script", b"answer = 2", limits).output == b"2"
    second = pool.zygotes[0].processes
    assert second[0] not in first
    os.kill(second[0], signal.SIGKILL)  # while it has nothing to do: nobody notices
    gone([second[0]])
    assert pool.run("script", b"answer = 3", limits).output == b"3"
    third = pool.zygotes[0].processes
    pool.run("script", b"answer = 4", limits)  # its second and last
    pool.close()
    gone([*first, *second, *third])
    assert pool.zygotes == []


def test_a_zygote_has_one_thread_so_that_it_can_be_forked(cell: Cell) -> None:
    cell.run("answer = 1")
    assert "\nThreads:\t1\n" in Path(f"/proc/{cell.processes[-1]}/status").read_text()


def test_a_pool_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRETEAU_JAIL_ROOMS", str(tmp_path / "file" / "rooms"))
    pool = Pool(1)
    with pytest.raises(JailError) as caught:
        pool.run("probe", b"", Limits())
    assert caught.value.kind == "unavailable"
    assert "n’a pas pu être préparé" in caught.value.french
    pool.close()


def test_no_jail_outlives_who_made_it(cell: Cell) -> None:
    """The kernel ends a zygote with the thread that made it; so none stays where a jailer was killed."""
    made: list[Zygote] = []
    maker = threading.Thread(target=lambda: made.append(Zygote()))
    maker.start()
    maker.join()
    with contextlib.suppress(JailError):
        made[0].run("probe", b"", Limits(seconds=5))
    assert made[0].ill
    made[0].close()


def test_an_asker_with_many_jobs_does_not_keep_the_others_waiting() -> None:
    turns: Turns[str] = Turns(10)
    for item in ("a1", "a2", "a3", "b1", "c1", "b2"):
        assert turns.offer(item[0], item)
    assert [turns.take(0) for _ in range(7)] == ["a1", "b1", "c1", "a2", "b2", "a3", None]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 99)), max_size=40))
def test_nobody_is_served_twice_while_another_waits_and_none_is_lost(offers: list[tuple[str, int]]) -> None:
    turns: Turns[tuple[str, int]] = Turns(40)
    for offer in offers:
        turns.offer(offer[0], offer)
    served = [turns.take(0) for _ in offers]
    assert sorted(filter(None, served)) == sorted(offers)
    for asker in {offer[0] for offer in offers}:
        assert [item for item in served if item and item[0] == asker] == [
            offer for offer in offers if offer[0] == asker
        ]
    left = {asker: sum(offer[0] == asker for offer in offers) for asker in "abcd"}
    for before, after in itertools.pairwise(served):
        assert before and after
        left[before[0]] -= 1
        if before[0] == after[0]:
            assert not any(left[other] for other in left if other != before[0])


def test_what_is_withdrawn_is_not_served() -> None:
    turns: Turns[str] = Turns(2)
    turns.offer("a", "a1")
    turns.offer("a", "a2")
    assert not turns.offer("b", "b1")
    assert turns.withdraw("a", "a1")
    assert not turns.withdraw("a", "a1")
    assert turns.take(0) == "a2"
    assert not turns.withdraw("b", "b1")
    assert len(turns) == 0


# Without a jailer


def test_without_a_jailer_a_job_has_a_zygote_of_its_own_which_ends_with_it(cell: Cell, no_jailer: None) -> None:
    cell.run("answer = 1")  # its own zygote is there by now
    before = set(_below_me())
    answer = run("probe", b"")
    assert all(json.loads(answer.output).values())
    assert {process for process in _below_me() if alive(process)} <= before


def _below_me() -> Iterator[int]:
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


def test_a_machine_without_bubblewrap_says_so_and_runs_nothing(
    no_jailer: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    why = why_not()
    assert why and "bubblewrap" in why and "paramètres" in why
    with pytest.raises(JailError) as caught:
        run("probe", b"")
    assert caught.value.kind == "unavailable"
    assert caught.value.french == why


def test_a_bubblewrap_that_may_not_make_a_jail_is_none(
    no_jailer: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As where user namespaces are forbidden: the program is there and fails."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    tmp_path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    why = why_not()
    assert why and "espaces de noms" in why


def test_a_bubblewrap_that_only_pretends_is_none(
    no_jailer: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One that would run the command outside."""
    fake = tmp_path / "bwrap"
    fake.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert why_not()


def test_where_the_filter_cannot_be_set_nothing_is_run(
    cell: Cell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on a processor whose system calls nobody has listed, if it were found out that late."""
    lists = Path("project/designs/jail/system_calls.py")
    without = tmp_path / "system_calls.py"
    without.write_text((places.PROJECT / lists.relative_to("project")).read_text() + "\nMACHINES = {}\n")
    changed = [(without if inner == lists else file, inner) for file, inner in own_files()]
    monkeypatch.setattr("designs.jail.room.own_files", lambda: changed)
    with pytest.raises(JailError, match="could not be confined") as caught:
        Zygote()
    assert caught.value.kind == "unavailable"


def test_a_site_may_switch_its_jail_off(jailer: Jailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRETEAU_JAIL", "off")
    why = why_not()
    assert why and "désactivée" in why
    with pytest.raises(JailError) as caught:
        run("probe", b"")
    assert caught.value.kind == "unavailable"


def test_a_request_that_is_too_large_is_refused_wherever_one_is(
    no_jailer: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JailError) as caught:
        run("build", bytes(2_000_001), limits=Limits(request_bytes=2_000_000))
    assert caught.value.kind == "refused"
    assert "2\N{NO-BREAK SPACE}Mo au plus" in caught.value.french


# Limits and room


@given(
    st.fixed_dictionaries(
        {}, optional={name: st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12) for name in Limits().as_data()}
    )
)
def test_no_limit_is_beyond_the_ceiling_or_below_the_least(asked: dict[str, float]) -> None:
    limits = Limits.parse(asked).as_data()
    for name, value in limits.items():
        assert LEAST.as_data()[name] <= value <= CEILING.as_data()[name]


@pytest.mark.parametrize(
    "data", [{"seconds": "3"}, {"seconds": True}, {"secs": 3}, {"memory_bytes": None}, {"seconds": float("nan")}]
)
def test_a_limit_that_is_none_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Limits.parse(data)


def test_the_room_holds_no_module_that_knows_django_or_a_secret() -> None:
    inner = {str(path) for _, path in own_files()}
    assert "project/designs/porte.py" in inner
    assert "project/fabrication/flatten.py" in inner
    for part in ("models", "services", "migrations", "settings", "manage.py", "management", "artefacts", "tasks"):
        assert not any(part in Path(path).with_suffix("").parts for path in inner), part
    assert all(path.startswith(("project/designs/", "project/fabrication/", "project/fablabs/")) for path in inner)


def test_the_room_follows_what_is_drawn_and_is_readable_by_everybody(
    cell: Cell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room() as one, room() as same:
        assert one == same
        for folder in (one.library, one.own, one.own / "project" / "designs"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o755
        changed = [(places.PROJECT / "designs" / "errors.py", Path("project/designs/errors.py"))]
        monkeypatch.setattr("designs.jail.room.own_files", lambda: changed)
        with room() as other:
            assert other.library == one.library
            assert other.own != one.own
            assert [path.name for path in other.own.rglob("*.py")] == ["errors.py"]
            assert one.own.exists(), "somebody is inside"


def test_several_threads_share_one_zygote_in_turn(cell: Cell) -> None:
    results: list[bytes] = []

    def ask(number: int) -> None:
        results.append(cell.run(f"answer = {number}").output)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(int, results)) == list(range(12))
