# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One way to change a row of a record: checked, compared with what the editor saw, and kept in the history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from fablabs.models import Maker, Workshop
from fablabs.services.history import Differences, differences, plain, record
from fablabs.services.permission import require_editor
from fablabs.services.refusals import StaleError

if TYPE_CHECKING:
    from accounts.models import User


def stored(row: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """What these fields of a row hold."""
    return {name: getattr(row, name) for name in fields}


def fingerprint(values: Mapping[str, Any]) -> str:
    """Of what a form was filled with: equal as long as nobody changed those fields. Others may change meanwhile."""
    text = json.dumps(plain(values), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def require_unchanged(subject: str, values: Mapping[str, Any], seen: str | None) -> None:
    """Raises StaleError if ``values``, read under the lock, are not those of ``seen``; None asks for no such check."""
    if seen is not None and fingerprint(values) != seen:
        raise StaleError(subject, values)


def locked(row: models.Model) -> Any:
    """The same row read again under its lock, inside a transaction. Raises DoesNotExist if it is gone."""
    return type(row)._base_manager.select_for_update().get(pk=row.pk)


def check(row: models.Model, fields: Iterable[str]) -> None:
    """Raises ValidationError for what is wrong with these fields, or between any. A row of before that lacks something
    else may still be changed."""
    others = {field.name for field in row._meta.fields} - set(fields)
    row.clean_fields(exclude=others)
    row.validate_unique(exclude=others)
    row.validate_constraints()


def belongs_to(row: models.Model) -> tuple[Maker, Workshop | None]:
    """Whose it is, and of which site."""
    if isinstance(row, Maker):
        return row, None
    if isinstance(row, Workshop):
        return row.maker, row
    workshop = getattr(row, "workshop", None)
    return (workshop.maker, workshop) if workshop is not None else (row.maker, None)  # type: ignore[attr-defined]


@transaction.atomic
def edit(
    row: models.Model, given: Mapping[str, Any], *, actor: User, subject: str, seen: str | None = None
) -> Differences:
    """Put these values into a row, and return what differs.

    ``seen`` is the fingerprint of the same fields when the editor read them. Raises NotAllowedError, StaleError, and
    Django's ValidationError by field; nothing is written then.
    """
    maker, workshop = belongs_to(row)
    require_editor(maker, actor)
    fresh = locked(row)
    before = stored(fresh, given)
    require_unchanged(subject, before, seen)
    for name, value in given.items():
        setattr(fresh, name, value)
    check(fresh, given)
    changed = differences(before, stored(fresh, given))
    if changed:
        fresh.save()
        record(maker, "changed", subject, actor=actor, workshop=workshop, values=changed)
    for name in given:
        setattr(row, name, getattr(fresh, name))
    return changed
