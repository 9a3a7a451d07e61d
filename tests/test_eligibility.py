# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""May this buyer order? Plain data: which list holds, what it says of a territory, the judgement and its replay."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fablabs.geography import commune
from orders.eligibility.evidence import found_for
from orders.eligibility.groupings import member_codes
from orders.eligibility.judgement import BuyerFacts, Found, Judgement, Verdict, judge, replay
from orders.eligibility.sentences import vintage_words
from orders.eligibility.siret import facts_of_number
from orders.eligibility.zoning import Kind, ListInForce, Status, ZoningLine, best_of

TODAY = date(2026, 11, 22)
FRR = ListInForce(Kind.FRR, "2025-07-10", "DGCL", date(2024, 7, 1))
ZRR = ListInForce(Kind.ZRR, "2021", "ANCT", date(2017, 7, 1), date(2024, 6, 30))
QPV = ListInForce(Kind.QPV, "2024", "ANCT", date(2024, 1, 1), is_complete=True)
SPACES = ListInForce(Kind.FRANCE_SERVICES, "2024-08", "ANCT", date(2020, 1, 1))
AUBUSSON, NIMES, MORLAIX = "23008", "30189", "29151"
GARD = tuple(member_codes(BuyerFacts("collectivite", "departement", "30", "")))


def of_commune(insee: str) -> BuyerFacts:
    return BuyerFacts("collectivite", "commune", insee, insee)


def line(insee: str, status: str = "full", label: str = "FRR socle", **more: object) -> ZoningLine:
    return ZoningLine(insee, Status(status), label, **({"valid_from": date(2024, 7, 1)} | more))  # type: ignore[arg-type]


def judged(facts: BuyerFacts, *lists: tuple[ListInForce, Iterable[ZoningLine]], on: date = TODAY) -> Judgement:
    """As the services do it: the lists that hold that day, their lines by commune, then the judgement."""
    held = best_of([one for one, _ in lists], on)
    lines: dict[ListInForce, dict[str, list[ZoningLine]]] = {}
    for one, its in lists:
        if held.get(one.kind) == one:
            lines[one] = {}
            for each in its:
                lines[one].setdefault(each.insee, []).append(each)
    return judge(facts, found_for(facts, lines, on), on)


NO_FRR = line(MORLAIX, "none", "Non classée")


def test_a_commune_classed_frr_may_order_and_the_reason_names_class_vintage_and_place() -> None:
    plus = line(AUBUSSON, label="FRR+", valid_from=date(2025, 1, 1))
    answer = judged(of_commune(AUBUSSON), (FRR, [plus]), (QPV, []))
    assert answer.verdict == Verdict.YES
    assert answer.reasons == ("Aubusson (Creuse) est classée en FRR+ (classement FRR du 10\u00a0juillet\u00a02025).",)
    assert "intention de commande" in answer.next_step
    decided = answer.zonings[0]
    assert (decided.kind, decided.vintage, decided.source, decided.status, decided.place, decided.label) == (
        "frr", "2025-07-10", "DGCL", "full", "Aubusson (Creuse)", "FRR+",
    )  # fmt: skip


def test_a_commune_with_a_priority_district_may_order_whatever_the_frr_says() -> None:
    districts = [line(NIMES, label=name, code=f"QN0300{n}M") for n, name in enumerate(("Pissevin", "Gambetta"))]
    answer = judged(of_commune(NIMES), (FRR, [line(NIMES, "none", "Non classée")]), (QPV, districts))
    assert answer.verdict == Verdict.YES
    assert answer.reasons == (
        "Nîmes (Gard) a des quartiers prioritaires\u00a0: Pissevin et Gambetta (liste des QPV 2024).",
    )


def test_neither_is_no_and_both_lists_are_named() -> None:
    answer = judged(of_commune(MORLAIX), (FRR, [NO_FRR]), (QPV, []))
    assert answer.verdict == Verdict.NO
    assert [r.split(" (")[0] for r in answer.reasons] == ["Morlaix", "Morlaix"]
    assert "n’est pas classée en FRR" in answer.reasons[0] and "n’a pas de quartier prioritaire" in answer.reasons[1]
    assert "à vos frais" in answer.next_step


def test_a_class_in_part_goes_to_the_prefecture() -> None:
    answer = judged(of_commune(MORLAIX), (FRR, [line(MORLAIX, "partial", "Classée FRR partiellement")]), (QPV, []))
    assert answer.verdict == Verdict.PARTLY
    assert "n’est classée qu’en partie" in answer.reasons[0] and "La préfecture décide" in answer.reasons[0]


@pytest.mark.parametrize(
    ("lists", "words"),
    [
        ([], "aucune liste"),
        ([(FRR, [NO_FRR])], "quartiers prioritaires de la politique de la ville (QPV)"),
        ([(QPV, [])], "France ruralités revitalisation (FRR) ou zones de revitalisation rurale (ZRR)"),
        ([(FRR, []), (QPV, [])], "ne figure pas dans le classement FRR du 10\u00a0juillet\u00a02025"),
    ],
)
def test_without_a_list_or_with_one_that_is_silent_the_answer_is_unknown(
    lists: list[tuple[ListInForce, list[ZoningLine]]], words: str
) -> None:
    answer = judged(of_commune(MORLAIX), *lists)
    assert answer.verdict == Verdict.UNKNOWN
    assert words in " ".join(answer.reasons) and "préfecture" in answer.next_step


def test_a_list_that_is_there_answers_yes_though_the_other_is_missing() -> None:
    assert judged(of_commune(AUBUSSON), (FRR, [line(AUBUSSON)])).verdict == Verdict.YES


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (date(2017, 6, 30), Verdict.UNKNOWN),  # no list held
        (date(2024, 6, 30), Verdict.YES),  # ZRR's last day
        (date(2024, 7, 1), Verdict.YES),  # FRR's first: reinstated
        (date(2027, 12, 31), Verdict.YES),  # the reinstated communes' last day
        (date(2028, 1, 1), Verdict.NO),
    ],
)
def test_the_zonings_of_the_day_decide(day: date, verdict: Verdict) -> None:
    old = line(MORLAIX, label="ZRR", valid_from=ZRR.valid_from, valid_to=ZRR.valid_to)
    kept = line(MORLAIX, label="FRR bénéficiaire", valid_to=date(2027, 12, 31))
    districts = replace(QPV, valid_from=date(2015, 1, 1))
    answer = judged(of_commune(MORLAIX), (ZRR, [old]), (FRR, [kept]), (districts, []), on=day)
    assert answer.verdict == verdict
    if day.year == 2028:
        assert "elle l’a été jusqu’au 31\u00a0décembre\u00a02027" in answer.reasons[0]


def test_what_is_to_be_classed_later_is_not_said_to_be_unclassed() -> None:
    overseas = line("97411", label="Le Butor", code="QN97401M", valid_from=date(2025, 1, 1))
    none = line("97411", "none", "Non classée")
    assert judged(of_commune("97411"), (FRR, [none]), (QPV, [overseas]), on=date(2024, 8, 1)).verdict == Verdict.UNKNOWN


def test_an_official_list_comes_before_the_demonstration_and_the_newest_before_the_older() -> None:
    demo = replace(FRR, is_demo=True, vintage="2030", valid_from=date(2026, 1, 1))
    newer = replace(FRR, vintage="2026-03-01", valid_from=date(2026, 3, 1))
    assert best_of([FRR, demo, newer], TODAY)[Kind.FRR] == newer
    assert best_of([FRR, demo, newer], date(2026, 2, 1))[Kind.FRR] == FRR
    assert best_of([demo], TODAY)[Kind.FRR] == demo
    assert best_of([ZRR], date(2024, 7, 1)) == {}


def test_the_demonstrations_data_is_said_to_be_such() -> None:
    answer = judged(of_commune(AUBUSSON), (replace(FRR, is_demo=True), [line(AUBUSSON)]))
    assert "données de démonstration" in answer.reasons[0] and answer.zonings[0].is_demo


@pytest.mark.parametrize(
    ("level", "territory", "name"),
    [("epci", "243000643", "CA de Nîmes Métropole"), ("departement", "30", "Gard"), ("region", "76", "Occitanie")],
)
def test_a_grouping_may_order_if_one_member_may_and_the_reason_says_which(
    level: str, territory: str, name: str
) -> None:
    facts = BuyerFacts("collectivite", level, territory, NIMES)
    members = member_codes(facts)
    nothing = [line(insee, "none", "Non classée") for insee in members]
    no = judged(facts, (FRR, nothing), (QPV, []))
    assert no.verdict == Verdict.NO
    count = f"{len(members):,}".replace(",", "\u202f")
    assert no.reasons[0].startswith(f"{name}\u00a0: aucune de ses {count} communes n’est classée en FRR")
    one = [line(members[3]) if insee == members[3] else each for insee, each in zip(members, nothing, strict=True)]
    yes = judged(facts, (FRR, one), (QPV, []))
    assert yes.verdict == Verdict.YES
    assert f"1 de ses {count} communes est classée en FRR" in yes.reasons[0]
    assert commune(members[3]).name.replace("'", "’") in yes.reasons[0]


def test_a_grouping_with_many_names_the_largest_and_counts_the_rest() -> None:
    facts = BuyerFacts("collectivite", "departement", "30", NIMES)
    answer = judged(facts, (FRR, [line(insee) for insee in GARD]))
    assert f"Gard\u00a0: {len(GARD)} de ses {len(GARD)} communes sont classées en FRR" in answer.reasons[0]
    assert answer.reasons[0].endswith(", dont Nîmes, Alès et Bagnols-sur-Cèze.")


def test_a_grouping_with_an_unspoken_commune_is_not_refused() -> None:
    facts = BuyerFacts("collectivite", "departement", "30", NIMES)
    answer = judged(facts, (FRR, [line(insee, "none", "") for insee in GARD[1:]]), (QPV, []))
    assert answer.verdict == Verdict.UNKNOWN
    assert f"1 de ses {len(GARD)} communes ne figure pas dans le classement FRR" in answer.reasons[0]


@pytest.mark.parametrize(
    "facts",
    [
        BuyerFacts("collectivite", "epci", "999999999", ""),
        BuyerFacts("collectivite", "other", "", NIMES),
        BuyerFacts("collectivite", "commune", "99999", "99999"),
        BuyerFacts("collectivite", "departement", "", ""),
    ],
)
def test_a_territory_that_nobody_knows_goes_to_the_prefecture(facts: BuyerFacts) -> None:
    answer = judged(facts, (FRR, [line(NIMES)]), (QPV, []))
    assert answer.verdict == Verdict.UNKNOWN and "Nous ne connaissons pas" in answer.reasons[0]


SPACE = ZoningLine("01033", Status.FULL, "France services de Valserhône", date(2020, 1, 1), None, "1", "00000001800010")
POST = ZoningLine("01033", Status.FULL, "France services La Poste de Valserhône", date(2020, 2, 1), None, "2")


@pytest.mark.parametrize(
    ("name", "siret", "verdict"),
    [
        ("France services de Valserhône", "", Verdict.YES),
        ("Maison France Services Valserhone", "", Verdict.YES),
        ("la poste - valserhône", "", Verdict.YES),
        ("Un autre nom", "00000001800010", Verdict.YES),
        ("Un autre nom", "", Verdict.UNKNOWN),
        ("", "", Verdict.UNKNOWN),
    ],
)
def test_a_space_is_found_by_its_siret_or_by_its_name_in_its_commune(name: str, siret: str, verdict: Verdict) -> None:
    facts = BuyerFacts("france-services", "commune", "01033", "01033", siret, name)
    answer = judged(facts, (SPACES, [SPACE, POST]), (FRR, [line("01033", "none", "")]), (QPV, []))
    assert answer.verdict == verdict
    assert {one.kind for one in answer.zonings} == {"france-services"}
    if not name:
        assert "France services de Valserhône" in answer.reasons[0]


def test_a_space_without_a_list_is_unknown_and_a_label_of_tomorrow_is_none() -> None:
    facts = BuyerFacts("france-services", "commune", "01033", "01033", "", SPACE.label)
    assert judged(facts, (FRR, [line("01033")])).verdict == Verdict.UNKNOWN
    late = replace(SPACE, valid_from=TODAY + timedelta(days=1))
    assert judged(facts, (SPACES, [late])).verdict == Verdict.UNKNOWN
    assert judged(facts, (SPACES, [late]), on=TODAY + timedelta(days=1)).verdict == Verdict.YES
    assert judged(replace(facts, insee="", territory=""), (SPACES, [SPACE])).verdict == Verdict.UNKNOWN


def test_the_others_are_sent_kindly_to_their_collectivite() -> None:
    answer = judged(BuyerFacts("other", "other", "", AUBUSSON), (FRR, [line(AUBUSSON)]), (QPV, []))
    assert answer.verdict == Verdict.NO
    assert "passe par sa collectivité" in answer.reasons[0]
    assert answer.next_step.startswith("Aubusson (Creuse) peut le faire")
    nowhere = judged(BuyerFacts("other", "other", "", ""), (FRR, []))
    assert nowhere.verdict == Verdict.NO and nowhere.next_step.startswith("Demandez à votre commune")


@pytest.mark.parametrize(
    ("number", "level", "territory"),
    [
        ("21300189400012", "commune", "30189"),
        ("213001894", "commune", "30189"),
        ("217500016", "commune", "75056"),
        ("219740115", "commune", "97411"),  # overseas, the département's third digit said once
        ("219722097", "commune", "97209"),  # and twice
        ("212000046", "commune", "2A004"),
        ("243000643", "epci", "243000643"),
        ("200046977", "epci", "200046977"),
        ("229740014", "departement", "974"),
        ("223000019", "departement", "30"),
    ],
)
def test_a_public_bodys_number_says_its_territory(number: str, level: str, territory: str) -> None:
    facts = facts_of_number(number)
    assert facts is not None and (facts.kind, facts.level, facts.territory) == ("collectivite", level, territory)


@pytest.mark.parametrize("number", ["", "213001895", "٢١٣٠٠١٨٩٤", "2130018940001", "552100554", "0" * 14, "9" * 10_000])
def test_a_wrong_number_or_a_private_one_says_nothing(number: str) -> None:
    assert facts_of_number(number) is None


def test_a_commune_is_judged_by_its_territory_wherever_its_seat_is() -> None:
    facts = BuyerFacts("collectivite", "commune", AUBUSSON, MORLAIX)
    assert judged(facts, (FRR, [line(AUBUSSON), NO_FRR]), (QPV, [])).reasons[0].startswith("Aubusson")


@pytest.mark.parametrize(
    ("vintage", "words"),
    [
        ("2025-07-10", "du 10\u00a0juillet\u00a02025"), ("2024-07-01", "du 1er\u00a0juillet\u00a02024"),
        ("2024-08", "d’août\u00a02024"), ("2024-03", "de mars\u00a02024"), ("2024", "2024"), ("2024-13", "2024-13"),
        ("cog 2021", "cog 2021"),
    ],
)  # fmt: skip
def test_a_vintage_is_said_in_words(vintage: str, words: str) -> None:
    assert vintage_words(vintage) == words


_texts = st.text(st.characters(codec="utf-8"), max_size=20)
_days = st.none() | st.dates()
_facts = st.builds(
    BuyerFacts,
    kind=st.sampled_from(["collectivite", "france-services", "other"]),
    level=st.sampled_from(["commune", "epci", "departement", "region", "other"]),
    territory=_texts, insee=_texts, siret=_texts, name=_texts,
)  # fmt: skip
_found = st.builds(
    Found,
    kind=st.sampled_from([kind.value for kind in Kind]),
    vintage=_texts, source=_texts, place=_texts, label=_texts,
    status=st.sampled_from([status.value for status in Status]),
    places=st.lists(_texts.filter(bool), max_size=3).map(tuple),
    classed=st.integers(0, 5_000), communes=st.integers(0, 5_000), silent=st.integers(0, 5_000),
    valid_from=_days, valid_to=_days, is_demo=st.booleans(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_facts, st.lists(_found, max_size=4), st.dates())
def test_a_frozen_judgement_is_judged_again_to_the_same(facts: BuyerFacts, zonings: list[Found], on: date) -> None:
    answer = judge(facts, zonings, on)
    frozen = json.loads(json.dumps(answer.as_data()))
    assert Judgement.from_data(frozen) == answer
    assert replay(frozen) == answer
    assert answer.reasons and answer.next_step
    assert replay(frozen | {"verdict": "no", "reasons": []}) == answer  # nothing is taken over


_RANK = [Verdict.NO, Verdict.UNKNOWN, Verdict.PARTLY, Verdict.YES]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(GARD), st.sampled_from(["full", "partial", "none"])), st.booleans(), st.data())
def test_a_territory_is_as_well_off_as_its_best_commune(
    said: dict[str, str], is_complete: bool, data: st.DataObject
) -> None:
    frr = replace(FRR, is_complete=is_complete)
    lists = ((frr, [line(insee, status, "x") for insee, status in said.items()]), (QPV, []))
    whole = judged(BuyerFacts("collectivite", "departement", "30", NIMES), *lists)
    best = max((judged(of_commune(insee), *lists).verdict for insee in GARD), key=_RANK.index)
    assert whole.verdict == best
    lucky = data.draw(st.sampled_from(GARD))
    better = [one for one in lists[0][1] if one.insee != lucky] + [line(lucky)]
    assert judged(BuyerFacts("collectivite", "departement", "30", NIMES), (frr, better)).verdict == Verdict.YES


@pytest.mark.parametrize("broken", [{}, {"verdict": "yes"}, {"verdict": "maybe", "on": "2026-01-01"}])
def test_what_is_no_judgement_is_refused(broken: dict[str, str]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        Judgement.from_data(broken)
