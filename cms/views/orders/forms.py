# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked of whoever orders. The rules themselves are in orders/services/drafting.py; here is how it is typed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms

from accounts.models import Organisation
from cms.commune_field import CommuneField
from cms.maker_forms.fields import RecordForm
from cms.views.orders.fields import BLANKS, DayField, QuantityField, TextField
from designs.typography import SPACE
from fablabs.geography import Commune, departments, regions
from fabrication.models import MAX_QUANTITY
from orders.models import Buyer, Campaign, EquipmentLot, Order, OrderLine
from orders.services.draft_lines import workshop_finishes
from orders.services.drafting import refusals

_MOST_NOTE = 4_000


class OrderForm(RecordForm):
    """A part of an order. All may stay empty while it is a draft."""

    def values(self) -> dict[str, Any]:
        """What is right, by the order's own fields."""
        return dict(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """The rules that hold for drafts and for what is submitted, each beside its field."""
        cleaned = dict(super().clean() or self.cleaned_data)
        for name, french in refusals(self.values()).items():
            self.add_error(name if name in self.fields else None, french)
        return cleaned

    def say_nobody_decides(self) -> None:
        """Of an order at one's own expense: no préfecture reads it, and there is no decision to wait for."""

    @classmethod
    def initial_of(cls, order: Order) -> dict[str, Any]:
        return {name: getattr(order, name) for name in cls.base_fields if hasattr(order, name)}


class WhyForm(OrderForm):
    professional = forms.ChoiceField(
        label="Qui s’en servira ?",
        choices=Order.Professional.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text="Le mobilier sert un professionnel qui aide les habitants.",
        error_messages={"invalid_choice": "Choisissez une réponse de la liste."},
    )
    professional_detail = TextField(
        label="Précision (facultatif)", help_text="Son service, son lieu : « la médiathèque », « l’agence postale »."
    )
    reasons = TextField(
        label="Vos raisons",
        lines=7,
        help_text="Ce qui manque aujourd’hui, qui vient, combien de fois par semaine. La préfecture choisit d’après elles.",
    )
    receiver_kind = forms.ChoiceField(
        label="Qui recevra le mobilier ?",
        choices=[
            ("", "Nous-mêmes"),
            *((value, f"{label[0].upper()}{label[1:]}") for value, label in Order.Receiver.choices if value),
        ],
        required=False,
        widget=forms.RadioSelect,
        help_text="Vous pouvez acheter pour une autre structure et le lui mettre à disposition.",
        error_messages={"invalid_choice": "Choisissez une réponse de la liste."},
    )
    receiver_name = TextField(label="Nom de cette structure", help_text="Si ce n’est pas vous.")
    receiver_siret = TextField(label="Son SIRET (facultatif)", help_text="Quatorze chiffres.")

    def say_nobody_decides(self) -> None:
        reasons = self.fields["reasons"]
        reasons.label = "Vos raisons (facultatif)"
        reasons.help_text = "À vos frais, personne ne les juge : elles ne servent que si vous choisissez une campagne."

    def clean_receiver_siret(self) -> str:
        return BLANKS.sub("", self.cleaned_data["receiver_siret"])


class WhereForm(OrderForm):
    commune = CommuneField(label="Commune de livraison", required=False, help_text="Nom ou code postal.")
    address = TextField(label="Adresse", help_text="Numéro et rue, nom du bâtiment.")
    postcode = TextField(label="Code postal", help_text="Cinq chiffres.")
    access = TextField(
        label="Accès (facultatif)",
        lines=2,
        help_text="Étage, marches, largeur de la porte, horaires : ce que le livreur doit savoir.",
    )
    contact_name = TextField(
        label="Personne à joindre", help_text="Vue de la préfecture et de l’atelier choisi, de personne d’autre."
    )
    contact_email = TextField(label="Son adresse électronique")
    contact_phone = TextField(label="Son téléphone (facultatif)")
    wanted_by = DayField(
        label="Souhaité avant le (facultatif)", help_text="Un mois d’atelier au moins, après la décision."
    )

    def say_nobody_decides(self) -> None:
        self.fields["wanted_by"].help_text = "Un mois d’atelier au moins."

    @classmethod
    def initial_of(cls, order: Order) -> dict[str, Any]:
        return super().initial_of(order) | {"commune": order.insee}

    def clean_postcode(self) -> str:
        return BLANKS.sub("", self.cleaned_data["postcode"])

    def values(self) -> dict[str, Any]:
        """A commune is a code and its name; the only postcode that it has fills an empty field."""
        found = dict(self.cleaned_data)
        if "commune" in found:
            place: Commune | None = found.pop("commune")
            found |= {"insee": place.insee if place else "", "commune": place.label if place else ""}
            if place and len(place.postcodes) == 1 and not found.get("postcode", "-"):
                found["postcode"] = place.postcodes[0]
        return found


def _title(line: OrderLine) -> str:
    return str(line.revision.texts.get("title", line.design)) if line.revision else str(line.lot).capitalize()


class LinesForm(RecordForm):
    """How many of each line, and of each lot."""

    def __init__(
        self, lines: Iterable[OrderLine], lots: Iterable[EquipmentLot], data: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.own = [line for line in lines if line.is_furniture]
        self.lots = list(lots)
        asked = {line.lot_id: line.quantity for line in lines if not line.is_furniture}
        for line in self.own:
            name = f"line-{line.pk}"
            self.fields[name] = QuantityField(label=f"{_title(line)}, quantité")
            self.initial[name] = line.quantity
        for lot in self.lots:
            name = f"lot-{lot.pk}"
            self.fields[name] = QuantityField(
                least=0, what="appareil", label=f"{lot.get_kind_display().capitalize()}, quantité"
            )
            self.initial[name] = asked.get(lot.pk, "")
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": "fr-input o-count", "aria-describedby": f"{name}-messages"}

    def quantities(self) -> dict[int, int]:
        return self._by_key("line-")

    def lot_quantities(self) -> dict[int, int]:
        return self._by_key("lot-")

    def _by_key(self, prefix: str) -> dict[int, int]:
        return {
            int(name.removeprefix(prefix)): value
            for name, value in self.cleaned_data.items()
            if name.startswith(prefix)
        }


class AmendLinesForm(RecordForm):
    """How many of each line of what is submitted: none is added, none taken out."""

    def __init__(self, lines: Iterable[OrderLine], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.own = list(lines)
        for line in self.own:
            name = f"line-{line.pk}"
            self.fields[name] = QuantityField(
                label=f"{_title(line)}, quantité",
                what="exemplaire" if line.is_furniture else "appareil",
                initial=line.quantity,
            )
            self.fields[name].widget.attrs |= {"class": "fr-input o-count", "aria-describedby": f"{name}-messages"}

    def quantities(self) -> dict[int, int]:
        return {line.pk: self.cleaned_data[f"line-{line.pk}"] for line in self.own}


class Together:
    """Several forms on one page that are sent, checked and refused together; each field's message goes to its own form."""

    def __init__(self, *parts: forms.Form) -> None:
        self.parts = parts

    def is_valid(self) -> bool:
        checked = [part.is_valid() for part in self.parts]  # every one: each shows its messages
        return all(checked)

    @property
    def fields(self) -> dict[str, forms.Field]:
        return {name: field for part in self.parts for name, field in part.fields.items()}

    @property
    def cleaned_data(self) -> dict[str, Any]:
        return {name: value for part in self.parts for name, value in part.cleaned_data.items()}

    def add_error(self, name: str | None, french: str) -> None:
        owner = next((part for part in self.parts if name in part.fields), self.parts[0])
        owner.add_error(name, french)

    def __iter__(self) -> Iterator[forms.BoundField]:
        return (field for part in self.parts for field in part)


class LineForm(RecordForm):
    """Beside the model's own parameters."""

    quantity = QuantityField(label="Combien d’exemplaires ?", help_text=f"De 1 à {MAX_QUANTITY}.", initial=1)
    finish = forms.ChoiceField(label="Finition", required=False, help_text="Chaque atelier propose les siennes.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = str(self["finish"].value() or "")[:60]
        known = workshop_finishes()
        if chosen and self.initial.get("finish") == chosen and chosen not in known:
            known = [*known, chosen]  # asked for when a workshop still offered it
        field = self.fields["finish"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Sans préférence"), *((name, name.capitalize()) for name in known)]
        field.error_messages["invalid_choice"] = "Choisissez une finition de la liste."


class CampaignForm(RecordForm):
    """In which campaign, of those that take intentions now or later."""

    campaign = forms.ChoiceField(
        label="Dans quelle campagne ?",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez l’une des campagnes de la liste."},
    )

    def __init__(self, campaigns: Sequence[Campaign], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choice = self.fields["campaign"]
        assert isinstance(choice, forms.ChoiceField)
        self.campaigns = {campaign.slug: campaign for campaign in campaigns}
        choice.choices = [
            *((campaign.slug, campaign.name) for campaign in campaigns),
            ("", "Aucune : à nos frais, sans subvention".replace(" :", f"{SPACE}:")),
        ]

    def clean_campaign(self) -> Campaign | None:
        return self.campaigns.get(self.cleaned_data["campaign"])


class NewOrderForm(CampaignForm):
    """For whom, and in which campaign; ``cle`` makes one order of a form that is sent twice."""

    field_order = ("organisation", "campaign", "cle")
    organisation = forms.ModelChoiceField(
        label="Pour quelle organisation ?",
        queryset=Organisation.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez l’organisation qui commande.",
            "invalid_choice": "Choisissez l’une de vos organisations.",
        },
    )
    cle = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"invalid": "Rechargez la page.", "required": "Rechargez la page."}
    )

    def __init__(self, organisations: Any, campaigns: Sequence[Campaign], data: Any = None, **kwargs: Any) -> None:
        super().__init__(campaigns, data, **kwargs)
        own = self.fields["organisation"]
        assert isinstance(own, forms.ModelChoiceField)
        own.queryset = organisations
        if data is None:
            self.initial.setdefault("cle", uuid.uuid4())
            self.initial.setdefault("campaign", campaigns[0].slug if campaigns else "")
            first = own.queryset.first()
            if first is not None:
                self.initial.setdefault("organisation", first.pk)


class NoteForm(RecordForm):
    """The reason of a step, kept with the order."""

    note = TextField(
        label="Raison",
        lines=4,
        required=True,
        max_length=_MOST_NOTE,
        help_text="Gardée avec la commande ; ceux qu’elle concerne la lisent.",
        error_messages={
            "required": f"Écrivez la raison{SPACE}: elle est gardée avec la commande.",
            "max_length": f"{_MOST_NOTE}{SPACE}caractères au plus.",
        },
    )

    def __init__(self, data: Any = None, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["note"].required = required
        if not required:
            self.fields["note"].label = "Un mot à garder avec la commande (facultatif)"


class BuyerForm(RecordForm):
    """What the organisation is. An intercommunalité is named by any of its communes."""

    level = forms.ChoiceField(
        label="Votre échelon",
        choices=[(value, label.capitalize()) for value, label in Buyer.Level.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un échelon.", "invalid_choice": "Choisissez un échelon de la liste."},
    )
    commune = CommuneField(
        label="Votre commune, ou une commune de l’intercommunalité", required=False, help_text="Nom ou code postal."
    )
    department = forms.ChoiceField(label="Votre département, si c’est votre échelon", required=False)
    region = forms.ChoiceField(label="Votre région, si c’est votre échelon", required=False)
    service_code = TextField(
        label="Code service pour Chorus Pro (facultatif)",
        help_text="Si vous le demandez sur vos factures.",
        max_length=100,
    )
    needs_engagement = forms.BooleanField(label="Nos factures portent un numéro d’engagement", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, known in (("department", departments()), ("region", regions())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [
                ("", "Choisissez"),
                *((code, f"{label} ({code})".replace("'", "’")) for code, label in known.items()),
            ]
            field.error_messages["invalid_choice"] = "Choisissez une réponse de la liste."

    @staticmethod
    def initial_of(buyer: Buyer) -> dict[str, Any]:
        of_commune = buyer.level == Buyer.Level.COMMUNE and buyer.territory
        return {
            "level": buyer.level,
            "commune": buyer.territory if of_commune else buyer.organisation.insee,
            "department": buyer.territory if buyer.level == Buyer.Level.DEPARTEMENT else "",
            "region": buyer.territory if buyer.level == Buyer.Level.REGION else "",
            "service_code": buyer.service_code,
            "needs_engagement": buyer.needs_engagement,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        place: Commune | None = cleaned.get("commune")
        level = cleaned.get("level")
        if level in (Buyer.Level.COMMUNE, Buyer.Level.EPCI) and place is None and "commune" not in self.errors:
            self.add_error("commune", "Indiquez une commune, par son nom ou son code postal.")
        if level == Buyer.Level.EPCI and place is not None and not place.epci:
            self.add_error("commune", "Cette commune n’est d’aucune intercommunalité.")
        if level == Buyer.Level.DEPARTEMENT and not cleaned.get("department"):
            self.add_error("department", "Choisissez votre département.")
        if level == Buyer.Level.REGION and not cleaned.get("region"):
            self.add_error("region", "Choisissez votre région.")
        return cleaned

    def territory(self) -> str:
        place: Commune | None = self.cleaned_data["commune"]
        return {
            Buyer.Level.COMMUNE: place.insee if place else "",
            Buyer.Level.EPCI: place.epci if place else "",
            Buyer.Level.DEPARTEMENT: self.cleaned_data["department"],
            Buyer.Level.REGION: self.cleaned_data["region"],
        }.get(Buyer.Level(self.cleaned_data["level"]), "")


def only_valid(form: OrderForm) -> Mapping[str, Any]:
    """What may be written of a form that has mistakes elsewhere."""
    wrong = set(form.errors)
    if "commune" in wrong:
        wrong |= {"insee"}
    return {name: value for name, value in form.values().items() if name not in wrong}
