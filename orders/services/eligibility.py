# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A buyer judged by the zonings of a day: two queries for one buyer, and for five thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from accounts.models import Organisation
from fablabs.geography import region_of
from fablabs.geography.communes import departments
from orders.eligibility.evidence import found_for
from orders.eligibility.groupings import member_codes
from orders.eligibility.judgement import BuyerFacts, Found, Judgement, judge
from orders.eligibility.siret import facts_of_number
from orders.eligibility.zoning import Kind, ListInForce, Status, ZoningLine, best_of
from orders.models import Zoning, ZoningList

#: Beyond so many communes one by one, whole lists are read: fewer texts in the query than SQLite takes.
_MOST_COMMUNES = 500


def judge_on(facts: BuyerFacts, on: date) -> Judgement:
    """By the zonings that are in force on that day."""
    return judge_many([facts], on)[0]


def judge_many(facts: Sequence[BuyerFacts], on: date) -> list[Judgement]:
    """One judgement each, in the order of the facts."""
    lists = _lists(on)
    lines = _lines(lists, facts)
    found: dict[tuple[str, ...], tuple[Found, ...]] = {}
    judged = []
    for one in facts:
        # Buyers of one territory share what the lists say of it; a space is looked up by its own number and name.
        key = (one.kind, one.level, one.territory, one.insee)
        if one.kind == "france-services":
            key += (one.siret, one.name)
        if key not in found:
            found[key] = found_for(one, lines, on)
        judged.append(judge(one, found[key], on))
    return judged


def spaces_of(insee: str, on: date) -> list[str]:
    """The names of the France Services spaces that are known in a commune."""
    there = [pk for pk, one in _lists(on).items() if one.kind == Kind.FRANCE_SERVICES]
    held = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    return list(
        Zoning.objects.filter(held, list_id__in=there, insee=insee).order_by("label").values_list("label", flat=True)
    )


def facts_of_siret(siret: str, on: date) -> BuyerFacts | None:
    """Whose number this is, as far as is known here without a national register: an EPCI's, a département's or a commune's
    own number says it; a France Services space or an organisation that has registered is found by it. Only what such a
    number says to anybody is given: the commune and the level, never a name that somebody registered with."""
    told = facts_of_number(siret)
    if told is not None:
        return told
    space = (
        Zoning.objects.filter(siret=siret, list__kind=Kind.FRANCE_SERVICES, valid_from__lte=on)
        .order_by("list__is_demo", "-list__valid_from", "-list__vintage", "id")
        .first()
    )
    if space is not None:
        return BuyerFacts("france-services", "commune", space.insee, space.insee, siret, space.label)
    registered = (
        Organisation.objects.filter(
            kind__in=[Organisation.Kind.COLLECTIVITE, Organisation.Kind.FRANCE_SERVICES], archived_at=None
        )
        .filter(Q(siret=siret) | Q(siren=siret[:9]))
        .exclude(insee="")
        .order_by("id")
        .first()
    )
    if registered is None:
        return None
    return BuyerFacts(registered.kind, "commune", registered.insee, registered.insee, siret)


def facts_of(organisation: Organisation, level: str = "commune", territory: str = "") -> BuyerFacts:
    """A registered buyer's, with what its record says of its territory (orders.models.Buyer). An organisation that may
    not order is "other"."""
    kind = organisation.kind if organisation.kind in ("collectivite", "france-services") else "other"
    if level == "commune":
        territory = territory or organisation.insee
    return BuyerFacts(kind, level, territory, organisation.insee, organisation.siret, organisation.name)


def _lists(on: date) -> dict[int, ListInForce]:
    rows = {row.pk: _plain(row) for row in ZoningList.objects.in_force(on)}
    chosen = set(best_of(list(rows.values()), on).values())
    return {pk: one for pk, one in rows.items() if one in chosen}


def _plain(row: ZoningList) -> ListInForce:
    return ListInForce(
        Kind(row.kind), row.vintage, row.source, row.valid_from, row.valid_to, row.is_complete, row.is_demo
    )


def _lines(
    lists: dict[int, ListInForce], facts: Sequence[BuyerFacts]
) -> dict[ListInForce, dict[str, list[ZoningLine]]]:
    """List → commune → lines, of the communes that these buyers are about."""
    found: dict[ListInForce, dict[str, list[ZoningLine]]] = {one: {} for one in lists.values()}
    if not lists or not facts:
        return found
    rows = Zoning.objects.filter(_scope(facts), list_id__in=list(lists)).values_list(
        "list_id", "insee", "status", "label", "valid_from", "valid_to", "code", "siret"
    )
    into = {pk: found[one] for pk, one in lists.items()}
    for pk, insee, status, *rest in rows.order_by("list_id", "insee", "code", "valid_from"):
        into[pk].setdefault(insee, []).append(ZoningLine(insee, Status(status), *rest))
    return found


def _scope(facts: Iterable[BuyerFacts]) -> Q:
    """Communes one by one while they are few; départements as ranges of codes, which an index serves in any collation."""
    whole: set[str] = set()
    single: set[str] = set()
    for one in facts:
        if one.kind == "collectivite" and one.level == "departement":
            whole.update({one.territory} & departments().keys())
        elif one.kind == "collectivite" and one.level == "region":
            whole.update(code for code in departments() if region_of(code) == one.territory)
        else:
            single.update(member_codes(one))
    if len(single) > _MOST_COMMUNES:
        return Q()
    ranges = [Q(insee__gte=code.ljust(5, "0"), insee__lte=code.ljust(5, "9")) for code in sorted(whole)]
    return reduce(or_, ranges, Q(insee__in=sorted(single)))
