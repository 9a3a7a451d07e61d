# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration's campaigns and orders: one campaign in each stage, orders in every state, each brought there by the steps
that people take. Nobody gets a message about them."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.demo import PASSWORD
from accounts.models import Membership, Notice, Organisation, Role, User
from designs.errors import UnknownDesignError
from designs.models import DesignRevision
from fablabs.models import Workshop
from fabrication import work
from fabrication.models import Quote
from fabrication.quoting import services as quoting
from fabrication.quoting.services.issuing import issue
from fabrication.services import request_figures
from orders.demo_clock import Clock, demo_clock
from orders.demo_story import BUYERS, CAMPAIGNS, TALES, DemoBuyer, DemoCampaign, Tale
from orders.life import advance
from orders.models import (
    Campaign,
    EquipmentLot,
    Order,
    OutboxMessage,
    Piece,
)
from orders.seeding.people import number_with_key
from orders.seeding.scan import demo_scan
from orders.services import choosing, estimating
from orders.services.campaigns import make_campaign, publish
from orders.services.draft_lines import add_line, set_quantities
from orders.services.drafting import save_draft, start_draft
from orders.services.envelopes import set_envelope

log = logging.getLogger(__name__)

_FORMS = uuid.UUID("3d0f6a52-8f2b-4a44-9a4e-5f1d1f3b6c70")
_SHOP, _OTHER = "copeaux-nimes", "cale-marseille"
_LAPTOPS = {
    "configuration": "Écran de 14 pouces, 8 Go de mémoire, disque SSD de 256 Go, batterie vérifiée.",
    "low_eur": Decimal(260),
    "high_eur": Decimal(340),
}


def load_orders() -> int:
    """Campaigns and orders; how many orders. Those that are there stay as people left them. Nothing outside of demo settings, and
    nothing without the demonstration's people, workshops and models."""
    if not settings.TRETEAU_DEMO or Campaign.objects.filter(is_demo=True, name=CAMPAIGNS[0].name).exists():
        return 0
    people = {user.email.partition("@")[0]: user for user in User.objects.filter(is_demo=True, is_active=True)}
    needed = {"mairie", "france-services", "prefecture", "prefecture48", "atelier", "coordination"}
    shops = set(Workshop.objects.filter(slug__in=[_SHOP, _OTHER]).values_list("slug", flat=True))
    if not needed <= people.keys() or shops != {_SHOP, _OTHER}:
        log.warning("no orders are loaded: %s are missing", sorted(needed - people.keys()) or "workshops")
        return 0
    revisions = _revisions()
    # Before the transaction: a worker's lease is kept by a connection of its own.
    _measure(revisions)
    with transaction.atomic(), demo_clock() as clock:
        return _Loader(people, revisions, clock).load()


def _revisions() -> dict[str, DesignRevision]:
    found = {}
    for revision in DesignRevision.objects.order_by("number"):
        try:
            revision.drawing()
        except UnknownDesignError:
            continue
        found[revision.design] = revision
    return found


def _measure(revisions: dict[str, DesignRevision]) -> None:
    """The plans that the answered quotes are computed from: a second or two each, once."""
    workshop = Workshop.objects.get(slug=_SHOP)
    answered = (tale for tale in TALES if any(step.partition("@")[0] == "answer" for step in tale.steps))
    for design, quantity in sorted({one for tale in answered for one in tale.lines.items()}):
        job = request_figures(revisions[design], {}, workshop, workshop.machine_file, quantity)
        work.run(job.pk)


class _Loader:
    """One order after the other, oldest campaign first."""

    def __init__(self, people: dict[str, User], revisions: dict[str, DesignRevision], clock: Clock) -> None:
        self.people, self.revisions, self.clock = people, revisions, clock
        self.organisations: dict[str, Organisation] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.scan = demo_scan("Papier signé")
        self.password = make_password(PASSWORD)  # once: it costs a quarter of a second

    def load(self) -> int:
        for key in ("mairie", "france-services"):
            self.organisations[key] = Organisation.objects.get(memberships__user=self.people[key])
        for buyer in BUYERS:
            self._buyer(buyer)
        for campaign in CAMPAIGNS:
            self._campaign(campaign)
        for number, tale in enumerate(TALES, start=1):
            _Telling(self, tale, number).tell()
        # These people have no letter-box; what happened is in each order's history.
        letters = OutboxMessage.objects.filter(event__order__is_demo=True)
        letters.filter(state=OutboxMessage.State.WAITING).update(
            state=OutboxMessage.State.DROPPED, fault="the demonstration writes to nobody"
        )
        # What is old they have read.
        lately = timezone.now() - timedelta(days=10)
        told = Notice.objects.filter(person__is_demo=True, read_at=None)
        told.update(mail=Notice.Mail.NONE)
        told.filter(created_at__lt=lately).update(read_at=lately)
        return len(TALES)

    def _buyer(self, buyer: DemoBuyer) -> None:
        siren = number_with_key(f"999000{buyer.number:02}")
        organisation, _ = Organisation.objects.get_or_create(
            kind=Organisation.Kind.COLLECTIVITE, siren=siren, is_demo=True,
            defaults={"name": buyer.name, "siret": number_with_key(f"{siren}0001"), "insee": buyer.insee},
        )  # fmt: skip
        email = f"mairie-{buyer.key}@demo.example"
        user, _ = User.objects.get_or_create(
            email=email,
            defaults={
                "first_name": buyer.first_name, "last_name": buyer.last_name, "password": self.password, "is_demo": True
            },
        )  # fmt: skip
        Membership.objects.get_or_create(
            user=user, organisation=organisation, role=Role.BUYER, defaults={"is_manager": True}
        )
        self.organisations[buyer.key], self.people[buyer.key] = organisation, user

    def _campaign(self, one: DemoCampaign) -> None:
        actor, today = self.people["coordination"], timezone.localdate()
        self.clock.set(-one.opens + 15)
        day = lambda days: today + timedelta(days=days)  # noqa: E731
        given: dict[str, Any] = {
            "name": one.name, "presentation": one.presentation, "opens_on": day(one.opens), "closes_on": day(one.closes),
            "decides_on": day(one.decides), "delivers_on": day(one.delivers), "departments": sorted(one.envelopes),
            "rate": Decimal("0.8"), "cap_eur": Decimal(40_000), "cap_basis": Campaign.CapBasis.ORDER,
            "vat_rate": Decimal("0.2"), "answer_days": 15, "weights": {},
            "designs": dict.fromkeys(sorted(self.revisions)), "lots": {EquipmentLot.Kind.LAPTOP.value: dict(_LAPTOPS)},
        }  # fmt: skip
        campaign = make_campaign(given, actor=actor)
        Campaign.objects.filter(pk=campaign.pk).update(is_demo=True)
        publish(campaign, actor=actor)
        for department, amount in one.envelopes.items():
            set_envelope(campaign, department, Decimal(amount), actor=actor)
        campaign.refresh_from_db()
        self.campaigns[one.key] = campaign
        self.clock.set(0)


class _Telling:
    """The steps of one order."""

    def __init__(self, loader: _Loader, tale: Tale, number: int) -> None:
        self.loader, self.tale, self.number = loader, tale, number
        self.people = loader.people
        self.buyer = self.people[tale.buyer]
        organisation = loader.organisations[tale.buyer]
        self.prefecture = self.people["prefecture48" if organisation.insee.startswith("48") else "prefecture"]
        self.maker = self.people["atelier"]
        loader.clock.set(tale.begun)
        self.order = self._draft(organisation)

    def tell(self) -> None:
        days = self.tale.begun
        for step in self.tale.steps:
            name, _, own = step.partition("@")
            days = float(own) if own else days - self.tale.gap
            self.loader.clock.set(days)
            done: Callable[[], None] | None = getattr(self, f"_{name}", None)
            if done is None:
                raise KeyError(f"the demonstration has no step {name}")
            done()
        self.loader.clock.set(0)

    def _draft(self, organisation: Organisation) -> Order:
        tale, loader = self.tale, self.loader
        campaign = loader.campaigns.get(tale.campaign)
        order = start_draft(self.buyer, organisation, campaign, uuid.uuid5(_FORMS, str(self.number)))
        for design, quantity in tale.lines.items():
            revision = loader.revisions[design]
            add_line(order, self.buyer, revision, revision.drawing().clean({}), quantity)
        if tale.laptops and campaign is not None:
            lot = campaign.lots.get()
            set_quantities(order, self.buyer, {}, {lot.pk: tale.laptops})
        if tale.reasons:
            kind, name = tale.receiver
            given = {
                "reasons": tale.reasons.replace(" :", "\N{NO-BREAK SPACE}:"), "professional": "conseiller",
                "receiver_kind": kind, "receiver_name": name, "address": tale.address,
                "postcode": order.postcode or f"{order.insee[:2]}000", "contact_name": self.buyer.get_full_name(),
                "contact_phone": "04 66 00 00 00", "access": "Rez-de-chaussée, deux marches.",
            }  # fmt: skip
            saved = save_draft(order, self.buyer, given)
            assert not saved.refused, saved.refused
        fresh = Order.objects.get(pk=order.pk)
        estimating.keep(fresh, estimating.estimate_order(fresh))
        return Order.objects.get(pk=order.pk)

    def _take(self, action: str, actor: User | None, note: str = "", **given: Any) -> None:
        self.order = advance(self.order, action, actor=actor, note=note, given=given)

    # The intention and the decision

    def _submit(self) -> None:
        self._take("submit", self.buyer)

    def _submit_self_funded(self) -> None:
        self._take("submit_self_funded", self.buyer)

    def _review(self) -> None:
        self._take("review", self.prefecture)

    def _send_back(self) -> None:
        self._take(
            "send_back",
            self.prefecture,
            "Combien de jours par semaine le bus circule-t-il, et qui le conduit ?".replace(" ?", "\u202f?"),
        )

    def _fund(self) -> None:
        self._review()
        basis = None if self.order.high_eur is not None else Decimal(700) * sum(self.tale.lines.values())
        self._take("fund", self.prefecture, basis_eur=basis)

    def _refuse(self) -> None:
        self._review()
        self._take(
            "refuse_funding", self.prefecture, "L’enveloppe du département va aux communes sans aucun lieu d’accueil."
        )

    def _self_fund(self) -> None:
        self._take("self_fund", self.buyer)

    def _withdraw(self) -> None:
        self._take("withdraw", self.buyer, "Le conseil municipal a reporté le projet à l’an prochain.")

    def _cancel(self) -> None:
        self._take("cancel", self.people["coordination"], "La commune fusionne avec sa voisine, qui est déjà équipée.")

    # What is signed

    def _prepare_agreement(self) -> None:
        if not self.order.documents.filter(kind="agreement").exists():
            self._take("prepare_agreement", self.prefecture)

    def _agree(self) -> None:
        self._prepare_agreement()
        self._take("send_agreement", self.buyer, scan=self.loader.scan)
        self._take("sign_agreement", self.prefecture, scan=self.loader.scan)

    def _commit(self) -> None:
        self._take("prepare_commitment", self.buyer, engagement_number=f"ENG-{self.number:04}", service_code="")
        self._take("commit", self.buyer, scan=self.loader.scan)

    # The maker

    def _ask(self) -> None:
        for slug in (_SHOP, _OTHER):
            workshop = Workshop.objects.get(slug=slug)
            offered = set(workshop.maker.offers.values_list("design", flat=True))
            if offered >= self.tale.lines.keys():
                self.order = choosing.ask_workshop(
                    self.order,
                    workshop,
                    actor=self.buyer,
                    message="Bonjour, pouvez-vous nous faire votre prix ?".replace(" ?", "\u202f?"),
                )

    def _answer(self) -> None:
        """Les Copeaux answer; what the other workshop was asked is left to it."""
        request = self.order.quote_requests.get(workshop__slug=_SHOP)
        for asked in request.quotes.select_related("quote__job"):
            quote = quoting.complete(Quote.objects.select_related("job").get(pk=asked.quote_id))
            issue(quote, actor=self.maker)
        self._take("note_answer", None, request=request)

    def _choose(self) -> None:
        request = self.order.quote_requests.get(workshop__slug=_SHOP)
        words = "L’atelier le plus proche, dans notre ville ; son prix est dans la fourchette de l’estimation.".replace(
            " ;", "\u202f;"
        )
        self.order = choosing.choose(self.order, request, actor=self.buyer, justification=words)

    # The making

    def _start(self) -> None:
        self._take("start", self.maker)

    def _prepare(self) -> None:
        """The files are asked of the workers, for the panel as the calliper reads it."""
        machine, stock = self.order.workshop.machines.first(), self.order.workshop.stock.first()
        for line in self.order.lines.filter(lot=None):
            self._take(
                "prepare", self.maker, line=line.pk, machine=machine.pk, stock=stock.pk, quantity=line.quantity,
                thickness_mm=[Decimal("17.6"), Decimal("17.5")], tool_diameter_mm=None, clearance_mm=None,
            )  # fmt: skip

    def _pieces(self, stage: str) -> list[Piece]:
        return list(Piece.objects.filter(line__order=self.order, stage=stage).order_by("line__position", "index"))

    def _finish(self) -> None:
        self._take("progress", self.maker, stages={one.pk: "finished" for one in self._pieces("to_cut")})

    def _finish_one(self) -> None:
        first, *others = self._pieces("to_cut")
        self._take("progress", self.maker, stages={first.pk: "finished"} | {one.pk: "cut" for one in others})

    def _ship_part(self) -> None:
        self._take(
            "ship_part", self.maker, pieces=[one.pk for one in self._pieces("finished")], carrier="Notre camionnette"
        )

    def _receive_part(self) -> None:
        self._take("receive_part", self.buyer, pieces=[one.pk for one in self._pieces("shipped")])

    def _ship(self) -> None:
        self._take("ship", self.maker, carrier="Notre camionnette")

    def _deliver(self) -> None:
        self._take("deliver", self.buyer)

    def _accept(self) -> None:
        self._take("accept", self.buyer, reserves="")

    def _claim(self) -> None:
        piece = self._pieces("delivered")[0]
        self._take(
            "claim",
            self.buyer,
            "Un montant est fendu sur dix centimètres, à hauteur du plateau.",
            piece=piece.pk,
            part="P03",
        )

    # The money

    def _invoice(self) -> None:
        order = self.order
        assert order.net_eur is not None
        vat = order.vat_eur or Decimal(0)
        self._take(
            "invoice", self.maker, number=f"F-{timezone.localdate():%Y%m}-{self.number:02}",
            issued_on=timezone.localdate(), net_eur=order.net_eur, vat_eur=vat, gross_eur=order.net_eur + vat, scan=None,
        )  # fmt: skip

    def _request_payment(self) -> None:
        self._take("request_payment", self.buyer, amount_eur=None)

    def _record_payment(self) -> None:
        request = self.order.payments.get(closed_at=None)
        self._take("record_payment", self.prefecture, paid_eur=request.requested_eur, paid_on=timezone.localdate())

    def _close(self) -> None:
        self._take("close", self.buyer)
