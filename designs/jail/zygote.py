# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A zygote as it is seen from outside: started, given jobs one after another, watched, ended."""

from __future__ import annotations

import array
import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from designs.jail.command import jailed
from designs.jail.entries import ENTRIES
from designs.jail.errors import crashed, no_entry, unavailable
from designs.jail.limits import Answer, Limits
from designs.jail.outcome import Ended, Streams, answer_of
from designs.jail.room import IMPORTED, environment, room

#: Until a zygote has imported everything, on a busy machine.
_START_S = 60.0
#: Until a job that was told to end has ended; a zygote that can't end its job is ended itself.
_END_S = 2.0
_MESSAGE_BYTES = 65536


class Zygote:
    """One process in the jail that has CadQuery loaded. It is ended with ``close``, and by the kernel if the thread that
    made it ends: so whoever makes one stays as long as it does. Raises JailError (unavailable) if it doesn't start.

    ``trial`` is for tests alone: further entries, and the source of the module ``trial`` that they are in.
    """

    def __init__(self, trial: tuple[Mapping[str, str], str] | None = None) -> None:
        #: Jobs that it has run.
        self.jobs = 0
        #: Something went wrong that was not the job's.
        self.ill = False
        self._closing = contextlib.ExitStack()
        try:
            self._start(*(trial or ({}, "")))
        except BaseException:
            self.close()
            raise

    def _start(self, further: Mapping[str, str], source: str) -> None:
        place = self._closing.enter_context(room())
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = self._closing.enter_context(ours)
        self._log = os.memfd_create("zygote")
        self._closing.callback(os.close, self._log)
        contents = {"/trial/trial.py": _file(source.encode())} if source else {}
        packages = [Path("/project"), Path("/packages"), *([Path("/trial")] if source else [])]
        wanted = {"imported": IMPORTED, "entries": {**ENTRIES, **further}}
        command = jailed(
            [
                place.python,
                "-S",
                "-s",
                "-P",
                "-B",
                "-m",
                "designs.jail.inside",
                str(theirs.fileno()),
                json.dumps(wanted),
            ],
            mounts={
                "/python": place.library / "python",
                "/packages": place.library / "packages",
                "/project": place.own / "project",
            },
            environment=environment(Path("/python"), packages),
            contents=contents,
        )
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=[theirs.fileno(), *contents.values()],
                cwd="/",
                start_new_session=True,
            )
        for descriptor in contents.values():
            os.close(descriptor)
        self._closing.callback(self.end)
        hello = self._heard(_START_S)
        if hello is None:
            raise unavailable(
                f"the zygote did not start: {self._said_last()}",
                "L’espace protégé où s’exécutent les scripts n’a pas démarré sur ce serveur.",
            )
        self.ready: frozenset[str] = frozenset(hello["ready"])
        #: Entries that could not be imported → why.
        self.missing: Mapping[str, str] = hello["missing"]

    def run(self, entry: str, request: bytes, limits: Limits) -> Answer:
        """Runs one job and waits for it. Raises JailError, of which none but unavailable says anything of the zygote."""
        if entry not in self.ready:
            why = self.missing.get(entry)
            raise (
                unavailable(f"{entry}: {why}", "Ce calcul n’est pas installé sur ce serveur.")
                if why
                else no_entry(entry)
            )
        self.jobs += 1
        start = time.monotonic()
        with contextlib.ExitStack() as closing:
            streams = closing.enter_context(Streams(limits))
            given = [_file(request), *streams.given]
            try:
                self._say({"entry": entry, "limits": limits.as_data()}, given)
            finally:
                for descriptor in given:
                    os.close(descriptor)
            ended, why = self._watch(streams, start + limits.seconds)
        return answer_of(ended, why, streams, time.monotonic() - start, limits)

    def _watch(self, streams: Streams, deadline: float) -> tuple[Ended, str]:
        """Reads what the job hands out until it has ended; ``why`` says for which limit it was told to, if it was."""
        why = ""
        control = self._control.fileno()
        poll = select.poll()
        poll.register(control, select.POLLIN)
        for descriptor in streams.read:
            poll.register(descriptor, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(max(0.0, deadline - time.monotonic()) * 1000)}
            for descriptor in ready - {control}:
                if not streams.take(descriptor):
                    poll.unregister(descriptor)
            if control in ready:
                return self._ended(streams), why
            if why and time.monotonic() >= deadline:
                self.ill = True
                self.end()
                return Ended(-signal.SIGKILL, 0.0, 0), why
            too_much = streams.too_much
            if not why and (too_much or time.monotonic() >= deadline):
                why, deadline = ("output" if too_much else "time"), time.monotonic() + _END_S
                self._say({"end": True}, [])

    def _ended(self, streams: Streams) -> Ended:
        message = self._heard(0)
        if message is None:
            self.ill = True
            raise crashed("its zygote is gone")
        streams.take_rest()
        return Ended(int(message["ended"]), float(message["cpu"]), int(message["peak_kb"]))

    def close(self) -> None:
        self._closing.close()

    @property
    def well(self) -> bool:
        """Whether it may be given another job."""
        return not self.ill and self._process.poll() is None

    @property
    def processes(self) -> list[int]:
        """Its processes' numbers, outermost first."""
        found, new = [], [self._process.pid]
        while new:
            found += new
            new = [child for process in new for child in _children(process)]
        return found

    def end(self) -> None:
        """Ends it, whatever it does. To be called from any thread; the one that made it still calls ``close``."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # it ends its job, then itself
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, message: Mapping[str, Any], descriptors: list[int]) -> None:
        given = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        try:
            self._control.sendmsg([json.dumps(message).encode()], given)
        except OSError as error:
            self.ill = True
            raise unavailable(
                f"the zygote is gone: {error}", "Le calcul n’a pas pu être lancé. Réessayez dans un instant."
            ) from error

    def _heard(self, seconds: float) -> dict[str, Any] | None:
        self._control.settimeout(seconds or None)
        try:
            data = self._control.recv(_MESSAGE_BYTES)
        except OSError:
            return None
        return json.loads(data) if data else None

    def _said_last(self) -> str:
        size = os.fstat(self._log).st_size
        return os.pread(self._log, 2000, max(0, size - 2000)).decode(errors="replace").strip() or "it said nothing"


def _file(content: bytes) -> int:
    """A descriptor to read ``content`` from, which nobody can write to any more."""
    descriptor = os.memfd_create("request", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


def _children(process: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []
