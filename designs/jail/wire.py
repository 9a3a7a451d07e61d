# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the site's processes and the jailer talk: one job a connection, lengths first, JSON beside bytes."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_LENGTHS = struct.Struct(">IQ")
_HEAD_BYTES = 1 << 20


class WireError(OSError):
    """The other side does not keep to the form, or left in the middle."""


def connected(path: Path) -> socket.socket:
    """Raises OSError if nobody listens."""
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with short(path) as name:
            found.connect(name)
    except BaseException:
        found.close()
        raise
    return found


def answers(path: Path) -> bool:
    """Whether a jailer listens there."""
    try:
        connected(path).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def short(path: Path) -> Iterator[str]:
    """A name of at most 108 bytes (more does not fit into a socket's address) for a path of any length."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def send(to: socket.socket, head: Mapping[str, Any], body: bytes) -> None:
    data = json.dumps(head).encode()
    to.sendall(_LENGTHS.pack(len(data), len(body)) + data)
    if body:
        to.sendall(body)


def receive(of: socket.socket, most_bytes: int) -> tuple[dict[str, Any], bytes]:
    """Raises WireError; ValueError if the body would have more than ``most_bytes``, before it is read."""
    head_bytes, body_bytes = _LENGTHS.unpack(_exactly(of, _LENGTHS.size))
    if head_bytes > _HEAD_BYTES:
        raise WireError("no head of this kind")
    head = json.loads(_exactly(of, head_bytes))
    if not isinstance(head, dict):
        raise WireError("no head of this kind")
    if body_bytes > most_bytes:
        raise ValueError(f"{body_bytes} bytes, {most_bytes} at most")
    return head, _exactly(of, body_bytes)


def _exactly(of: socket.socket, size_bytes: int) -> bytes:
    data = bytearray(size_bytes)
    view = memoryview(data)
    while view:
        got = of.recv_into(view)
        if not got:
            raise WireError("the other side left in the middle")
        view = view[got:]
    return bytes(data)
