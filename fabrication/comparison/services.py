# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Workshops that could make a model and no longer can, and the reverse: found by kinds of machines, not by workshops.

Each kind of machine is held against both states once, by the workers who do it for rankings (docs/matching.md); what is found of a
candidate stays good when it is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from designs.kept import Kept
from designs.models import DesignRevision
from fabrication.matching.measuring import Piece
from fabrication.matching.services.candidates import Listed, candidates
from fabrication.matching.services.studies import ask_again, known_feasibilities, study_of
from fabrication.matching.stations import Suited
from fabrication.models import Study


@dataclass(frozen=True)
class Turned:
    """A workshop that can't any more, or can now. ``reason``: French, what is in the way, now or before."""

    slug: str
    name: str
    commune: str
    reason: str
    is_demo: bool = False


@dataclass(frozen=True)
class MachinesChange:
    """``able_before``, ``able_now``: workshops whose machine makes the base sizes; None where there is no state before.
    ``kinds``: of machine with a panel on it, that were looked at. ``pending``: workshops that workers still look at.
    ``failed``: that work came to nothing."""

    workshops: int
    kinds: int
    able_before: int | None
    able_now: int
    lost: tuple[Turned, ...]
    gained: tuple[Turned, ...]
    pending: int
    failed: bool = False


def machines_change(revision: DesignRevision, against: DesignRevision | None, today: date) -> MachinesChange:
    """At each state's own base sizes, of every workshop that is open or paused. Asks the workers for what nobody knows yet, and
    computes nothing itself. Raises ParameterError, UnknownDesignError."""
    listed = [one for one in candidates(revision.design, today) if one.pairs]
    now, failed_now = _known(revision, listed)
    before, failed_before = _known(against, listed) if against is not None else ({}, False)
    lost, gained = [], []
    able_before = able_now = pending = 0
    for one in listed:
        is_able, was_able = _able(one, now), _able(one, before) if against is not None else None
        if is_able is None or (against is not None and was_able is None):
            pending += 1
            continue
        able_now += is_able
        able_before += bool(was_able)
        if was_able and not is_able:
            lost.append(_turned(one, now))
        elif against is not None and is_able and not was_able:
            gained.append(_turned(one, before))
    return MachinesChange(
        len(listed),
        len({pair.profile for one in listed for pair in one.pairs}),
        able_before if against is not None else None,
        able_now,
        tuple(lost),
        tuple(gained),
        pending,
        failed_now or failed_before,
    )


#: By drawing: a page that waits asks every second, and a script is asked for its rules once.
_pieces: Kept[str, Piece] = Kept(64)


def _piece(revision: DesignRevision) -> Piece:
    """In its base sizes. Raises ParameterError."""
    found = _pieces.get(revision.reference)
    if found is None:
        found = Piece(revision.drawing(), {})
        _pieces.put(revision.reference, found)
    return found


def _known(revision: DesignRevision, listed: list[Listed]) -> tuple[Mapping[str, Suited], bool]:
    study = study_of(_piece(revision))
    known = known_feasibilities(study)
    if any(pair.profile not in known for one in listed for pair in one.pairs):
        ask_again(study)
    return known, study.state == Study.State.FAILED


def _able(one: Listed, known: Mapping[str, Suited]) -> bool | None:
    """None while a machine that might is not looked at."""
    found = [known.get(pair.profile) for pair in one.pairs]
    if any(suited is not None and suited.ok for suited in found):
        return True
    return None if any(suited is None for suited in found) else False


def _turned(one: Listed, known: Mapping[str, Suited]) -> Turned:
    """With what is in the way on the machine that lacks least."""
    found = [suited for pair in one.pairs if (suited := known.get(pair.profile)) is not None and suited.obstacles]
    nearest = min(found, key=lambda suited: len(suited.obstacles), default=None)
    reason = nearest.obstacles[0].french if nearest else ""
    return Turned(one.candidate.id, one.candidate.name, one.commune, reason, one.is_demo)
