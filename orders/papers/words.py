# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Facts (JSON: amounts as "1234.50", days as "2026-11-22") → what a paper's template writes, in French."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format

from designs.typography import SPACE, spaced
from fabrication.quoting.words import counted, euros, percent

TEMPLATES = {
    "agreement": "agreement.html",
    "commitment": "commitment.html",
    "delivery_note": "delivery_note.html",
    "acceptance": "acceptance.html",
    "payment_request": "payment_request.html",
}
TITLES = {
    "agreement": "Convention de subvention",
    "commitment": "Bon d’engagement",
    "delivery_note": "Bon de livraison",
    "acceptance": "Procès-verbal de réception",
    "payment_request": "Demande de paiement de la subvention",
}
_CAPS = {
    "order": "plafond appliqué à chaque commande",
    "expense": "plafond appliqué à l’ensemble des dépenses d’un même bénéficiaire",
}


def words_of(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """All that the template of this kind shows."""
    lines = [_line(line) for line in facts.get("lines", [])]
    return {
        "kind": kind,
        "title": TITLES[kind],
        "reference": facts["reference"],
        "made_on": day(facts["made_on"]),
        "order": facts["order"],
        "is_demo": facts["is_demo"],
        "campaign": facts.get("campaign", ""),
        "buyer": _party(facts.get("buyer")),
        "prefecture": _party(facts.get("prefecture")),
        "maker": _party(facts.get("maker")),
        "receiver": _party(facts.get("receiver")),
        "delivery": facts.get("delivery", {}),
        "wanted_by": day(facts.get("wanted_by")),
        "lines": lines,
        "with_prices": any(line["net"] for line in lines),
        "reserves": facts.get("reserves", ""),
        "facts": facts,
        **_MORE[kind](facts),
    }


def day(text: str | None) -> str:
    """ "2026-11-01" → "1er novembre 2026"; empty for none."""
    if not text:
        return ""
    when = date.fromisoformat(text)
    return date_format(when, "j F Y") if when.day > 1 else date_format(when, "j\\e\\r F Y")


def siret_words(text: str) -> str:
    """ "213 000 078 00016", as such numbers are read out."""
    return SPACE.join((text[:3], text[3:6], text[6:9], text[9:])) if len(text) == 14 else text


def money(text: str | None) -> str:
    return euros(Decimal(text)) if text else ""


def _party(facts: Mapping[str, str] | None) -> dict[str, str] | None:
    return {**facts, "siret": siret_words(facts.get("siret", ""))} if facts else None


def _line(facts: Mapping[str, Any]) -> dict[str, Any]:
    low, high = facts.get("low_eur"), facts.get("high_eur")
    if low and high:
        estimate = money(low) if low == high else f"{money(low)} à {money(high)}"
    else:
        estimate = ""
    return {
        **facts,
        "estimate": estimate,
        "net": money(facts.get("net_eur")),
        "sizes": spaced(" · ".join(f"{label} : {text}" for label, text in facts.get("sizes", []))),
        "fingerprint": facts.get("fingerprint"),
    }


def _agreement(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "basis": money(facts["basis_eur"]),
        "granted": money(facts["granted_eur"]),
        "estimate": money(facts["estimate_eur"]),
        "rate": percent(Decimal(facts["rate"])),
        "cap": money(facts["cap_eur"]),
        "cap_basis": _CAPS.get(facts["cap_basis"], ""),
        "decided_on": day(facts["decided_on"]),
        "delivers_on": day(facts["delivers_on"]),
    }


def _commitment(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "net": money(facts["net_eur"]),
        "vat": money(facts["vat_eur"]),
        "gross": money(facts["gross_eur"]),
        "engagement_number": facts["engagement_number"],
        "service_code": facts["service_code"],
        "valid_until": day(facts["valid_until"]),
    }


def _delivery_note(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "shipped_on": day(facts["shipped_on"]),
        "carrier": facts["carrier"],
        "expected_on": day(facts["expected_on"]),
        "pieces": counted(facts["pieces"], "exemplaire", "exemplaires"),
        "left": counted(facts["left"], "exemplaire reste", "exemplaires restent") if facts["left"] else "",
    }


def _acceptance(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"accepted_on": day(facts["accepted_on"]), "delivered_on": day(facts["delivered_on"])}


def _payment_request(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rate": percent(Decimal(facts["rate"])),
        "basis": money(facts["basis_eur"]),
        "granted": money(facts["granted_eur"]),
        "payable": money(facts["payable_eur"]),
        "paid": money(facts["paid_eur"]),
        "requested": money(facts["requested_eur"]),
        "left": money(facts["left_eur"]),
        "spent": {
            **facts["spent"],
            "net": money(facts["spent"]["net_eur"]),
            "vat": money(facts["spent"]["vat_eur"]),
            "gross": money(facts["spent"]["gross_eur"]),
            "on": day(facts["spent"]["on"]),
        },
    }


_MORE = {
    "agreement": _agreement,
    "commitment": _commitment,
    "delivery_note": _delivery_note,
    "acceptance": _acceptance,
    "payment_request": _payment_request,
}
