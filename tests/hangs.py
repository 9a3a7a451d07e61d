# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A guard against what never ends: no measure of speed, so a slow machine has room. Speed is measured by ``make bench``."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

#: Seconds; what a guarded test asks for is done in two on a quiet machine, or never.
PATIENCE = 60


@pytest.fixture
def never_hangs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails by its name a test that is still at it after ``PATIENCE``: a pattern that tries everything, a reader that starts over at each byte."""
    name = request.node.nodeid

    def give_up(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"{name} hangs: not done after {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
