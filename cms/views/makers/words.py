# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a history, a conflict and a list of errors say of fields and values, in French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.template.defaultfilters import date as french_date

from cms.catalogue import titles
from cms.templatetags.french import figures, number
from fablabs.french import KEYS, key_name
from fablabs.models import CuttingMachine, Evidence, Maker, Offer, StockItem, Workshop
from fablabs.services.history import differences

_NOTHING = "rien"
#: Longer values are cut in a list; the record itself has them whole.
_LONGEST = 300
_MODELS: tuple[type[Model], ...] = (Workshop, Maker, Offer, Evidence, CuttingMachine, StockItem)
_FIELDS: dict[str, str] = {
    field.name: str(field.verbose_name)
    for model in _MODELS
    for field in model._meta.fields
    if hasattr(field, "verbose_name")
} | {"siren": "SIREN", "closed_weeks": "semaines fermées", "name": "nom"}
_CHOICES: dict[str, dict[str, str]] = {
    "state": dict(Workshop.State.choices),
    "kind": dict(Maker.Kind.choices),
    "origin": dict(StockItem.Origin.choices),
    "criterion": dict(Evidence.Criterion.choices),
}
#: What is kept as happened, by action.
ACTIONS = {
    "added": "ajout",
    "changed": "modification",
    "drafted": "brouillon",
    "retired": "mise hors service",
    "restored": "remise en service",
    "withdrawn": "retrait",
    "asked": "demande de validation",
    "validated": "validation",
    "refused": "validation refusée",
    "held": "suspension par la coordination",
    "paused": "mise en pause",
    "resumed": "reprise",
    "closed": "fermeture",
    "reopened": "réouverture",
    "archived": "retrait du registre",
}


@dataclass(frozen=True)
class Told:
    """One value that differs."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class ErrorLine:
    """One line of the summary above a form; ``anchor`` is the field's id, "" for what is no field's."""

    anchor: str
    label: str
    text: str


def model_title(identifier: str) -> str:
    """The model's title; of one that is no more, its identifier."""
    return titles().get(identifier, identifier)


def offers_of(maker: Maker) -> list[tuple[str, Offer]]:
    """What a maker offers, under the models' titles."""
    named = titles()
    return [(named.get(offer.design, offer.design), offer) for offer in maker.offers.all()]


def not_offered_by(maker: Maker) -> list[str]:
    """Titles of the published models that a maker who names models does not name, so is asked for none of; who names none is
    asked for all."""
    named = {offer.design for offer in maker.offers.all()}
    return [title for design, title in titles().items() if design not in named] if named else []


def field_words(key: str) -> str:
    """ "settings.tools.0.feed_mm_min" → "outil 1, l’avance"; "chariot.price_eur" → "Chariot-établi, prix HT d’un exemplaire"."""
    first, _, rest = key.partition(".")
    if first == "settings":
        step = rest.split(".")[0]
        return key_name(f"machine.{rest}" if f"machine.{step}" in KEYS else f"stock.{rest}")
    if rest:
        return f"{model_title(first)}, {_FIELDS.get(rest, rest)}"
    return _FIELDS.get(first, first)


def value_words(key: str, value: Any) -> str:
    """As people read it: "rien", "oui", "17,6", "ouvert aux commandes"."""
    if value is None or value == "" or value == []:
        return _NOTHING
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        return number(value, 6)
    if isinstance(value, list):
        text = ", ".join(value_words(key, item) for item in value)
    else:
        text = _CHOICES.get(key, {}).get(str(value), str(value))
        if day := _day(text):
            text = day
        elif text.replace(".", "", 1).isdigit() and text.count(".") == 1:
            text = text.replace(".", ",")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _day(text: str) -> str:
    """ "2027-02-01" → "1er février 2027"; "" for what is no day."""
    if len(text) != len("2027-02-01"):
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return ("1er" if day.day == 1 else str(day.day)) + french_date(day, " F Y")


def told(values: Mapping[str, Sequence[Any]]) -> list[Told]:
    """A change's values as lines."""
    return [
        Told(field_words(key), value_words(key, before), value_words(key, after))
        for key, (before, after) in values.items()
    ]


def conflict(typed: Mapping[str, Any], stored: Mapping[str, Any]) -> list[Told]:
    """Where what was typed is not what stands there now: before is what stands."""
    return told(differences(stored, {name: typed[name] for name in stored if name in typed}))


def error_lines(form: forms.Form, lead: str = "") -> Iterable[ErrorLine]:
    for text in form.non_field_errors():
        yield ErrorLine("", lead, figures(str(text)))
    for field in form:
        for text in field.errors:
            choices = isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
            anchor = f"{field.auto_id}_0" if choices else field.auto_id
            yield ErrorLine(anchor, f"{lead}, {field.label}" if lead else str(field.label), figures(str(text)))
