# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small model that is published again and again, an order of it in a workshop's hands, and workers that really work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from designs import drawers
from designs.content import Content
from designs.kept import Kept
from designs.models import DesignRevision, revision
from designs.parameters import Kind, Parameter
from fabrication import work
from fabrication.models import Job, OwnHardwarePrice
from fabrication.quoting.services import request_quote
from orders.life import advance
from orders.models import Order, OrderLine, Piece, Production, QuoteRequest, RequestedQuote, State
from tests.cutting import Bracket
from tests.orders import make_buyer, make_order
from tests.people import make_member, make_person
from tests.quoting import TARIFF
from tests.running import ROOT
from tests.workshops import make_workshop

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text().replace("[stock]", "[stock]\nprice_eur = 98")


class Shelf(Bracket):
    """As its file's one line says: "wide" starts at 500 mm, "plateless" has no plates to choose,
    "shelves" asks for one thing more, "long" has a part that no sheet holds."""

    def __init__(self, identifier: str, number: int, content: Content, texts: Mapping[str, str], version: str) -> None:
        super().__init__()
        self.identifier, self.revision = identifier, number  # type: ignore[misc]
        self._key, self._version = content.digest, version
        for name in ("title", "summary", "story", "credit", "licence", "changes"):
            setattr(self, name, str(texts.get(name) or ""))
        said = content.sources[content.main]
        width, plates = Bracket.parameters
        self._minimum_plates = 3 if "heavy" in said else 0
        if "wide" in said:
            width = replace(width, minimum=500.0, default=500.0)
        if "long" in said:
            self._stretch = 8
        self.parameters = (width,) if "plateless" in said else (width, plates)  # type: ignore[misc]
        if "shelves" in said:
            more = Parameter("shelves", Kind.COUNT, 1, "Étagères", "Combien.", 1, 3, 1)
            self.parameters = (*self.parameters, more)  # type: ignore[misc]

    @property
    def version(self) -> str:
        return self._version

    @property
    def content_key(self) -> str:
        return self._key

    def draw(self, values: Mapping[str, Any], sheet: Any) -> Any:
        longer = getattr(self, "_stretch", 1)
        plates = max(values.get("plates", 1), self._minimum_plates)
        drawn = super().draw({"width": values["width"] * longer, "plates": plates}, sheet)
        return replace(drawn, design=self.identifier, parameters=values)


@pytest.fixture
def shelves(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Revisions of the studio are drawn by Shelf, without a jail; nobody remembers one afterwards."""
    monkeypatch.setitem(drawers._drawers, "studio", Shelf)
    monkeypatch.setattr(revision, "_drawn", Kept(64))
    yield


def publish(says: str = "", *, design: str = "equerre", **texts: str) -> DesignRevision:
    """The next revision of the shelf, as its file's line says."""
    last = DesignRevision.objects.filter(design=design).order_by("-number").first()
    number = (last.number or 0) + 1 if last else 1
    content = Content.parse(
        {
            "kind": "script",
            "main": "equerre.py",
            "sources": {"equerre.py": f"# {number} {says}\n"},
            "specification": {"parameters": []},
        }
    )
    return DesignRevision.objects.create(
        design=design,
        number=number,
        version=f"{number}.0.0",
        origin=DesignRevision.Origin.STUDIO,
        digest=content.digest,
        content=content.as_data(),
        defaults={},
        texts={
            "title": "Équerre",
            "summary": "Une étagère.",
            "licence": "CERN-OHL-S-2.0",
            "changes": f"Ce que change la révision {number}.",
            **texts,
        },
        published_at=timezone.now(),
    )


@dataclass
class Case:
    order: Order
    line: OrderLine
    first: DesignRevision
    buyer: User
    maker: User

    def act(self, action: str, by: User | None = None, **given: Any) -> Order:
        self.order = advance(self.order, action, actor=by or self.maker, given=given)
        self.line = OrderLine.objects.select_related("revision", "moved_to").get(pk=self.line.pk)
        self.line.order = self.order
        return self.order

    def start(self) -> list[Piece]:
        self.act("start")
        return list(Piece.objects.filter(line=self.line).order_by("pk"))

    def prepare(self, quantity: int = 2) -> Production:
        workshop = self.order.workshop
        assert workshop is not None
        self.act(
            "prepare", line=self.line.pk, machine=workshop.machines.get().pk, stock=workshop.stock.get().pk,
            thickness_mm=[Decimal("17.83")], quantity=quantity,
        )  # fmt: skip
        return self.line.productions.get(replaced_at=None)


def make_shelf_case(first: DesignRevision, state: State = State.COMMITTED, number: int = 1) -> Case:
    """Two shelves of the first revision, ordered from a workshop whose quote was accepted."""
    workshop = make_workshop(
        ROUTER, slug=f"copeaux-{number}", name=f"Les Copeaux {number}", **TARIFF | {"minimum_eur": 0}
    )
    buyer = make_buyer(f"mairie-{number}@example.org", number=number)
    maker = make_person(f"atelier-{number}@example.org", "Dominique Faure")
    make_member(maker, workshop.maker.organisation)
    order = make_order(buyer, state, workshop=workshop, lines=0)
    line = OrderLine.objects.create(
        order=order, position=1, design=first.design, revision=first, parameters=first.drawing().clean({}), quantity=2
    )
    return Case(order, line, first, buyer, maker)


def accept_quote(case: Case) -> None:
    """The quote that the buyer chose the workshop by, computed."""
    workshop = case.order.workshop
    assert workshop is not None
    for reference, unit in (("ISO 7050 ST3,5 × 16", "pièce"), ("=1+1", "m²")):
        OwnHardwarePrice.objects.create(maker=workshop.maker, reference=reference, unit=unit, price_eur=1)
    quote = request_quote(
        case.first, case.line.parameters, workshop, actor=case.buyer, quantity=2, organisation=case.order.organisation
    )
    request = QuoteRequest.objects.create(
        order=case.order, workshop=workshop, asked_by=case.buyer, answer_by=timezone.localdate()
    )
    RequestedQuote.objects.create(request=request, line=case.line, quote=quote)


def work_all(*kinds: Job.Kind) -> int:
    """What workers would do with all that waits, for real; of these kinds alone, if any are named."""
    rows = Job.objects.unfinished().order_by("pk")
    keys = list((rows.filter(kind__in=kinds) if kinds else rows).values_list("pk", flat=True))
    for pk in keys:
        work.run(pk)
    return len(keys)
