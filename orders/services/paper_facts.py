# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order's rows → the facts of its papers: plain JSON, all that the paper says and nothing that lives on elsewhere. No
person's name is among them: papers are kept longer than people are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from designs.errors import UnknownDesignError
from designs.parameters import Kind, Parameter
from designs.typography import SPACE, french_number
from fablabs.geography import UnknownCommuneError, commune, department_name
from fabrication.models import Quote
from orders.models import Choice, Delivery, Order, OrderLine, Piece


def agreement_facts(order: Order, rate: Decimal) -> dict[str, Any]:
    """Of a funded order: who gives how much to whom, for what."""
    campaign = order.campaign
    assert campaign is not None and order.granted_eur is not None and order.decided_at is not None
    lines = [_line(line, estimate=True) for line in _lines(order)]
    return {
        **_common(order),
        "prefecture": _prefecture(order),
        "receiver": _receiver(order),
        "delivery": _place(order),
        "lines": lines,
        "estimate_eur": _amount(order.high_eur),
        "basis_eur": _amount(order.basis_eur),
        "granted_eur": _amount(order.granted_eur),
        "rate": str(rate),
        "cap_eur": _amount(campaign.cap_eur),
        "cap_basis": campaign.cap_basis,
        "decided_on": _day(order.decided_at),
        "delivers_on": _day(campaign.delivers_on),
    }


def commitment_facts(order: Order, choice: Choice | None) -> dict[str, Any]:
    """Of an order with a maker: what is ordered from it, at which price, cut from which files."""
    assert order.net_eur is not None and order.workshop is not None
    quotes = quotes_of(choice)
    lines = []
    for line in _lines(order):
        if line.is_furniture:
            quote = quotes.get(line.pk)
            priced = {
                "quote": quote.reference if quote else "",
                "net_eur": _amount(quote.net_eur) if quote else None,
                "fingerprint": fingerprint(line, quote),
            }
            lines.append(_line(line) | priced)
    vat = order.vat_eur or Decimal(0)
    until = [quote.valid_until for quote in quotes.values() if quote.valid_until]
    return {
        **_common(order),
        "maker": maker_facts(order),
        "receiver": _receiver(order),
        "delivery": _place(order),
        "wanted_by": _day(order.wanted_by),
        "lines": lines,
        "net_eur": _amount(order.net_eur),
        "vat_eur": _amount(vat),
        "gross_eur": _amount(order.net_eur + vat),
        "engagement_number": order.engagement_number,
        "service_code": order.service_code,
        "valid_until": _day(min(until)) if until else None,
    }


def delivery_facts(delivery: Delivery) -> dict[str, Any]:
    order = delivery.order
    pieces = list(delivery.pieces.select_related("line__revision", "line__lot"))
    gone = {Piece.Stage.SHIPPED, Piece.Stage.DELIVERED, Piece.Stage.REPLACED}
    own = {piece.pk for piece in pieces}
    left = Piece.objects.filter(line__order=order).exclude(stage__in=gone).exclude(pk__in=own).count()
    return {
        **_common(order),
        "maker": maker_facts(order),
        "receiver": _receiver(order),
        "delivery": _place(order),
        "shipped_on": _day(delivery.shipped_at),
        "carrier": delivery.carrier,
        "expected_on": _day(delivery.expected_on),
        "lines": _by_line(pieces),
        "pieces": len(pieces),
        "left": left,
    }


def acceptance_facts(order: Order, reserves: str, on: date) -> dict[str, Any]:
    pieces = Piece.objects.filter(line__order=order, stage=Piece.Stage.DELIVERED)
    return {
        **_common(order),
        "maker": maker_facts(order),
        "lines": _by_line(pieces.select_related("line__revision", "line__lot")),
        "delivered_on": _day(order.delivered_at),
        "accepted_on": _day(on),
        "reserves": reserves.strip(),
    }


def payment_facts(order: Order, amounts: dict[str, Decimal], spent: dict[str, Any], agreement: str) -> dict[str, Any]:
    """``amounts``: rate, payable_eur, paid_eur, requested_eur; ``spent``: label, seller, on, net_eur, vat_eur, gross_eur."""
    left = amounts["payable_eur"] - amounts["paid_eur"] - amounts["requested_eur"]
    return {
        **_common(order),
        "prefecture": _prefecture(order),
        "agreement": agreement,
        "basis_eur": _amount(order.basis_eur),
        "granted_eur": _amount(order.granted_eur),
        "rate": str(amounts["rate"]),
        "payable_eur": _amount(amounts["payable_eur"]),
        "paid_eur": _amount(amounts["paid_eur"]),
        "requested_eur": _amount(amounts["requested_eur"]),
        "left_eur": _amount(left),
        "has_left": left > 0,
        "spent": spent,
    }


def maker_facts(order: Order) -> dict[str, Any]:
    workshop = order.workshop
    assert workshop is not None
    organisation = workshop.maker.organisation
    return {
        "workshop": workshop.pk,
        "name": organisation.name,
        "detail": workshop.name if workshop.name != organisation.name else "",
        "address": workshop.address,
        "place": f"{workshop.postcode} {workshop.commune}".strip(),
        "siret": workshop.siret or organisation.siret,
    }


def quotes_of(choice: Choice | None) -> dict[int, Quote]:
    """The quotes that a choice stands on, by the order's line."""
    if choice is None or choice.request is None:
        return {}
    return {row.line_id: row.quote for row in choice.request.quotes.select_related("quote__job")}


def fingerprint(line: OrderLine, quote: Quote | None) -> dict[str, str]:
    """Of the files that the line is cut from: the archive of the maker's own machine once there is one, else the plan that
    its quote was computed from, else none but the model's revision."""
    production = line.productions.filter(replaced_at=None).select_related("job__package").first()
    if production and production.job.package:
        return {"kind": "package", "value": production.job.package.sha256}
    key = str((quote.figures or {}).get("plan_key", "")) if quote else ""
    return {"kind": "plan", "value": key} if key else {"kind": "revision", "value": ""}


def sizes_of(line: OrderLine) -> list[list[str]]:
    """Label and value of every parameter; by their bare names where this revision is not drawn any more."""
    if line.revision is None:
        return []
    try:
        parameters = line.revision.drawing().parameters
    except UnknownDesignError:
        return [[name, str(value)] for name, value in line.parameters.items()]
    return [[p.label, _value(p, line.parameters.get(p.name, p.default))] for p in parameters if p.name != "state"]


def _value(parameter: Parameter, value: Any) -> str:
    if parameter.kind is Kind.FLAG:
        return "oui" if value else "non"
    if parameter.kind is Kind.CHOICE:
        return (parameter.choices or {}).get(str(value), str(value))
    if parameter.kind is Kind.TEXT:
        return str(value) or "aucun"
    unit = f"{SPACE}{parameter.unit}" if parameter.unit else ""
    return french_number(float(value), 2) + unit


def _common(order: Order) -> dict[str, Any]:
    return {
        "order": order.reference,
        "is_demo": order.is_demo,
        "campaign": order.campaign.name if order.campaign else "",
        "buyer": {
            "name": order.organisation.name,
            "siret": order.organisation.siret,
            "place": _commune(order.organisation.insee),
        },
    }


def _prefecture(order: Order) -> dict[str, str]:
    found = Organisation.objects.filter(
        kind=Organisation.Kind.PREFECTURE, department=order.department, archived_at=None
    ).first()
    name = found.name if found else f"Préfecture ({department_name(order.department)})"
    return {"name": name, "siret": found.siret if found else "", "department": order.department}


def _receiver(order: Order) -> dict[str, str] | None:
    if not order.receiver_kind:
        return None
    return {
        "name": order.receiver_name,
        "detail": order.get_receiver_kind_display(),
        "siret": order.receiver_siret,
    }


def _place(order: Order) -> dict[str, str]:
    return {
        "address": order.address,
        "postcode": order.postcode,
        "commune": order.commune,
        "access": order.access,
    }


def _lines(order: Order) -> list[OrderLine]:
    return list(order.lines.select_related("revision", "lot").order_by("position"))


def _line(line: OrderLine, *, estimate: bool = False, sizes: bool = True) -> dict[str, Any]:
    facts: dict[str, Any] = {"quantity": line.quantity, "material": line.material, "finish": line.finish}
    if line.lot is not None:
        facts |= {"title": line.lot.get_kind_display().capitalize(), "configuration": line.lot.configuration}
    else:
        assert line.revision is not None
        facts |= {
            "title": line.revision.texts.get("title", line.design),
            "design": line.design,
            "revision": line.revision.number,
            "sizes": sizes_of(line) if sizes else [],
        }
    if estimate:
        facts |= {"low_eur": _amount(line.low_eur), "high_eur": _amount(line.high_eur)}
    return facts


def _by_line(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """Each line once, with the serial numbers of its pieces."""
    found: dict[int, list[Piece]] = {}
    for piece in sorted(pieces, key=lambda piece: (piece.line.position, piece.index, piece.pk)):
        found.setdefault(piece.line_id, []).append(piece)
    return [
        _line(own[0].line, sizes=False) | {"quantity": len(own), "serials": [piece.serial for piece in own]}
        for own in found.values()
    ]


def _commune(insee: str) -> str:
    try:
        return commune(insee).label if insee else ""
    except UnknownCommuneError:
        return ""


def _amount(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{Decimal(value):.2f}"


def _day(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime):
        return timezone.localdate(value).isoformat()
    return value.isoformat() if value else None
