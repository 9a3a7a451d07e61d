# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asks the jail about a script: its furniture, whether it accepts some values, or what it declares."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from designs.content import Content
from designs.errors import ParameterError
from designs.jail import Answer, JailError, Limits, run
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


class _Kept:
    """The last answers, by key; shared by threads."""

    def __init__(self, most: int) -> None:
        self.most, self.lock = most, threading.Lock()
        self.answers: OrderedDict[tuple[str, ...], Any] = OrderedDict()

    def get(self, key: tuple[str, ...]) -> Any:
        with self.lock:
            if key in self.answers:
                self.answers.move_to_end(key)
            return self.answers.get(key)

    def put(self, key: tuple[str, ...], answer: Any) -> None:
        with self.lock:
            self.answers[key] = answer
            while len(self.answers) > self.most:
                self.answers.popitem(last=False)


_rules, _pieces = _Kept(_KEPT_RULES), _Kept(_KEPT_PIECES)
#: Digest of a script that did not answer about its rules in time → the error, and until when (monotonic seconds) it is not
#: asked again: a page must not wait for it each time.
_silent = _Kept(200)
_SILENT_S = 60.0


def drawn(content: Content, values: Mapping[str, Any], sheet: Sheet, parameters: Collection[str] = ()) -> Drawn:
    """Raises what ``answers.answered`` does, and JailError."""
    key = (content.digest, _canonical(values), _canonical(asdict(sheet)))
    kept: tuple[bytes, str] | None = _pieces.get(key)
    if kept is None:
        answer = run("build", _request(content, values, sheet, "furniture"), limits=LIMITS)
        kept = (answer.output, answer.said)
    found = answered(kept[0], content.sources, parameters)
    _pieces.put(key, kept)
    return Drawn(found.get("furniture"), kept[1])


def require_accepted(content: Content, values: Mapping[str, Any], parameters: Collection[str]) -> None:
    """The script's own rules. Raises ParameterError with its messages; and the same as ``drawn``."""
    key = (content.digest, _canonical(values))
    kept: Exception | bool | None = _rules.get(key)
    if kept is None:
        answer = _rules_answer(content, values)
        try:
            answered(answer.output, content.sources, parameters)
            kept = True
        except ParameterError as error:
            kept = error
        _rules.put(key, kept)
    if isinstance(kept, ParameterError):
        raise ParameterError(str(kept), kept.messages)


def _rules_answer(content: Content, values: Mapping[str, Any]) -> Answer:
    silent: tuple[JailError, float] | None = _silent.get((content.digest,))
    if silent is not None and time.monotonic() < silent[1]:
        raise silent[0]
    try:
        return run("build", _request(content, values, Sheet(), "rules"), limits=RULES_LIMITS)
    except JailError as error:
        if error.kind in ("time", "memory", "output", "crash"):  # the script's own doing
            _silent.put((content.digest,), (error, time.monotonic() + _SILENT_S))
        raise


def declared(content: Content) -> Declared:
    """For a script that was written elsewhere: what it says of itself, to begin with. Raises as ``drawn``; SpecificationError."""
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
