# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One function takes every step of every order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from orders.life.errors import NotAllowedError, OvertakenError, RefusedError
from orders.life.parties import first_of, parties_of
from orders.life.step import _EMPTY, Step, rule_of
from orders.life.table import ACTIONS, Action, Party
from orders.life.telling import people_told, put_messages
from orders.models import Event, Order, State

if TYPE_CHECKING:
    from accounts.models import User

#: Characters of a note.
MOST_NOTE = 4_000
#: What French writes before a colon is no control character.
_KEPT = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_SPACES = re.compile(" {2,}")


def advance(
    order: Order,
    action: str,
    *,
    actor: User | None,
    note: str = "",
    given: Mapping[str, Any] = _EMPTY,
    seen: int | None = None,
    form_key: UUID | None = None,
) -> Order:
    """The order after the step: locked, read again, allowed, guarded, changed, saved with its event and its outbox, all or
    nothing. ``given``: what the action's form says, cleaned. ``seen``: the version that the actor was looking at.
    ``form_key``: the form's own; sent twice, it is done once, and the order is returned as it is.

    Locks are taken in this order, so that nobody waits for somebody who waits for him: the order, its buyer's
    organisation, its envelope, a series of numbers, quotes. A transaction locks one order only.

    Raises KeyError for no such action; NotAllowedError; OvertakenError; RefusedError (with a field of the form).
    """
    wanted = ACTIONS[action]
    try:
        with transaction.atomic():
            return _take(order.pk, wanted, actor, note, given, seen, form_key)
    except IntegrityError:
        # The same form for two orders at the same moment: the second one waited for the first one's row.
        if form_key is None or not Event.objects.filter(form_key=form_key).exclude(order=order.pk).exists():
            raise
        raise OvertakenError(f"form {form_key} was used for another order", _USED) from None


def _take(
    pk: int,
    wanted: Action,
    actor: User | None,
    note: str,
    given: Mapping[str, Any],
    seen: int | None,
    form_key: UUID | None,
) -> Order:
    action = wanted.name
    # no_key: whoever has written a row that points at this order (a file, in the same request) need not wait for whoever
    # did the same.
    fresh = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    held = parties_of(actor, fresh)
    party = first_of(held, wanted.parties)
    before_us = Event.objects.filter(form_key=form_key).first() if form_key is not None else None
    if before_us and (before_us.order_id, before_us.actor_id, before_us.action) == (pk, _key(actor), action):
        return fresh
    if party is None:
        # A maker that another one has replaced, a clerk of another town: to them there is no such order.
        raise NotAllowedError(f"{actor} is none of {sorted(wanted.parties)} of order {fresh.pk}", _NOT_YOURS)
    if before_us is not None:
        raise OvertakenError(f"form {form_key} was used for {before_us}", _USED)
    if State(fresh.state) not in wanted.sources or (seen is not None and seen != fresh.version):
        raise OvertakenError(f"order {fresh.pk} is {fresh.state}, version {fresh.version}", _what_happened(fresh, seen))
    words = _note(note, wanted)
    step = Step(fresh, wanted, actor, party, words, given, timezone.now())
    before = State(fresh.state)
    step.target = wanted.targets[0] if len(wanted.targets) == 1 else None if wanted.targets else before
    told = people_told(fresh, wanted)
    rule_of(action)(step)
    if step.target is None or (wanted.targets and step.target not in wanted.targets):
        raise RuntimeError(f"{action} names no state to go to")
    fresh.state = step.target
    fresh.version += 1
    fresh.save()
    event = Event.objects.create(
        order=fresh,
        sequence=fresh.version,
        action=action,
        from_state=before,
        to_state=fresh.state,
        actor=actor,
        party=party,
        at=step.now,
        note=words,
        data=step.data,
        form_key=form_key,
    )
    for what in step.afterwards:
        what(event)
    put_messages(step, event, told)
    return fresh


_NOT_YOURS = "Cette commande n’est pas à vous, ou vous n’avez plus ce rôle."
_USED = "Ce formulaire a déjà servi\N{NO-BREAK SPACE}: vérifiez ce qui est fait, puis recommencez s’il le faut."


def _key(actor: User | None) -> int | None:
    return None if actor is None else actor.pk


def _note(text: str, action: Action) -> str:
    lines = ("".join(c if c.isprintable() or c in _KEPT else " " for c in line) for line in text.splitlines())
    words = "\n".join(_SPACES.sub(" ", line).strip() for line in lines).strip()
    if action.needs_note and not words:
        raise RefusedError(
            f"{action.name} needs a reason",
            "Écrivez la raison\N{NO-BREAK SPACE}: elle est gardée avec la commande, et ceux qu’elle concerne la lisent.",
            "note",
        )
    if len(words) > MOST_NOTE:
        raise RefusedError("the note is too long", f"{MOST_NOTE} caractères au plus.", "note")
    return words


def _what_happened(order: Order, seen: int | None) -> str:
    """What the actor could not know: the steps since the page was shown, or the last one."""
    since = order.events.select_related("actor").order_by("sequence")
    since = since.filter(sequence__gt=seen) if seen is not None else since
    told = "\N{NO-BREAK SPACE}; ".join(happened(event) for event in list(since)[-3:])
    state = f"Cette commande est maintenant «\N{NO-BREAK SPACE}{order.get_state_display()}\N{NO-BREAK SPACE}»."
    return f"Entre-temps, {told}. {state}" if told else state


def happened(event: Event) -> str:
    """ "Dominique F. a décidé de financer (22 novembre 2026 à 14:03)"; no address of anybody in it."""
    who = event.actor.short_name if event.actor else _PARTY_NAMES[Party(event.party)]
    day = date_format(timezone.localtime(event.at), "j F Y à H:i")
    return f"{who} {ACTIONS[event.action].done} ({day})"


_PARTY_NAMES = {
    Party.BUYER: "l’acheteur",
    Party.PREFECTURE: "la préfecture",
    Party.MAKER: "l’atelier",
    Party.COORDINATOR: "la coordination",
    Party.SYSTEM: "le site",
}
