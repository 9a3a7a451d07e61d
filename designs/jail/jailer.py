# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The jailer: a pool of warm zygotes that the site's processes reach by a socket, which only its own user may open."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
import threading
from pathlib import Path

from designs.jail.errors import JailError, crashed, too_large
from designs.jail.limits import CEILING, Limits
from designs.jail.pool import Pool
from designs.jail.wire import receive, send, short

logger = logging.getLogger(__name__)

#: Until a request has arrived whole.
_REQUEST_S = 20.0
#: Connections at once; the queue before the zygotes is shorter.
_CONNECTIONS = 100


class AlreadyServedError(OSError):
    """Another jailer listens at this place."""


class Jailer:
    """Listens at ``path`` from the moment when it is made; ``serve`` answers until ``close`` is called elsewhere."""

    def __init__(self, path: Path, pool: Pool) -> None:
        self._path, self._pool, self._closed = path, pool, False
        self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise AlreadyServedError(f"a jailer listens at {path} already") from error
        self._places = threading.BoundedSemaphore(_CONNECTIONS)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            with short(path) as name:
                self._socket.bind(name)
        finally:
            os.umask(before)
        self._socket.listen(_CONNECTIONS)

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._places.acquire()
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        if not self._closed:
            self._closed = True
            self._path.unlink(missing_ok=True)
            os.close(self._lock)

    def _answer(self, connection: socket.socket) -> None:
        try:
            with connection, contextlib.suppress(OSError):
                connection.settimeout(_REQUEST_S)
                self._one(connection)
        except Exception:
            logger.exception("a request to the jailer could not be read")
        finally:
            self._places.release()

    def _one(self, connection: socket.socket) -> None:
        try:
            try:
                head, request = receive(connection, CEILING.request_bytes)
            except ValueError:
                raise too_large(CEILING.request_bytes + 1, CEILING.request_bytes) from None
            answer = self._pool.run(
                str(head["entry"]), request, Limits.parse(head["limits"]), asker=str(head.get("asker", ""))
            )
        except JailError as error:
            send(
                connection,
                {"kind": error.kind, "english": str(error), "french": error.french, "said": error.said},
                b"",
            )
            return
        except (KeyError, ValueError) as error:
            refused = crashed(f"no request of this form: {error}")
            send(connection, {"kind": "refused", "english": str(refused), "french": refused.french, "said": ""}, b"")
            return
        send(connection, {"said": answer.said, "seconds": answer.seconds, "peak_kb": answer.peak_kb}, answer.output)
