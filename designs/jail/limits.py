# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one job in the jail may take, and what it hands out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """No job gets more than ``CEILING``, whatever is asked for, and at least ``LEAST``."""

    #: Wall clock, seconds, from the moment when the job's turn has come.
    seconds: float = 30
    #: Seconds of processor, all threads together.
    cpu_seconds: int = 25
    #: Address space. About 1 GB of it is CadQuery itself, mapped and shared by all jobs.
    memory_bytes: int = 2048 * MB
    request_bytes: int = 24 * MB
    output_bytes: int = 32 * MB
    #: Threads of the job's one process, itself included.
    threads: int = 32
    #: Open files.
    descriptors: int = 64

    def bounded(self) -> Limits:
        """These limits with each between the least and the ceiling's."""
        names = [field.name for field in fields(self)]
        return Limits(
            **{name: max(getattr(LEAST, name), min(getattr(self, name), getattr(CEILING, name))) for name in names}
        )

    def as_data(self) -> dict[str, float]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Limits:
        """Limits from JSON, bounded. Raises ValueError where one is unknown or no number."""
        if not isinstance(data, Mapping):
            raise ValueError("no limits")
        names = {field.name for field in fields(cls)}
        unknown = sorted(set(data) - names)
        if unknown:
            raise ValueError(f"no such limit: {', '.join(unknown)}")
        for name, value in data.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"{name} is no number")
        return cls(**{name: value if name == "seconds" else int(value) for name, value in data.items()}).bounded()


CEILING = Limits(
    seconds=120,
    cpu_seconds=100,
    memory_bytes=2048 * MB,
    request_bytes=64 * MB,
    output_bytes=128 * MB,
    threads=32,
    descriptors=64,
)
LEAST = Limits(seconds=0.1, cpu_seconds=1, memory_bytes=MB, request_bytes=1, output_bytes=1, threads=1, descriptors=16)

#: What a job prints is kept up to here, …
SAID_KEPT_BYTES = 64_000
#: … and a job that goes on printing is stopped.
SAID_BYTES = 4 * MB


@dataclass(frozen=True)
class Answer:
    """What came out of the jail: a stranger's data, to be parsed as hostile."""

    output: bytes
    #: What it wrote to its standard output and error, at most 64 kB.
    said: str
    #: Wall clock of the job itself, without the time in the queue.
    seconds: float
    #: The most memory that the job's process held, what it shares with the others included.
    peak_kb: int
