# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the API gives, as types: pydantic checks every answer by them, and the description (schema.json) is made of them.

Lengths are millimetres, masses grams, money euros without VAT as text with a decimal point, days ISO 8601, places WGS84 degrees."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Generic, Literal, TypeVar

from ninja import Schema
from pydantic import Field, PlainSerializer, WithJsonSchema

#: As text: no reader's binary fractions change a cent.
Money = Annotated[
    Decimal,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "description": "Euros, point décimal."}),
]
Share = Annotated[
    Decimal,
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9](\.[0-9]+)?$", "description": "Part, de 0 à 1."}),
]
Insee = Annotated[str, Field(pattern=r"^[0-9][0-9AB][0-9]{3}$", description="Code officiel de la commune (INSEE).")]
Entry = TypeVar("Entry")


class Listed(Schema, Generic[Entry]):
    """A part of a list. ``next`` and ``previous`` are whole addresses."""

    items: list[Entry]
    total: int = Field(description="Nombre d’éléments de toute la liste.", ge=0)
    page: int = Field(ge=1)
    pages: int = Field(ge=1)
    next: str | None
    previous: str | None


class File(Schema):
    name: str = Field(description="Ce que contient le fichier.")
    url: str
    media_type: str


class Parameter(Schema):
    """A choice of a model: its name is the one of the address that keeps a configuration."""

    name: str
    kind: Literal["length", "angle", "count", "choice", "flag", "text"]
    label: str
    help: str
    unit: str = Field(description="mm, ° ou rien.")
    default: str | int | float | bool
    minimum: float | None
    maximum: float | None
    step: float | None
    choices: dict[str, str] | None = Field(description="Valeur → libellé, pour un choix.")
    max_length: int | None = Field(description="Signes au plus, pour un texte.")


class ModelShort(Schema):
    id: str
    title: str
    summary: str
    licence: str = Field(description="Identifiant SPDX.")
    credit: str
    revision: int
    version: str = Field(
        description="Comme « 1.2.0 » : le premier nombre change quand d’anciennes pièces ne vont plus."
    )
    published_at: datetime
    url: str = Field(description="Page du modèle.")
    api_url: str


class Model(ModelShort):
    story: str
    parameters: list[Parameter]
    revisions: list[int] = Field(description="Révisions publiées, la plus récente d’abord.")
    adapted_from: str | None = Field(description="Identifiant du modèle dont il est une variante.")
    files: list[File]


class Part(Schema):
    code: str
    name: str
    quantity: int
    length_mm: float
    width_mm: float
    thickness_mm: float
    grain: str
    drawing_url: str


class Hardware(Schema):
    reference: str
    name: str
    quantity: float
    unit: str


class Measure(Schema):
    label: str
    value: float | str = Field(description="Un nombre, ou plusieurs : 1120 × 500 × 850.")
    unit: str


class Preview(Schema):
    """A model in chosen sizes, of a nominal sheet of 18 mm: each workshop's own files follow its own sheet."""

    model: str
    revision: int
    values: dict[str, str | int | float | bool]
    state: Literal["ready", "computing"]
    retry_after_s: int | None = Field(
        description="Secondes à attendre avant de redemander ; vide si le calcul est fini."
    )
    mass_g: int | None
    parts: list[Part]
    hardware: list[Hardware]
    measures: list[Measure]
    files: list[File]


class Place(Schema):
    latitude: float
    longitude: float


class WorkshopShort(Schema):
    id: str
    name: str
    organisation: str
    kind: Literal["fablab", "tiers-lieu", "artisan", "manufacture"]
    insee: str
    commune: str
    place: Place | None
    takes_orders: bool = Field(description="Faux : en pause.")
    models: list[str] = Field(description="Modèles proposés ; vide : l’atelier n’en dit rien.")
    is_demo: bool = Field(description="Vrai : inventé, pour la démonstration.")
    url: str
    api_url: str


class Machine(Schema):
    name: str
    process: Literal["cnc-router", "laser"] | None
    bed_mm: list[float] | None
    max_thickness_mm: float | None


class Panel(Schema):
    material: str
    thickness_mm: float | None
    origin: str


class Workshop(WorkshopShort):
    presentation: str
    website: str
    siret: str
    address: str
    postcode: str
    departments: list[str] = Field(description="Départements desservis ; vide : tous.")
    radius_km: int | None
    lead_days: int | None
    machines: list[Machine]
    panels: list[Panel]


class OfferedModel(Schema):
    id: str
    largest_quantity: int | None


class Lot(Schema):
    kind: Literal["tablet", "smartphone", "desktop", "laptop"]
    configuration: str
    low_eur: Money | None
    high_eur: Money | None


class Campaign(Schema):
    id: str
    name: str
    presentation: str
    state: Literal["coming", "open", "closed"]
    opens_on: date
    closes_on: date
    decides_on: date | None
    delivers_on: date | None
    departments: list[str] = Field(description="Codes ; vide : toute la France.")
    rate: Share = Field(description="Part de la dépense hors taxes que l’État paie.")
    cap_eur: Money | None
    cap_basis: Literal["order", "expense"]
    models: list[OfferedModel]
    lots: list[Lot]
    is_demo: bool
    url: str
    api_url: str


class Commune(Schema):
    insee: Insee
    name: str
    label: str = Field(description="Comme on l’écrit : Nîmes (Gard).")
    department: str
    region: str
    postcodes: list[str]
    population: int
    place: Place


class Zoning(Schema):
    kind: str
    vintage: str
    source: str
    status: str
    place: str
    valid_from: date | None
    valid_to: date | None
    is_demo: bool


class Eligibility(Schema):
    """May this commune order with the State's help, by the official lists of a day? It binds nobody: the préfecture decides."""

    commune: Commune
    on: date
    verdict: Literal["yes", "no", "partly", "unknown"]
    reasons: list[str]
    next_step: str
    zonings: list[Zoning]
    url: str


class Territory(Schema):
    code: str
    name: str
    orders: int | None


class Statistics(Schema):
    """None: hidden, since so few are in it that somebody could be found."""

    territory: str = Field(description="france, region-76, departement-30…")
    name: str
    orders: int | None
    stages: dict[str, int | None]
    pieces_ordered: int | None
    pieces_made: int | None
    pieces_delivered: int | None
    granted_eur: Money | None
    makers: int | None
    communes: int | None
    models: dict[str, int | None]
    months: dict[str, int | None] = Field(description="Mois (AAAA-MM) → intentions déposées ; before : plus tôt.")
    territories: list[Territory]
    has_demo: bool


class Wrong(Schema):
    name: str
    reason: str


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[Wrong] = Field(default_factory=list)
