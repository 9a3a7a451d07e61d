# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Official lists into the database: all valid lines or none, twice the same, and what the judgement then says."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from fablabs.geography.communes import all_communes
from orders.demo_zonings import demo_lists, load_zonings
from orders.eligibility.judgement import BuyerFacts, Verdict, replay
from orders.models import Zoning, ZoningList
from orders.services import zonings
from orders.services.eligibility import facts_of, facts_of_siret, judge_many, judge_on, spaces_of
from orders.services.zonings import ZoningImportError, import_list, read_list
from tests.people import make_organisation
from tests.test_zonings import DATA, FRR, QPV, SPACES, ZRR

TODAY = date(2026, 11, 22)

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in (
        ("frr.csv", FRR.encode()),
        ("qpv.csv", QPV.encode()),
        ("zrr-2021.xlsx", ZRR),
        ("fs-2024-08.csv", SPACES.encode()),
    ):
        (tmp_path / name).write_bytes(content)
    return tmp_path


def run(kind: str, path: Path, *more: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_zoning", kind, str(path), *more, stdout=out, **options)
    return out.getvalue()


def rows() -> list[tuple[Any, ...]]:
    return list(Zoning.objects.values_list("list__kind", "insee", "code", "status", "label", "valid_from", "valid_to"))


def of_commune(insee: str) -> BuyerFacts:
    return BuyerFacts("collectivite", "commune", insee, insee)


def test_the_four_lists_are_imported_with_a_report_per_line(folder: Path) -> None:
    assert "nouveau 6" in run("frr", folder / "frr.csv")
    report = run("qpv", folder / "qpv.csv")
    assert "     8  erreur     QN9999 Code trop court  «\u00a0QN9999\u00a0» n’est pas un code" in report
    assert report.rstrip().endswith("erreur 3, nouveau 6")
    assert "in force from 2017-07-01 to 2024-06-30" in run("zrr", folder / "zrr-2021.xlsx")
    assert "erreur 2, nouveau 3" in run("france-services", folder / "fs-2024-08.csv")
    assert Counter(kind for kind, *_ in rows()) == {"frr": 7, "qpv": 7, "zrr": 4, "france-services": 3}
    frr = ZoningList.objects.get(kind="frr")
    assert (frr.vintage, frr.file_name, len(frr.sha256)) == ("2025-07-10", "frr.csv", 64)
    assert frr.counts == {"communes": 6, "classed": 5, "full": 4, "partial": 2, "none": 1}


@pytest.mark.parametrize(
    ("kind", "name"),
    [("frr", "frr.csv"), ("qpv", "qpv.csv"), ("zrr", "zrr-2021.xlsx"), ("france-services", "fs-2024-08.csv")],
)
def test_a_file_read_twice_changes_nothing(folder: Path, kind: str, name: str) -> None:
    run(kind, folder / name)
    before = list(Zoning.objects.values())
    again = run(kind, folder / name).splitlines()[-1]
    assert "inchangé" in again and "nouveau" not in again and "modifié" not in again
    assert list(Zoning.objects.values()) == before and ZoningList.objects.count() == 1


def test_a_dry_run_says_the_same_and_writes_nothing(folder: Path) -> None:
    said = run("qpv", folder / "qpv.csv", "--dry-run")
    assert "erreur 3, nouveau 6" in said and "nothing was written" in said
    assert not Zoning.objects.exists() and not ZoningList.objects.exists()


def test_strict_imports_nothing_where_a_line_is_wrong(folder: Path) -> None:
    with pytest.raises(CommandError, match="nothing imported: 3 wrong lines"):
        run("qpv", folder / "qpv.csv", "--strict")
    assert not ZoningList.objects.exists()
    run("frr", folder / "frr.csv", "--strict")
    assert Zoning.objects.count() == 7


def test_a_crash_half_way_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(row: ZoningList) -> dict[str, int]:
        raise OSError("the disk is full")

    monkeypatch.setattr(zonings, "_counts", broken)
    with pytest.raises(OSError, match="disk"):
        run("frr", folder / "frr.csv")
    assert not ZoningList.objects.exists() and not Zoning.objects.exists()


def test_what_has_changed_is_told_and_a_place_has_only_its_new_days(folder: Path) -> None:
    run("frr", folder / "frr.csv")
    changed = FRR.replace("23008;23;Aubusson;FRR+", "23008;23;Aubusson;FRR socle").replace(
        "30341;30;Vauvert;Non classée", "30341;30;Vauvert;FRR+"
    )
    (folder / "frr.csv").write_text(changed, encoding="utf-8")
    assert run("frr", folder / "frr.csv").splitlines()[-1] == "inchangé 4, modifié 2"
    held = {(insee, label, end) for _, insee, _, _, label, _, end in rows() if insee in ("23008", "30341")}
    assert held == {
        ("23008", "FRR socle", None),
        ("30341", "FRR socle", date(2024, 12, 31)),
        ("30341", "FRR+", None),
    }


def test_a_file_that_was_cut_short_loses_nothing_unless_it_is_told_to(folder: Path) -> None:
    run("frr", folder / "frr.csv")
    (folder / "frr.csv").write_text("\r\n".join(FRR.split("\r\n")[:3]), encoding="utf-8")
    assert run("frr", folder / "frr.csv").splitlines()[-1] == "gardé 4, inchangé 2"
    assert Zoning.objects.count() == 7
    assert run("frr", folder / "frr.csv", "--replace").splitlines()[-1] == "inchangé 2, retiré 4"
    assert set(Zoning.objects.values_list("insee", flat=True)) == {"23008", "30341"}


def test_days_vintage_and_source_are_the_commands_to_say(folder: Path) -> None:
    run(
        "zrr", folder / "zrr-2021.xlsx", "--valid-from", "2021-01-01", "--valid-to", "2023-12-31", "--vintage", "2021-06",
        "--source", "Préfecture",
    )  # fmt: skip
    one = ZoningList.objects.get()
    assert (one.vintage, one.source, one.valid_from, one.valid_to) == (
        "2021-06", "Préfecture", date(2021, 1, 1), date(2023, 12, 31),
    )  # fmt: skip
    assert set(Zoning.objects.values_list("valid_from", "valid_to")) == {(one.valid_from, one.valid_to)}


def test_a_list_that_begins_late_has_no_classes_of_before(folder: Path) -> None:
    run("frr", folder / "frr.csv", "--valid-from", "2025-07-10")
    assert [label for _, insee, _, _, label, *_ in rows() if insee == "23008"] == ["FRR+"]
    run("frr", folder / "frr.csv", "--valid-from", "2028-07-01", "--vintage", "2028")
    late = judge_on(of_commune("40192"), date(2029, 1, 1))  # a reinstated commune, after 2027
    assert late.verdict == Verdict.UNKNOWN  # for want of a QPV list alone
    assert late.reasons[1].endswith("elle l’a été jusqu’au 31\u00a0décembre\u00a02027.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--valid-from", "2025-02-30"], "is no day"),
        (["--valid-from", "hier"], "is no day"),
        (["--valid-from", "9999-12-31", "--valid-to", "2020-01-01"], "the end is before the beginning"),
        (["--vintage", "x" * 21], "20 signs at most"),
    ],
)
def test_wrong_options_are_refused_in_words(folder: Path, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run("frr", folder / "frr.csv", *arguments)
    assert not ZoningList.objects.exists()


def test_a_file_without_vintage_or_without_a_valid_line_is_refused(folder: Path) -> None:
    with pytest.raises(ZoningImportError, match="vintage"):
        read_list("france-services", SPACES.encode(), "liste.csv")
    with pytest.raises(ZoningImportError, match="no valid line"):
        read_list("frr", b"code_insee;classement 2025\n99999;FRR\n", "frr.csv")
    for path in (folder / "absent.csv", folder):
        with pytest.raises(CommandError, match="can't be read"):
            run("frr", path)
    with pytest.raises(CommandError, match="no header with"):
        run("frr", folder / "qpv.csv")


def test_the_database_itself_refuses_what_can_not_be(folder: Path) -> None:
    run("frr", folder / "frr.csv")
    one = ZoningList.objects.get()
    for wrong in (
        {"insee": "23008", "status": "full", "valid_from": date(2025, 1, 1)},  # again
        {"insee": "23009", "status": "silent", "valid_from": date(2025, 1, 1)},
        {"insee": "23009", "status": "full", "valid_from": date(2025, 1, 1), "valid_to": date(2024, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Zoning.objects.create(list=one, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoningList.objects.create(kind="zus", vintage="1996", valid_from=date(1997, 1, 1))


def test_an_imported_list_judges_and_a_frozen_judgement_outlives_it(folder: Path) -> None:
    run("frr", folder / "frr.csv")
    run("qpv", folder / "qpv.csv")
    frozen = {insee: judge_on(of_commune(insee), TODAY) for insee in ("23008", "01053", "13208", "97416", "30341")}
    assert [one.verdict.value for one in frozen.values()] == ["yes", "yes", "yes", "partly", "no"]
    kept = [one.as_data() for one in frozen.values()]
    ZoningList.objects.all().delete()
    assert [replay(data).as_data() for data in kept] == kept
    assert judge_on(of_commune("23008"), TODAY).verdict == Verdict.UNKNOWN


def test_judging_takes_two_queries_for_one_and_for_five_thousand(folder: Path) -> None:
    for official in demo_lists():
        import_list(official)
    some = [of_commune(place.insee) for place in all_communes()[::7]][:4_900]
    some += [BuyerFacts("collectivite", "departement", code, "") for code in ("30", "23", "2A", "974", "??")]
    some += [BuyerFacts("collectivite", "region", "76", ""), BuyerFacts("other", "other", "", "")]
    some += [BuyerFacts("france-services", "commune", "23008", "23008", "", f"Espace {n}") for n in range(93)]
    for facts in ([of_commune("30189")], [BuyerFacts("collectivite", "region", "76", "")], some):
        with CaptureQueriesContext(connection) as queries:
            answers = judge_many(facts, TODAY)
        assert len(queries) == 2 and len(answers) == len(facts)
    assert [answer.facts for answer in answers] == some
    sample = some[::400]
    assert [judge_on(one, TODAY) for one in sample] == [answers[some.index(one)] for one in sample]


def test_a_registered_organisation_is_found_by_its_number_and_nothing_private_is_told(folder: Path) -> None:
    number = "00000001800010"
    club = make_organisation(
        Organisation.Kind.COLLECTIVITE, "Syndicat secret", siren=number[:9], siret=number, insee="23008"
    )
    told = facts_of_siret(number, TODAY)
    assert told == BuyerFacts("collectivite", "commune", "23008", "23008", number)  # no name
    club.kind = Organisation.Kind.MAKER
    club.save()
    assert facts_of_siret(number, TODAY) is None
    run("france-services", folder / "fs-2024-08.csv")
    space = facts_of_siret(number, TODAY)
    assert space is not None and (space.kind, space.insee, space.name) == (
        "france-services", "01033", "France services de Valserhône",
    )  # fmt: skip
    assert judge_on(space, TODAY).verdict == Verdict.YES
    assert spaces_of("01033", TODAY) == ["France services de Valserhône"] and spaces_of("01033", date(2019, 1, 1)) == []


def test_the_facts_of_an_organisation_are_those_of_its_kind() -> None:
    town = make_organisation(Organisation.Kind.COLLECTIVITE, "Commune", insee="23008")
    assert facts_of(town) == BuyerFacts("collectivite", "commune", "23008", "23008", "", "Commune")
    assert facts_of(town, "departement", "23").territory == "23"
    maker = make_organisation(Organisation.Kind.MAKER, "Atelier", insee="23008")
    assert facts_of(maker).kind == "other"


def test_the_demonstrations_zonings_are_marked_and_give_way_to_official_ones(folder: Path, settings: Any) -> None:
    settings.TRETEAU_DEMO = False
    assert load_zonings() == []
    settings.TRETEAU_DEMO = True
    assert len(load_zonings()) == 3 and len(load_zonings()) == 3
    assert set(ZoningList.objects.values_list("is_demo", flat=True)) == {True}
    before = Zoning.objects.count()
    load_zonings()
    assert Zoning.objects.count() == before
    verdicts = {
        insee: judge_on(of_commune(insee), TODAY).verdict.value
        for insee in ("30189", "23008", "29151", "01187", "75056")
    }
    assert verdicts == {"30189": "yes", "23008": "yes", "29151": "no", "01187": "partly", "75056": "unknown"}
    assert "données de démonstration" in judge_on(of_commune("23008"), TODAY).reasons[0]
    (folder / "frr.csv").write_text(FRR.replace("FRR+;", "Non classée;"), encoding="utf-8")
    run("frr", folder / "frr.csv")  # the same vintage, beside the demonstration's
    assert judge_on(of_commune("23008"), TODAY).verdict == Verdict.NO


def test_the_demonstrations_communes_are_of_today_and_named() -> None:
    frr, qpv, spaces = demo_lists()
    assert [len(frr.lines), len(qpv.lines)] == [55, 55] and len(spaces.lines) > 30
    known = {place.insee for place in all_communes()}
    assert {entry.insee for one in (frr, qpv, spaces) for line in one.lines for entry in line.entries} <= known


def test_the_real_frr_list_is_imported_and_counts_every_class() -> None:
    path = DATA / "frr-2025-07.csv"
    if not path.exists():
        pytest.skip("needs ../shared/data")
    official = read_list("frr", path.read_bytes(), path.name)
    assert len(official.lines) == 34_875 and [line for line in official.lines if line.fault or line.remarks] == []
    assert import_list(official, file_name=path.name).counts == {"nouveau": 34_875}
    assert ZoningList.objects.get().counts == {
        "communes": 34_875, "classed": 19_934, "full": 24_359, "partial": 31, "none": 14_941,
    }  # fmt: skip
    region = judge_on(BuyerFacts("collectivite", "region", "76", ""), TODAY)
    assert region.verdict == Verdict.YES and "3\u202f515 de ses 4\u202f446 communes" in region.reasons[0]
