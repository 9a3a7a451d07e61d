# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The record of a choice as a PDF and as a table for a French spreadsheet: from what was kept with it alone, so that both say
years later what was known that day. No person's name is in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from designs.typography import SPACE, THIN
from fabrication.canonical import canonical_key
from fabrication.matching.record import DUTY
from fabrication.matching.words import euros as estimated
from fabrication.matching.words import figure, kilometres
from fabrication.quoting.words import euros
from fabrication.spreadsheets import harmless
from orders.models import Choice
from orders.papers.printing import print_html
from orders.services.answers import Standing

STANDINGS = {
    Standing.WAITING: "sans réponse encore, délai en cours",
    Standing.OVERDUE: "sans réponse dans le délai",
    Standing.ANSWERED: "devis reçu",
    Standing.DECLINED: "a décliné",
    Standing.IMPOSSIBLE: "ne peut pas la fabriquer",
    Standing.HIDDEN: "devis écarté par la coordination pour son prix",
    Standing.TAKEN_BACK: "a retiré son devis",
    Standing.EXPIRED: "devis expiré",
    Standing.WITHDRAWN: "demande retirée",
}


def facts_of(choice: Choice) -> dict[str, Any]:
    """What the record says, as JSON: what was kept that day, and the choice itself."""
    return {
        "order": choice.order.reference,
        "number": numbered(choice),
        "buyer": choice.order.organisation.name,
        "on": timezone.localdate(choice.chosen_at).isoformat(),
        "workshop": choice.workshop.slug,
        "name": choice.workshop.name,
        "rank": choice.rank,
        "net_eur": str(choice.net_eur),
        "vat_eur": str(choice.vat_eur),
        "threshold_eur": None if choice.threshold_eur is None else str(choice.threshold_eur),
        "justification": choice.justification,
        "record": choice.record,
    }


def fingerprint(choice: Choice) -> str:
    """SHA-256 of the canonical JSON of ``facts_of``: the two files of a choice carry the same one."""
    return canonical_key(facts_of(choice))


def numbered(choice: Choice) -> int:
    """The first, the second… of its order."""
    return Choice.objects.filter(order=choice.order_id, pk__lte=choice.pk).count()


def html_of(choice: Choice) -> str:
    record: Mapping[str, Any] = choice.record
    ranking = record.get("ranking") or {}
    terms = ranking.get("terms", {})
    order = choice.order
    context = {
        "title": "Choix de l’atelier",
        "order": order.reference,
        "reference": f"{order.reference}/{numbered(choice)}",
        "made_on": _day(timezone.localdate(choice.chosen_at)),
        "campaign": order.campaign.name if order.campaign else "",
        "buyer": {"name": order.organisation.name, "siret": order.organisation.siret},
        "is_demo": order.is_demo or choice.workshop.is_demo,
        "choice": choice,
        "maker": choice.workshop.maker.organisation.name,
        "net": euros(choice.net_eur),
        "vat": euros(choice.vat_eur),
        "gross": euros(choice.net_eur + choice.vat_eur),
        "threshold": euros(choice.threshold_eur) if choice.threshold_eur is not None else "",
        "lines": record.get("lines", []),
        "place": record.get("place", ""),
        "points": record.get("points", []),
        "earlier": record.get("earlier"),
        "asked": [_asked(row, record) for row in record.get("asked", [])],
        "ranking": bool(ranking),
        "able_count": ranking.get("able_count", 0),
        "able": [_ranked(row, terms, choice.workshop.slug) for row in ranking.get("able", [])],
        "unable_count": ranking.get("unable_count", 0),
        "unable": ranking.get("unable", []),
        "pending": len(ranking.get("pending", [])),
        "weights": [(french, figure(ranking["weights"][name])) for name, french in terms.items()],
        "duty": DUTY,
        "fingerprint": fingerprint(choice),
    }
    # Our typeface has no narrow no-break space: another one would be mixed in for it.
    return render_to_string("orders/choice/record.html", context).replace(THIN, SPACE)


def pdf_of(choice: Choice) -> bytes:
    return print_html(html_of(choice), bytes.fromhex(fingerprint(choice))[:16])


COLUMNS = (
    "choisi", "rang", "atelier", "fabricant", "commune", "faisable", "points", "distance estimée (km)", "prix estimé (€ HT)",
    "commandes déjà confiées", "demandé le", "réponse attendue le", "réponse", "raison", "devis", "prix du devis (€ HT)",
    "TVA (€)", "prix du devis (€ TTC)", "valable jusqu’au", "ce qui manque",
)  # fmt: skip
_ABOUT = ("justification", "seuil ce jour-là (€ HT)", "commande", "acheteur", "choisi le", "empreinte")


def csv_of(choice: Choice) -> bytes:
    """A line a workshop: those that can make it by their rank, the others, then those that were asked and stand in no
    ranking. Semicolons, decimal commas, a BOM."""
    record: Mapping[str, Any] = choice.record
    ranking = record.get("ranking") or {}
    terms: Mapping[str, str] = ranking.get("terms", {})
    asked: dict[str, list[Mapping[str, Any]]] = {}
    for row in record.get("asked", []):
        asked.setdefault(row["workshop"], []).append(row)
    about = [
        choice.justification.replace("\n", " "), choice.threshold_eur if choice.threshold_eur is not None else "",
        choice.order.reference, choice.order.organisation.name, timezone.localdate(choice.chosen_at).isoformat(),
        fingerprint(choice),
    ]  # fmt: skip
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([*COLUMNS, *(f"points – {french}" for french in terms.values()), *_ABOUT])
    listed = [*((row, "oui") for row in ranking.get("able", [])), *((row, "non") for row in ranking.get("unable", []))]
    known = {row["workshop"] for row, _ in listed}
    listed += [(rows[-1], "") for slug, rows in asked.items() if slug not in known]
    for row, able in listed:
        latest = (asked.get(row["workshop"]) or [{}])[-1]
        cells = [
            "oui" if row["workshop"] == choice.workshop.slug else "",
            row.get("rank") or "", row["name"], row["maker"], row["commune"], able,
            _plain(row.get("score")), _plain(row.get("km")), _money(row.get("price_eur")), _plain(row.get("earlier")),
            latest.get("asked_on", ""), latest.get("answer_by", ""),
            STANDINGS[Standing(latest["standing"])] if latest else "",
            latest.get("reason", ""), ", ".join(latest.get("quotes", [])),
            _money(latest.get("net_eur")), _money(latest.get("vat_eur")), _money(latest.get("gross_eur")),
            latest.get("valid_until") or "", " | ".join(row.get("obstacles", [])),
            *(_plain((row.get("terms") or {}).get(name, [None])[0]) for name in terms),
        ]  # fmt: skip
        writer.writerow([_cell(value) for value in (*cells, *about)])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _asked(row: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "chosen": row["workshop"] == record.get("chosen") and row["standing"] == Standing.ANSWERED,
        "asked_words": _day(row["asked_on"]),
        "until_words": _day(row["answer_by"]),
        "standing_words": STANDINGS[Standing(row["standing"])],
        "net": euros(Decimal(row["net_eur"])) if row["net_eur"] else "—",
        "gross": euros(Decimal(row["gross_eur"])) if row["gross_eur"] else "—",
        "valid_words": _day(row["valid_until"]) if row["valid_until"] else "",
    }


def _ranked(row: Mapping[str, Any], terms: Mapping[str, str], chosen: str) -> dict[str, Any]:
    return {
        **row,
        "chosen": row["workshop"] == chosen,
        "points": figure(row["score"]),
        "way": kilometres(row["km"]),
        "price": estimated(Decimal(row["price_eur"]), 0) if row["price_eur"] else "inconnu",
        "parts": ", ".join(
            f"{french} {figure(row['terms'][name][0], 1)}" for name, french in terms.items() if name in row["terms"]
        ),
    }


def _day(value: date | str) -> str:
    """ "1er mars 2027", from a day or its ISO text."""
    from django.utils.formats import date_format

    found = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{'1er' if found.day == 1 else found.day} {date_format(found, 'F Y')}".replace(" ", SPACE)


def _plain(value: Any) -> Any:
    return "" if value is None else value


def _money(text: Any) -> Any:
    return Decimal(text) if text else ""


def _cell(value: object) -> str:
    """As French spreadsheets read it; what a name would make them compute stays text."""
    if isinstance(value, float | Decimal):
        return f"{value}".replace(".", ",")
    return harmless(str(value))
