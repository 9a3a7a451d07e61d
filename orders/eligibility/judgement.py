# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""May this buyer order, by the zonings of a day? A pure function, and its answer as data that can be judged again.

The rule: a collectivité may where its commune is in FRR or ZRR or has a priority district (QPV), a grouping where one of
its communes may, every France Services space may; all others ask their collectivité (the programme's own rule, published
in 2021). Which zonings are in force, and since when, is data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from orders.eligibility import sentences
from orders.eligibility.zoning import RURAL, URBAN, Kind, Status


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class BuyerFacts:
    """``kind``: "collectivite", "france-services" or "other" (association, CCAS, chamber, private body…). ``level``: "commune",
    "epci", "departement", "region" or "other". ``territory``: the commune's INSEE code, the EPCI's SIREN, the
    département's or the région's code. ``insee``: the commune where the buyer is, "" if nobody said."""

    kind: str
    level: str
    territory: str
    insee: str
    siret: str = ""
    name: str = ""


@dataclass(frozen=True)
class Found:
    """What one list in force says of a buyer's territory. ``status`` is the best that it says of any of its ``communes``;
    ``classed`` of them have it, ``silent`` are not spoken of. ``place``: the territory's name; ``places``: a few of those
    communes, or of the one commune's districts or spaces."""

    kind: str
    vintage: str
    source: str
    status: str
    place: str
    label: str = ""
    places: tuple[str, ...] = ()
    classed: int = 0
    communes: int = 1
    silent: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    is_demo: bool = False


@dataclass(frozen=True)
class Judgement:
    """``reasons`` and ``next_step`` are French sentences; ``zonings`` all that it rests on, as it was that day."""

    verdict: Verdict
    on: date
    reasons: tuple[str, ...]
    next_step: str
    zonings: tuple[Found, ...]
    facts: BuyerFacts

    def as_data(self) -> dict[str, Any]:
        """For JSON: dates as ISO text, tuples as lists."""
        return {
            "verdict": self.verdict.value,
            "on": self.on.isoformat(),
            "reasons": list(self.reasons),
            "next_step": self.next_step,
            "zonings": [_found_data(one) for one in self.zonings],
            "facts": asdict(self.facts),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Judgement:
        """What ``as_data`` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            verdict=Verdict(data["verdict"]),
            on=date.fromisoformat(data["on"]),
            reasons=tuple(data["reasons"]),
            next_step=data["next_step"],
            zonings=tuple(_found_of(one) for one in data["zonings"]),
            facts=BuyerFacts(**data["facts"]),
        )


def judge(facts: BuyerFacts, zonings_in_force: Iterable[Found], on: date) -> Judgement:
    """``zonings_in_force``: what each list in force on that day says of the buyer (orders.eligibility.evidence). Nothing is
    looked up: the same facts and lines give the same judgement, whatever has been imported since."""
    zonings = tuple(zonings_in_force)
    if facts.kind == "france-services":
        verdict, reasons = _space(facts, zonings, on)
    elif facts.kind == "collectivite":
        verdict, reasons = _territory(facts, zonings, on)
    else:
        verdict, reasons = Verdict.NO, [sentences.not_a_buyer()]
    able = next((one.place for one in zonings if one.kind in (*RURAL, *URBAN) and one.status == Status.FULL), "")
    step = sentences.next_step(verdict, facts.kind, carrier=able)
    return Judgement(verdict, on, tuple(reasons), step, zonings, facts)


def replay(data: Mapping[str, Any]) -> Judgement:
    """Judges the frozen facts by the frozen lines again; the same as was frozen unless the rule has changed."""
    frozen = Judgement.from_data(data)
    return judge(frozen.facts, frozen.zonings, frozen.on)


def _space(facts: BuyerFacts, zonings: tuple[Found, ...], on: date) -> tuple[Verdict, list[str]]:
    listed = next((one for one in zonings if one.kind == Kind.FRANCE_SERVICES), None)
    if listed is None:
        return Verdict.UNKNOWN, [sentences.no_list([Kind.FRANCE_SERVICES], on)]
    if listed.status == Status.FULL:
        return Verdict.YES, [sentences.space_listed(listed)]
    if not listed.communes:
        return Verdict.UNKNOWN, [sentences.space_nowhere()]
    return Verdict.UNKNOWN, [sentences.space_not_found(facts.name, listed)]


def _territory(facts: BuyerFacts, zonings: tuple[Found, ...], on: date) -> tuple[Verdict, list[str]]:
    mine = [one for one in zonings if one.kind in (*RURAL, *URBAN)]
    if facts.level == "other" or any(not one.communes for one in mine):
        return Verdict.UNKNOWN, [sentences.territory_unknown()]
    full = [one for one in mine if one.status == Status.FULL]
    if full:
        return Verdict.YES, [sentences.classed(one) for one in full]
    partial = [one for one in mine if one.status == Status.PARTIAL]
    if partial:
        return Verdict.PARTLY, [sentences.partly(one) for one in partial]
    reasons = [sentences.not_classed(one) for one in mine if one.status == Status.NONE and not one.silent]
    unsaid = [sentences.silent(one) for one in mine if one.status == Status.SILENT or one.silent]
    unsaid += [
        sentences.no_list(list(group), on) for group in (RURAL, URBAN) if not any(one.kind in group for one in mine)
    ]
    return (Verdict.UNKNOWN if unsaid else Verdict.NO), unsaid + reasons


def _found_data(one: Found) -> dict[str, Any]:
    data = asdict(one)
    data["places"] = list(one.places)
    return data | {name: day.isoformat() for name in _DAYS if (day := data[name]) is not None}


def _found_of(data: Mapping[str, Any]) -> Found:
    known = {field.name for field in fields(Found)}
    if unknown := set(data) - known:
        raise ValueError(f"a zoning line has no {', '.join(sorted(unknown))}")
    days = {name: date.fromisoformat(data[name]) for name in _DAYS if data.get(name) is not None}
    return Found(**{**data, "places": tuple(data["places"]), **days})


_DAYS = ("valid_from", "valid_to")
