# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who waits, and whose turn it is: askers one after another, each one's own jobs in the order in which they came."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Turns(Generic[Item]):
    """A queue of bounded length, for several threads."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._waiting: OrderedDict[str, deque[Item]] = OrderedDict()
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def offer(self, asker: str, item: Item) -> bool:
        """False if too many wait already."""
        with self._changed:
            if len(self) >= self._longest:
                return False
            self._waiting.setdefault(asker, deque()).append(item)
            self._changed.notify()
            return True

    def take(self, seconds: float) -> Item | None:
        """The next one's, or None if nobody came for that long. Who was served waits behind the others."""
        end = time.monotonic() + seconds
        with self._changed:
            while not self._waiting:
                rest = end - time.monotonic()
                if rest <= 0:
                    return None
                self._changed.wait(rest)
            asker, items = next(iter(self._waiting.items()))
            item = items.popleft()
            if items:
                self._waiting.move_to_end(asker)
            else:
                del self._waiting[asker]
            return item

    def withdraw(self, asker: str, item: Item) -> bool:
        """True if it had not been taken yet."""
        with self._changed:
            items = self._waiting.get(asker)
            if not items or item not in items:
                return False
            items.remove(item)
            if not items:
                del self._waiting[asker]
            return True
