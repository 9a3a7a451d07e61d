# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Celery's folder broker, made safe for several processes that read and write at once.

Kombu's own writes a message in place, so that a reader may see half of it and die on it, and keeps
binding tables that two starting workers can corrupt. Here a message appears whole (written beside,
then renamed), an unreadable one is dropped with a warning (the sweeper rings again), and each queue
is bound to its own name, so there is no table. A message in the hands of a killed worker is lost,
as before: it is only a doorbell.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    @property
    def _folder(self) -> Path:
        folder = Path(self.data_folder_in)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _put(self, queue: str, payload: Any, **_: Any) -> None:
        """Raises OSError if the folder can't be written."""
        draft = self._folder / f".{uuid.uuid4()}"
        draft.write_text(dumps(payload))
        draft.rename(self._folder / f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message of ``queue``; raises queue.Empty."""
        ending = f".{queue}.msg"
        for name in sorted(name for name in os.listdir(self._folder) if name.endswith(ending)):
            taken = self._folder / f".{uuid.uuid4()}"
            try:
                (self._folder / name).rename(taken)
            except FileNotFoundError:
                continue  # another worker was faster
            text = taken.read_text(errors="replace")
            taken.unlink()
            try:
                message = loads(text)
            except ValueError:
                message = None
            # What kombu needs to deliver it; anything else in the folder is not ours to die on.
            if isinstance(message, dict) and {"body", "properties", "headers"} <= message.keys():
                return message
            log.warning("dropped an unreadable message of queue %s (%d characters)", queue, len(text))
        raise Empty

    def _size(self, queue: str) -> int:
        return sum(name.endswith(f".{queue}.msg") for name in os.listdir(self._folder))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Nothing to keep: see ``_lookup``."""

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        return [routing_key]


class Transport(filesystem.Transport):
    Channel = Channel
