# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether files may still be cut: what changed since they were made, of the panel, of the model, of the order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format

from designs.models import DesignRevision
from designs.typography import french_number
from fablabs.models import Change, StockItem
from orders.models import Production, RevisionChoice
from orders.services.outdated_packages import Doubt, doubt, fits

#: Sheets are 0.6 mm off what they are sold as, at most (docs/calibration.md): what is further off is another sheet, or a slip of the
#: finger that the calliper's own check lets pass (2 mm).
_USUALLY_OFF_MM = Decimal("0.6")
_THICKNESS = "settings.measured_thickness_mm"


def doubts_of(productions: Iterable[Production]) -> dict[int, list[Doubt]]:
    """By production (primary key): its doubts, gravest first. Needs line__revision, job__revision and stock at hand; asks the
    database twice, however many there are."""
    given = list(productions)
    newest = _newest_revisions({row.job.revision.design for row in given})
    changed = _thickness_changes(given)
    settled = _settled(given, newest)
    return {row.pk: list(_doubts(row, newest, changed, settled)) for row in given}


def _doubts(
    row: Production, newest: Mapping[str, int], changed: Mapping[int, datetime], settled: set[int]
) -> Iterable[Doubt]:
    if row.replaced_at is not None:
        yield doubt(
            "replaced",
            f"Ces fichiers ont été remplacés le {_day(row.replaced_at)} : ne découpez plus rien d’après eux. Prenez ceux de la "
            "page de la commande.",
        )
    if row.stock is not None:
        sold_mm = Decimal(str(row.stock.settings["nominal_thickness_mm"]))
        if abs(row.thickness_mm - sold_mm) > _USUALLY_OFF_MM:
            yield doubt(
                "unusual",
                f"Ces fichiers sont dessinés pour {_mm(row.thickness_mm)}, et le panneau est vendu pour {_mm(sold_mm)} : c’est plus "
                "d’écart que d’ordinaire. Mesurez-le encore une fois avant de découper.",
            )
    if row.stock is not None and (at := changed.get(row.stock.pk)):
        now_mm = Decimal(str(row.stock.settings["measured_thickness_mm"]))
        if at > row.made_at and not fits(now_mm, row.thickness_mm):
            yield doubt(
                "thickness",
                f"Ces fichiers sont dessinés pour {_mm(row.thickness_mm)}. Depuis, le {_day(at)}, la fiche du panneau a changé : "
                f"{_mm(now_mm)}. Mesurez le panneau qui est sur la machine avant de découper.",
            )
    revision, made = row.job.revision, row.line.made_revision
    number = revision.number or 0
    if made is not None and made.pk != revision.pk:
        yield doubt(
            "revision",
            f"La commande demande la révision {made.number} du modèle, et ces fichiers sont de la révision "
            f"{number} : préparez-les de nouveau.",
        )
    elif newest.get(revision.design, number) > number and row.line_id not in settled:
        yield doubt(
            "revision",
            f"Une révision plus récente du modèle est parue, la {newest[revision.design]} ; la commande et ces fichiers sont de la "
            f"{number}. Lisez ce qui a changé, puis gardez l’une ou passez à l’autre, avant de découper.",
        )


def _newest_revisions(designs: set[str]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for design, number in DesignRevision.objects.filter(design__in=designs).values_list("design", "number"):
        found[design] = max(found[design], number or 0)
    return found


def _settled(productions: list[Production], newest: Mapping[str, int]) -> set[int]:
    """Lines (primary keys) whose maker has read of the newest revision, and stays with the one before."""
    late = [
        row.line_id for row in productions if newest.get(row.job.revision.design, 0) > (row.job.revision.number or 0)
    ]
    if not late:
        return set()
    choices = RevisionChoice.objects.filter(line__in=late, moves=False)
    rows = choices.values_list("line", "revision__design", "revision__number")
    return {line for line, design, number in rows if number == newest.get(design)}


def _thickness_changes(productions: list[Production]) -> dict[int, datetime]:
    """When each panel (primary key) got the thickness that its record has now, if that was since the first of the files."""
    stocks = {row.stock.pk: row.stock for row in productions if row.stock is not None}
    if not stocks:
        return {}
    since = min(row.made_at for row in productions)
    workshops = {item.workshop_id for item in stocks.values()}
    changes = list(Change.objects.filter(workshop__in=workshops, at__gt=since).order_by("at", "pk"))
    return {pk: change.at for pk, item in stocks.items() for change in changes if _made_it(change, item)}


def _made_it(change: Change, item: StockItem) -> bool:
    """The history names a panel by its material and what it measured before."""
    return (
        change.workshop_id == item.workshop_id
        and change.subject.startswith(f"panneau {item.settings['material']} ")
        and change.values.get(_THICKNESS, [None, None])[1] == item.settings["measured_thickness_mm"]
    )


def _mm(value: Decimal) -> str:
    return f"{french_number(value, 3)} mm"


def _day(at: datetime) -> str:
    return str(date_format(timezone.localtime(at), "j F à H:i"))
