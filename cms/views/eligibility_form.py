# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked before anybody can be told whether they may order: who asks, and where or under which number."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from accounts.registration import is_siren, is_siret
from cms.commune_field import CommuneField
from fablabs.geography import Commune, commune
from orders.eligibility.judgement import BuyerFacts
from orders.services.eligibility import facts_of_siret

#: In the address and in the list of the form.
WHO = (
    ("commune", "Une commune"),
    ("epci", "Une intercommunalité (communauté, métropole)"),
    ("departement", "Un département"),
    ("region", "Une région"),
    ("groupement", "Un autre groupement (syndicat, pôle…)"),
    ("france-services", "Un espace France services"),
    ("autre", "Une association, un CCAS, une chambre, une mission locale, une entreprise…"),
)
_LONGEST_NAME = 200


class EligibilityForm(forms.Form):
    """Read from the address, so that an answer can be kept and sent. ``facts`` is there once the form is valid."""

    qui = forms.ChoiceField(
        label="Qui commande\u202f?",
        choices=WHO,
        error_messages={
            "required": "Dites qui commande.",
            "invalid_choice": "Choisissez l’une des réponses de la liste.",
        },
    )
    commune = CommuneField(
        label="Dans quelle commune\u202f?",
        required=False,
        help_text="Nom ou code postal. Pour une intercommunalité, un département ou une région\u00a0: n’importe laquelle de ses communes.",
    )
    siret = forms.CharField(label="SIRET ou SIREN", required=False, max_length=40, strip=True)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.facts: BuyerFacts | None = None
        self.fields["siret"].error_messages["max_length"] = "Un SIRET a quatorze chiffres, un SIREN neuf."

    def clean_siret(self) -> str:
        number = re.sub(r"[\s\u00a0\u202f.\-]", "", self.cleaned_data["siret"])
        if number and not (is_siret(number) or is_siren(number)):
            raise forms.ValidationError(
                "Ce numéro n’est ni un SIRET (quatorze chiffres) ni un SIREN (neuf)\u00a0: vérifiez chaque chiffre, le dernier "
                "est une clé de contrôle."
            )
        return number

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            self.facts = self._understood()
        return self.cleaned_data

    def _understood(self) -> BuyerFacts | None:
        """Errors stand beside their fields, and then there are no facts."""
        who, place, number = (self.cleaned_data[name] for name in ("qui", "commune", "siret"))
        told = facts_of_siret(number, self.on) if number else None
        if told is not None and told.level == "commune":
            if place is not None and place.insee != told.insee:
                other = commune(told.insee).label
                self.add_error(
                    "siret",
                    f"Ce numéro est celui d’un organisme d’une autre commune, {other}, et non {place.label}\u00a0: videz l’un des "
                    "deux champs.",
                )
                return None
            place = commune(told.insee)
        insee = place.insee if place else ""
        if who == "autre":
            return BuyerFacts("other", "other", "", insee, number)
        if who == "france-services":
            return self._space(place, number, told)
        if told is not None and told.level in ("epci", "departement"):
            return replace(told, insee=insee)
        if who == "groupement":
            return BuyerFacts("collectivite", "other", "", insee, number)
        if place is None:
            self._ask_for_the_commune(number)
            return None
        return self._territory(who, place, number)

    def _space(self, place: Commune | None, number: str, told: BuyerFacts | None) -> BuyerFacts | None:
        if place is None:
            self._ask_for_the_commune(number)
            return None
        # From the link beside the space's name; no field of the form, so nothing to correct.
        name = "".join(c for c in str(self.data.get("espace", ""))[:_LONGEST_NAME] if c.isprintable()).strip()
        if told is not None and told.kind == "france-services" and not name:
            name = told.name
        return BuyerFacts("france-services", "commune", place.insee, place.insee, number, name)

    def _territory(self, who: str, place: Commune, number: str) -> BuyerFacts | None:
        territory = {
            "commune": place.insee,
            "epci": place.epci,
            "departement": place.department,
            "region": place.region,
        }[who]
        if not territory:
            self.add_error("commune", f"{place.label} n’appartient à aucune intercommunalité que nous connaissions.")
            return None
        return BuyerFacts("collectivite", who, territory, place.insee, number)

    def _ask_for_the_commune(self, number: str) -> None:
        if number:
            words = "Ce numéro est valable, mais il ne nous dit pas où vous êtes\u00a0: indiquez aussi la commune."
        else:
            words = "Indiquez une commune, par son nom ou son code postal, ou un SIRET."
        self.add_error("commune", words)
