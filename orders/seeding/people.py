# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The invented people of a large campaign: town halls in real communes, préfectures, makers. None of them exists."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.demo import PASSWORD
from accounts.models import Membership, Organisation, Role, User
from accounts.registration import is_siren, is_siret
from fablabs.geography import Commune
from fablabs.geography.communes import all_communes
from fablabs.models import CuttingMachine, Maker, Offer, StockItem, Workshop
from orders.eligibility.judgement import BuyerFacts, Verdict
from orders.models import Buyer
from orders.services.eligibility import judge_many

#: Rows of one INSERT: fewer values than SQLite takes in one statement.
BATCH = 400
_Kind = Organisation.Kind


@dataclass
class Cast:
    """Who plays. By département's code where a dictionary is."""

    buyers: list[Organisation] = field(default_factory=list)
    clerks: dict[int, User] = field(default_factory=dict)  # of an organisation, by its key
    communes: dict[int, Commune] = field(default_factory=dict)
    agents: dict[str, User] = field(default_factory=dict)
    prefectures: dict[str, list[User]] = field(default_factory=dict)  # all who are told
    workshops: dict[str, list[Workshop]] = field(default_factory=dict)
    craftsmen: dict[int, User] = field(default_factory=dict)  # of a workshop
    machines: dict[int, CuttingMachine] = field(default_factory=dict)
    stocks: dict[int, StockItem] = field(default_factory=dict)
    coordinators: list[User] = field(default_factory=list)

    def workshop_near(self, department: str, chance: random.Random) -> Workshop:
        near = self.workshops.get(department) or self.workshops[chance.choice(sorted(self.workshops))]
        return chance.choice(near)


def number_with_key(digits: str) -> str:
    """A SIREN of eight digits, a SIRET of thirteen, with the last one that makes it right."""
    right = is_siren if len(digits) == 8 else is_siret
    return next(digits + last for last in "0123456789" if right(digits + last))


def cast(batch: int, buyers: int, makers: int, machine_file: Path, chance: random.Random) -> Cast:
    """All of them, saved. ``batch`` (1 … 99) keeps the numbers and addresses of two campaigns apart: INSEE gives no SIREN that
    begins with 0."""
    found = Cast()
    password = make_password(PASSWORD)  # once: it is the demonstration's, and costs a quarter of a second
    places = all_communes()
    homes = _eligible(chance.sample(places, min(len(places), 3 * buyers)))[:buyers]
    found.buyers = _organisations(_Kind.COLLECTIVITE, batch, 0, [(f"Commune de {_plain(c)}", c) for c in homes])
    found.communes = {one.pk: home for one, home in zip(found.buyers, homes, strict=True)}
    Buyer.objects.bulk_create(
        (Buyer(organisation=one, level=Buyer.Level.COMMUNE, territory=one.insee) for one in found.buyers), BATCH
    )
    clerks = _people(f"mairie-{batch}", found.buyers, Role.BUYER, password)
    found.clerks = {one.pk: user for one, user in zip(found.buyers, clerks, strict=True)}
    _prefectures(found, batch, sorted({home.department for home in homes}), password)
    _makers(found, batch, makers, machine_file, password, chance)
    coordinators = Membership.objects.filter(role=Role.COORDINATOR, is_active=True, organisation__archived_at=None)
    found.coordinators = list(User.objects.filter(is_active=True, pk__in=coordinators.values("user")).order_by("pk"))
    if not found.coordinators:
        house = Organisation.objects.create(kind=_Kind.COORDINATOR, name="Coordination d’essai", is_demo=True)
        found.coordinators = _people(f"coordination-{batch}", [house], Role.COORDINATOR, password)
    return found


def _eligible(places: list[Commune]) -> list[Commune]:
    """Those that the zonings of today do not refuse: nobody else gets as far as an intention."""
    facts = [BuyerFacts("collectivite", "commune", place.insee, place.insee) for place in places]
    judged = judge_many(facts, timezone.localdate())
    return [place for place, one in zip(places, judged, strict=True) if one.verdict != Verdict.NO]


def _plain(place: Commune) -> str:
    return place.name.replace("'", "’")


def _organisations(kind: str, batch: int, first: int, named: Iterable[tuple[str, Commune]]) -> list[Organisation]:
    rows = []
    for number, (name, place) in enumerate(named, start=first):
        siren = number_with_key(f"0{batch:02}{number:05}")
        rows.append(
            Organisation(
                kind=kind, name=name[:160], siren=siren, siret=number_with_key(f"{siren}0001"), insee=place.insee,
                is_demo=True,
            )
        )  # fmt: skip
    return Organisation.objects.bulk_create(rows, BATCH)


_FIRST = ("Camille", "Dominique", "Sacha", "Lou", "Alix", "Maxime", "Claude", "Andrea", "Charlie", "Morgan")
_LAST = ("Roux", "Faure", "Morel", "Bonnet", "Vernet", "Garnier", "Lambert", "Chevalier", "Robin", "Masson", "Noël")


def _people(login: str, of: list[Organisation], role: Role, password: str) -> list[User]:
    """One of each organisation, who manages it."""
    users = User.objects.bulk_create(
        (
            User(
                email=f"{login}-{number}@essai.example", first_name=_FIRST[number % len(_FIRST)],
                last_name=_LAST[number % len(_LAST)], password=password, is_demo=True,
            )
            for number, _ in enumerate(of, start=1)
        ),
        BATCH,
    )  # fmt: skip
    Membership.objects.bulk_create(
        (
            Membership(user=user, organisation=organisation, role=role, is_manager=True)
            for user, organisation in zip(users, of, strict=True)
        ),
        BATCH,
    )
    return users


def _prefectures(found: Cast, batch: int, departments: list[str], password: str) -> None:
    """Those that are there already stay, with their people; one without people gets one."""
    known = {
        one.department: one
        for one in Organisation.objects.filter(kind=_Kind.PREFECTURE, archived_at=None).order_by("-pk")
    }
    missing = [code for code in departments if code not in known]
    new = Organisation.objects.bulk_create(
        (
            Organisation(kind=_Kind.PREFECTURE, name=f"Préfecture d’essai ({code})", department=code, is_demo=True)
            for code in missing
        ),
        BATCH,
    )
    _people(f"prefecture-{batch}", new, Role.PREFECTURE, password)
    there = Membership.objects.filter(role=Role.PREFECTURE, is_active=True, organisation__archived_at=None)
    for one in there.select_related("user", "organisation").order_by("user"):
        if one.user.is_active and one.organisation.department in departments:
            found.prefectures.setdefault(one.organisation.department, []).append(one.user)
    lonely = [known[code] for code in departments if code not in found.prefectures]
    for one, user in zip(lonely, _people(f"agent-{batch}", lonely, Role.PREFECTURE, password), strict=True):
        found.prefectures[one.department] = [user]
    found.agents = {code: people[0] for code, people in found.prefectures.items()}


def _makers(found: Cast, batch: int, count: int, file: Path, password: str, chance: random.Random) -> None:
    settings: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    homes = chance.sample(all_communes(), count)
    named = [(f"Atelier d’essai {number} – {_plain(home)}", home) for number, home in enumerate(homes, start=1)]
    organisations = _organisations(_Kind.MAKER, batch, 50_000, named)
    craftsmen = _people(f"atelier-{batch}", organisations, Role.MAKER, password)
    kinds = list(Maker.Kind)
    makers = Maker.objects.bulk_create(
        (Maker(organisation=one, kind=kinds[place % len(kinds)]) for place, one in enumerate(organisations)), BATCH
    )
    now = timezone.now()
    workshops = Workshop.objects.bulk_create(
        (
            Workshop(
                maker=maker, slug=f"essai-{batch}-{number}", name=maker.organisation.name[:120],
                siret=maker.organisation.siret, address="Zone artisanale", postcode=(home.postcodes or ("",))[0],
                insee=home.insee, commune=home.label, latitude=home.latitude, longitude=home.longitude,
                state=Workshop.State.OPEN, validated_at=now, radius_km=150,
                units_per_week=Decimal(chance.randint(1, 8)), lead_days=chance.randint(7, 40),
                machine_hour_eur=Decimal(chance.randint(30, 70)), hand_hour_eur=Decimal(chance.randint(25, 45)),
                delivery_km_eur=Decimal("0.80"), minimum_eur=Decimal(200), finishes=["brut"], is_demo=True,
            )
            for number, (maker, home) in enumerate(zip(makers, homes, strict=True), start=1)
        ),
        BATCH,
    )  # fmt: skip
    Offer.objects.bulk_create(
        (
            Offer(maker=maker, design=design, price_eur=Decimal(price + 5 * (number % 20)))
            for number, maker in enumerate(makers)
            for design, price in PRICES.items()
        ),
        BATCH,
    )
    machines = CuttingMachine.objects.bulk_create(
        (CuttingMachine(workshop=one, name=settings["machine"]["name"], settings=settings["machine"]) for one in workshops),
        BATCH,
    )  # fmt: skip
    stocks = StockItem.objects.bulk_create(
        (StockItem(workshop=one, settings=settings["stock"]) for one in workshops), BATCH
    )
    for place, (one, home) in enumerate(zip(workshops, homes, strict=True)):
        found.workshops.setdefault(home.department, []).append(one)
        found.craftsmen[one.pk] = craftsmen[place]
        found.machines[one.pk], found.stocks[one.pk] = machines[place], stocks[place]


#: Euros without VAT for one, of a cheap workshop.
PRICES = {"chariot": 440, "maisonnette": 640, "porte": 420}
