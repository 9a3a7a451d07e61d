# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makers' remarks and measured clearances, beside the part that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import template

from cms.guide import anchor
from cms.measured_clearances import clearances_shown
from fabrication.clearances.services import FELT
from fabrication.comparison.joints import KINDS

if TYPE_CHECKING:
    from designs.models import Remark

register = template.Library()


@register.filter
def of_part(remarks: Iterable[Remark] | None, code: str) -> list[Remark]:
    return [one for one in remarks or () if one.part_code == code]


@register.filter
def joint_words(kinds: Iterable[str] | None) -> str:
    """Of a part's kinds of joint: "tenon traversant, mi-bois"; "" where it has none, or a preview of old does not say."""
    return ", ".join(KINDS.get(kind, kind) for kind in kinds or ())


@register.filter
def felt(kinds: Iterable[str] | None) -> bool:
    """Has one of these joints a clearance that a coupon measures?"""
    return bool(set(kinds or ()) & set(FELT))


@register.inclusion_tag("cms/studio/_clearances.html")
def clearances() -> dict[str, object]:
    return {"clearances": clearances_shown()}


@register.filter
def of_no_part(remarks: Iterable[Remark] | None, parts: Sequence[Mapping[str, Any]]) -> list[Remark]:
    """Those on parts that the piece has not in these sizes."""
    codes = {part["code"] for part in parts}
    return [one for one in remarks or () if one.part_code not in codes]


@register.filter
def guide_anchor(title: str) -> str:
    """Of a check's own chapter in the designer's guide: what to do when it is red."""
    return anchor(title)


@register.filter
def not_ok(checks: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Faults first, then what is good to know."""
    return sorted((one for one in checks if one["state"] != "ok"), key=lambda one: one["state"])


@register.filter
def once(checks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One mistake is one line: what the same check says of the same part at other sizes is ``again`` of the first."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in checks:
        key = (one["name"], one["state"], str(one.get("part", "")))
        if key in found:
            found[key]["again"].append(one)
        else:
            found[key] = {**one, "again": []}
    return list(found.values())


@register.filter
def are_ok(checks: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for one in checks if one["state"] == "ok"]
