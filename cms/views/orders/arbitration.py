# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the préfecture sees of an order, and decides: the frozen judgement, the money line by line, the decision's form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from cms.maker_forms.fields import NumberField, RecordForm
from cms.views.makers.words import error_lines
from cms.views.orders.acting import attempt, form_key_of, keep_form, kept_form, order_or_404, seen_of, typed_words
from fabrication.quoting.words import euros, percent
from orders.arbitration.criteria import most_points, parts_of, points_of, weights_of
from orders.eligibility.judgement import Judgement, replay
from orders.life import ACTIONS, Party
from orders.life.parties import parties_of
from orders.life.steps.arbitration import terms_of, used_of
from orders.models import TO_ARBITRATE, Envelope, Order, State
from orders.services.arbitrating import decide, decisions_for
from orders.services.eligibility import judge_on
from orders.services.envelopes import MOST_EUR
from orders.services.intentions import facts_of

_DONE = {
    "review": "L’intention est en cours d’examen.",
    "fund": "La commande est financée, et l’acheteur prévenu.",
    "refuse_funding": "La commande n’est pas financée, et l’acheteur prévenu.",
    "send_back": "L’acheteur est prévenu\N{NO-BREAK SPACE}: il peut compléter son intention.",
    "reconsider": "L’examen est rouvert, et l’acheteur prévenu.",
}
_FIELDS = {"note": "raison", "basis_eur": "depense"}


class DecisionForm(RecordForm):
    decision = forms.ChoiceField(
        label="Votre décision",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une décision.", "invalid_choice": "Choisissez dans la liste."},
    )
    depense = NumberField(
        label="Dépense retenue HT",
        unit="€",
        maximum=str(MOST_EUR),
        places=2,
        example="1 200",
        required=False,
        help_text="Pour financer. Vide : l’estimation haute.",
    )
    raison = forms.CharField(
        label="Raison",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="L’acheteur la lit. Obligatoire, sauf pour prendre en examen ou financer une intention éligible.",
    )

    def __init__(self, names: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [(name, ACTIONS[name].label) for name in names]  # type: ignore[attr-defined]
        if "fund" not in names:
            del self.fields["depense"]


@dataclass(frozen=True)
class MoneyLine:
    label: str
    amount: str
    is_sum: bool = False


def section(request: HttpRequest, order: Order, parties: frozenset[Party]) -> dict[str, Any] | None:
    """For the préfecture and the coordinators; a buyer sees what was decided, and how the amount comes about."""
    decides = bool(parties & {Party.PREFECTURE, Party.COORDINATOR})
    if order.state == State.DRAFT or order.campaign is None or not parties & {Party.BUYER, *_STATE}:
        return None
    if not decides:
        if order.decided_at is None:
            return None
        return {"order": order, "decides": False, "money": _decided_money(order), "judgement": None}
    names = decisions_for(order, as_prefecture=Party.PREFECTURE in parties)
    form = (kept_form(request, "arbitration") or DecisionForm(names)) if names else None
    weights, facts = weights_of(order.campaign.weights), facts_of(order)
    return {
        "order": order,
        "decides": True,
        "judgement": _judgement(order, wants_replay="rejouer" in request.GET),
        "siret": order.organisation.siret_standing,
        "money": _decided_money(order) if order.granted_eur is not None else _expected_money(order),
        "envelope": Envelope.objects.filter(campaign=order.campaign_id, department=order.department).first(),
        "points": points_of(facts, weights),
        "most_points": most_points(weights),
        "parts": parts_of(facts, weights),
        "form": form,
        "errors": list(error_lines(form)) if form is not None and form.is_bound else [],
        "waits": order.state in TO_ARBITRATE,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The decision's form; a refusal comes back with the order's page, beside its field."""
    from cms.views.orders.page import order_response

    order = order_or_404(request, public_id)
    parties = parties_of(request.user, order)  # type: ignore[arg-type]
    if not parties & set(_STATE) or order.state == State.DRAFT:
        raise Http404("Cette commande n’existe pas.")
    if request.method != "POST":
        return redirect(reverse("order", args=[public_id]) + "#arbitration")
    names = decisions_for(order, as_prefecture=Party.PREFECTURE in parties)
    chosen = request.POST.get("decision", "")
    # A form that is sent again, or too late, asks for what is offered no more: the step itself says what happened.
    known = [*names, *([chosen] if chosen in _DONE and _may(chosen, parties) and chosen not in names else [])]
    form = DecisionForm(known, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        answer = attempt(
            request,
            order,
            lambda: decide(
                order,
                given["decision"],
                actor=cast(User, request.user),
                note=given["raison"],
                given={"basis_eur": given.get("depense")},
                seen=seen_of(request),
                form_key=form_key_of(request),
            ),
            form=form,
            done=_DONE[given["decision"]],
            anchor="arbitration",
            fields=_FIELDS,
            typed=typed_words(form),
        )
        if answer is not None:
            return answer
    keep_form(request, "arbitration", form)
    return order_response(request, order_or_404(request, public_id), status=422)


_STATE = (Party.PREFECTURE, Party.COORDINATOR)


def _may(action: str, parties: frozenset[Party]) -> bool:
    return bool(ACTIONS[action].parties & parties)


def _judgement(order: Order, *, wants_replay: bool) -> dict[str, Any]:
    """As it was frozen; on request judged again from itself, and by the lists that are in force today."""
    stored = order.judgement or {}
    found: dict[str, Any] = {"verdict": order.verdict, "reasons": stored.get("reasons", [])}
    try:
        frozen = Judgement.from_data(stored)
    except (KeyError, TypeError, ValueError):
        return found | {"unreadable": True}
    found |= {"on": frozen.on, "zonings": frozen.zonings}
    if wants_replay:
        again, today = replay(stored), judge_on(frozen.facts, timezone.localdate())
        found |= {
            "again": again,
            "exact": again == frozen,
            "same": again.verdict == frozen.verdict,
            "today": today,
            "differs": today.verdict != frozen.verdict,
        }
    return found


def _expected_money(order: Order) -> list[MoneyLine]:
    """What funding its high estimate would give."""
    campaign = order.campaign
    assert campaign is not None
    lines = [
        MoneyLine("Estimation HT, au plus bas", _amount(order.low_eur)),
        MoneyLine("Estimation HT, au plus haut", _amount(order.high_eur)),
    ]
    terms = terms_of(campaign)
    if order.high_eur is None:
        return [*lines, MoneyLine("Prix inconnu\N{NO-BREAK SPACE}: écrivez la dépense que vous retenez", "—")]
    used = used_of(order) if terms.is_per_buyer else Decimal(0)
    share = terms.subsidy(order.high_eur, used)
    if campaign.cap_eur is not None:
        lines.append(MoneyLine(f"Plafond de dépense, {campaign.get_cap_basis_display()}", _amount(campaign.cap_eur)))
        if terms.is_per_buyer:
            lines.append(MoneyLine("Déjà retenu pour ses autres commandes de la campagne", _amount(used)))
    return [
        *lines,
        MoneyLine("Dépense qui serait retenue", _amount(share.basis_eur)),
        MoneyLine(f"Subvention, {percent(campaign.rate)} de cette dépense", _amount(share.granted_eur), is_sum=True),
        MoneyLine("Resterait à l’acheteur, hors taxes", _amount(share.remaining_eur)),
        MoneyLine(
            f"TVA, {percent(campaign.vat_rate)}, à la charge de l’acheteur", _amount(order.high_eur * campaign.vat_rate)
        ),
    ]


def _decided_money(order: Order) -> list[MoneyLine]:
    """What was granted, from the decision's own event; nothing for one that isn't funded."""
    if order.granted_eur is None or order.campaign is None:
        return []
    event = order.events.filter(action="fund").order_by("-sequence").first()
    facts = event.data if event is not None else {}
    expense, used = _decimal(facts.get("expense_eur")), _decimal(facts.get("used_eur"))
    lines = [] if expense is None else [MoneyLine("Dépense présentée HT", _amount(expense))]
    if order.campaign.cap_eur is not None:
        lines.append(
            MoneyLine(f"Plafond de dépense, {order.campaign.get_cap_basis_display()}", _amount(order.campaign.cap_eur))
        )
    if used:
        lines.append(MoneyLine("Déjà retenu pour ses autres commandes de la campagne", _amount(used)))
    return [
        *lines,
        MoneyLine("Dépense retenue HT", _amount(order.basis_eur)),
        MoneyLine(
            f"Subvention accordée, {percent(order.campaign.rate)} de cette dépense",
            _amount(order.granted_eur),
            is_sum=True,
        ),
    ]


def _amount(value: Decimal | None) -> str:
    return "inconnue" if value is None else euros(value)


def _decimal(text: object) -> Decimal | None:
    return Decimal(text) if isinstance(text, str) else None
