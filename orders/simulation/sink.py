# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A mail server on loopback that keeps what it gets, and has bad moments: it refuses for now, or takes a message and is gone
before it says so."""

from __future__ import annotations

import random
import socketserver
import threading
from email import message_from_bytes
from email.message import Message
from email.policy import default
from types import TracebackType


class Sink:
    """``with Sink() as sink``: listens on ``port`` of 127.0.0.1. ``received``: every message that it took, in order, those
    too of which the sender never heard that they were taken."""

    def __init__(self, trouble: float = 0.0, seed: int = 0) -> None:
        self.received: list[Message] = []
        self.troubles = 0
        self._trouble, self._chance, self._lock = trouble, random.Random(seed), threading.Lock()
        sink = self

        class Conversation(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self) -> None:
                try:
                    sink._converse(self)
                except OSError:
                    return  # the sender was killed

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Conversation)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Sink:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def identifiers(self) -> list[str]:
        with self._lock:
            return [str(message["Message-ID"]) for message in self.received]

    def be_well(self) -> None:
        """No more bad moments."""
        self._trouble = 0.0

    def _bad_moment(self) -> bool:
        with self._lock:
            bad = self._chance.random() < self._trouble
            self.troubles += bad
            return bad

    def _converse(self, talk: socketserver.StreamRequestHandler) -> None:
        def say(line: str) -> None:
            talk.wfile.write(f"{line}\r\n".encode())

        say("220 sink")
        while line := talk.rfile.readline():
            word = line[:4].upper().rstrip()
            if word == b"DATA":
                say("354 go on")
                if not (content := self._content(talk)):
                    return  # cut off in the middle: nobody took it
                if self._bad_moment():
                    say("451 not now")
                    continue
                with self._lock:
                    self.received.append(message_from_bytes(content, policy=default))
                if self._bad_moment():
                    return
                say("250 taken")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 yes")

    def _content(self, talk: socketserver.StreamRequestHandler) -> bytes:
        """Up to the lone point; empty if the line was cut before it came."""
        lines = []
        while line := talk.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b""
