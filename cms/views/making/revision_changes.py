# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a later revision changes in the sizes that a line was ordered in: part by part, as a worker compared them."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

from designs.errors import DesignError
from designs.typography import typeset
from fabrication import artefacts
from fabrication.models import Job
from fabrication.services import BusyError, request_changes
from orders.life.errors import RefusedError
from orders.services.moving import Offer, sizes_with

log = logging.getLogger(__name__)

_FATES = {"added": "Nouvelle pièce", "removed": "N’existe plus"}


@dataclass(frozen=True)
class PartRow:
    """``words`` are French: what is another in this part; ``svg``: both states of it over each other, "" where it is cut as
    before or has no other state."""

    name: str
    words: str
    svg: str


@dataclass(frozen=True)
class PartChanges:
    """``rows``: parts that change; ``kept``: how many don't; ``joints``: a sentence on the joints; ``is_waiting``: a worker is at
    it."""

    rows: tuple[PartRow, ...] = ()
    kept: int = 0
    joints: str = ""
    is_waiting: bool = False


def changes_for(offer: Offer) -> PartChanges | None:
    """Has them compared, where nobody did yet; None where they can't be: then the revision's own words are all there is."""
    try:
        job = request_changes(offer.revision, offer.made, sizes_with(offer))
    except BusyError:
        return PartChanges(is_waiting=True)
    except (DesignError, RefusedError):
        return None
    if not job.is_finished:
        return PartChanges(is_waiting=True)
    if job.state != Job.State.DONE or job.facts is None:
        return None
    try:
        data = json.loads(artefacts.file_of(job.facts).read_bytes())
        rows = tuple(_row(part) for part in data["parts"] if part["fate"] != "kept")
        kept = sum(part["fate"] == "kept" for part in data["parts"])
        return PartChanges(rows, kept, str(data["verdict"][1]))
    except (OSError, ValueError, LookupError, TypeError):
        log.exception("the comparison of job %s can't be read", job.pk)
        return None


def _row(part: dict[str, object]) -> PartRow:
    shown = part["new"] or part["old"]
    assert isinstance(shown, dict)
    what = part["what"]
    words = [str(one) for one in what] if isinstance(what, list) else []
    first = _FATES.get(str(part["fate"]), "")
    said = ", ".join([first, *words] if first else words) or "Sa forme change"
    svg = "" if part["is_cut_alike"] else str(part["svg"])
    return PartRow(f"{shown['code']} {shown['name']}", typeset(said[:1].upper() + said[1:]), svg)
