# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a worker does with a job: claim it, make it, say how it ended."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from designs.errors import DesignError, GeometryError, ParameterError, SheetError
from designs.jail.errors import too_long
from fablabs.errors import MachineFileError
from fablabs.machine import parse_machine
from fabrication import artefacts, services
from fabrication.choices import Choices
from fabrication.errors import NotMakeableError, VerificationError
from fabrication.judging.services import require_sound
from fabrication.layout_file import layout_rows, read_layout
from fabrication.leases import Lease, LeaseLostError, claim
from fabrication.models import Artefact, Job
from fabrication.plan import SheetLayout
from fabrication.quoting import services as quotes

log = logging.getLogger(__name__)

Progress = Callable[[str, float], None]

_OUR_FAULT = (
    "Une erreur de notre côté a arrêté le calcul ; aucun fichier n’est proposé. "
    "Vous pouvez réessayer, ou choisir d’autres dimensions."
)
#: To who draws the model: nothing is offered there, and other sizes are no way out.
_OUR_FAULT_TO_DESIGNERS = (
    "Une erreur de notre côté a arrêté le calcul : votre brouillon est enregistré, et n’y est peut-être pour rien. "
    "Exécutez-le à nouveau ; si l’erreur revient, écrivez-nous."
)
#: Kinds of designs.jail's errors that say nothing of the script.
_PASSING = ("unavailable", "time")
#: For all checks or comparisons of a design: a shipped one takes one minute. The task's own limit is 600 s (fabrication/tasks.py).
_JUDGING_S = 420.0
#: Places in a script that one refusal names.
_MOST_PLACES = 20
_UNSOUND = (
    "Les fichiers ont été relus et ne correspondent pas exactement au modèle : "
    "ils ne sont pas proposés au téléchargement. "
)

_REFUSALS = {
    SheetError: "Ce meuble n’est pas dessiné pour des panneaux de cette épaisseur. Choisissez un autre atelier.",
    GeometryError: "Avec ces dimensions, un assemblage n’a pas la place qu’il lui faut. Choisissez une taille plus "
    "proche des dimensions de base.",
}


def run(pk: int) -> None:
    """Work on a job if it is to be had; never raises for a job that can't be made."""
    job = claim(Job.objects.select_related("revision", "workshop", "against"), pk)
    if job is None:
        return
    try:
        with Lease(job) as lease:
            _work(job, lease)
    except LeaseLostError:
        log.warning("job %s: another worker took it over, this result is dropped", pk)
        return
    if job.kind == Job.Kind.QUOTE:
        quotes.complete_of_job(pk)  # what is missed here, the sweeper does


def _work(job: Job, lease: Lease) -> None:
    try:
        made = services.made_before(job) or _MAKERS[Job.Kind(job.kind)](job, lease)
    except (DesignError, NotMakeableError, MachineFileError) as error:
        # What a jail that is away or slow says of a script may be otherwise in a minute: asked for again, it is tried again.
        passing = getattr(error, "kind", "") in _PASSING
        state = Job.State.FAILED if passing else Job.State.REFUSED
        lease.settle(state, reason=refusal(error), fault=str(error), errors=places(error))
    except LeaseLostError:
        raise
    except VerificationError as error:
        log.exception("job %s failed", job.pk)
        lease.settle(Job.State.FAILED, reason=_UNSOUND + error.french, fault=f"{type(error).__name__}: {error}")
    except Exception as error:
        log.exception("job %s failed", job.pk)
        lease.settle(Job.State.FAILED, reason=_our_fault(job), fault=f"{type(error).__name__}: {error}")
    else:
        lease.settle(Job.State.DONE, **made)


def _our_fault(job: Job) -> str:
    for_designers = job.kind in (Job.Kind.CHECK, Job.Kind.CHANGES) or job.revision.is_candidate
    return _OUR_FAULT_TO_DESIGNERS if for_designers else _OUR_FAULT


def places(error: Exception) -> list[dict[str, Any]]:
    """Where in a designer's script a refusal points (fabrication/scripted/errors.py); empty where it points nowhere."""
    return [asdict(fault) for fault in getattr(error, "faults", ())[:_MOST_PLACES] if is_dataclass(fault)]


def refusal(error: Exception) -> str:
    """The sentence, in French, that says why a piece can't be made as asked."""
    if isinstance(error, ParameterError):
        return " ".join(dict.fromkeys(error.messages.values()))
    french = getattr(error, "french", "")
    if french and french != str(error):
        return str(french)
    return _REFUSALS[SheetError if isinstance(error, SheetError) else GeometryError]


def _package(job: Job, lease: Lease) -> Mapping[str, Artefact]:
    from fabrication.pipeline import make_package

    require_sound(job.revision)  # it may have been found unfit while this waited
    design = job.revision.drawing()
    machine_file = parse_machine(job.machine_file)
    with tempfile.TemporaryDirectory(prefix="treteau-") as folder:
        package = make_package(
            design,
            job.parameters,
            machine_file,
            quantity=job.quantity,
            choices=_choices(job),
            folder=Path(folder),
            progress=lease.progress,
        )
        return {"package": artefacts.store(Artefact.Kind.PACKAGE, job.key, package.path, package.path.name)}


def _preview(job: Job, lease: Lease) -> Mapping[str, Artefact]:
    from fabrication.previews import make_preview

    view, facts = make_preview(job.revision.drawing(), job.parameters, progress=lease.progress)
    name = _stem(job)
    contents = {Artefact.Kind.VIEW: (view, f"{name}.glb"), Artefact.Kind.FACTS: (facts, f"{name}.json")}
    return {
        str(kind): artefacts.store(kind, services.part_key(job.key, kind), content, file)
        for kind, (content, file) in contents.items()
    }


def _pictures(job: Job, lease: Lease) -> Mapping[str, Artefact]:
    from fabrication.pictures.of_model import pictures_of_model

    content = pictures_of_model(job.revision.drawing(), lease.progress)
    name = f"{_stem(job)}-images.zip"
    return {"package": artefacts.store(Artefact.Kind.PACKAGE, job.key, content, name)}


def _sheets(job: Job, lease: Lease) -> Mapping[str, Artefact]:
    from fabrication.sheets_needed import count_sheets

    facts = count_sheets(job.revision.drawing(), job.parameters, progress=lease.progress)
    name = f"{_stem(job)}-panneaux.json"
    return {"facts": artefacts.store(Artefact.Kind.FACTS, job.key, facts, name)}


def _check(job: Job, lease: Lease) -> Mapping[str, Any]:
    from fabrication.comparison.checking import check_design

    checked = check_design(job.revision.drawing(), _timely(lease.progress))
    return {**_facts(job, checked.data(), "controles"), "is_green": checked.is_green}


def _changes(job: Job, lease: Lease) -> Mapping[str, Artefact]:
    from fabrication.comparison.changes import State, compare
    from fabrication.comparison.sizes import base_values

    old = None if job.against is None else State(job.against.drawing(), job.against.texts)
    new = State(job.revision.drawing(), job.revision.texts)
    base = base_values(old.design if old else None, new.design)
    found = compare(old, new, _timely(lease.progress), None if job.parameters == base else job.parameters)
    return _facts(job, found.data(), "changements")


def _timely(progress: Progress) -> Progress:
    """The same, until the time for judging a design is over: then JailError (time). A script may take all of its seconds at
    each of dozens of sizes; Celery would end the worker then, and the sweeper would have it tried again, twice."""
    end = time.monotonic() + _JUDGING_S

    def timely(stage: str, done: float) -> None:
        if time.monotonic() > end:
            raise too_long(_JUDGING_S)
        progress(stage, done)

    return timely


def _facts(job: Job, data: Mapping[str, Any], name: str) -> Mapping[str, Artefact]:
    content = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return {"facts": artefacts.store(Artefact.Kind.FACTS, job.key, content, f"{_stem(job)}-{name}.json")}


def _stem(job: Job) -> str:
    """``chariot-r1``; a draft's state by the beginning of its digest."""
    revision = job.revision
    return f"{revision.design}-r{revision.number}" if revision.number else f"{revision.design}-{revision.digest[:12]}"


def _figures(job: Job, lease: Lease) -> Mapping[str, Artefact]:
    """What a quote is made of: everything up to the files, and none of them."""
    from fabrication.pipeline import STAGES
    from fabrication.quoting.figures import figures_as_data
    from fabrication.quoting.measuring import plan_figures

    figures = plan_figures(
        job.revision.drawing(),
        job.parameters,
        parse_machine(job.machine_file),
        job.quantity,
        lambda stage, done: lease.progress(stage, done / STAGES["export"]),
    )
    content = json.dumps(figures_as_data(figures), sort_keys=True, ensure_ascii=False).encode()
    name = f"{_stem(job)}-{job.quantity}x-chiffres.json"
    return {"facts": artefacts.store(Artefact.Kind.FACTS, job.key, content, name)}


def _search(job: Job, lease: Lease) -> Mapping[str, Artefact]:
    """Keep the best layout so far in the row: a worker that dies leaves it to the next one."""
    from fabrication.search import search_layout

    def found(sheets: tuple[SheetLayout, ...] | None, done: float) -> None:
        if sheets is not None:
            lease.keep(layout=layout_rows(sheets))
        lease.progress("search", done)

    search_layout(
        job.revision.drawing(),
        job.parameters,
        parse_machine(job.machine_file),
        job.quantity,
        choices=_choices(job),
        seconds=job.seconds or services.SEARCH_SECONDS,
        watch=found,
    )
    return {}


def _choices(job: Job) -> Choices:
    layout = read_layout(job.layout) if job.layout is not None else None
    return Choices(only=tuple(job.only), scale=job.scale, layout=layout)


_MAKERS = {
    Job.Kind.PACKAGE: _package,
    Job.Kind.PREVIEW: _preview,
    Job.Kind.LAYOUT: _search,
    Job.Kind.QUOTE: _figures,
    Job.Kind.SHEETS: _sheets,
    Job.Kind.CHECK: _check,
    Job.Kind.CHANGES: _changes,
    Job.Kind.PICTURES: _pictures,
}
