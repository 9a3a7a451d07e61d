# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model was published anew while a workshop has an order of it that is not cut yet: the maker cuts the later revision, or
stays with the one that was ordered. What was ordered stays written on the line; the agreed price stays too, whatever is cut."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from designs.errors import DesignError, ParameterError
from designs.models import DesignRevision
from designs.services.finding import latest_of
from designs.typography import typeset
from fablabs.errors import MachineFileError
from fabrication import artefacts
from fabrication.errors import NotMakeableError
from fabrication.models import Job, Quote
from fabrication.quoting.figures import CutFigures, figures_from
from fabrication.quoting.services.asking import totals_with
from fabrication.services import BusyError, request_figures
from orders.life.errors import RefusedError
from orders.models import (
    UNCUT,
    Order,
    OrderLine,
    Piece,
    Production,
    RequestedQuote,
    RevisionChoice,
    SheetCut,
    State,
)
from orders.services.producing import prepare

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

#: A proof that failed by our own fault is tried again with the page after this.
_AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Offer:
    """``revision`` is published since, and may be cut instead of ``made``."""

    line: OrderLine
    made: DesignRevision
    revision: DesignRevision


def offers_of(lines: Iterable[OrderLine]) -> dict[int, Offer]:
    """By line (primary key): those that nobody has decided about yet, nor cut anything of. Two queries at most, whatever the
    number of lines; none where every line is of the current revision. Lines come with ``order`` and ``revision``."""
    open_lines = [line for line in lines if line.is_furniture and State(line.order.state) in UNCUT]
    newest = latest_of(line.design for line in open_lines)
    late = {
        line.pk: Offer(line, made, newest[line.design])
        for line in open_lines
        if (made := line.made_revision) is not None
        and line.design in newest
        and (newest[line.design].number or 0) > (made.number or 0)
    }
    if not late:
        return {}
    decided = set(RevisionChoice.objects.filter(line__in=late).values_list("line", "revision"))
    cut = _begun(late)
    return {pk: one for pk, one in late.items() if (pk, one.revision.pk) not in decided and pk not in cut}


def _begun(lines: Iterable[int]) -> set[int]:
    """Those of these lines of which a piece is cut, or a sheet."""
    keys = list(lines)
    pieces = Piece.objects.filter(line__in=keys).exclude(stage=Piece.Stage.TO_CUT).values_list("line", flat=True)
    sheets = SheetCut.objects.filter(production__line__in=keys).values_list("production__line", flat=True)
    return {*pieces, *sheets}


def sizes_with(offer: Offer) -> dict[str, Any]:
    """The ordered sizes as the later revision takes them: what was chosen, unchanged, and its own defaults for what it asks
    anew. Raises RefusedError where it takes another size, or none of that name."""
    design = offer.revision.drawing()
    ordered: Mapping[str, Any] = offer.line.parameters
    names = {parameter.name for parameter in design.parameters}
    gone = sorted(set(ordered) - names)
    if gone:
        labels = _labels(offer.made, gone)
        raise _refused(
            f"{offer.revision} has no {', '.join(gone)}",
            f"La révision {offer.revision.number} n’a plus ce réglage : {', '.join(labels)}. Ce que l’acheteur a choisi ne s’y "
            "retrouve pas.",
        )
    try:
        taken = design.clean(ordered)
    except ParameterError as error:
        raise _refused(
            f"{offer.revision} does not take the ordered sizes: {error}",
            f"La révision {offer.revision.number} n’accepte pas les dimensions commandées. "
            + " ".join(dict.fromkeys(error.messages.values())),
        ) from error
    changed = sorted(name for name, value in ordered.items() if taken[name] != value)
    if changed:
        raise _refused(
            f"{offer.revision} rounds {', '.join(changed)}",
            f"La révision {offer.revision.number} ne se fait pas dans les dimensions commandées exactement "
            f"({', '.join(_labels(offer.revision, changed))}).",
        )
    return taken


def _labels(revision: DesignRevision, names: Iterable[str]) -> list[str]:
    try:
        labels = {parameter.name: parameter.label for parameter in revision.drawing().parameters}
    except DesignError:
        labels = {}
    return [labels.get(name, name) for name in names]


@dataclass(frozen=True)
class Proof:
    """Whether this workshop's machine makes the later revision in the ordered sizes: its whole cut plan, computed.
    ``state``: "ready", "waiting", or "refused" with a French ``reason``. ``sheets`` and ``minutes`` of the machine are of all
    pieces of the line, before and after; ``more_eur``: by how much the workshop's own quote would differ, at its terms of
    then. Each None where it is not known (yet)."""

    state: str
    reason: str = ""
    sheets: tuple[int, int] | None = None
    minutes: tuple[int, int] | None = None
    more_eur: Decimal | None = None


def proof_of(offer: Offer) -> Proof:
    """Has it computed by a worker, where that was not done yet. Never raises for what can't be made."""
    try:
        job = _plan(offer, offer.revision, sizes_with(offer))
        before = _plan_before(offer)
    except BusyError:
        return Proof("waiting")
    except (RefusedError, NotMakeableError, MachineFileError) as error:
        return Proof("refused", error.french)
    except DesignError as error:
        log.warning("line %s can't be held against %s: %s", offer.line.pk, offer.revision, error)
        return Proof("refused", str(getattr(error, "french", "")) or _NOT_DRAWN)
    if job.is_finished and job.state != Job.State.DONE:
        return Proof("refused", job.reason)
    if not job.is_finished or (before is not None and not before.is_finished):
        return Proof("waiting")
    return _measured(offer, job, before)


def _plan(offer: Offer, revision: DesignRevision, sizes: Mapping[str, Any]) -> Job:
    """The job that plans all pieces of the line for the machine and the panel that they are, or would be, cut on."""
    line, workshop = offer.line, offer.line.order.workshop
    assert workshop is not None
    standing = line.productions.filter(replaced_at=None).select_related("job").first()
    text = standing.job.machine_file if standing is not None else workshop.machine_file
    before = Job.objects.filter(
        kind=Job.Kind.QUOTE, revision=revision, workshop=workshop, machine_file=text, quantity=line.quantity,
        state=Job.State.FAILED, finished_at__gt=timezone.now() - _AGAIN_AFTER,
    )  # fmt: skip
    failed = next((job for job in before.order_by("-pk")[:20] if job.parameters == sizes), None)
    # What failed by our own fault is not asked for again with every look.
    return failed or request_figures(revision, sizes, workshop, text, line.quantity)


def _plan_before(offer: Offer) -> Job | None:
    """Of the revision that is to be cut; None where it is not drawn any more, or on no machine of today's: what changes is then
    said without figures. Raises BusyError."""
    try:
        return _plan(offer, offer.made, offer.line.parameters)
    except (DesignError, NotMakeableError, MachineFileError):
        return None


def _measured(offer: Offer, job: Job, before: Job | None) -> Proof:
    new, old = _figures(job), _figures(before) if before is not None else None
    if new is None or old is None:
        return Proof("ready")
    known = old.seconds is not None and new.seconds is not None
    quote = _accepted_quote(offer.line)
    net, net_now = (totals_with(quote, figures).net for figures in (old, new)) if quote else (None, None)
    return Proof(
        "ready",
        sheets=(len(old.sheets), len(new.sheets)),
        minutes=(round((old.seconds or 0) / 60), round((new.seconds or 0) / 60)) if known else None,
        more_eur=None if net is None or net_now is None else net_now - net,
    )


def _figures(job: Job) -> CutFigures | None:
    if job.facts is None:
        return None
    try:
        return figures_from(json.loads(artefacts.file_of(job.facts).read_bytes()))
    except (OSError, ValueError):
        return None


def _accepted_quote(line: OrderLine) -> Quote | None:
    """The one that the buyer accepted with its choice of this workshop."""
    asked = RequestedQuote.objects.filter(
        line=line, request__workshop=line.order.workshop, request__withdrawn_at=None
    ).select_related("quote")
    found = asked.order_by("-pk").first()
    return found.quote if found is not None else None


def move(order: Order, line_key: Any, revision_key: Any, actor: User | None, now: datetime) -> dict[str, Any]:
    """Cut the later revision from now on; files that were made are made anew for the same machine and panel. Within the
    step's transaction, with the order locked. Returns the event's facts. Raises RefusedError."""
    offer = _offer_in(order, line_key, revision_key)
    line = offer.line
    # A tick at the machine locks the files that it is of: none comes between this look and the new files.
    standing = list(Production.objects.select_for_update(of=("self",)).filter(line=line, replaced_at=None))
    if _begun([line.pk]):
        raise _refused("a sheet is cut", _CUT)
    sizes_with(offer)
    proof = proof_of(offer)
    if proof.state == "waiting":
        raise _refused(
            "the plan is not computed yet",
            "Le plan de découpe de la nouvelle révision se calcule encore pour votre machine : revenez dans une minute.",
        )
    if proof.state != "ready":
        raise _refused(f"it can't be made: {proof.reason}", proof.reason)
    line.moved_to = offer.revision
    line.save(update_fields=["moved_to"])
    again = _files_again(order, line, standing[0], actor, now) if standing else None
    return _remember(offer, actor, now, moves=True) | {"files": again is not None}


def _files_again(
    order: Order, line: OrderLine, old: Production, actor: User | None, now: datetime
) -> Production | None:
    """For the machine, panel, cutter and clearance of the old ones; None where one of them is gone: the old ones stand no more,
    and new ones are prepared by hand."""
    count = old.pieces.filter(stage=Piece.Stage.TO_CUT).count()
    there = (
        old.machine is not None
        and old.machine.is_active
        and old.stock is not None
        and old.stock.is_active
        and old.machine.workshop_id == old.stock.workshop_id == order.workshop_id
    )
    if not there or not count:
        line.productions.filter(replaced_at=None).update(replaced_at=now)
        line.pieces.filter(stage=Piece.Stage.TO_CUT).update(production=None, material="")
        return None
    given = {
        "line": line.pk,
        "machine": old.machine_id,
        "stock": old.stock_id,
        "thickness_mm": [old.thickness_mm],
        "tool_diameter_mm": old.tool_diameter_mm,
        "clearance_mm": old.clearance_mm,
        "quantity": count,
    }
    return prepare(order, given, actor, now)


def stay(order: Order, line_key: Any, revision_key: Any, actor: User | None, now: datetime) -> dict[str, Any]:
    """Cut what was to be cut; nobody is asked again about this revision. Within the step's transaction. Returns the event's
    facts. Raises RefusedError."""
    return _remember(_offer_in(order, line_key, revision_key), actor, now, moves=False)


def _offer_in(order: Order, line_key: Any, revision_key: Any) -> Offer:
    line = order.lines.select_related("revision", "moved_to").filter(pk=line_key, lot=None).first()
    if line is None:
        raise _refused("no such line of furniture", "Cette ligne n’est pas dans la commande.")
    line.order = order
    offer = offers_of([line]).get(line.pk)
    if offer is None:
        if _begun([line.pk]):
            raise _refused("something of the line is cut", _CUT)
        raise _refused("nothing to choose", "Il n’y a plus rien à choisir pour cette ligne : rechargez la page.")
    if offer.revision.pk != revision_key:
        raise _refused(
            f"{offer.revision} is current by now",
            f"Entre-temps, la révision {offer.revision.number} est parue : relisez ce qui change, puis choisissez.",
        )
    return offer


def _remember(offer: Offer, actor: User | None, now: datetime, *, moves: bool) -> dict[str, Any]:
    RevisionChoice.objects.create(line=offer.line, revision=offer.revision, moves=moves, chosen_by=actor, chosen_at=now)
    return {
        "line": offer.line.pk,
        "position": offer.line.position,
        "title": offer.revision.title,
        "from_revision": offer.made.number,
        "to_revision": offer.revision.number,
        "changes": str(offer.revision.texts.get("changes") or ""),
    }


_CUT = "Un panneau ou un exemplaire de cette ligne est déjà découpé : elle garde la révision qui est sur la machine."
_NOT_DRAWN = "Cette révision ne se dessine pas dans ces dimensions."


def _refused(english: str, french: str) -> RefusedError:
    return RefusedError(english, typeset(french), "revision")
