# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A step while it is taken, and where each action's own rules are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orders.life.errors import RefusedError
from orders.life.table import ACTIONS, Action, Party
from orders.models import Event, Order, State

if TYPE_CHECKING:
    from accounts.models import User

_EMPTY: Mapping[str, Any] = {}


@dataclass
class Step:
    """``order`` is locked and read again. A rule changes its fields, refuses by RefusedError, and leaves the rest for later:

    - ``target``: set it where the table names several states;
    - ``data``: facts for the event (JSON, no personal data);
    - ``then(what)``: called in the same transaction with the event, once order and event are saved;
    - ``tell(party, template, **data)``: another message than the table's, by the outbox; ``write_to(people, …)`` the
      same to people who are no party of the order.
    """

    order: Order
    action: Action
    actor: User | None
    party: Party
    note: str
    given: Mapping[str, Any]
    now: datetime
    target: State | None = None
    data: dict[str, Any] = field(default_factory=dict)
    afterwards: list[Callable[[Event], None]] = field(default_factory=list)
    told: list[tuple[Party, str, dict[str, Any]]] = field(default_factory=list)
    written: list[tuple[User, str, dict[str, Any]]] = field(default_factory=list)

    def then(self, what: Callable[[Event], None]) -> None:
        self.afterwards.append(what)

    def tell(self, party: Party, template: str, **data: Any) -> None:
        self.told.append((party, template, data))

    def write_to(self, people: Iterable[User], template: str, **data: Any) -> None:
        self.written += [(person, template, data) for person in people]

    def refuse_unless(self, condition: object, english: str, french: str, field_name: str = "") -> None:
        if not condition:
            raise RefusedError(english, french, field_name)


Rule = Callable[[Step], None]

_rules: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Of these actions: guards and changes of a step, in one function that runs with the order locked."""

    def register(function: Rule) -> Rule:
        for name in names:
            if name not in ACTIONS:
                raise KeyError(f"no such action: {name}")
            if name in _rules:
                raise KeyError(f"{name} has a rule already: {_rules[name].__module__}")
            _rules[name] = function
        return function

    return register


def rule_of(name: str) -> Rule:
    """Raises KeyError: every action has one."""
    import orders.life.steps  # noqa: F401  each module registers its rules

    return _rules[name]
