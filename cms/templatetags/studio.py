# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makers' remarks, beside the part that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import template

if TYPE_CHECKING:
    from designs.models import Remark

register = template.Library()


@register.filter
def of_part(remarks: Iterable[Remark] | None, code: str) -> list[Remark]:
    return [one for one in remarks or () if one.part_code == code]


@register.filter
def of_no_part(remarks: Iterable[Remark] | None, parts: Sequence[Mapping[str, Any]]) -> list[Remark]:
    """Those on parts that the piece has not in these sizes."""
    codes = {part["code"] for part in parts}
    return [one for one in remarks or () if one.part_code not in codes]
