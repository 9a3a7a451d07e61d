# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A bounded load on the loopback: so many GET requests over so many kept connections, and never longer than so many seconds."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

_ENDS = (b"\r\n\r\n", b"content-length:")


@dataclass(frozen=True)
class Load:
    """What came of it: answers with status 200, others, seconds in all, seconds of each answer from its sending on, bytes of a body."""

    good: int
    bad: int
    seconds: float
    each_s: tuple[float, ...]
    body_bytes: int

    @property
    def per_second(self) -> float:
        return self.good / self.seconds

    def slower_than(self, share: float) -> float:
        """Seconds within which this share (0 to 1) of the answers came."""
        ordered = sorted(self.each_s)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def load(address: str, path: str, requests: int, connections: int = 16, limit_s: float = 20) -> Load:
    """Asks ``requests`` times for ``path`` of ``address`` (``http://127.0.0.1:8000``). Raises ValueError for an address that is
    not on the loopback: this is no tool for other people's servers."""
    parts = urlsplit(address)
    if parts.hostname != "127.0.0.1" or parts.port is None:
        raise ValueError(f"{address}: only http://127.0.0.1:PORT is loaded")
    return asyncio.run(_load(parts.port, path, requests, connections, limit_s))


async def _load(port: int, path: str, requests: int, connections: int, limit_s: float) -> Load:
    asked = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\nAccept-Encoding: gzip, br\r\n\r\n"
    ).encode()
    left = requests
    each: list[float] = []
    statuses: list[int] = []
    size = 0
    start = time.perf_counter()

    async def visitor() -> None:
        nonlocal left, size
        reader = writer = None
        while left > 0 and time.perf_counter() - start < limit_s:
            left -= 1
            sent = time.perf_counter()
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert reader is not None
            try:
                writer.write(asked)
                status, size, stays = await _answer(reader)
            except (asyncio.IncompleteReadError, ConnectionError):
                # The server closed a kept connection (a worker is replaced after so many requests): ask again on a new one.
                writer.close()
                writer = None
                left += 1
                continue
            each.append(time.perf_counter() - sent)
            statuses.append(status)
            if not stays:
                writer.close()
                writer = None
        if writer is not None:
            writer.close()

    await asyncio.gather(*(visitor() for _ in range(connections)))
    seconds = time.perf_counter() - start
    good = statuses.count(200)
    return Load(good, len(statuses) - good, seconds, tuple(each), size)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int, bool]:
    """Status, bytes of the body, and whether the connection stays open."""
    head = (await reader.readuntil(_ENDS[0])).lower()
    length = int(head.split(_ENDS[1], 1)[1].split(b"\r\n", 1)[0])
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1]), length, b"connection: close" not in head
