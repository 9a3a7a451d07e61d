# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One order lives its story in memory: the same rows that orders.life.advance would have left, none of them saved yet.

Nothing here decides who may do what: the stories are held to the table of actions by a test, and the rows that come of them to
`manage.py audit_orders`."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from fablabs.models import Workshop
from fabrication.models import Quote, QuoteEvent, QuoteLine
from fabrication.quoting.line import SECTION_TITLES, Section
from orders.life.table import ACTIONS, Party
from orders.models import (
    WITH_MAKER,
    Campaign,
    Choice,
    Claim,
    Delivery,
    Document,
    Event,
    GrantEntry,
    Invoice,
    Order,
    OrderLine,
    Piece,
    Production,
    QuoteRequest,
    RequestedQuote,
    State,
    SubsidyPayment,
)
from orders.money import cents, subsidy
from orders.seeding.making import Making, paper
from orders.seeding.people import PRICES
from orders.seeding.world import World

_REASONS = (
    "L’accueil numérique ouvre au printemps dans l’ancienne école : il faut un poste debout et de quoi ranger six tablettes.",
    "La conseillère numérique se déplace dans quatre hameaux : le mobilier doit tenir dans un utilitaire et se monter seul.",
    "Les ateliers du jeudi sont pleins, et les tables de la salle des fêtes ne conviennent pas aux personnes âgées.",
    "Un point d’accès aux droits s’installe en mairie : un espace à l’écart, pour que les démarches restent confidentielles.",
)
_NOTES = {
    "send_back": "Précisez qui accueillera le public, et combien de jours par semaine.",
    "refuse_funding": "L’enveloppe du département est attribuée à des projets plus avancés.",
    "reconsider": "Le devis reçu depuis change la dépense retenue.",
    "maker_refuse": "Notre machine est arrêtée pour deux mois.",
    "withdraw": "La commune a renoncé à ce projet.",
    "cancel": "L’atelier a cessé son activité, l’acheteur ne souhaite pas continuer.",
    "void": "La même intention a été déposée deux fois.",
    "claim": "Un montant est fendu sur dix centimètres.",
    "answer_claim": "Nous passons le remplacer avant la fin du mois.",
    "close": "Le solde n’est pas demandé.",
}


class Life(Making):
    """``story`` is lived between ``times``: a moment for each action."""

    def __init__(self, world: World, order: Order, campaign: Campaign) -> None:
        self.world, self.order, self.campaign = world, order, campaign
        self.rows, self.chance = world.rows, world.chance
        self.home = world.cast.communes[order.organisation_id]
        self.clerk = world.cast.clerks[order.organisation_id]
        self.lines: list[OrderLine] = []
        self.asked: list[tuple[QuoteRequest, list[Quote]]] = []
        self.choice: Choice | None = None
        self.promised = Decimal(0)
        self.leaves = False
        self.pieces: list[Piece] = []
        self.productions: list[Production] = []
        self.delivery: Delivery | None = None
        self.claim: Claim | None = None
        self.invoice: Invoice | None = None
        self.payment: SubsidyPayment | None = None
        self._draft()

    def live(self, actions: tuple[str, ...], times: list[datetime]) -> None:
        self.leaves = "ship" in actions
        for name, at in zip(actions, times, strict=True):
            self._step(name, at)
        self.rows.orders.append(self.order)
        self.rows.lines += self.lines

    def _draft(self) -> None:
        order, home = self.order, self.home
        order.department, order.region = home.department, home.region
        order.professional = self.chance.choice([one for one in Order.Professional if one != Order.Professional.OTHER])
        order.reasons = self.chance.choice(_REASONS).replace(" :", "\N{NO-BREAK SPACE}:")
        order.insee, order.commune = home.insee, home.label
        order.address, order.postcode = "Place de la Mairie", (home.postcodes or ("00000",))[0]
        order.contact_name, order.contact_email = self.clerk.get_full_name(), self.clerk.email
        designs = self.chance.sample(sorted(PRICES), self.chance.choice([1, 1, 2, 3]))
        for position, design in enumerate(designs, start=1):
            low = Decimal(PRICES[design])
            self.lines.append(
                OrderLine(
                    order=order, position=position, design=design, revision=self.world.revisions[design],
                    parameters=self.world.parameters[design], quantity=self.chance.choice([1, 1, 2]),
                    low_eur=low, high_eur=low + 180,
                )
            )  # fmt: skip
        lots = self.world.lots.get(self.campaign.pk)
        if lots and order.campaign_id and self.chance.random() < 0.2:
            lot = self.chance.choice(lots)
            self.lines.append(
                OrderLine(
                    order=order, position=len(self.lines) + 1, lot=lot, quantity=self.chance.randint(1, 6),
                    low_eur=lot.low_eur, high_eur=lot.high_eur,
                )
            )  # fmt: skip
        order.low_eur = sum((line.quantity * (line.low_eur or 0) for line in self.lines), Decimal(60))
        order.high_eur = sum((line.quantity * (line.high_eur or 0) for line in self.lines), Decimal(180))

    @property
    def furniture(self) -> list[OrderLine]:
        return [line for line in self.lines if line.is_furniture]

    def _step(self, name: str, at: datetime) -> None:
        order, action = self.order, ACTIONS[name]
        before, maker_before = State(order.state), self._craftsman()
        party = self._party(name)
        actor = self._actor(party)
        event = Event(
            order=order, sequence=order.version + 1, action=name, from_state=before, actor=actor, party=party, at=at,
            note=_NOTES.get(name, "") if action.needs_note else "", data={},
        )  # fmt: skip
        own: Callable[[Event], State | None] | None = getattr(self, f"_{name}", None)
        target = own(event) if own else None
        order.state = target or (action.targets[0] if len(action.targets) == 1 else before)
        order.version += 1
        event.to_state = order.state
        self.rows.events.append(event)
        for told in action.tells:
            for person in self._people(told, maker_before):
                if person != actor:
                    self.rows.letters.append((name, person, event, {"party": told.value}))

    def _party(self, name: str) -> Party:
        parties = ACTIONS[name].parties
        return next(party for party in Party if party in parties)

    def _actor(self, party: Party) -> User | None:
        if party is Party.BUYER:
            return self.clerk
        if party is Party.PREFECTURE:
            return self.world.cast.agents[self.order.department]
        if party is Party.MAKER:
            return self._craftsman()
        return self.world.cast.coordinators[0] if party is Party.COORDINATOR else None

    def _craftsman(self) -> User | None:
        workshop = self.order.workshop if self.order.state in WITH_MAKER else None
        return self.world.cast.craftsmen[workshop.pk] if workshop else None

    def _people(self, party: Party, maker_before: User | None) -> list[User]:
        if party is Party.BUYER:
            return [self.clerk]
        if party is Party.PREFECTURE:
            return self.world.cast.prefectures[self.order.department]
        if party is Party.COORDINATOR:
            return self.world.cast.coordinators
        return list({one.pk: one for one in (maker_before, self._craftsman()) if one}.values())

    # The intention and its decision

    def _submit(self, event: Event) -> None:
        """Its number and its judgement are given once all orders are known, day by day."""
        self.order.submitted_at = event.at
        event.data = {"lines": len(self.lines), "pieces": sum(line.quantity for line in self.furniture)}

    _submit_self_funded = _submit

    def _send_back(self, event: Event) -> State:
        self.order.sent_back_at = event.at
        return State.SUBMITTED

    def _fund(self, event: Event) -> None:
        order = self.order
        assert order.high_eur is not None
        share = subsidy(order.high_eur, self.campaign.rate, self.campaign.cap_eur)
        order.basis_eur, order.granted_eur = share.basis_eur, share.granted_eur
        order.decided_at, order.decided_by, order.decision_reason = event.at, event.actor, ""
        event.data = {
            "expense_eur": str(share.expense_eur), "basis_eur": str(share.basis_eur),
            "granted_eur": str(share.granted_eur), "used_eur": "0",
        }  # fmt: skip
        self._promise(GrantEntry.Kind.RESERVE, share.granted_eur, event)

    def _refuse_funding(self, event: Event) -> None:
        self.order.decided_at, self.order.decided_by, self.order.decision_reason = event.at, event.actor, event.note

    def _reconsider(self, event: Event) -> None:
        order = self.order
        event.data = {"granted_eur": str(order.granted_eur)}
        order.decided_at = order.decided_by = order.basis_eur = order.granted_eur = None
        self._promise(GrantEntry.Kind.RELEASE, -self.promised, event)

    def _promise(self, kind: GrantEntry.Kind, amount: Decimal, event: Event) -> None:
        if amount:
            self.promised += amount
            self.rows.entries.append(
                GrantEntry(order=self.order, event=event, kind=kind, amount_eur=amount, at=event.at)
            )

    # What is signed

    def _prepare_agreement(self, event: Event) -> None:
        paper(self, Document.Kind.AGREEMENT, event)

    def _send_agreement(self, event: Event) -> None:
        paper = self._standing(Document.Kind.AGREEMENT)
        paper.buyer_signed_at = event.at
        event.data = {"document": paper.reference}

    def _sign_agreement(self, event: Event) -> None:
        self._sign(Document.Kind.AGREEMENT, event)
        self.order.agreement_signed_at = event.at

    def _prepare_commitment(self, event: Event) -> None:
        self.order.engagement_number = f"ENG-{event.at:%y%m}-{self.chance.randint(100, 999)}"
        paper(self, Document.Kind.COMMITMENT, event)

    def _commit(self, event: Event) -> None:
        self._sign(Document.Kind.COMMITMENT, event)
        self.order.committed_at = event.at

    def _standing(self, kind: Document.Kind) -> Document:
        return next(one for one in reversed(self.rows.documents) if one.order is self.order and one.kind == kind)

    def _sign(self, kind: Document.Kind, event: Event) -> None:
        paper = self._standing(kind)
        paper.signed_at, paper.signed_by = event.at, event.actor
        event.data = {"document": paper.reference}

    # The maker

    def _ask_quote(self, event: Event) -> None:
        asked = {request.workshop_id for request, _ in self.asked}
        workshop = self.world.cast.workshop_near(self.order.department, self.chance)
        while workshop.pk in asked:
            workshop = self.chance.choice(
                self.world.cast.workshops[self.chance.choice(sorted(self.world.cast.workshops))]
            )
        answer_by = timezone.localdate(event.at) + timedelta(days=self.campaign.answer_days)
        request = QuoteRequest(
            order=self.order, workshop=workshop, asked_by=event.actor, asked_at=event.at, answer_by=answer_by
        )
        self.rows.requests.append(request)
        quotes = [self._quote(line, workshop, request, event) for line in self.furniture]
        self.asked.append((request, quotes))
        event.data = {"workshop": workshop.slug, "name": workshop.name, "answer_by": answer_by.isoformat()}
        person = self.world.cast.craftsmen[workshop.pk]
        self.rows.letters.append(("quote_asked", person, event, {"answer_by": answer_by.isoformat()}))

    def _quote(self, line: OrderLine, workshop: Workshop, request: QuoteRequest, event: Event) -> Quote:
        order = self.order
        quote = Quote(
            job=self.world.quote_jobs[line.design, line.quantity], workshop=workshop, asked_by=event.actor,
            organisation=order.organisation, question=uuid.UUID(int=self.chance.getrandbits(128)).hex * 2,
            design=line.design, quantity=line.quantity, thickness_class="18 mm", insee=order.insee,
            commune=order.commune, terms={"way": None}, vat_rate=Decimal("0.2"), figures={}, asked_at=event.at,
            state=Quote.State.COMPUTED, computed_at=event.at,
        )  # fmt: skip
        piece = Decimal(PRICES[line.design] + self.chance.randint(0, 120))
        parts = (
            (Section.PIECES, Decimal(line.quantity), "exemplaire", piece),
            (Section.DELIVERY, Decimal(self.chance.randint(8, 90)), "km", Decimal("0.80")),
        )
        for position, (section, many, unit, each) in enumerate(parts, start=1):
            self.rows.quote_lines.append(
                QuoteLine(
                    quote=quote, position=position, code=section.value, section=section.value,
                    label=SECTION_TITLES[section], quantity=many, unit=unit, unit_price_eur=each,
                    amount_eur=cents(many * each), source="Tarif de l’atelier",
                )
            )  # fmt: skip
        net = sum((cents(many * each) for _, many, _, each in parts), Decimal(0))
        vat = cents(net * Decimal("0.2"))
        quote.known_eur, quote.net_eur, quote.vat_eur, quote.gross_eur, quote.piece_eur = (
            net,
            net,
            vat,
            net + vat,
            piece,
        )
        for did, who in ((QuoteEvent.Action.ASKED, event.actor), (QuoteEvent.Action.COMPUTED, None)):
            self.rows.quote_events.append(QuoteEvent(quote=quote, action=did, actor=who, at=event.at))
        self.rows.quotes.append(quote)
        self.rows.requested.append(RequestedQuote(request=request, line=line, quote=quote))
        return quote

    def _note_answer(self, event: Event) -> None:
        request, quotes = next((r, q) for r, q in self.asked if not r.answered_at and not r.withdrawn_at)
        request.answered_at = event.at
        craftsman = self.world.cast.craftsmen[request.workshop_id]
        day = timezone.localdate(event.at)
        for quote in quotes:
            quote.state, quote.issued_at, quote.issued_by = Quote.State.ISSUED, event.at, craftsman
            # Whoever has not chosen yet still may; the others had their time.
            quote.valid_until = max(day, timezone.localdate()) + timedelta(days=30)
            quote.year, quote.number = day.year, self.world.numbers.next_quote(day.year)
            self.rows.quote_events.append(
                QuoteEvent(quote=quote, action=QuoteEvent.Action.ISSUED, actor=craftsman, at=event.at, note=str(quote))
            )
        event.data = {"workshop": request.workshop.slug, "name": request.workshop.name, "declined": ""}

    def _choose_maker(self, event: Event) -> None:
        order = self.order
        answered = [(r, q) for r, q in self.asked if r.answered_at and not r.withdrawn_at]
        request, quotes = min(answered, key=lambda one: sum(quote.net_eur or 0 for quote in one[1]))
        order.workshop, order.chosen_at = request.workshop, event.at
        order.net_eur = sum((quote.net_eur or Decimal(0) for quote in quotes), Decimal(0))
        order.vat_eur = sum((quote.vat_eur or Decimal(0) for quote in quotes), Decimal(0))
        self.choice = Choice(
            order=order, workshop=request.workshop, request=request, rank=1, net_eur=order.net_eur,
            vat_eur=order.vat_eur, justification="Le moins cher des ateliers du département qui ont répondu.",
            record={"on": timezone.localdate(event.at).isoformat(), "able": [], "unable": []},
            threshold_eur=Decimal(60_000), chosen_by=event.actor, chosen_at=event.at,
        )  # fmt: skip
        self.rows.choices.append(self.choice)
        event.data = {"workshop": request.workshop.slug, "name": request.workshop.name, "net_eur": str(order.net_eur)}

    def _maker_refuse(self, event: Event) -> State:
        order, former = self.order, self.choice
        assert former is not None
        former.ended, former.ended_at, former.ended_reason = Choice.Ended.REFUSED, event.at, event.note
        for request, _ in self.asked:
            if request.workshop_id == former.workshop_id:
                request.withdrawn_at = event.at
        event.data = {"workshop": former.workshop.slug, "name": former.workshop.name}
        order.workshop = order.chosen_at = order.net_eur = order.vat_eur = None
        return State.AGREEMENT_SIGNED if order.agreement_signed_at else State.SELF_FUNDED

    # The money

    def _invoice(self, event: Event) -> None:
        order = self.order
        assert order.workshop is not None and order.net_eur is not None and order.vat_eur is not None
        self.invoice = Invoice(
            order=order, number=f"F{event.at:%Y%m%d}-{order.workshop_id}-{len(self.rows.invoices) + 1}",
            issued_on=timezone.localdate(event.at), net_eur=order.net_eur, vat_eur=order.vat_eur,
            gross_eur=order.net_eur + order.vat_eur, engagement_number=order.engagement_number,
            seller_siret=order.workshop.siret, buyer_siret=order.organisation.siret, recorded_by=event.actor,
            recorded_at=event.at,
        )  # fmt: skip
        self.rows.invoices.append(self.invoice)
        event.data = {
            "number": self.invoice.number, "net_eur": str(order.net_eur), "gross_eur": str(self.invoice.gross_eur)
        }  # fmt: skip

    @property
    def payable(self) -> Decimal:
        order = self.order
        assert order.net_eur is not None and order.granted_eur is not None
        return min(order.granted_eur, subsidy(order.net_eur, self.campaign.rate, order.basis_eur).granted_eur)

    def _request_payment(self, event: Event) -> None:
        self.payment = SubsidyPayment(
            order=self.order, requested_eur=self.payable, requested_at=event.at, requested_by=event.actor
        )
        self.rows.payments.append(self.payment)
        event.data = {"requested_eur": str(self.payable)}
        request = paper(self, Document.Kind.PAYMENT_REQUEST, event)
        self.rows.asked[id(request)] = (request, self.payment)

    def _record_payment(self, event: Event) -> None:
        assert self.payment is not None
        self.payment.paid_eur, self.payment.paid_on = self.payment.requested_eur, timezone.localdate(event.at)
        self.payment.closed_at = event.at
        event.data = {"paid_eur": str(self.payment.paid_eur)}

    # The ends

    def _close(self, event: Event) -> None:
        paid = self.payment.paid_eur if self.payment and self.payment.paid_eur else Decimal(0)
        event.data = {"paid_eur": str(paid), "given_up_eur": str(self.payable - paid)}
        self.order.ended_at = event.at
        self._promise(GrantEntry.Kind.RELEASE, paid - self.promised, event)

    def _give_up(self, event: Event) -> None:
        self.order.ended_at = event.at
        if self.choice is not None and not self.choice.ended:
            self.choice.ended, self.choice.ended_at = Choice.Ended.CHANGED, event.at
            self.choice.ended_reason = event.note
        for request, _ in self.asked:
            request.withdrawn_at = request.withdrawn_at or event.at
        self._promise(GrantEntry.Kind.RELEASE, -self.promised, event)

    _withdraw = _cancel = _void = _give_up
