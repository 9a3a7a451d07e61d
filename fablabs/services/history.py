# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What was and what is: every change of a record is kept, with who and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fablabs.models import Change, Maker, Workshop

if TYPE_CHECKING:
    from accounts.models import User

Differences = dict[str, list[Any]]

_ECHO = re.compile(r"\b(atelier|machine|panneau) (?=\1\b)", re.IGNORECASE)
_ELISION = re.compile(r"\A((?:lieu|prix|capacité|territoire|semaines fermées) d)e (?=[AEIOUYÀÂÉÈÊÎÔŒÆ])")


def without_echo(subject: str) -> str:
    """ "atelier Atelier du Bois" → "Atelier du Bois", "prix de Atelier du Bois" → "prix d’Atelier du Bois"."""
    return _ELISION.sub(r"\1’", _ECHO.sub("", subject))


def plain(value: Any) -> Any:
    """As JSON keeps it: decimals and dates as text, a row as its name."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Differences:
    """{field: [before, after]}; the fields of tables and of lists of tables are told one by one: "settings.tools.0.number"."""
    was, now = _leaves(before), _leaves(after)
    return {
        key: [was.get(key), now.get(key)]
        for key in dict.fromkeys([*was, *now])
        if was.get(key) != now.get(key) and not (_is_nothing(was.get(key)) and _is_nothing(now.get(key)))
    }


def _is_nothing(value: Any) -> bool:
    return value is None or value == "" or value == []


def _leaves(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        key, told = f"{above}{name}", plain(value)
        if isinstance(told, dict):
            found |= _leaves(told, f"{key}.")
        elif isinstance(told, list) and told and all(isinstance(row, dict) for row in told):
            for place, row in enumerate(told):
                found |= _leaves(row, f"{key}.{place}.")
        else:
            found[key] = told
    return found


def record(
    maker: Maker,
    action: str,
    subject: str,
    *,
    actor: User | None,
    workshop: Workshop | None = None,
    values: Differences | None = None,
    note: str = "",
) -> Change:
    """Keep that it happened. ``subject`` and ``note`` are French, for the page of the history."""
    return Change.objects.create(
        maker=maker,
        workshop=workshop,
        actor=actor,
        action=action,
        subject=subject[:200],
        values=values or {},
        note=note[:500],
    )
