# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for work, ringing for it, and looking after what was left behind.

The row is committed first, the message sent afterwards: a message can be lost, doubled, late or
wrong, and the sweeper repairs all four from the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from designs.design import content_inputs
from designs.models import DesignRevision
from designs.services import candidates
from fablabs.machine import parse_machine
from fablabs.models import Workshop
from fablabs.used_stock import with_thickness, without_offcuts
from fabrication import artefacts, leases
from fabrication.errors import FabricationError
from fabrication.fit import check_fit
from fabrication.layout_file import layout_of_archive
from fabrication.leases import MAX_ATTEMPTS
from fabrication.models import MAX_QUANTITY, Artefact, Job

log = logging.getLogger(__name__)

#: Waiting rows that one sweep rings again, a kind: enough to get a lost queue going, too few to flood it.
_RING_AT_ONCE = 4
#: Unfinished jobs of a kind for all drafts of one bureau: one that runs, and the next.
_DRAFTS_AT_ONCE = 2
#: Finished previews are kept this long, their files with them; packages stay.
_KEEP_PREVIEWS = timedelta(days=7)
#: Checks of drafts that were not published stay as long.
_KEEP_CHECKS = timedelta(days=180)

#: What a better layout may take: a minute finds nearly all that an hour finds.
SEARCH_SECONDS = 60

_INTERRUPTED = (
    "Le calcul a été interrompu trois fois de suite. Ce n’est pas de votre fait : réessayez plus tard, "
    "ou choisissez une quantité plus petite."
)


class BusyError(FabricationError):
    """Too many jobs are waiting already."""


def request_package(
    revision: DesignRevision,
    given: Mapping[str, object],
    workshop: Workshop,
    quantity: int = 1,
    *,
    scale: int = 1,
    machine_file: str = "",
    only: Sequence[str] = (),
) -> Job:
    """A job that makes the cut package; done at once if the same package was made before. ``machine_file``: another one
    than the workshop's record has, e.g. with what the calliper reads today. ``only``: codes of the parts that are wanted,
    ``quantity`` of each; a code that the piece has not is refused by the job itself.

    What needs no geometry is refused here, before any row is written: ParameterError (values),
    NotMakeableError (this machine's sheets), MachineFileError, ValueError (quantity), BusyError.
    """
    _require_count(quantity)
    job = Job(
        kind=Job.Kind.PACKAGE,
        revision=revision,
        parameters=revision.drawing().clean(given),
        workshop=workshop,
        machine_file=machine_file or workshop.machine_file,
        quantity=quantity,
        only=list(only),
        scale=scale,
    )
    return _enqueue(_fitting(job))


def request_figures(
    revision: DesignRevision, given: Mapping[str, object], workshop: Workshop, machine_file: str, quantity: int = 1
) -> Job:
    """The job that plans an order and measures it for a quote: one that did or will, else a new one.

    Raises ParameterError, NotMakeableError, ValueError (quantity), MachineFileError, BusyError.
    """
    _require_count(quantity)
    job = _fitting(
        Job(
            kind=Job.Kind.QUOTE,
            revision=revision,
            parameters=revision.drawing().clean(given),
            workshop=workshop,
            machine_file=machine_file,
            quantity=quantity,
        )
    )
    same = Job.objects.filter(kind=Job.Kind.QUOTE, key=job.key).exclude(state=Job.State.FAILED).order_by("-pk").first()
    if same and (same.state != Job.State.DONE or made_before(same)):
        return same
    return _enqueue(job)


def request_part(made: Job, code: str, quantity: int = 1) -> Job:
    """A job that cuts one part of a package's piece again, for the same machine, so many times, and
    without the offcuts that the package was cut from: they are used up.

    Raises ValueError (quantity), UnknownDesignError (a revision that is not drawn any more), NotMakeableError,
    MachineFileError, BusyError; a code that the piece has not is refused by the job itself, which
    knows the parts.
    """
    _require_count(quantity)
    job = _as(made, Job.Kind.PACKAGE, quantity=quantity, only=[code])
    used = {row["source"] for row in packed_layout(made)} - {""}
    job.machine_file = without_offcuts(made.machine_file, used)
    return _enqueue(_fitting(job))


def request_measured(made: Job, thickness_mm: float) -> Job:
    """A job that makes a package anew for a panel that the calliper reads so, on the same machine.

    A layout that was found for the old files is not kept: every part is another one. Raises UnknownDesignError (a revision
    that is not drawn any more), NotMakeableError, MachineFileError (no such panel is of that name), BusyError."""
    if made.kind != Job.Kind.PACKAGE:
        raise ValueError("only a package is made for a panel")
    job = _as(made, Job.Kind.PACKAGE, quantity=made.quantity, only=made.only)
    job.machine_file = with_thickness(made.machine_file, thickness_mm)
    return _enqueue(_fitting(job))


def request_search(made: Job, seconds: int = SEARCH_SECONDS) -> Job:
    """A job that looks for a better layout of a finished package's parts, for so many seconds.

    The same search that already runs is returned instead of a second one. Raises UnknownDesignError (a
    revision that is not drawn any more), MachineFileError, BusyError.
    """
    if made.kind != Job.Kind.PACKAGE or made.state != Job.State.DONE:
        raise ValueError("only a finished package has a layout to improve")
    made.revision.drawing()
    running = made.followers.unfinished().filter(kind=Job.Kind.LAYOUT)
    if found := running.first():
        return found
    job = _as(made, Job.Kind.LAYOUT, quantity=made.quantity, only=made.only, layout=packed_layout(made))
    job.seconds, job.based_on = seconds, made
    try:
        return _enqueue(_keyed(job))
    except IntegrityError:  # asked for twice at the same moment: the row's constraint let one through
        return running.get()


def request_relaid(search: Job) -> Job:
    """A job that makes the package anew with the layout that a search found.

    Raises UnknownDesignError (a revision that is not drawn any more), MachineFileError, BusyError."""
    if search.kind != Job.Kind.LAYOUT or search.state != Job.State.DONE:
        raise ValueError("only a finished search has a layout to use")
    search.revision.drawing()
    job = _as(search, Job.Kind.PACKAGE, quantity=search.quantity, only=search.only, layout=search.layout)
    job.based_on = search
    return _enqueue(_keyed(job))


def packed_layout(made: Job) -> list[dict[str, Any]]:
    """Where every copy lies in a finished package, as its manifest says. Raises OSError if its file is gone."""
    assert made.package
    return layout_of_archive(artefacts.file_of(made.package))


def _as(job: Job, kind: Job.Kind, **changed: Any) -> Job:
    """A new job for the same piece and machine."""
    same = ("revision", "parameters", "workshop", "machine_file", "scale")
    return Job(kind=kind, **{name: getattr(job, name) for name in same}, **changed)


def _require_count(quantity: int) -> None:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise ValueError(f"quantity is from 1 to {MAX_QUANTITY}, not {quantity}")


def _fitting(job: Job) -> Job:
    """Refuse at once what needs no geometry to be refused."""
    machine = parse_machine(job.machine_file, job.workshop.slug if job.workshop else "machine file")
    check_fit(job.revision.drawing(), machine, job.parameters, job.scale)
    return _keyed(job)


def _keyed(job: Job) -> Job:
    job.key = artefacts.input_key(
        str(job.kind),
        {
            "design": job.revision.design,
            **_which(job.revision),
            "parameters": job.parameters,
            "machine": parse_machine(job.machine_file).model_dump(mode="json"),
            "quantity": job.quantity,
            "only": job.only,
            "scale": job.scale,
            "layout": job.layout,
        },
    )
    return job


def _which(revision: DesignRevision) -> dict[str, object]:
    """The drawing, and its number: notice, manifest and machine files say it."""
    return content_inputs(revision.number or 0, revision.content_key) | {"revision": revision.number or 0}


def request_preview(revision: DesignRevision, given: Mapping[str, object]) -> Job:
    """The job that shows the piece in these sizes: an existing one that did or will, else a new one.

    Raises ParameterError, BusyError.
    """
    return _of_sizes(Job.Kind.PREVIEW, revision, given)


def request_sheets(revision: DesignRevision, given: Mapping[str, object]) -> Job:
    """The job that lays the piece in these sizes on usual sheets and counts them (fabrication/sheets_needed.py): an
    existing one that did or will, else a new one.

    Raises ParameterError, BusyError.
    """
    return _of_sizes(Job.Kind.SHEETS, revision, given)


def request_pictures(revision: DesignRevision) -> Job:
    """The job that draws the pictures of a model's page, in its base sizes: one that did or will, else a new one.

    Raises UnknownDesignError, ParameterError, BusyError.
    """
    return _of_sizes(Job.Kind.PICTURES, revision, {})


def request_check(revision: DesignRevision) -> Job:
    """The job that asks every check of fitness of a revision or candidate (fabrication/comparison/checking.py): one that did or
    will, else a new one. The same content is checked once, before and after its publication; a page that waits asks no script.

    Raises ParameterError (a design that refuses its own defaults), BusyError.
    """
    from fabrication.comparison.bounded import bounded

    parameters = bounded(revision.drawing()).clean({})
    key = artefacts.input_key(Job.Kind.CHECK, {"drawn": revision.reference, "parameters": parameters})
    return _one(Job(kind=Job.Kind.CHECK, revision=revision, parameters=parameters, key=key))


def request_changes(
    revision: DesignRevision, against: DesignRevision | None, given: Mapping[str, object] | None = None
) -> Job:
    """The job that holds a revision or candidate against another one (fabrication/comparison/changes.py), or against nothing
    where nothing is published: one that did or will, else a new one. ``given``: at these sizes alone; None: at the base sizes
    and far from them.

    Raises ParameterError, UnknownDesignError (one that is not drawn any more), BusyError.
    """
    from fabrication.comparison.sizes import base_values

    new = revision.drawing()
    old = against.drawing() if against is not None else None
    parameters = base_values(old, new) if given is None else new.clean(given)
    states = [None if one is None else {"drawn": one.reference, "texts": one.texts} for one in (against, revision)]
    key = artefacts.input_key(Job.Kind.CHANGES, {"states": states, "parameters": parameters})
    return _one(Job(kind=Job.Kind.CHANGES, revision=revision, against=against, parameters=parameters, key=key))


def _of_sizes(kind: Job.Kind, revision: DesignRevision, given: Mapping[str, object]) -> Job:
    parameters = revision.drawing().clean(given)
    # The same content gives the same view: what a draft's candidate showed is there when it is published.
    content = content_inputs(revision.number or 0, revision.content_key)
    inputs = {"design": revision.design, **content, "parameters": parameters}
    return _one(Job(kind=kind, revision=revision, parameters=parameters, key=artefacts.input_key(kind, inputs)))


def _one(job: Job) -> Job:
    """The job of these inputs that did or will; else this one."""
    same = Job.objects.filter(kind=job.kind, key=job.key).exclude(state=Job.State.FAILED).order_by("-pk").first()
    if same and (same.state != Job.State.DONE or made_before(same)):
        return same
    _require_turn(job)
    return _enqueue(job)


def _require_turn(job: Job) -> None:
    """Raises BusyError where the bureau of a draft has its share of the queue already: a script that takes all its time,
    asked for in twenty sizes, would keep everybody else waiting for minutes."""
    draft = job.revision.draft if job.revision.is_candidate else None
    if draft is None or made_before(job):
        return
    theirs = Job.objects.unfinished().filter(
        kind=job.kind, revision__number=None, revision__draft__organisation=draft.organisation_id
    )
    if theirs.count() >= _DRAFTS_AT_ONCE:
        raise BusyError(
            f"{_DRAFTS_AT_ONCE} jobs of this bureau's drafts are waiting or running already",
            "Vos exécutions précédentes ne sont pas terminées. Celle-ci commencera ensuite\N{NARROW NO-BREAK SPACE}; une exécution qui ne finit pas est arrêtée d’elle-même.",
        )


def _enqueue(job: Job) -> Job:
    made = made_before(job)
    if made:
        job.state, job.progress, job.finished_at = Job.State.DONE, 100, timezone.now()
        for field, artefact in made.items():
            setattr(job, field, artefact)
        job.save()
        return job
    if Job.objects.unfinished().filter(kind=job.kind).count() >= settings.TRETEAU_MAX_WAITING:
        raise BusyError(
            "too many jobs are waiting", "Beaucoup de demandes attendent en ce moment. Réessayez dans quelques minutes."
        )
    job.rung_at = timezone.now()
    with transaction.atomic():
        job.save()
        transaction.on_commit(lambda: ring(job.pk, job.kind))
    return job


def made_before(job: Job) -> dict[str, Artefact]:
    """The artefacts that this job would make, by the job's field, if all of them exist."""
    if job.kind == Job.Kind.LAYOUT:
        return {}  # another search may find more
    if job.kind == Job.Kind.PREVIEW:
        return _preview_artefacts(job.key)
    if job.kind in (Job.Kind.QUOTE, Job.Kind.SHEETS, Job.Kind.CHECK, Job.Kind.CHANGES):
        facts = artefacts.find(job.key)
        return {"facts": facts} if facts else {}
    package = artefacts.find(job.key)
    return {"package": package} if package else {}


def _preview_artefacts(key: str) -> dict[str, Artefact]:
    found = {kind: artefacts.find(part_key(key, kind)) for kind in (Artefact.Kind.VIEW, Artefact.Kind.FACTS)}
    return {str(kind): artefact for kind, artefact in found.items() if artefact} if all(found.values()) else {}


def part_key(key: str, kind: Artefact.Kind) -> str:
    """A preview makes two files from the same inputs."""
    return artefacts.input_key(str(kind), {"preview": key})


def ring(pk: int, kind: str) -> None:
    from fabrication import tasks

    of_kind = {
        Job.Kind.PREVIEW: tasks.make_preview,
        Job.Kind.LAYOUT: tasks.search_layout,
        Job.Kind.QUOTE: tasks.make_figures,
        Job.Kind.SHEETS: tasks.count_sheets,
        Job.Kind.CHECK: tasks.check_design,
        Job.Kind.CHANGES: tasks.compare_designs,
        Job.Kind.PICTURES: tasks.draw_pictures,
    }
    leases.ring(of_kind.get(Job.Kind(kind), tasks.make_package), pk)


def sweep() -> int:
    """Ring again for what waits too long or was left behind; give up what was tried too often.

    Two sweeps at once ring twice, which a claim does not mind. Returns the number of rings.
    """
    now = timezone.now()
    lost = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS)
    # What a search had found until then is as good as ever.
    lost.filter(kind=Job.Kind.LAYOUT).update(state=Job.State.DONE, lease_until=None, finished_at=now, progress=100)
    given_up = (
        lost.exclude(kind=Job.Kind.LAYOUT)
        .update(state=Job.State.FAILED, lease_until=None, finished_at=now, reason=_INTERRUPTED,
                fault=f"the worker died {MAX_ATTEMPTS} times")
    )  # fmt: skip
    if given_up:
        log.error("gave up %d job(s) whose worker died %d times", given_up, MAX_ATTEMPTS)
    patience = now - timedelta(seconds=settings.TRETEAU_SWEEP_SECONDS)
    rung = 0
    for kind in Job.Kind.values:
        left = Job.objects.claimable().filter(Q(rung_at=None) | Q(rung_at__lt=patience), kind=kind)
        for pk in list(left.order_by("pk").values_list("pk", flat=True)[:_RING_AT_ONCE]):
            Job.objects.filter(pk=pk).update(rung_at=now)
            ring(pk, kind)
            rung += 1
    return rung


def tidy() -> int:
    """Forget old previews, counts of sheets and comparisons, and the files that no job needs any more. Returns the number of files."""
    shown = (Job.Kind.PREVIEW, Job.Kind.SHEETS, Job.Kind.CHANGES)
    # A publication that waits for its date needs the check and the comparison that it was approved with.
    needed = candidates.waiting_for_their_date()
    old = Job.objects.exclude(revision__in=needed)
    old.filter(kind__in=shown, finished_at__lt=timezone.now() - _KEEP_PREVIEWS).delete()
    checks = old.filter(kind=Job.Kind.CHECK, revision__number=None)
    checks.filter(finished_at__lt=timezone.now() - _KEEP_CHECKS).delete()
    used: set[Any] = set()
    for field in ("package", "view", "facts"):
        used.update(Job.objects.exclude(**{field: None}).values_list(f"{field}_id", flat=True))
    # An hour's grace: a worker stores the file first and settles its job a moment later.
    unused = Artefact.objects.exclude(pk__in=used).filter(created_at__lt=timezone.now() - timedelta(hours=1))
    removed = 0
    for artefact in unused:
        path = artefact.path
        artefact.delete()
        if not Artefact.objects.filter(path=path).exists():
            (artefacts.folder() / path).unlink(missing_ok=True)
            removed += 1
    candidates.tidy()
    return removed
