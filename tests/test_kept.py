# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a process remembers is bounded, whoever asks for it at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from designs.content import Content
from designs.errors import ParameterError
from designs.jail import Answer, JailError
from designs.kept import Kept
from fabrication.scripted import asking


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    kept: Kept[str, int] = Kept(2)
    for number, key in enumerate("ab"):
        kept.put(key, number)
    assert kept.get("a") == 0
    kept.put("c", 2)
    assert [kept.get(key) for key in "abc"] == [0, None, 2]


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("impatient")
def test_threads_that_remember_at_once_never_fail_nor_keep_more() -> None:
    kept: Kept[tuple[int, int], int] = Kept(4)

    def remember(thread: int) -> None:
        for number in range(500):
            kept.put((thread, number), number)
            assert kept.get((thread, number)) in (number, None)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(remember, range(4)))
    assert sum(kept.get((thread, number)) is not None for thread in range(4) for number in range(500)) == 4


def _depth(error: BaseException) -> int:
    """Frames that an error holds on to."""
    count, traceback = 0, error.__traceback__
    while traceback is not None:
        count, traceback = count + 1, traceback.tb_next
    return count


CONTENT = Content("script", {}, "banc.py", {"banc.py": "rules of this very test"})


@pytest.mark.parametrize("answer", [b"", JailError("time", "too long", "Trop long.")], ids=["refused", "silent"])
def test_a_refusal_that_is_remembered_does_not_grow(monkeypatch: pytest.MonkeyPatch, answer: bytes | JailError) -> None:
    def run(*_: object, **__: object) -> Answer:
        if isinstance(answer, JailError):
            raise answer
        return Answer(answer, "", 0.0, 0)

    def refused(*_: object) -> None:
        raise ParameterError("too wide", {"width": "Trop large."})

    monkeypatch.setattr(asking, "run", run)
    monkeypatch.setattr(asking, "answered", refused)
    depths = []
    for number in (1, 1, 1, 1):
        with pytest.raises((ParameterError, JailError)) as caught:
            asking.require_accepted(CONTENT, {"width": number, "of": type(answer).__name__}, ["width"])
        depths.append(_depth(caught.value))
    assert depths[1] == depths[2] == depths[3]
