# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The territory that a page is narrowed to, from its address."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from fablabs.geography import department_name, departments, region_name, region_of, regions
from orders.services.figures import Scope, scope_of

_LONGEST = 20


@dataclass(frozen=True)
class Choice:
    """A région with its départements, for a list of choices."""

    key: str
    name: str
    departments: tuple[tuple[str, str], ...]


def asked_scope(request: HttpRequest) -> Scope:
    """Of ``?territoire=``. Raises Http404 for a territory that there is none of."""
    found = scope_of(request.GET.get("territoire", "")[:_LONGEST])
    if found is None:
        raise Http404("Ce territoire n’existe pas.")
    return found


def choices() -> list[Choice]:
    """Every région, by name."""
    by_region: dict[str, list[tuple[str, str]]] = {code: [] for code in regions()}
    for code in departments():
        by_region[region_of(code)].append((f"departement-{code}", f"{_typographic(department_name(code))} ({code})"))
    return sorted(
        (Choice(f"region-{code}", _typographic(region_name(code)), tuple(of)) for code, of in by_region.items()),
        key=lambda one: one.name,
    )


def codes_of(scope: Scope) -> list[str] | None:
    """The départements of a scope; None for all of them."""
    if not scope.kind:
        return None
    return [scope.code] if scope.kind == "departement" else [c for c in departments() if region_of(c) == scope.code]


def name_of(scope: Scope) -> str:
    return _typographic(scope.name)


def _typographic(name: str) -> str:
    return name.replace("'", "’")
