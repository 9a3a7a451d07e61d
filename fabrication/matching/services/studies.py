# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Studies: a page asks for one, a worker fills it, the sweeper rings again for what was left behind.

The row is the truth, as with jobs: a message can be lost, doubled or late.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fablabs.machine import MachineFile
from fabrication import leases
from fabrication.leases import MAX_ATTEMPTS, take
from fabrication.matching.measuring import Piece
from fabrication.matching.needs import PieceNeeds
from fabrication.matching.obstacle import Code, Obstacle
from fabrication.matching.remedies import Remedy, remedies
from fabrication.matching.services.candidates import profiles_in_use
from fabrication.matching.stations import Suited, of_file
from fabrication.models import Feasibility, Study

log = logging.getLogger(__name__)

#: One kind of machine takes a second or two; a worker that says nothing for so long is dead.
_LEASE = timedelta(seconds=90)
_AFTER_FAILURE = timedelta(hours=1)
#: Studies that one sweep rings again.
_RING_AT_ONCE = 4
#: Studies that may wait at once: beyond, a page shows what is known.
_MOST_WAITING = 50
#: A study that nobody asked for in so long goes, its rows with it.
_KEEP = timedelta(days=90)
#: That it was asked for is written down so often, not with every page.
_ASKED_EVERY = timedelta(days=1)

#: (study's key, profile) → what was found; keys are made of the inputs, so nothing in here is ever wrong.
_found: dict[tuple[str, str], Suited] = {}
_MOST_FOUND = 50_000


def study_of(piece: Piece) -> Study:
    """The piece's study, made and rung for if it is new. Never computes anything itself."""
    study = Study.objects.filter(key=piece.key).first()
    if study is not None and study.asked_at < timezone.now() - _ASKED_EVERY:
        Study.objects.filter(pk=study.pk).update(asked_at=timezone.now())
    if study is None:
        study = Study(
            key=piece.key,
            design=piece.design.identifier,
            content=piece.design.content_key,
            parameters=piece.values,
            rung_at=timezone.now(),
        )
        if Study.objects.claimable().count() >= _MOST_WAITING:
            return study  # not saved: asked for again with the next page
        try:
            with transaction.atomic():
                study.save()
        except IntegrityError:  # asked for at the same moment
            return Study.objects.get(key=piece.key)
        _ring_later(study)
    return study


def known_feasibilities(study: Study) -> dict[str, Suited]:
    """By profile: all that was found so far. Two queries at most: those that this process has not seen are read."""
    if study.pk is None:
        return {}
    rows = list(Feasibility.objects.filter(study=study).values_list("profile", "remedies"))
    if any((study.key, profile) not in _found for profile, _ in rows):
        if len(_found) > _MOST_FOUND:
            _found.clear()
        for row in Feasibility.objects.filter(study=study).values_list("profile", "obstacles", "needs", "most"):
            profile, obstacles, needs, most = row
            _found[study.key, profile] = Suited(
                tuple(Obstacle.from_data(data) for data in obstacles),
                None if needs is None else PieceNeeds.from_data(needs),
                most,
            )
    known = {profile: _found[study.key, profile] for profile, _ in rows if (study.key, profile) in _found}
    for profile, sizes in rows:
        if sizes and profile in known:  # they come later than the rest
            known[profile] = replace(known[profile], remedies=tuple(Remedy(**remedy) for remedy in sizes))
    return known


def ask_again(study: Study) -> None:
    """New kinds of machines have come: queue a study that was done, and one that failed once an hour has gone."""
    if study.pk is None:
        return
    over = Q(state=Study.State.DONE) | Q(state=Study.State.FAILED, rung_at__lt=timezone.now() - _AFTER_FAILURE)
    queued = Study.objects.filter(over, pk=study.pk).update(
        state=Study.State.QUEUED, attempts=0, rung_at=timezone.now()
    )
    if queued:
        study.state = Study.State.QUEUED
        _ring_later(study)


def try_again(study: Study) -> None:
    """One that failed, since somebody asks for it by hand."""
    queued = Study.objects.filter(pk=study.pk, state=Study.State.FAILED).update(
        state=Study.State.QUEUED, attempts=0, rung_at=timezone.now()
    )
    if queued:
        study.state = Study.State.QUEUED
        _ring_later(study)


class _OutdatedError(ValueError):
    """What was asked of an older code is of no use to this one."""


def work(pk: int) -> int:
    """What a worker does: hold the piece against every kind of machine that has no row yet. Returns how many."""
    study = take(Study.objects, pk, _LEASE)
    if study is None:
        return 0
    mine = Study.objects.filter(pk=pk, state=Study.State.RUNNING, attempts=study.attempts)
    try:
        count = _fill(study, mine)
    except _OutdatedError as error:  # another row has taken its place, or will once somebody asks
        log.info("study %s: %s", pk, error)
        mine.update(state=Study.State.FAILED, lease_until=None, fault=str(error))
        return 0
    except Exception as error:
        log.exception("study %s failed", pk)
        mine.update(state=Study.State.FAILED, lease_until=None, fault=f"{type(error).__name__}: {error}")
        return 0
    return count


def _fill(study: Study, mine: QuerySet[Study]) -> int:
    piece = Piece(f"{study.design}@{study.content}" if study.content else study.design, study.parameters)
    if piece.key != study.key:
        raise _OutdatedError("of another revision, or of other code")
    count = 0
    broken: dict[str, str] = {}  # profile → what went wrong
    while True:
        known = {*Feasibility.objects.filter(study=study).values_list("profile", flat=True), *broken}
        missing = {profile: pair for profile, pair in profiles_in_use().items() if profile not in known}
        if not missing:
            break
        # Sheets alike come together: the piece is built once for each.
        order = sorted(missing, key=lambda p: (_sheet_key(missing[p].station.file), p))
        for profile in order:
            file = missing[profile].station.file
            assert file is not None
            try:
                found = of_file(piece, file)
            except Exception as error:  # one odd machine keeps no other workshop out of the ranking
                log.exception("study %s: profile %s", study.pk, profile)
                broken[profile] = f"{type(error).__name__}: {error}"
                continue
            Feasibility.objects.get_or_create(
                study=study,
                profile=profile,
                defaults={
                    "obstacles": [obstacle.data() for obstacle in found.obstacles],
                    "needs": None if found.needs is None else found.needs.data(),
                    "most": found.most,
                },
            )
            count += 1
            if not mine.update(lease_until=timezone.now() + _LEASE):
                return count  # somebody else's now; the rows are as good as theirs
    if not _remedy(piece, study, mine):
        return count
    state = Study.State.FAILED if broken else Study.State.DONE
    mine.update(state=state, lease_until=None, fault="; ".join(broken.values()))
    return count


def _remedy(piece: Piece, study: Study, mine: QuerySet[Study]) -> bool:
    """Look for sizes that would do, where only the sheets are too small; False if another worker took over."""
    in_use = profiles_in_use()
    left = Feasibility.objects.filter(study=study, remedies__isnull=True).exclude(obstacles=[])
    for row in left.order_by("pk"):
        pair = in_use.get(row.profile)
        found = []
        if pair is not None and pair.station.file is not None and {o["code"] for o in row.obstacles} == {str(Code.BED)}:
            found = [remedy.data() for remedy in remedies(piece, pair.station.file)]
        Feasibility.objects.filter(pk=row.pk).update(remedies=found)
        if not mine.update(lease_until=timezone.now() + _LEASE):
            return False
    return True


def _sheet_key(file: MachineFile | None) -> str:
    return repr(file.stock.sheet()) if file is not None else ""


def sweep() -> int:
    """Ring again for what waits too long or was left behind; give up what was tried too often."""
    now = timezone.now()
    lost = Study.objects.filter(state=Study.State.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)
    lost.update(state=Study.State.FAILED, lease_until=None, fault=f"the worker died {MAX_ATTEMPTS} times")
    patience = now - timedelta(seconds=settings.TRETEAU_SWEEP_SECONDS)
    left = Study.objects.claimable().filter(rung_at__lt=patience).order_by("pk")[:_RING_AT_ONCE]
    rung = 0
    for study in left:
        Study.objects.filter(pk=study.pk).update(rung_at=now)
        ring(study.pk)
        rung += 1
    return rung


def tidy() -> int:
    """Forget studies that nobody asked for in a long time, those of other code among them. Returns how many."""
    old = Study.objects.filter(asked_at__lt=timezone.now() - _KEEP)
    count, _ = old.delete()
    return count


def ring(pk: int) -> None:
    from fabrication.tasks import study_piece

    leases.ring(study_piece, pk)


def _ring_later(study: Study) -> None:
    transaction.on_commit(lambda: ring(study.pk))
