# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A quote's row → what is written on its PDF."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format

from cms.parameter_form import ParameterForm
from designs.errors import UnknownDesignError
from designs.typography import SPACE
from fabrication.models import Quote, QuoteLine
from fabrication.quoting.document import Document, Group, Row
from fabrication.quoting.line import SECTION_TITLES, Section, plural_of
from fabrication.quoting.services.issuing import parties
from fabrication.quoting.words import counted, euros, percent


def document_of(quote: Quote, lines: Sequence[QuoteLine]) -> Document:
    who = quote.parties or parties(quote)
    maker, buyer = who["maker"], who["buyer"]
    issued = bool(quote.reference)
    when = timezone.localdate(quote.issued_at or quote.computed_at or quote.asked_at)
    totals = quote.totals()
    return Document(
        title=f"Devis n°{SPACE}{quote.reference}" if issued else "Estimation",
        date=f"{'Émis' if issued else 'Calculée'} le {date_format(when, 'j F Y')}",
        maker=_filled(
            maker["name"],
            maker["workshop"] if maker["workshop"] != maker["name"] else "",
            maker["address"],
            maker["place"],
            f"SIRET {_siret(maker['siret'])}" if maker["siret"] else "",
            "Atelier de démonstration : il n’existe pas" if maker["is_demo"] else "",
        ),
        buyer=_filled(
            buyer["name"] or buyer["person"] or "Demandeur",
            f"SIRET {_siret(buyer['siret'])}" if buyer["siret"] else "",
            buyer["person"] if buyer["name"] else "",
        ),
        subject=_subject(quote),
        groups=tuple(_group(section, [x for x in lines if x.section == section]) for section in Section if any(
            x.section == section for x in lines)),
        totals=_totals(quote),
        notes=_notes(quote),
        foot=_foot(quote),
        stamp=_stamp(quote),
        sign=quote.state == Quote.State.ISSUED and quote.hidden_at is None and not quote.has_expired(),
        warnings=tuple(f"Il manque{SPACE}: {text}." for text in totals.missing),
    )  # fmt: skip


def _filled(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _siret(text: str) -> str:
    """ "213 000 078 00016", as such numbers are read out."""
    return SPACE.join((text[:3], text[3:6], text[6:9], text[9:])) if len(text) == 14 else text


def _subject(quote: Quote) -> tuple[str, ...]:
    title = quote.job.revision.texts.get("title", quote.design)
    lines = [f"{title}, {counted(quote.quantity, 'exemplaire', 'exemplaires')}"]
    try:
        form = ParameterForm(quote.job.revision.drawing(), quote.job.parameters)
        other = form.query()
        sizes = [
            f"{f.label}{SPACE}: {f.value}{SPACE + f.unit if f.unit else ''}" for f in form.fields if f.name in other
        ]
        lines.append(", ".join(sizes) if sizes else "Dans ses dimensions de base")
    except UnknownDesignError:
        pass
    lines.append(f"Livraison à {quote.commune}" if quote.commune else "À chercher à l’atelier")
    if quote.deadline:
        lines.append(f"Souhaité avant le {date_format(quote.deadline, 'j F Y')}")
    if quote.terms.get("lead_days") is not None:
        lines.append(f"Délai{SPACE}: {counted(quote.terms['lead_days'], 'jour', 'jours')} après la commande")
    return tuple(lines)


def _group(section: Section, lines: Sequence[QuoteLine]) -> Group:
    amounts = [line.amount_eur for line in lines]
    known = [amount for amount in amounts if amount is not None]
    return Group(
        SECTION_TITLES[section],
        euros(sum(known[1:], known[0])) if len(known) == len(amounts) else "incomplet",
        tuple(_row(line) for line in lines),
    )


def _row(line: QuoteLine) -> Row:
    quantity = "à préciser"
    if line.quantity is not None:
        quantity = counted(line.quantity, line.unit, plural_of(line.unit))
    note = line.explanation
    if line.section == Section.HARDWARE:
        note = line.explanation.split("\u202f; ")[0]  # the reference; the list is the plan's
    if line.is_corrected and note:
        note = f"Corrigé par le fabricant. Calcul du site{SPACE}: {note}"
    return Row(
        line.label,
        quantity,
        euros(line.unit_price_eur) if line.unit_price_eur is not None else "à préciser",
        euros(line.amount_eur) if line.amount_eur is not None else "—",
        note.replace("−", "–"),  # Helvetica's encoding has no minus
    )


def _totals(quote: Quote) -> tuple[tuple[str, str], ...]:
    totals = quote.totals()
    if totals.net is None:
        return (("Somme des lignes connues, incomplète, HT", euros(totals.known)),)
    rows = [("Total HT", euros(totals.net))]
    if totals.vat is not None and totals.gross is not None and quote.vat_rate is not None:
        if quote.vat_rate:
            rows.append((f"TVA {percent(quote.vat_rate)}", euros(totals.vat)))
        rows.append(("Total TTC" if quote.vat_rate else "Total à payer", euros(totals.gross)))
    return tuple(rows)


def _notes(quote: Quote) -> tuple[str, ...]:
    notes = []
    if quote.vat_rate == 0:
        notes.append("TVA non applicable, article 293 B du code général des impôts.")
    if quote.valid_until:
        notes.append(f"Devis gratuit, valable jusqu’au {date_format(quote.valid_until, 'j F Y')}.")
    notes += [
        "Quantités tirées du plan de découpe de cette commande sur la machine et les panneaux de l’atelier. Durées arrondies "
        "au centième d’heure supérieur, chaque ligne au centime, la TVA calculée sur la somme.",
        "Un panneau entamé est compté sans la chute qui reste utile, de 200 mm de large au moins, gardée par l’atelier.",
        "Ni finition ni mise en service, sauf ligne qui le dit.",
    ]
    return tuple(notes)


def _foot(quote: Quote) -> str:
    figures = quote.figures or {}
    revision = quote.job.revision
    return (
        f"Modèle {revision.design}, révision {revision.number}. Empreinte SHA-256 du plan{SPACE}: {figures.get('plan_key', '')}. "
        f"Licence {revision.texts.get('licence', '')}."
    )


def _stamp(quote: Quote) -> str:
    if quote.state == Quote.State.WITHDRAWN:
        return f"RETIRÉ le {date_format(timezone.localdate(quote.withdrawn_at), 'j F Y')}{SPACE}: ce document n’engage plus personne."
    if quote.hidden_at is not None:
        return "MASQUÉ par la coordination."
    if not quote.reference:
        return "Calculée par le site d’après le tarif de l’atelier, qui ne l’a pas encore confirmée : ce n’est pas un devis."
    if quote.has_expired():
        return f"Expiré depuis le {date_format(quote.valid_until, 'j F Y')}."
    return ""
