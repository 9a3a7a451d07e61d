# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking for work, and ringing for it.

The row is committed first, the message sent afterwards: a message can be lost, doubled, late or
wrong, and the sweeper repairs all four from the rows (fabrication/sweeping/services.py).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from designs.design import content_inputs
from designs.models import DesignRevision
from fablabs.machine import parse_machine
from fablabs.models import Workshop
from fablabs.used_stock import with_thickness, without_offcuts
from fabrication import artefacts, leases
from fabrication.errors import FabricationError
from fabrication.fit import check_fit
from fabrication.judging.services import require_sound
from fabrication.layout_file import layout_of_archive
from fabrication.models import MAX_QUANTITY, Artefact, Job
from fabrication.trying.services import LANE, TRIES, has_its_share, replace_older

#: What failed is tried again by whoever looks only after a pause that doubles with each failure in a row: a page that is
#: open all day must not have a script that breaks everything run every second.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
#: Rows of one question that are looked at: failures in a row, and what was made before them.
_MOST_ROWS = 12

#: What a better layout may take: a minute finds nearly all that an hour finds.
SEARCH_SECONDS = 60


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


def request_preview(revision: DesignRevision, given: Mapping[str, object], *, again: bool = False) -> Job:
    """The job that shows the piece in these sizes: an existing one that did or will, else a new one. ``again`` here and below:
    somebody wants it on purpose, what failed is tried without a pause.

    Raises ParameterError, BusyError.
    """
    return _of_sizes(Job.Kind.PREVIEW, revision, given, again)


def request_sheets(revision: DesignRevision, given: Mapping[str, object], *, again: bool = False) -> Job:
    """The job that lays the piece in these sizes on usual sheets and counts them (fabrication/sheets_needed.py): an
    existing one that did or will, else a new one.

    Raises ParameterError, BusyError.
    """
    return _of_sizes(Job.Kind.SHEETS, revision, given, again)


def request_pictures(revision: DesignRevision) -> Job:
    """The job that draws the pictures of a model's page, in its base sizes: one that did or will, else a new one.

    Raises UnknownDesignError, ParameterError, BusyError.
    """
    return _of_sizes(Job.Kind.PICTURES, revision, {}, again=True)  # whoever asks looked at the last one


def request_check(revision: DesignRevision, *, again: bool = False) -> Job:
    """The job that asks every check of fitness of a revision or candidate (fabrication/comparison/checking.py): one that did or
    will, else a new one. The same content is checked once, before and after its publication; a page that waits asks no script.

    Raises ParameterError (a design that refuses its own defaults), BusyError.
    """
    from fabrication.comparison.bounded import bounded

    parameters = bounded(revision.drawing()).clean({})
    key = artefacts.input_key(Job.Kind.CHECK, {"drawn": revision.reference, "parameters": parameters})
    return _one(Job(kind=Job.Kind.CHECK, revision=revision, parameters=parameters, key=key), again)


def request_changes(
    revision: DesignRevision,
    against: DesignRevision | None,
    given: Mapping[str, object] | None = None,
    *,
    again: bool = False,
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
    return _one(Job(kind=Job.Kind.CHANGES, revision=revision, against=against, parameters=parameters, key=key), again)


def _of_sizes(kind: Job.Kind, revision: DesignRevision, given: Mapping[str, object], again: bool) -> Job:
    parameters = revision.drawing().clean(given)
    # The same content gives the same view: what a draft's candidate showed is there when it is published.
    content = content_inputs(revision.number or 0, revision.content_key)
    inputs = {"design": revision.design, **content, "parameters": parameters}
    return _one(Job(kind=kind, revision=revision, parameters=parameters, key=artefacts.input_key(kind, inputs)), again)


def _one(job: Job, again: bool) -> Job:
    """The job of these inputs that did or will, or that failed a moment ago; else this one."""
    rows = Job.objects.filter(kind=job.kind, key=job.key).select_related("revision").defer("revision__content")
    found = list(rows.order_by("-pk")[:_MOST_ROWS])
    same = next((row for row in found if row.state != Job.State.FAILED), None)
    if same and (same.state != Job.State.DONE or made_before(same)):
        return _out_of_the_lane(same, job)
    failed = _in_its_pause(found)
    if failed and not again:
        return failed
    if job.revision.is_candidate and not made_before(job):
        replace_older(job)
        if has_its_share(job):
            raise BusyError(
                "jobs of this bureau's drafts are waiting or running already, as many as it may have",
                "Vos exécutions précédentes ne sont pas terminées. Celle-ci commencera ensuite\N{NARROW NO-BREAK SPACE}; une exécution qui ne finit pas est arrêtée d’elle-même.",
            )
    return _enqueue(job)


def _in_its_pause(rows: Sequence[Job]) -> Job | None:
    """The last of the failures in a row (``rows``: the newest first), if it is too early to try again. What was never begun
    because something newer took its place is no failure."""
    failures = [row for row in itertools.takewhile(lambda row: row.state == Job.State.FAILED, rows) if row.attempts]
    if not failures or failures[0].finished_at is None:
        return None
    pause = min(_FIRST_PAUSE * 2 ** (len(failures) - 1), _LONGEST_PAUSE)
    return failures[0] if timezone.now() < failures[0].finished_at + pause else None


def _out_of_the_lane(same: Job, wanted: Job) -> Job:
    """A draft of other words draws what is published: who looks at the published model waits for no draft's turn."""
    is_drafts = same.state == Job.State.QUEUED and same.revision.is_candidate and not wanted.revision.is_candidate
    if is_drafts and Job.objects.filter(pk=same.pk, state=Job.State.QUEUED).update(revision=wanted.revision):
        same.revision = wanted.revision
        ring(same.pk, same.kind)
    return same


def _enqueue(job: Job) -> Job:
    if job.kind == Job.Kind.PACKAGE:
        require_sound(job.revision)
    job.software = artefacts.software_key()
    made = made_before(job)
    if made:
        job.state, job.progress, job.finished_at = Job.State.DONE, 100, timezone.now()
        for field, value in made.items():
            setattr(job, field, value)
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


def made_before(job: Job) -> dict[str, Any]:
    """What this job would make, by the job's field, if all of its files exist."""
    if job.kind == Job.Kind.LAYOUT:
        return {}  # another search may find more
    if job.kind == Job.Kind.PREVIEW:
        return _preview_artefacts(job.key)
    if job.kind == Job.Kind.CHECK:
        facts = artefacts.find(job.key)
        return {"facts": facts, "is_green": _is_green(facts)} if facts else {}
    if job.kind in (Job.Kind.QUOTE, Job.Kind.SHEETS, Job.Kind.CHANGES):
        facts = artefacts.find(job.key)
        return {"facts": facts} if facts else {}
    package = artefacts.find(job.key)
    return {"package": package} if package else {}


def _is_green(facts: Artefact) -> bool:
    """As the file says; one that can't be read is no word for it."""
    try:
        return json.loads(artefacts.file_of(facts).read_bytes())["is_green"] is True
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _preview_artefacts(key: str) -> dict[str, Artefact]:
    found = {kind: artefacts.find(part_key(key, kind)) for kind in (Artefact.Kind.VIEW, Artefact.Kind.FACTS)}
    return {str(kind): artefact for kind, artefact in found.items() if artefact} if all(found.values()) else {}


def part_key(key: str, kind: Artefact.Kind) -> str:
    """A preview makes two files from the same inputs."""
    return artefacts.input_key(str(kind), {"preview": key})


def ring(pk: int, kind: str) -> None:
    """What shows a draft has a queue of its own: whoever looks at a published model never waits for who draws one."""
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
    task = of_kind.get(Job.Kind(kind), tasks.make_package)
    if kind in LANE and Job.objects.filter(TRIES, pk=pk).exists():
        task = tasks.try_draft
    leases.ring(task, pk)
