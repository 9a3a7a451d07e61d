# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The coordinators' pages of a campaign's assignment; for everybody else they are not there."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Organisation, User
from cms.views.campaigns.faults import in_french
from fabrication.assignment.services import Rule, again, request_run, work
from fabrication.matching.tables import Fault
from fabrication.models import AssignmentRow, AssignmentRule, AssignmentRun, Proposal
from tests.people import make_coordinator, make_member, make_organisation, make_person
from tests.test_assignment_runs import DEMANDS, MAKERS, TERMS, done, site_makers

pytestmark = pytest.mark.django_db
ORDERS = "id,insee,design,quantity\na,30189,chariot,3\nb,34172,chariot,4\n"
TABLE = (
    "id,insee,process,bed_x_mm,bed_y_mm,max_thickness_mm,materials,units_per_week,lead_days,hour_price\n"
    "nimes,30189,cnc-router,2500,1250,20,contreplaqué bouleau,3,14,55\n"
)


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.TRETEAU_ARTEFACTS = tmp_path_factory.getbasetemp() / "assignments" / "artefacts"


@pytest.fixture
def coordinator() -> User:
    return make_coordinator()


@pytest.fixture
def page(client: Client, coordinator: User) -> Client:
    client.force_login(coordinator)
    return client


def file(text: str, name: str = "commandes.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def form(**changed: Any) -> dict[str, Any]:
    values = {
        "campagne": "Printemps",
        "commandes": file(ORDERS),
        "rayon": "100",
        "semaines": "4",
        "equilibre": "non",
        "soin": "rapide",
    }
    return values | changed


def text_of(response: Any) -> str:
    found: str = response.content.decode()
    return found


def test_from_a_table_to_a_result_with_its_lines(page: Client) -> None:
    response = page.post(reverse("campaign-run-new"), form(ateliers=file(TABLE, "ateliers.csv")))
    run = AssignmentRun.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("campaign-run", args=[run.public_id])
    waiting = text_of(page.get(response["Location"]))
    assert "En attente d’un poste de calcul libre" in waiting
    state = page.get(reverse("campaign-run-state", args=[run.public_id])).json()
    assert (state["finished"], state["progress"]) == (False, 0)
    work(run.pk)
    shown = text_of(page.get(response["Location"]))
    assert "0 sur 2" in shown
    assert "Chacune a trouvé un atelier." in shown
    assert "Il est démontré que l’on ne peut pas faire mieux." in shown
    assert "Seul atelier possible" in shown
    assert "ne se propose pas aux acheteurs" in shown
    assert page.get(reverse("campaign-run-state", args=[run.public_id])).json()["finished"] is True


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"campagne": ""}, "Donnez un nom"),
        ({"rayon": "0"}, "Un kilomètre au moins."),
        ({"rayon": "loin"}, "Écrivez un nombre entier de kilomètres"),
        ({"semaines": "500"}, "104 semaines au plus."),
        ({"equilibre": "très"}, "Choisissez dans la liste."),
        ({"commandes": ""}, "Choisissez le tableau des commandes."),
        ({"commandes": file("")}, "Ce fichier est vide."),
        (
            {"commandes": file("id,insee,design,quantity\na,99999,chariot,0\nb,30189,sofa,1\na,30189,chariot,1\n")},
            "Ligne 2\u00a0: insee\u00a0: aucune commune ne porte ni ne portait le code «\u00a099999\u00a0»\u202f; quantity",
        ),
        ({"commandes": file("id,insee,design\na,30189,chariot\n")}, "il manque la colonne «\u00a0quantity\u00a0»"),
        ({"commandes": SimpleUploadedFile("a.csv", b"id,insee\xff")}, "enregistrez-le en «\u00a0CSV UTF-8\u00a0»"),
        ({"commandes": file("id,insee,design,quantity\n")}, "Le tableau ne contient aucune commande."),
        ({}, "Aucun atelier n’est ouvert"),
    ],
)
def test_what_is_wrong_is_told_in_french_and_what_was_typed_stays(
    page: Client, changed: dict[str, Any], words: str
) -> None:
    response = page.post(reverse("campaign-run-new"), form(**changed))
    shown = text_of(response)
    assert response.status_code == 422
    assert words in shown
    if "campagne" not in changed:
        assert 'value="Printemps"' in shown
    assert not AssignmentRun.objects.exists()


def test_over_the_sites_workshops_a_result_is_proposed_once(page: Client) -> None:
    site_makers()
    page.post(reverse("campaign-run-new"), form())
    run = done(AssignmentRun.objects.get())
    assert run.makers == "site"
    for _ in range(2):
        response = page.post(reverse("campaign-run-propose", args=[run.public_id]), follow=True)
        assert "Les acheteurs restent libres" in text_of(response)
    assert Proposal.objects.count() == 2
    assert "Cette répartition est proposée aux acheteurs" in text_of(response)
    assert "proposée" in text_of(page.get(reverse("campaign-runs")))


def test_a_line_leads_to_a_rule_and_the_new_run_is_compared_with_the_old_one(page: Client, coordinator: User) -> None:
    first = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    address = reverse("campaign-run-again", args=[first.public_id])
    assert f"{address}?imposer=b&amp;atelier=montpellier" in text_of(
        page.get(reverse("campaign-run", args=[first.public_id]))
    )
    shown = text_of(page.get(f"{address}?ecarter=b&atelier=montpellier"))
    assert 'name="regles-0-commande" value="b"' in shown
    assert '<option value="forbid" selected>' in shown
    posted = {
        "regles-TOTAL_FORMS": "4", "regles-INITIAL_FORMS": "4", "regles-0-sens": "forbid", "regles-0-commande": "b",
        "regles-0-atelier": "montpellier", "rayon": "120", "semaines": "4", "equilibre": "non", "soin": "rapide",
    }  # fmt: skip
    more = text_of(page.post(address, posted | {"ajouter": "1"}))
    assert 'name="regles-0-commande" value="b"' in more
    assert 'value="120"' in more
    assert AssignmentRun.objects.count() == 1
    response = page.post(address, posted)
    second = AssignmentRun.objects.get(parent=first)
    assert response["Location"] == reverse("campaign-run", args=[second.public_id])
    assert [(r.kind, r.demand, r.maker) for r in second.rules.all()] == [("forbid", "b", "montpellier")]
    assert second.radius_km == 120
    done(second)
    compared = text_of(
        page.get(reverse("campaign-run-compare", args=[second.public_id]), {"avec": str(first.public_id)})
    )
    assert "b\u00a0: montpellier écarté" in compared.replace("&nbsp;", "\u00a0")
    assert "Atelier montpellier" in compared
    assert str(first.public_id) in text_of(page.get(reverse("campaign-run", args=[second.public_id])))


def test_a_rule_with_an_unknown_order_or_half_of_a_pair_is_refused_and_stays_typed(
    page: Client, coordinator: User
) -> None:
    run = request_run(coordinator, DEMANDS, TERMS, makers=MAKERS)
    address = reverse("campaign-run-again", args=[run.public_id])
    terms = {"rayon": "100", "semaines": "4", "equilibre": "non", "soin": "rapide", "regles-INITIAL_FORMS": "0"}
    for typed, words in (
        ({"regles-0-commande": "zzz", "regles-0-atelier": "nimes"}, "Aucune commande ne s’appelle"),
        ({"regles-0-commande": "", "regles-0-atelier": "nimes"}, "Indiquez la commande."),
        ({"regles-0-commande": "a", "regles-0-atelier": ""}, "Indiquez l’atelier."),
    ):
        response = page.post(address, terms | {"regles-TOTAL_FORMS": "1", "regles-0-sens": "pin"} | typed)
        assert response.status_code == 422
        assert words in text_of(response)
        assert f'name="regles-0-atelier" value="{typed["regles-0-atelier"]}"' in text_of(response)
    assert AssignmentRun.objects.count() == 1
    assert page.post(address, {"regles-TOTAL_FORMS": "nine"}).status_code == 422


def test_lines_are_narrowed_and_exported(page: Client, coordinator: User) -> None:
    run = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    address = reverse("campaign-run", args=[run.public_id])
    for query, expected in (
        ({"voir": "non-servies"}, {"d"}),
        ({"voir": "servies"}, {"a", "b", "c"}),
        ({"q": "Montpellier"}, set(run.rows.filter(maker="montpellier").values_list("demand", flat=True)) | {"b"}),
        ({"q": "rien de tel"}, set()),
        ({"q": "Saint\0"}, {"d"}),  # PostgreSQL has no text with a NUL
        ({"voir": "unknown"}, {"a", "b", "c", "d"}),
        ({"page": "nine"}, {"a", "b", "c", "d"}),
    ):
        response = page.get(address, query)
        assert {row.demand for row in response.context["lines"]} == expected, query
    table = page.get(reverse("campaign-run-table", args=[run.public_id, "csv"]))
    assert "attachment" in table["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(table.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert [row["commande"] for row in rows] == ["a", "b", "c", "d"]
    assert rows[3]["distance (km)"] == ""
    assert "," in rows[2]["distance (km)"]
    sheet = load_workbook(
        io.BytesIO(page.get(reverse("campaign-run-table", args=[run.public_id, "xlsx"])).getvalue())
    ).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["a", "b", "c", "d"]


def test_a_name_that_no_workbook_may_hold_is_exported_all_the_same(page: Client, coordinator: User) -> None:
    named = [replace(maker, name=f"=Atelier\x0b {maker.id}") for maker in MAKERS]
    run = done(request_run(coordinator, DEMANDS, TERMS, makers=named))
    for form in ("csv", "xlsx"):
        answer = page.get(reverse("campaign-run-table", args=[run.public_id, form]))
        assert answer.status_code == 200 and answer.getvalue()
    sheet = load_workbook(
        io.BytesIO(page.get(reverse("campaign-run-table", args=[run.public_id, "xlsx"])).getvalue())
    ).active
    names = {str(row[5]) for row in sheet.iter_rows(min_row=2, values_only=True) if row[5]}
    assert names and all(name.startswith("'=Atelier ") for name in names)


def test_a_refusal_is_shown_with_a_way_out(page: Client, coordinator: User) -> None:
    first = request_run(coordinator, DEMANDS, TERMS, makers=MAKERS)
    run = again(coordinator, first, TERMS, [Rule(AssignmentRule.Kind.PIN, "d", "nimes")])
    work(run.pk)
    shown = text_of(page.get(reverse("campaign-run", args=[run.public_id])))
    assert "Ces règles ne peuvent pas être tenues" in shown
    assert "Changer et relancer" in shown


def test_queries_do_not_grow_with_the_lists(
    page: Client, coordinator: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    run = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    position = run.rows.count()
    AssignmentRow.objects.bulk_create(
        AssignmentRow(
            run=run, position=position + k, demand=f"z{k}", place="Nîmes", design="chariot", quantity=1, maker="nimes",
            maker_name="Nîmes", metres=k, why="placed", reason="le plus proche",
        )
        for k in range(1, 1001)
    )  # fmt: skip
    for _ in range(25):
        request_run(coordinator, DEMANDS, TERMS, makers=MAKERS) if AssignmentRun.objects.count() < 15 else None
    for name, most in (("campaign-run", 12), ("campaign-run-compare", 12), ("campaign-run-again", 10)):
        with django_assert_max_num_queries(most):
            response = page.get(reverse(name, args=[run.public_id]), {"avec": str(run.public_id)})
            assert response.status_code == 200
    with django_assert_max_num_queries(8):
        assert len(page.get(reverse("campaign-runs")).context["page"]) == 15
    assert len(page.get(reverse("campaign-run", args=[run.public_id])).context["lines"]) == 100


def test_for_everybody_else_the_pages_are_not_there(client: Client, coordinator: User) -> None:
    run = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    addresses = [
        reverse("campaign-runs"),
        reverse("campaign-run-new"),
        reverse("campaign-run", args=[run.public_id]),
        reverse("campaign-run-state", args=[run.public_id]),
        reverse("campaign-run-again", args=[run.public_id]),
        reverse("campaign-run-compare", args=[run.public_id]) + f"?avec={run.public_id}",
        reverse("campaign-run-table", args=[run.public_id, "csv"]),
        reverse("campaign-run-table", args=[run.public_id, "xlsx"]),
    ]
    for address in addresses:
        assert client.get(address).status_code in (302, 404)
    third = make_person("tiers@example.org")
    make_member(third, make_organisation(Organisation.Kind.MAKER))
    client.force_login(third)
    for address in addresses:
        assert client.get(address).status_code == 404
    for name in ("campaign-run-propose", "campaign-run-again"):
        assert client.post(reverse(name, args=[run.public_id]), {}).status_code == 404
    assert client.post(reverse("campaign-run-new"), form()).status_code == 404
    assert not Proposal.objects.exists()
    assert AssignmentRun.objects.count() == 1


def test_unknown_runs_and_ways_to_compare_are_not_there(page: Client, coordinator: User) -> None:
    run = done(request_run(coordinator, DEMANDS, TERMS, makers=MAKERS))
    other = "12345678-1234-4234-8234-123456789abc"
    assert page.get(reverse("campaign-run", args=[other])).status_code == 404
    compare = reverse("campaign-run-compare", args=[run.public_id])
    for words in ("", "no-uuid", other):
        assert page.get(compare, {"avec": words}).status_code == 404
    waiting = request_run(coordinator, DEMANDS, TERMS, makers=MAKERS)
    assert page.get(compare, {"avec": str(waiting.public_id)}).status_code == 404
    assert page.get(reverse("campaign-run-table", args=[waiting.public_id, "csv"])).status_code == 404
    odd = f"aaaaaaaa-{'-' * 27}"
    assert page.get(f"/coordination/repartition/{odd}/repartition.csv").status_code == 404


def test_a_model_that_is_not_known_is_one_sentence() -> None:
    fault = Fault(
        3, "quantity: a whole number from 1 to 9, not '1e3'; design: no design 'table'; known designs: porte, chariot"
    )
    assert in_french(fault).endswith("et non «\xa01e3\xa0»\u202f; design\xa0: ce modèle n’existe pas")
