# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What came out of a job: its streams while it runs, and what its end means."""

from __future__ import annotations

import contextlib
import os
import signal
import struct
from dataclasses import dataclass

from designs.jail.errors import crashed, too_long, too_much_memory, too_much_output, unavailable
from designs.jail.limits import SAID_BYTES, SAID_KEPT_BYTES, Answer, Limits

#: Exit codes of a job's process. A script may end with any of them too: they choose words, nothing else.
ANSWERED, NO_MEMORY, RAISED, NOT_CONFINED = 0, 81, 82, 83

_CHUNK_BYTES = 1 << 18
_HEAD = struct.Struct(">Q")
#: A process ended by one of these, with this much of its memory taken, most likely found no more.
_MEMORY_SIGNALS = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGKILL, -signal.SIGBUS}
_MEMORY_SHARE = 0.6


@dataclass(frozen=True)
class Ended:
    #: As of a subprocess: negative for a signal.
    code: int
    cpu_seconds: float
    peak_kb: int


class Streams:
    """Two pipes, for the answer and for what is printed. Never more is kept than the limits say."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        output, output_given = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        said, said_given = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        for descriptor in (output_given, said_given):
            os.set_blocking(descriptor, True)  # the job waits until we read
        self._output, self._said = output, said
        self.given = [output_given, said_given]
        self.read = [output, said]
        self.output = bytearray()
        self._kept = bytearray()
        self._said_bytes = 0

    def __enter__(self) -> Streams:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in self.read:
            os.close(descriptor)

    @property
    def too_much(self) -> bool:
        return len(self.output) > self._limits.output_bytes + _HEAD.size or self._said_bytes > SAID_BYTES

    @property
    def said(self) -> str:
        return self._kept.decode(errors="replace")

    def take(self, descriptor: int) -> bool:
        """Reads once; False when nothing more can come. What is too much already isn't kept."""
        try:
            data = os.read(descriptor, _CHUNK_BYTES)
        except BlockingIOError:
            return True
        if descriptor == self._output and not self.too_much:
            self.output += data
        elif descriptor == self._said:
            self._said_bytes += len(data)
            self._kept += data[: SAID_KEPT_BYTES - len(self._kept)]
        return bool(data)

    def take_rest(self) -> None:
        """What lies in the pipes of a job that has ended."""
        for descriptor in self.read:
            before = -1
            while before != self._taken and not self.too_much:
                before = self._taken
                with contextlib.suppress(OSError):
                    self.take(descriptor)

    @property
    def _taken(self) -> int:
        return len(self.output) + self._said_bytes


def answer_of(ended: Ended, why: str, streams: Streams, seconds: float, limits: Limits) -> Answer:
    """The answer, or the JailError that says which limit stood before it."""
    said = streams.said
    if why == "output" or streams.too_much:
        raise too_much_output(said)
    if why == "time":
        raise too_long(limits.seconds, said)
    if ended.code in (-signal.SIGXCPU, -signal.SIGKILL) and ended.cpu_seconds >= limits.cpu_seconds - 0.5:
        raise too_long(limits.cpu_seconds, said)
    if ended.code == NO_MEMORY or (
        ended.code in _MEMORY_SIGNALS and ended.peak_kb * 1024 >= _MEMORY_SHARE * limits.memory_bytes
    ):
        raise too_much_memory(limits.memory_bytes, said)
    if ended.code == NOT_CONFINED:
        raise unavailable(
            "the job could not be confined", "Ce serveur n’a pas pu enfermer le calcul : il n’a pas été fait."
        )
    if ended.code != ANSWERED:
        raise crashed(_how(ended.code), said)
    if len(streams.output) < _HEAD.size or _HEAD.unpack_from(streams.output)[0] != len(streams.output) - _HEAD.size:
        raise crashed("it left before its answer was whole", said)
    return Answer(bytes(memoryview(streams.output)[_HEAD.size :]), said, seconds, ended.peak_kb)


def _how(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"code {code}"
