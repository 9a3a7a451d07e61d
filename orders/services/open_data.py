# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Open data: what the tables are, what each of their columns means, and their rows. Column names are stable French words
without accents: a table may get more columns at its end, none is renamed (docs/figures.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from fablabs.geography import departments, region_of
from fablabs.models import Workshop
from fabrication.spreadsheets import harmless
from orders.disclosure import LEAST
from orders.models import Campaign, OrderLine, State, ZoningList
from orders.services.figures import STAGES, public_orders, shown_models

Value = str | int | Decimal | date | None
#: Rows read at once while a table is written.
_BATCH = 500


@dataclass(frozen=True)
class Column:
    """``kind``: texte, entier, décimal, date (ISO 8601), mois (AAAA-MM), booléen (0 or 1)."""

    name: str
    kind: str
    meaning: str
    unit: str = ""
    source: str = "Tréteau"


@dataclass(frozen=True)
class Table:
    name: str  # of the file, without ".csv"
    title: str
    sentence: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[list[Value]]]


def _orders() -> Iterator[list[Value]]:
    """Only groups of enough orders: a département's small groups of a model are one row, without state and month. What the
    statistics hide is not here either."""
    of = {state: name for name, (_, group) in STAGES.items() for state in group}
    found = (
        OrderLine.objects.filter(lot=None, order__in=public_orders())
        .order_by()
        .annotate(month=TruncMonth("order__submitted_at"))
        .values_list("order__department", "design", "order__state", "month")
        .annotate(orders=Count("order", distinct=True), pieces=Sum("quantity"))
    )
    groups: dict[tuple[str, str], dict[tuple[str, str], tuple[int, int]]] = defaultdict(dict)
    for department, design, state, month, orders, pieces in found:
        if department not in departments():
            continue
        cell = (of[State(state)], f"{timezone.localdate(month):%Y-%m}")
        before = groups[department, design].get(cell, (0, 0))
        groups[department, design][cell] = (before[0] + orders, before[1] + pieces)
    shown = shown_models()
    for (department, design), cells in sorted(groups.items()):
        if (department, design) not in shown:
            continue
        rest = sorted((cell for cell, count in cells.items() if count[0] < LEAST), key=lambda cell: cells[cell])
        # The département's page says how many of the model there are in all: what is not shown by itself could be subtracted, so
        # it is never a single group, and never a small one.
        others = sorted((cell for cell in cells if cell not in rest), key=lambda cell: (cells[cell], cell))
        while rest and others and (len(rest) < 2 or sum(cells[cell][0] for cell in rest) < LEAST):
            rest.append(others.pop(0))
        for stage, month in sorted(others):
            yield [department, region_of(department), design, stage, month, *cells[stage, month]]
        if rest:
            yield [
                department, region_of(department), design, "", "", sum(cells[cell][0] for cell in rest),
                sum(cells[cell][1] for cell in rest),
            ]  # fmt: skip


def _workshops() -> Iterator[list[Value]]:
    """What the map of workshops shows anybody."""
    rows = Workshop.objects.open_to_orders().select_related("maker__organisation").prefetch_related("maker__offers")
    if not settings.TRETEAU_DEMO:
        rows = rows.filter(is_demo=False)
    for one in rows.order_by("slug").iterator(chunk_size=_BATCH):
        yield [
            one.slug, harmless(one.name), harmless(one.maker.organisation.name), one.maker.kind, one.siret, one.insee,
            harmless(one.commune), " ".join(sorted(offer.design for offer in one.maker.offers.all())),
            " ".join(one.departments), one.radius_km, one.lead_days, int(one.is_demo),
        ]  # fmt: skip


def _campaigns() -> Iterator[list[Value]]:
    rows = Campaign.objects.published().prefetch_related("designs")
    if not settings.TRETEAU_DEMO:
        rows = rows.filter(is_demo=False)
    for one in rows.order_by("opens_on", "pk").iterator(chunk_size=_BATCH):
        yield [
            one.slug, harmless(one.name), one.opens_on, one.closes_on, one.decides_on, one.delivers_on,
            " ".join(one.departments), one.rate, one.cap_eur, one.cap_basis,
            " ".join(offer.design for offer in one.designs.all()), int(one.is_demo),
        ]  # fmt: skip


def _zonings() -> Iterator[list[Value]]:
    rows = ZoningList.objects.annotate(lines=Count("zonings"), places=Count("zonings__insee", distinct=True))
    if not settings.TRETEAU_DEMO:
        rows = rows.filter(is_demo=False)
    for one in rows.order_by("kind", "valid_from", "pk"):
        yield [
            one.kind, one.vintage, harmless(one.source), one.valid_from, one.valid_to, int(one.is_complete), one.lines,
            one.places, one.sha256, int(one.is_demo),
        ]  # fmt: skip


_COG = "INSEE, Code officiel géographique"
_DEMO = Column("demonstration", "booléen", "1 : donnée inventée d’un site de démonstration")
_STAGE_WORDS = ", ".join(f"{name} ({label.lower()})" for name, (label, _) in STAGES.items())

ORDERS = Table(
    "commandes", "Commandes par département, modèle, avancement et mois",
    f"Une ligne compte {LEAST} commandes au moins. Les groupes plus petits d’un même département et d’un même modèle sont réunis "
    "dans une ligne sans avancement ni mois, ou absents s’ils n’y suffisent pas.",
    (
        Column("departement", "texte", "Code du département de l’acheteur", source=_COG),
        Column("region", "texte", "Code de la région", source=_COG),
        Column("modele", "texte", "Identifiant du modèle"),
        Column("avancement", "texte", f"Où en sont les commandes : {_STAGE_WORDS} ; vide : réunis"),
        Column("mois", "mois", "Mois du dépôt de l’intention ; vide : réunis"),
        Column("commandes", "entier", "Commandes qui demandent ce modèle", "commandes"),
        Column("meubles", "entier", "Exemplaires de ce modèle dans ces commandes", "exemplaires"),
    ),
    _orders,
)  # fmt: skip
WORKSHOPS = Table(
    "ateliers", "Ateliers ouverts aux commandes",
    "Les faits publics de chaque atelier, sans personne ni adresse électronique.",
    (
        Column("atelier", "texte", "Identifiant de l’atelier, celui de sa page"),
        Column("nom", "texte", "Nom de l’atelier", source="le fabricant"),
        Column("fabricant", "texte", "Nom de la structure", source="le fabricant"),
        Column("type", "texte", "fablab, tiers-lieu, artisan ou manufacture", source="le fabricant"),
        Column("siret", "texte", "SIRET de l’établissement, vide s’il n’est pas connu", source="le fabricant"),
        Column("insee", "texte", "Code de la commune", source=_COG),
        Column("commune", "texte", "Commune et département", source=_COG),
        Column("modeles", "texte", "Identifiants des modèles proposés, séparés par une espace ; vide : tous", source="le fabricant"),
        Column("departements", "texte", "Codes des départements desservis, séparés par une espace ; vide : tous", source="le fabricant"),
        Column("rayon", "entier", "Distance de livraison par la route, au plus", "km", "le fabricant"),
        Column("delai", "entier", "De la commande à la première livraison", "jours", "le fabricant"),
        _DEMO,
    ),
    _workshops,
)  # fmt: skip
CAMPAIGNS = Table(
    "campagnes", "Campagnes publiées", "Dates, territoire et aide de chaque campagne.",
    (
        Column("campagne", "texte", "Identifiant de la campagne, celui de sa page"),
        Column("nom", "texte", "Nom de la campagne"),
        Column("ouverture", "date", "Premier jour pour déposer une intention"),
        Column("cloture", "date", "Dernier jour pour déposer"),
        Column("decisions", "date", "Décisions au plus tard"),
        Column("livraisons", "date", "Livraisons au plus tard"),
        Column("departements", "texte", "Codes des départements, séparés par une espace ; vide : toute la France", source=_COG),
        Column("taux", "décimal", "Part de la dépense hors taxes que l’État paie, de 0 à 1"),
        Column("plafond", "décimal", "Dépense hors taxes retenue au plus ; vide : sans plafond", "euros"),
        Column("plafond_par", "texte", "order : le plafond vaut pour chaque commande ; expense : pour toutes celles d’une collectivité"),
        Column("modeles", "texte", "Identifiants des modèles proposés, séparés par une espace"),
        _DEMO,
    ),
    _campaigns,
)  # fmt: skip
ZONINGS = Table(
    "zonages", "Zonages importés", "Les listes officielles par lesquelles l’éligibilité est jugée, avec leur millésime.",
    (
        Column("zonage", "texte", "frr, zrr, qpv ou france-services"),
        Column("millesime", "texte", "Millésime de la liste", source="l’éditeur de la liste"),
        Column("source", "texte", "Éditeur de la liste"),
        Column("debut", "date", "En vigueur depuis"),
        Column("fin", "date", "En vigueur jusqu’à ; vide : toujours"),
        Column("complete", "booléen", "1 : la liste cite toutes les communes concernées"),
        Column("lignes", "entier", "Lignes retenues", "lignes"),
        Column("communes", "entier", "Communes citées", "communes"),
        Column("empreinte", "texte", "SHA-256 du fichier importé"),
        _DEMO,
    ),
    _zonings,
)  # fmt: skip


def _dictionary() -> Iterator[list[Value]]:
    for table in TABLES.values():
        for place, column in enumerate(table.columns, start=1):
            yield [
                table.name, place, column.name, column.kind, column.unit, column.meaning, column.source, LICENCE
            ]  # fmt: skip


#: Licence Ouverte / Open Licence 2.0 (Etalab): facts of public bodies, free for any use that names its source.
LICENCE = "Licence Ouverte 2.0"
DICTIONARY = Table(
    "dictionnaire", "Dictionnaire des données", "Chaque colonne de chaque fichier.",
    (
        Column("fichier", "texte", "Nom du fichier, sans .csv"),
        Column("rang", "entier", "Place de la colonne, à partir de 1"),
        Column("colonne", "texte", "Nom de la colonne"),
        Column("type", "texte", "texte, entier, décimal, date, mois ou booléen"),
        Column("unite", "texte", "Unité, s’il y en a une"),
        Column("sens", "texte", "Ce que dit la colonne"),
        Column("source", "texte", "D’où vient la donnée"),
        Column("licence", "texte", "Licence de la donnée"),
    ),
    _dictionary,
)  # fmt: skip
TABLES = {table.name: table for table in (ORDERS, WORKSHOPS, CAMPAIGNS, ZONINGS, DICTIONARY)}
