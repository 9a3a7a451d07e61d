# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a coordinator writes of a campaign, of an envelope, of a purchase threshold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cms.maker_forms.fields import NumberField, RecordForm
from cms.views.orders.forms import DayField
from designs.typography import SPACE
from fablabs.geography import departments, region_of, regions
from fabrication.models import MAX_QUANTITY
from orders.arbitration.criteria import CRITERIA, MOST_WEIGHT, weights_of
from orders.models import Campaign, EquipmentLot
from orders.services.envelopes import MOST_EUR

_FRANCE, _SOME = "france", "certains"


@dataclass(frozen=True)
class Group:
    title: str
    introduction: str
    fields: list[tuple[forms.BoundField, str]]  # and why it can't be changed, "" where it can


def _money(label: str, example: str, **kwargs: Any) -> NumberField:
    return NumberField(label=label, unit="€", maximum=str(MOST_EUR), places=2, example=example, **kwargs)


def _text(label: str, rows: int, longest: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": f"{longest} caractères au plus."},
        **kwargs,
    )


class CampaignForm(RecordForm):
    name = forms.CharField(
        label="Nom", max_length=120, help_text="Celui que lisent les acheteurs : « Bibliothèques du printemps »."
    )
    presentation = _text(
        "Présentation", 5, 4_000, required=False, help_text="À quoi elle sert, pour qui. Lue de tous une fois publiée."
    )
    opens_on = DayField(label="Ouverture")
    closes_on = DayField(label="Dernier jour pour déposer", help_text="Inclus. Les quantités se modifient jusque-là.")
    decides_on = DayField(label="Décisions au plus tard le", help_text="Facultatif.")
    delivers_on = DayField(label="Livraisons au plus tard le", help_text="Facultatif.")
    territory = forms.ChoiceField(
        label="Ouverte à",
        widget=forms.RadioSelect,
        choices=[(_FRANCE, "Toute la France"), (_SOME, "Ces régions et ces départements")],
        error_messages={"required": "Choisissez un territoire.", "invalid_choice": "Choisissez dans la liste."},
    )
    regions = forms.MultipleChoiceField(
        label="Régions entières",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez des régions de la liste."},
    )
    departments = forms.CharField(
        label="Départements",
        required=False,
        max_length=600,
        help_text="Leurs numéros, séparés par des virgules : 30, 48, 2A. En plus des régions cochées.",
        error_messages={"max_length": "600 caractères au plus."},
    )
    rate_percent = NumberField(label="Taux de subvention", unit="%", maximum="100", places=1, example="80")
    cap_eur = _money("Plafond de dépense HT", "40 000", required=False, help_text="Vide : pas de plafond.")
    cap_basis = forms.ChoiceField(
        label="Ce plafond vaut",
        widget=forms.RadioSelect,
        choices=Campaign.CapBasis.choices,
        error_messages={"required": "Choisissez.", "invalid_choice": "Choisissez dans la liste."},
    )
    vat_percent = NumberField(
        label="Taux de TVA",
        unit="%",
        maximum="100",
        places=1,
        example="20",
        help_text="La subvention est calculée hors taxes.",
    )
    answer_days = NumberField(
        label="Délai de réponse des ateliers",
        unit="jours",
        minimum="1",
        maximum="90",
        places=0,
        example="15",
        help_text="Pour répondre à une demande de devis.",
    )

    def __init__(
        self, data: Any, models: Mapping[str, str], reasons: Mapping[str, str], initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.models, self.reasons = dict(models), {_FORM_NAMES.get(name, name): text for name, text in reasons.items()}
        for name in ("opens_on", "closes_on"):
            self.fields[name].required = True
        self.fields["regions"].choices = [
            (code, name.replace("'", "’")) for code, name in regions().items() if len(code) == 2
        ]  # type: ignore[attr-defined]
        for identifier, title in self.models.items():
            self._add(f"design_{identifier}", forms.BooleanField(label=title, required=False))
            self._add(
                f"largest_{identifier}",
                NumberField(
                    label="Au plus, par commande", unit="exemplaires", minimum="1", maximum=str(MAX_QUANTITY), places=0,
                    example="4", required=False, help_text=f"Vide{SPACE}: pas d’autre limite que {MAX_QUANTITY}.",
                ),
            )  # fmt: skip
        for kind, label in EquipmentLot.Kind.choices:
            self._add(f"lot_{kind}", forms.BooleanField(label=str(label).capitalize(), required=False))
            self._add(
                f"configuration_{kind}",
                _text("Configuration minimale", 2, 1_000, required=False, help_text="Écran, mémoire, âge, garantie…"),
            )
            self._add(f"low_{kind}", _money("Prix HT d’un appareil, de", "120", required=False))
            self._add(f"high_{kind}", _money("à", "250", required=False))
        for criterion in CRITERIA:
            self._add(
                f"weight_{criterion.name}",
                NumberField(
                    label=criterion.label, maximum=str(MOST_WEIGHT), places=0, example="20", help_text=criterion.rule
                ),
            )
        for name in self.reasons:
            if name in self.fields:
                self.fields[name].disabled = True

    def _add(self, name: str, field: forms.Field) -> None:
        """One that is made here looks as the others do."""
        self.fields[name] = field
        widget = field.widget
        if not isinstance(widget, forms.CheckboxInput):
            widget.attrs["class"] = "fr-input"
        told = f"{name}-aide " if field.help_text else ""
        widget.attrs["aria-describedby"] = f"{told}{name}-messages"

    def clean_departments(self) -> list[str]:
        codes = [part.upper() for part in re.split(r"[\s,;]+", self.cleaned_data["departments"]) if part]
        codes = [code.zfill(2) if code.isascii() and code.isdigit() else code for code in codes]
        if unknown := [code for code in codes if code not in departments()]:
            raise ValidationError(f"Aucun département n’a le numéro «{SPACE}{unknown[0][:20]}{SPACE}».")
        return sorted(set(codes))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("territory") == _SOME and "departments" in given and not self._codes():
            self.add_error("departments", "Cochez une région, ou écrivez un département.")
        return given

    def _codes(self) -> list[str]:
        chosen = set(self.cleaned_data.get("regions") or ())
        of_regions = {code for code in departments() if region_of(code) in chosen}
        return sorted(of_regions | set(self.cleaned_data.get("departments") or ()))

    def values(self) -> dict[str, Any]:
        """As the services take them."""
        given = self.cleaned_data
        same = ("name", "presentation", "opens_on", "closes_on", "decides_on", "delivers_on", "cap_eur", "cap_basis")
        lots = {
            kind: {
                "configuration": given[f"configuration_{kind}"],
                "low_eur": given[f"low_{kind}"],
                "high_eur": given[f"high_{kind}"],
            }
            for kind in EquipmentLot.Kind.values
            if given[f"lot_{kind}"]
        }
        return {name: given[name] for name in same} | {
            "departments": [] if given["territory"] == _FRANCE else self._codes(),
            "rate": given["rate_percent"] / Decimal(100),
            "vat_rate": given["vat_percent"] / Decimal(100),
            "answer_days": int(given["answer_days"]),
            "weights": {criterion.name: int(given[f"weight_{criterion.name}"]) for criterion in CRITERIA},
            "designs": {
                name: None if given[f"largest_{name}"] is None else int(given[f"largest_{name}"])
                for name in self.models
                if given[f"design_{name}"]
            },
            "lots": lots,
        }

    def refuse(self, messages: Mapping[str, str] | ValidationError) -> None:
        """Services name the rows' fields."""
        if isinstance(messages, Mapping):
            messages = {_FORM_NAMES.get(name, name): text for name, text in messages.items()}
        super().refuse(messages)

    @property
    def groups(self) -> list[Group]:
        """In the order of the page; every field is in one of them."""
        lots = [
            name
            for kind in EquipmentLot.Kind.values
            for name in (f"lot_{kind}", f"configuration_{kind}", f"low_{kind}", f"high_{kind}")
        ]
        return [
            self._group("La campagne", "", ["name", "presentation", "opens_on", "closes_on", "decides_on", "delivers_on"]),
            self._group("Territoire", "Les acheteurs de ces départements peuvent y déposer une intention.", ["territory", "regions", "departments"]),
            self._group(
                "Aide de l’État", "Elle porte sur la dépense hors taxes.", ["rate_percent", "cap_eur", "cap_basis", "vat_percent"]
            ),
            self._group("Modèles proposés", "", [name for each in self.models for name in (f"design_{each}", f"largest_{each}")]),
            self._group("Matériel reconditionné", "Un lot est un type d’appareil, avec ce qu’il doit être au moins.", lots),
            self._group(
                "Devis et arbitrage",
                "Les poids trient la liste des préfectures et expliquent les points. Chacune peut en essayer d’autres.",
                ["answer_days", *(f"weight_{criterion.name}" for criterion in CRITERIA)],
            ),
        ]  # fmt: skip

    def _group(self, title: str, introduction: str, names: list[str]) -> Group:
        return Group(title, introduction, [(self[name], self.reasons.get(name, "")) for name in names])


#: The rows' name of a field → the form's, where they differ.
_FORM_NAMES = {"rate": "rate_percent", "vat_rate": "vat_percent"}


def initial_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """A form filled with what stands there (orders.services.campaigns.standing)."""
    codes = list(values["departments"])
    found = {
        **{name: values[name] for name in CampaignForm.base_fields if name in values},
        "territory": _SOME if codes else _FRANCE,
        "regions": [],
        "departments": ", ".join(codes),
        "rate_percent": values["rate"] * 100,
        "vat_percent": values["vat_rate"] * 100,
    }
    whole = [
        region
        for region in regions()
        if codes and all(code in codes for code in departments() if region_of(code) == region)
    ]
    if whole:
        found["regions"] = whole
        found["departments"] = ", ".join(code for code in codes if region_of(code) not in whole)
    for name, most in values["designs"].items():
        found |= {f"design_{name}": True, f"largest_{name}": most}
    for kind, lot in values["lots"].items():
        found |= {f"lot_{kind}": True, f"configuration_{kind}": lot["configuration"]}
        found |= {f"low_{kind}": lot["low_eur"], f"high_{kind}": lot["high_eur"]}
    return found | {f"weight_{name}": weight for name, weight in weights_of(values["weights"]).items()}


class EnvelopeForm(RecordForm):
    department = forms.ChoiceField(
        label="Département",
        error_messages={
            "required": "Choisissez un département.",
            "invalid_choice": "Choisissez un département de la liste.",
        },
    )
    amount_eur = _money("Montant", "50 000", help_text="Pour toute la campagne. Jamais moins que ce qui est engagé.")

    def __init__(self, campaign: Campaign, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        names = departments()
        codes = campaign.departments or list(names)
        choices = [
            ("", "Choisissez"),
            *((code, f"{names[code]} ({code})".replace("'", "’")) for code in codes if code in names),
        ]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]


class ThresholdForm(RecordForm):
    amount_eur = _money("Seuil HT", "60 000")
    valid_from = DayField(label="À partir du", help_text="Le seuil d’avant vaut jusqu’à la veille.")
    source = forms.CharField(
        label="Texte", max_length=200, required=False, help_text="Par exemple : Code de la commande publique, R2122-8."
    )

    def __init__(self, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["valid_from"].required = True
