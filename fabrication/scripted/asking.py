# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asks the jail about a script: its furniture, whether it accepts some values, or what it declares."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from designs.content import Content
from designs.errors import ParameterError
from designs.jail import Answer, JailError, Limits, run
from designs.jail.errors import busy
from designs.kept import Kept
from designs.sheet import Sheet
from designs.specification import Specification, SpecificationError
from fabrication.scripted.answers import answered
from fabrication.scripted.reading import MAX_BYTES, text

#: A model of ours takes half a second; whoever edits waits for the answer.
LIMITS = Limits(seconds=20, cpu_seconds=20, output_bytes=MAX_BYTES)
#: Rules only compare numbers, and a page waits.
RULES_LIMITS = Limits(seconds=5, cpu_seconds=5, output_bytes=MAX_BYTES)
#: Answers kept: a page asks about the same values many times over, a worker draws for a package what it drew for its preview.
_KEPT_RULES, _KEPT_PIECES = 2000, 8


class Drawn(NamedTuple):
    """``furniture`` as data, not yet read; ``said`` is what the script printed."""

    furniture: object
    said: str


class Declared(NamedTuple):
    """What a script's own Design declares: a specification as data, and its texts. None and nothing for a plain ``draw``."""

    specification: Mapping[str, Any] | None
    texts: Mapping[str, str]


#: By digest and values, True or why they are refused; by digest, values and sheet, what came out and what was printed.
_rules: Kept[tuple[str, str], ParameterError | bool] = Kept(_KEPT_RULES)
_pieces: Kept[tuple[str, str, str], tuple[bytes, str]] = Kept(_KEPT_PIECES)
#: Digest of a script that did not answer about its rules in time → the error, and until when (monotonic seconds) it is not
#: asked again: a page must not wait for it each time.
_silent: Kept[str, tuple[JailError, float]] = Kept(200)
_SILENT_S = 60.0
#: Questions of pages that may wait for the jail at once in a process, and how long another one waits for its place: a script
#: that never answers, asked in many sizes, must leave the site's other threads to everybody.
_AT_ONCE, _PLACE_WAIT_S = threading.BoundedSemaphore(3), 2.0


@contextlib.contextmanager
def place() -> Iterator[None]:
    """Within it a page waits for the jail. Raises JailError (unavailable) where too many do."""
    if not _AT_ONCE.acquire(timeout=_PLACE_WAIT_S):
        raise busy(_PLACE_WAIT_S)
    try:
        yield
    finally:
        _AT_ONCE.release()


def drawn(
    content: Content, values: Mapping[str, Any], sheet: Sheet, parameters: Collection[str] = (), *, asker: str = ""
) -> Drawn:
    """``asker``: whose turn it is at a jail where many wait. Raises what ``answers.answered`` does, and JailError."""
    key = (content.digest, _canonical(values), _canonical(asdict(sheet)))
    kept = _pieces.get(key)
    if kept is None:
        answer = run("build", _request(content, values, sheet, "furniture"), limits=LIMITS, asker=asker)
        kept = (answer.output, answer.said)
    found = answered(kept[0], content.sources, parameters)
    _pieces.put(key, kept)
    return Drawn(found.get("furniture"), kept[1])


def require_accepted(
    content: Content, values: Mapping[str, Any], parameters: Collection[str], *, asker: str = ""
) -> None:
    """The script's own rules. Raises ParameterError with its messages; and the same as ``drawn``."""
    key = (content.digest, _canonical(values))
    kept = _rules.get(key)
    if kept is None:
        answer = _rules_answer(content, values, asker)
        try:
            answered(answer.output, content.sources, parameters)
            kept = True
        except ParameterError as error:
            # Another one than was raised: that holds on to all that was computed on its way.
            kept = ParameterError(str(error), error.messages)
        _rules.put(key, kept)
    if isinstance(kept, ParameterError):
        raise ParameterError(str(kept), kept.messages)


def _rules_answer(content: Content, values: Mapping[str, Any], asker: str) -> Answer:
    silent = _silent.get(content.digest)
    if silent is not None and time.monotonic() < silent[1]:
        raise _again(silent[0])
    try:
        with place():
            return run("build", _request(content, values, Sheet(), "rules"), limits=RULES_LIMITS, asker=asker)
    except JailError as error:
        if error.kind in ("time", "memory", "output", "crash"):  # the script's own doing
            _silent.put(content.digest, (_again(error), time.monotonic() + _SILENT_S))
        raise


def _again(error: JailError) -> JailError:
    """The same, never raised yet: one that is raised again and again grows by each of its ways."""
    return JailError(error.kind, str(error), error.french, error.said)


def declared(content: Content) -> Declared:
    """For a script that was written elsewhere: what it says of itself, to begin with. Raises as ``drawn``; SpecificationError."""
    with place():
        output = run("build", _request(content, {}, Sheet(), "specification"), limits=LIMITS).output
    answer = answered(output, content.sources)
    specification, texts = answer.get("specification"), answer.get("texts")
    if specification is None:
        return Declared(None, {})
    if not isinstance(specification, dict):
        raise SpecificationError({"": "Le script ne décrit pas ses paramètres."})
    read = text(5000, lines=True)
    words = {str(k)[:20]: read(v, "texts") for k, v in texts.items()} if isinstance(texts, dict) else {}
    return Declared(Specification.parse(specification).as_data(), words)


def _request(content: Content, values: Mapping[str, Any], sheet: Sheet, want: str) -> bytes:
    asked = {"sources": content.sources, "main": content.main, "values": values, "sheet": asdict(sheet), "want": want}
    return json.dumps(asked, ensure_ascii=False, allow_nan=False).encode()


def _canonical(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False)
