# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two classes of a frozen judgement that a préfecture may put first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FRR_PLUS, QPV = "frr+", "qpv"


def classes_of(judgement: Mapping[str, Any] | None) -> str:
    """ "frr+ qpv", "qpv", or "": what a judgement (orders.eligibility.judgement.Judgement.as_data) says of the buyer's
    territory. A grouping's line names no class, so a grouping has no FRR+. Anything unknown counts for nothing."""
    found = set()
    zonings = (judgement or {}).get("zonings")
    for one in zonings if isinstance(zonings, list) else ():
        if not isinstance(one, Mapping) or one.get("status") != "full":
            continue
        if one.get("kind") == "frr" and "FRR+" in str(one.get("label", "")).replace(",", " ").split():
            found.add(FRR_PLUS)
        elif one.get("kind") == "qpv":
            found.add(QPV)
    return " ".join(sorted(found))
