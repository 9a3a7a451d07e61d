# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How papers, invoices and payments are typed and sent. The rules themselves are in orders/life/steps and orders/services."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cms.maker_forms.fields import NumberField, RecordForm
from cms.views.orders.fields import DayField, TextField
from orders.life import RefusedError
from orders.services import storage
from orders.services.uploads import ACCEPT, Judged, Kind, judge, read_upload

_MOST_EUR = "10000000"


class UploadField(forms.FileField):
    """A file, judged by its content: cleans to a Judged, or None where it may be left out."""

    def __init__(self, kinds: Collection[Kind], **kwargs: Any) -> None:
        self.kinds = kinds
        super().__init__(allow_empty_file=True, **kwargs)
        self.widget.attrs["accept"] = ",".join(ACCEPT[kind] for kind in Kind if kind in kinds)
        self.error_messages |= {
            "required": "Choisissez un fichier.",
            "missing": "Choisissez un fichier.",
            "invalid": "Choisissez un fichier.",
        }

    def clean(self, data: Any, initial: Any = None) -> Judged | None:  # type: ignore[override]
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return judge(read_upload(file, self.kinds), file.name or "", self.kinds)
        except RefusedError as error:
            raise ValidationError(error.french, code="refused") from error


class EuroField(NumberField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(unit="€", places=2, maximum=_MOST_EUR, example="1100,50", **kwargs)


class PrepareForm(RecordForm):
    """Nothing is asked."""


class SignedForm(RecordForm):
    scan = UploadField(
        storage.SIGNED,
        label="Le document signé",
        help_text="Un PDF de 10 Mo au plus, ou une photo bien lisible (JPEG, PNG ou WebP) de 15 Mo au plus.",
    )


class CommitmentForm(RecordForm):
    engagement_number = TextField(
        label="Numéro d’engagement", max_length=50, help_text="Celui que votre comptabilité demande sur la facture."
    )
    service_code = TextField(
        label="Code service (facultatif)", max_length=100, help_text="Pour Chorus Pro, si vous en avez un."
    )


class InvoiceForm(RecordForm):
    number = TextField(
        label="Numéro de votre facture", max_length=50, help_text="Chorus Pro en prend 20 caractères au plus."
    )
    issued_on = DayField(label="Datée du")
    net_eur = EuroField(label="Montant HT")
    vat_eur = EuroField(label="TVA", help_text="0 si vous n’y êtes pas soumis.")
    gross_eur = EuroField(label="Montant TTC")
    scan = UploadField(
        storage.SIGNED,
        label="La facture (facultatif)",
        required=False,
        help_text="Un PDF de 10 Mo au plus, ou une photo.",
    )
    note = TextField(
        label="Un mot à l’acheteur (facultatif)",
        lines=3,
        max_length=2_000,
        help_text="Nécessaire si le montant dépasse le prix convenu.",
    )


class RequestForm(RecordForm):
    amount_eur = EuroField(label="Montant demandé")


class PaymentForm(RecordForm):
    paid_eur = EuroField(label="Montant versé")
    paid_on = DayField(label="Versé le")
    final = forms.BooleanField(label="C’est le dernier versement : le reste retourne dans l’enveloppe", required=False)


class RefusalForm(RecordForm):
    note = TextField(
        label="Raison du refus", lines=3, max_length=2_000, help_text="L’acheteur la lit, et peut redemander."
    )


class SettleForm(RecordForm):
    net_eur = EuroField(label="Payé en tout, HT")
    note = TextField(
        label="Chez qui ?",
        lines=2,
        max_length=300,
        help_text="Nom du reconditionneur, son SIRET, le numéro de sa facture.",
    )
    scan = UploadField(
        storage.SIGNED,
        label="Sa facture (facultatif)",
        required=False,
        help_text="Un PDF de 10 Mo au plus, ou une photo.",
    )
