# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a coordinator chooses for a run: the lists, the terms, pairs that are imposed or ruled out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cms.views.campaigns.faults import in_french
from fabrication.assignment.services.runs import MOST_RULES, STEPS, Rule, Settings
from fabrication.matching.tables import TableError, read_demands, read_makers
from fabrication.models import AssignmentRule, AssignmentRun
from orders.models import Campaign

MAX_BYTES = 10_000_000
#: Bad lines that are shown; the others are counted.
_MOST_FAULTS = 20
BALANCES = {"non": 0.0, "un-peu": 5.0, "beaucoup": 20.0}


class TermsForm(forms.Form):
    """What may change from one run to the next over the same lists."""

    rayon = forms.IntegerField(
        label="Distance la plus longue, en kilomètres",
        help_text="À vol d’oiseau, de la commune qui commande à celle de l’atelier.",
        min_value=1,
        max_value=1000,
        initial=100,
        error_messages={
            "required": "Indiquez une distance, par exemple 100.",
            "invalid": "Écrivez un nombre entier de kilomètres, par exemple 100.",
            "min_value": "Un kilomètre au moins.",
            "max_value": "1 000 kilomètres au plus.",
        },
    )
    semaines = forms.IntegerField(
        label="Durée de fabrication, en semaines",
        help_text="Chaque atelier reçoit au plus ce qu’il dit pouvoir fabriquer pendant ces semaines.",
        min_value=1,
        max_value=104,
        initial=4,
        error_messages={
            "required": "Indiquez un nombre de semaines, par exemple 4.",
            "invalid": "Écrivez un nombre entier de semaines, par exemple 4.",
            "min_value": "Une semaine au moins.",
            "max_value": "104 semaines au plus.",
        },
    )
    equilibre = forms.ChoiceField(
        label="Équilibrer la charge des ateliers",
        choices=[
            ("non", "Non : le plus court chemin"),
            ("un-peu", "Un peu : jusqu’à 15 km de plus pour qu’aucun ne soit plein quand un voisin est vide"),
            ("beaucoup", "Beaucoup : jusqu’à 60 km de plus"),
        ],
        initial="non",
        error_messages={"required": "Choisissez.", "invalid_choice": "Choisissez dans la liste."},
    )
    soin = forms.ChoiceField(
        label="Temps de recherche",
        choices=[
            ("rapide", "Rapide : une dizaine de secondes"),
            ("soignee", "Soignée : environ une minute"),
            ("longue", "Longue : environ cinq minutes"),
        ],
        initial="rapide",
        error_messages={"required": "Choisissez.", "invalid_choice": "Choisissez dans la liste."},
    )

    def settings(self, campaign: str, today: Any) -> Settings:
        values = self.cleaned_data
        return Settings(
            campaign=campaign,
            today=today,
            radius_km=values["rayon"],
            weeks=values["semaines"],
            balance_km=BALANCES[values["equilibre"]],
            steps=STEPS[values["soin"]],
        )

    @classmethod
    def of(cls, run: AssignmentRun) -> dict[str, Any]:
        """A run's terms as initial values."""
        balance = next((name for name, km in BALANCES.items() if km == run.balance_km), "non")
        care = next((name for name, steps in STEPS.items() if steps == run.steps), "rapide")
        return {"rayon": round(run.radius_km), "semaines": run.weeks, "equilibre": balance, "soin": care}


class RunForm(TermsForm):
    """A first run: the campaign's name and its lists too."""

    campagne = forms.CharField(
        label="Nom de la campagne",
        help_text="Les propositions d’une répartition remplacent celles de la même campagne.",
        max_length=80,
        error_messages={
            "required": "Donnez un nom, par exemple «\u00a0Printemps 2027\u00a0».",
            "max_length": "80 caractères au plus.",
        },
    )
    commandes = forms.FileField(
        label="Tableau des commandes",
        help_text="CSV, 10\u00a0Mo au plus. Colonnes\u00a0: id, insee, design, quantity, et au choix deadline, parameters.",
        error_messages={
            "required": "Choisissez le tableau des commandes.",
            "empty": "Ce fichier est vide.",
            "invalid": "Choisissez un fichier.",
        },
    )
    ateliers = forms.FileField(
        label="Tableau des ateliers",
        help_text="Facultatif. Sans tableau, la répartition porte sur les ateliers ouverts du site.",
        required=False,
        error_messages={"empty": "Ce fichier est vide.", "invalid": "Choisissez un fichier."},
    )
    field_order = ["campagne", "commandes", "ateliers", "rayon", "semaines", "equilibre", "soin"]

    def clean_commandes(self) -> Any:
        return _read(self.cleaned_data["commandes"], read_demands)

    def clean_ateliers(self) -> Any:
        file = self.cleaned_data["ateliers"]
        return None if not file else _read(file, read_makers)


class CampaignOrdersForm(TermsForm):
    """The site's own orders: which campaign's."""

    campagne = forms.ChoiceField(
        label="Campagne",
        error_messages={
            "required": "Choisissez une campagne.",
            "invalid_choice": "Choisissez une campagne de la liste.",
        },
    )
    field_order = ["campagne", "rayon", "semaines", "equilibre", "soin"]

    def __init__(self, campaigns: Mapping[Campaign, int], data: Any = None) -> None:
        super().__init__(data)
        self.campaigns = {campaign.slug: campaign for campaign in campaigns}
        field = self.fields["campagne"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (campaign.slug, f"{campaign.name} : {count} commande{'s' if count > 1 else ''}")
            for campaign, count in campaigns.items()
        ]

    def chosen(self) -> Campaign:
        return self.campaigns[self.cleaned_data["campagne"]]


def _read(file: UploadedFile, read: Callable[[Path], list[Any]]) -> list[Any]:
    if (file.size or 0) > MAX_BYTES:
        raise forms.ValidationError("Ce fichier dépasse 10\u00a0Mo.")
    with tempfile.TemporaryDirectory(prefix="treteau-") as folder:
        path = Path(folder) / "table.csv"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        try:
            return read(path)
        except TableError as error:
            shown = [in_french(fault) for fault in error.faults[:_MOST_FAULTS]]
            if (more := len(error.faults) - len(shown)) > 0:
                shown.append(f"Et {more} autres lignes à corriger." if more > 1 else "Et une autre ligne à corriger.")
            raise forms.ValidationError(shown) from error


class RuleForm(forms.Form):
    """A pair; an empty line is none."""

    sens = forms.ChoiceField(label="Règle", choices=AssignmentRule.Kind.choices, required=False)
    commande = forms.CharField(label="Commande", max_length=200, required=False)
    atelier = forms.CharField(label="Atelier", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("commande")) != bool(values.get("atelier")):
            missing = "atelier" if values.get("commande") else "commande"
            self.add_error(missing, "Indiquez l’atelier." if missing == "atelier" else "Indiquez la commande.")
        return values

    def rule(self) -> Rule | None:
        values = self.cleaned_data
        if not values.get("commande"):
            return None
        kind = AssignmentRule.Kind(values.get("sens") or AssignmentRule.Kind.PIN)
        return Rule(kind, values["commande"], values["atelier"])


RuleForms = forms.formset_factory(RuleForm, extra=0, max_num=MOST_RULES, absolute_max=MOST_RULES)
