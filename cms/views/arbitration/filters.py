# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody asks of the list of intentions, and what they weigh. All of it stands in the address; what is wrong there is
told beside its field, and the rest still counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q

from cms.maker_forms.fields import NumberField, RecordForm
from cms.views.arbitration.desk import Desk
from fablabs.geography import departments
from orders.arbitration.criteria import CRITERIA, MOST_WEIGHT, weights_of
from orders.models import TO_ARBITRATE, Campaign, EquipmentLot, Order, OrderLine, State

#: Address → label, and what is listed.
STATES: dict[str, tuple[str, Q]] = {
    "": ("à décider", Q(state__in=TO_ARBITRATE)),
    "deposees": ("déposées, pas encore examinées", Q(state=State.SUBMITTED)),
    "examen": ("en cours d’examen", Q(state=State.UNDER_REVIEW)),
    "financees": (
        "financées",
        Q(granted_eur__isnull=False) & ~Q(state__in=[State.WITHDRAWN, State.CANCELLED]),
    ),
    "non-financees": ("non financées", Q(state__in=[State.NOT_FUNDED, State.SELF_FUNDED])),
    "abandonnees": ("retirées ou annulées", Q(state__in=[State.WITHDRAWN, State.CANCELLED])),
    "toutes": ("toutes", Q()),
}
_VERDICTS = [
    ("", "toutes"),
    ("yes", "éligible"),
    ("partly", "éligible en partie"),
    ("unknown", "inconnue"),
    ("no", "non éligible"),
]
_RECEIVERS = [
    ("", "tous"),
    ("acheteur", "l’acheteur lui-même"),
    *((value, str(label)) for value, label in Order.Receiver.choices if value),
]
_FOLDED = ("receveur", "minimum", "maximum")
#: Longer words are nobody's name.
_MOST_WORDS = 100


class ListFilters(RecordForm):
    campagne = forms.ChoiceField(
        label="Campagne", required=False, error_messages={"invalid_choice": "Choisissez une campagne de la liste."}
    )
    departement = forms.ChoiceField(
        label="Département", required=False, error_messages={"invalid_choice": "Choisissez un département de la liste."}
    )
    recherche = forms.CharField(label="Commune, acheteur ou numéro", required=False)
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[(name, label) for name, (label, _) in STATES.items()],
        error_messages={"invalid_choice": "Choisissez un état de la liste."},
    )
    eligibilite = forms.ChoiceField(
        label="Éligibilité",
        required=False,
        choices=_VERDICTS,
        error_messages={"invalid_choice": "Choisissez une réponse de la liste."},
    )
    modele = forms.ChoiceField(
        label="Modèle ou matériel",
        required=False,
        error_messages={"invalid_choice": "Choisissez un modèle de la liste."},
    )
    receveur = forms.ChoiceField(
        label="Qui le recevra",
        required=False,
        choices=_RECEIVERS,
        error_messages={"invalid_choice": "Choisissez une structure de la liste."},
    )
    minimum = NumberField(
        label="Estimation, à partir de", unit="€", maximum="100000000", places=2, example="500", required=False
    )
    maximum = NumberField(
        label="Estimation, jusqu’à", unit="€", maximum="100000000", places=2, example="5 000", required=False
    )

    def __init__(
        self, data: Mapping[str, Any], desk: Desk, campaigns: Iterable[Campaign], campaign: Campaign, models: Any
    ) -> None:
        super().__init__(data)
        self.campaign = campaign
        names = departments()
        own = desk.departments if not desk.is_coordinator else tuple(campaign.departments) or tuple(names)
        choices: dict[str, list[tuple[str, str]]] = {
            "campagne": [(one.slug, one.name) for one in campaigns],
            "departement": [("", "tous"), *((code, f"{names[code]} ({code})") for code in own if code in names)],
            "modele": [
                ("", "tous"),
                *models,
                *((f"lot-{value}", str(label)) for value, label in EquipmentLot.Kind.choices),
            ],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        if len(own) < 2:
            del self.fields["departement"]
        own_weights = weights_of(campaign.weights)
        for criterion in CRITERIA:
            name = f"poids_{criterion.name}"
            self.fields[name] = NumberField(
                label=criterion.label,
                maximum=str(MOST_WEIGHT),
                places=0,
                example="20",
                required=False,
                help_text=criterion.rule,
            )
            self.fields[name].widget.attrs |= {
                "class": "fr-input",
                "placeholder": str(own_weights[criterion.name]),
                "aria-describedby": f"{name}-aide {name}-messages",
            }
        self.fields["campagne"].widget.attrs["data-whole"] = "1"  # another campaign is another page
        self.is_valid()

    def clean_recherche(self) -> str:
        text = "".join(c if c.isprintable() else " " for c in self.cleaned_data["recherche"])
        return text.strip()[:_MOST_WORDS]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        low, high = given.get("minimum"), given.get("maximum")
        if low is not None and high is not None and high < low:
            self.add_error("maximum", "Ce montant est inférieur au plus petit.")
        return given

    def asked(self, name: str) -> Any:
        """What was asked for and understood; None or "" otherwise."""
        return self.cleaned_data.get(name)

    @property
    def weights(self) -> dict[str, int]:
        """The campaign's, but those that the address changes."""
        found = weights_of(self.campaign.weights)
        for name in found:
            if (value := self.asked(f"poids_{name}")) is not None:
                found[name] = int(value)
        return found

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"poids_{criterion.name}"] for criterion in CRITERIA]

    @property
    def weighs_otherwise(self) -> bool:
        return self.weights != weights_of(self.campaign.weights)

    @property
    def is_narrowed(self) -> bool:
        narrowing = ("departement", "recherche", "etat", "eligibilite", "modele", "receveur", "minimum", "maximum")
        return any(self.asked(name) not in (None, "") for name in narrowing)

    @property
    def asked_more(self) -> bool:
        """Something among the filters that are folded away."""
        return any(self.asked(name) not in (None, "") for name in _FOLDED)

    @property
    def more_errors(self) -> bool:
        return any(name in self.errors for name in _FOLDED)

    def narrow(self, found: Any) -> Any:
        """A query of the campaign's intentions, by all but the words, which are looked for in what it gives."""
        found = found.filter(campaign=self.campaign).filter(STATES[self.asked("etat") or ""][1])
        if department := self.asked("departement"):
            found = found.filter(department=department)
        if verdict := self.asked("eligibilite"):
            found = found.filter(verdict=verdict)
        if receiver := self.asked("receveur"):
            found = found.filter(receiver_kind="" if receiver == "acheteur" else receiver)
        for name, lookup in (("minimum", "high_eur__gte"), ("maximum", "high_eur__lte")):
            if (amount := self.asked(name)) is not None and name not in self.errors:
                found = found.filter(**{lookup: amount})
        if model := self.asked("modele"):
            lines = OrderLine.objects.filter(order=OuterRef("pk"))
            kind = model.removeprefix("lot-")
            found = found.filter(Exists(lines.filter(lot__kind=kind) if kind != model else lines.filter(design=model)))
        return found
