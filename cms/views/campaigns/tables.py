# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of runs and of a run's lines, and the lines as a file: what is narrowed on the page is narrowed in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from cms.table_files import table_response
from cms.tables import Column, ListFilters, Table, choice_filter, words_filter
from cms.views.campaigns.access import run_or_404
from fabrication.models import AssignmentRow, AssignmentRun

_RUNS_A_PAGE, _LINES_A_PAGE = 30, 100
#: Address → what a list is narrowed to.
VIEWS: dict[str, tuple[str, Q]] = {
    "servies": ("Attribuées", ~Q(maker="")),
    "non-servies": ("Non servies", Q(maker="")),
    "partagees": ("Partagées", Q(why="split")),
    "imposees": ("Imposées", Q(why="pinned")),
}


class _LineFilters(ListFilters):
    q = words_filter("Commande, commune ou atelier", "demand", "place", "maker", "maker_name")
    voir = choice_filter("Lesquelles", VIEWS, "Toutes")


def _km(row: AssignmentRow) -> float | None:
    return None if row.metres is None else row.metres / 1000


_LINES = (
    Column("ordre", "Ordre du tableau", ("position",), is_shown=False),
    Column("commande", "Commande", (Lower("demand"),), lambda row: row.demand, words="commande"),
    Column("commune", "Commune", (Lower("place"),), lambda row: row.place, words="commune", is_shown=False),
    Column("modele", "Modèle", ("design",), lambda row: row.design, words="modèle", is_shown=False),
    Column(
        "quantite", "Quantité", ("quantity",), lambda row: row.quantity, words="quantité",
        largest_first=True, is_number=True,
    ),
    Column("code", "Atelier", (), lambda row: row.maker, words="atelier", is_shown=False),
    Column("atelier", "Atelier", (Lower("maker_name"),), lambda row: row.maker_name, words="nom de l’atelier"),
    Column("distance", "Distance", ("metres",), _km, words="distance (km)", largest_first=True, is_number=True),
    Column("raison", "Raison", (), lambda row: row.reason, words="raison", is_shown=False),
)  # fmt: skip


def lines_table(request: HttpRequest, run: AssignmentRun) -> Table:
    name = f"repartition-{run.campaign}-{run.pk}"
    rows = run.rows.all()
    return Table(request, _LINES, rows, usual="ordre", name=name, filters=_LineFilters, a_page=_LINES_A_PAGE, places=3)


@require_safe
def table(request: HttpRequest, public_id: UUID, form: str) -> HttpResponseBase:
    """``form``: csv or xlsx, of the lines that the address narrows to."""
    try:
        run = run_or_404(request, UUID(str(public_id)))
    except ValueError as error:  # the address takes any 36 of an identifier's signs
        raise Http404("Cette répartition n’existe pas.") from error
    if run.state != AssignmentRun.State.DONE:
        raise Http404("Cette répartition n’a pas de résultat.")
    lines = lines_table(request, run)
    return table_response(form, lines.name, *lines.written(), places=lines.places)


class _RunFilters(ListFilters):
    recherche = words_filter("Campagne", "campaign")
    etat = choice_filter(
        "État",
        {state.value: (str(state.label), Q(state=state)) for state in AssignmentRun.State}
        | {"proposees": ("proposées", Q(proposed_at__isnull=False, replaced_at=None))},
    )


def _mean_km(run: Any) -> float | None:
    return None if run.mean_km is None else float(run.mean_km)


_RUNS = (
    Column("campagne", "Campagne", (Lower("campaign"),), lambda run: run.campaign, words="campagne"),
    Column("faite", "Faite", ("created_at",), lambda run: run.created_at, words="faite le", largest_first=True),
    Column("etat", "État", ("state",), lambda run: run.get_state_display(), words="état"),
    Column(
        "commandes", "Commandes", ("orders_count",), lambda run: run.orders_count, largest_first=True, is_number=True
    ),
    Column(
        "non-servies",
        "Non servies",
        ("unserved_orders",),
        lambda run: run.unserved_orders,
        largest_first=True,
        is_number=True,
    ),
    Column(
        "trajet", "Trajet moyen", ("mean_km",), _mean_km, words="trajet moyen (km)", largest_first=True, is_number=True
    ),
)


def runs_table(request: HttpRequest) -> Table:
    found = AssignmentRun.objects.for_lists().defer("inputs", "parent__inputs")
    return Table(request, _RUNS, found, usual="-faite", name="repartitions", filters=_RunFilters, a_page=_RUNS_A_PAGE)
