# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Processes that are killed at any moment and started again: the site, its worker, hands that take steps."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

#: Seconds until a program that was started does its work, on a busy machine.
_STARTING_S = 5.0
_ROOT = Path(__file__).resolve().parents[2]


class Program:
    """A command in a process group of its own; ``log`` has what it says."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name, self._command, self._environment, self._log = name, command, environment, log
        self._process: subprocess.Popen[bytes] | None = None
        self.since = 0.0

    def start(self) -> None:
        self.since = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=_ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        _kill_group(self.pid)
        if self._process:
            self._process.wait()


class Hand:
    """A forked process that runs ``work`` for ever; it shares nothing with us but the database."""

    def __init__(self, name: str, work: Callable[[int], None]) -> None:
        self.name, self._work, self.pid, self._times, self.since = name, work, 0, 0, 0.0

    def start(self) -> None:
        from django.db import connections

        connections.close_all()
        self._times += 1
        self.since = time.monotonic() - _STARTING_S  # forked warm: it works at once
        self.pid = os.fork()
        if self.pid:
            return
        try:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            self._work(self._times)
        except BaseException as error:
            print(f"{self.name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(1)

    def is_running(self) -> bool:
        if not self.pid:
            return False
        try:
            ended, _ = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return False
        return ended == 0

    def kill(self) -> None:
        if self.pid:
            _kill_group(self.pid)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
            self.pid = 0


class Crew:
    """All of them. ``kill_one`` takes one at random; whoever is dead is started again."""

    def __init__(self, members: list[Program | Hand], chance: random.Random) -> None:
        self.members, self._chance = members, chance
        self.kills: Counter[str] = Counter()

    def start(self) -> None:
        for member in self.members:
            member.start()

    def kill_one(self) -> None:
        """SIGKILL to a whole process group, or to one of its children alone, which its parent has to notice."""
        now = time.monotonic()
        # Mostly those that have come to work since they were started; now and then one that is just starting.
        alive = [one for one in self.members if one.pid]
        at_work = [one for one in alive if now - one.since > _STARTING_S]
        member = self._chance.choice(at_work if at_work and self._chance.random() < 0.8 else alive)
        children = _group(member.pid) - {member.pid}
        if children and self._chance.random() < 0.6:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._chance.choice(sorted(children)), signal.SIGKILL)
            self.kills[f"a child of the {member.name}"] += 1
            return
        member.kill()
        self.kills[member.name] += 1
        member.start()

    def mend(self) -> None:
        """Whoever ended by himself is started again."""
        for member in self.members:
            if not member.is_running():
                member.start()

    def stop(self) -> None:
        for member in self.members:
            member.kill()

    def dismiss(self, *names: str) -> None:
        """These are not needed any more."""
        for member in [one for one in self.members if one.name in names]:
            member.kill()
            self.members.remove(member)


def _kill_group(pid: int) -> None:
    """Of a process that we started and made the leader of its group."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.killpg(pid, signal.SIGKILL)
            return
        except ProcessLookupError:
            # It was forked a moment ago and leads no group yet, or it is gone.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            return


def _group(leader: int) -> set[int]:
    """The processes of a group, as Linux lists them."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == leader:
                found.add(int(folder.name))
    return found
