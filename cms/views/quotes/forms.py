# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked on the pages of quotes; the rules themselves are in fabrication.quoting.services."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.models import Organisation, Role
from cms.commune_field import CommuneField
from cms.quantity_field import quantity_field
from designs.typography import french_number
from fablabs.models import CuttingMachine, StockItem, Workshop
from fabrication.models import QuoteLine
from fabrication.quoting.rules import rules_on
from fabrication.quoting.services.issuing import MOST_DAYS
from fabrication.quoting.words import figure

if TYPE_CHECKING:
    from accounts.models import User

_AMOUNT = re.compile(r"[0-9]{1,7}(?:[.,][0-9]{1,3})?", re.ASCII)
_BLANKS = str.maketrans("", "", " \u00a0\u202f€")


class AmountField(forms.CharField):
    """A number as people write it, "1 234,50": cleans to a Decimal, never negative."""

    def __init__(self, places: int, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.places = places
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "maxlength": 40}

    def clean(self, value: Any) -> Any:
        text = super().clean(value).translate(_BLANKS)
        if not text and not self.required:
            return None
        if not _AMOUNT.fullmatch(text):
            raise ValidationError("Écrivez un nombre, par exemple 12,50.", code="invalid")
        number = Decimal(text.replace(",", "."))
        if number != number.quantize(Decimal(1).scaleb(-self.places)):
            raise ValidationError(f"{self.places}\u00a0décimales au plus.", code="places")
        return number


def _words(label: str, most: int, required: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        error_messages={"required": required, "max_length": f"{most}\u00a0caractères au plus."},
        **kwargs,
    )


def reason_field(label: str = "Raison") -> forms.CharField:
    return _words(label, 500, "Écrivez la raison\u00a0: elle est gardée avec le devis.")


class AskForm(forms.Form):
    """From whom, how many, where, by when. The sizes are the model's own form, beside this one."""

    atelier = forms.ModelChoiceField(
        label="Atelier",
        queryset=Workshop.objects.none(),
        to_field_name="slug",
        empty_label="Choisissez un atelier",
        error_messages={
            "required": "Choisissez l’atelier à qui demander.",
            "invalid_choice": "Choisissez l’un des ateliers de la liste.",
        },
    )
    machine = forms.ModelChoiceField(queryset=CuttingMachine.objects.filter(is_active=True), required=False)
    panneau = forms.ModelChoiceField(queryset=StockItem.objects.filter(is_active=True), required=False)
    quantite = quantity_field("Combien d’exemplaires\u202f?")
    commune = CommuneField(
        label="Commune de livraison",
        required=False,
        help_text="Nom ou code postal. Laissez vide si vous venez chercher la commande à l’atelier.",
    )
    echeance = forms.DateField(
        label="À livrer avant le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": "Écrivez une date, par exemple 15/03/2027."},
    )
    organisation = forms.ModelChoiceField(
        label="Pour le compte de",
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="Moi-même",
        error_messages={"invalid_choice": "Choisissez l’une de vos organisations."},
    )

    def known_workshop(self) -> Workshop | None:
        """The one that was named in the address or chosen before: shown by name instead of in a list of hundreds."""
        slug = self["atelier"].value()
        return self.fields["atelier"].queryset.filter(slug=slug).first() if slug else None  # type: ignore[attr-defined]

    def __init__(self, user: User, design: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        choice = self.fields["atelier"]
        own = self.fields["organisation"]
        assert isinstance(choice, forms.ModelChoiceField) and isinstance(own, forms.ModelChoiceField)
        choice.queryset = (
            Workshop.objects.open_to_orders()
            .filter(machines__is_active=True, stock__is_active=True)
            .select_related("maker__organisation")
            .order_by("commune", "name")
            .distinct()
        )
        choice.label_from_instance = _workshop_label  # type: ignore[method-assign]
        # The list shows who offers the model, or names none; who was come from by a link is told that it does not.
        self.shown = (
            [
                (workshop.slug, _workshop_label(workshop))
                for workshop in choice.queryset.filter(Q(maker__offers__design=design) | Q(maker__offers=None))
            ]
            if not self.known_workshop()
            else []
        )
        own.queryset = Organisation.objects.filter(
            memberships__user=user, memberships__role=Role.BUYER, memberships__is_active=True, archived_at=None
        ).distinct()


def _workshop_label(workshop: Any) -> str:
    return f"{workshop.name} – {workshop.commune}" + (" (démonstration)" if workshop.is_demo else "")


class LineForm(forms.Form):
    """Another quantity or price of a line; ``garder`` keeps a bought item's price for the next quotes."""

    quantite = AmountField(3, label="Quantité", error_messages={"required": "Écrivez une quantité."})
    prix = AmountField(2, label="Prix unitaire HT, en euros", error_messages={"required": "Écrivez un prix."})
    garder = forms.BooleanField(required=False)
    raison = reason_field("Pourquoi cette correction\u202f?")

    @classmethod
    def of(cls, line: QuoteLine) -> LineForm:
        initial = {}
        if line.quantity is not None:
            initial["quantite"] = figure(line.quantity, 3)
        if line.unit_price_eur is not None:
            initial["prix"] = french_number(line.unit_price_eur, zeros=True)
        return cls(initial=initial)


class NewLineForm(forms.Form):
    designation = _words("Désignation", 200, "Écrivez ce que vous ajoutez.")
    quantite = AmountField(3, label="Quantité", initial="1", error_messages={"required": "Écrivez une quantité."})
    unite = _words("Unité", 20, "Écrivez l’unité\u00a0: heure, pièce, forfait…", initial="forfait")
    prix = AmountField(2, label="Prix unitaire HT, en euros", error_messages={"required": "Écrivez un prix."})
    raison = reason_field("Pourquoi cette ligne\u202f?")


class PricesForm(forms.Form):
    """The prices that the tariff had not, each for all the lines that wait for it; what stays empty stays unknown."""

    LABELS = {
        "sheet": "Un panneau, HT",
        "machine_hour": "Heure de machine, HT",
        "hand_hour": "Heure de main-d’œuvre, HT",
        "delivery_km": "Kilomètre de livraison, HT",
    }

    def __init__(self, waiting: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in waiting:
            self.fields[name] = AmountField(2, label=self.LABELS[name], required=False)

    def prices(self) -> dict[str, Decimal]:
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class RemoveForm(forms.Form):
    raison = reason_field("Pourquoi retirer cette ligne\u202f?")


class IssueForm(forms.Form):
    valable = forms.DateField(
        label="Valable jusqu’au",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={
            "required": "Choisissez une date.",
            "invalid": "Écrivez une date, par exemple 15/03/2027.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["valable"].initial = today + timedelta(days=rules_on(today).valid_days)
        self.fields["valable"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=MOST_DAYS)).isoformat(),
        }


class WithdrawForm(forms.Form):
    raison = reason_field("Pourquoi retirer ce devis\u202f?")


class DecisionForm(forms.Form):
    """A coordinator's: hide, leave as it is, or show again."""

    decision = forms.ChoiceField(
        choices=[("masquer", "Masquer"), ("admettre", "Admettre"), ("afficher", "Afficher")],
        error_messages={"required": "Choisissez une décision.", "invalid_choice": "Choisissez une décision."},
    )
    raison = reason_field()
