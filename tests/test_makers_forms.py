# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of a maker's record: what they refuse, beside the field, and that nothing typed is ever lost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fablabs.models import Change, CuttingMachine, Evidence, StockItem, Workshop
from fablabs.services.offering import mondays_ahead
from tests.maker_pages import filled, seen_on, site, text_of
from tests.people import signed_in
from tests.running import ROOT
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text()
#: What a form must refuse in a field for numbers, beside it, without losing it.
NO_NUMBERS = (
    "-1",
    "1000000000",
    "1e3",
    "٣",
    "12\x00",
    "9" * 10_000,
    "🪚",
    "douze",
    "1.2.3",
    "0x10",
    "nan",
    "--",
    "1_0",
)


@pytest.fixture
def workshop() -> Workshop:
    return make_workshop(ROUTER, slug="copeaux", name="Les Copeaux")


@pytest.fixture
def maker_client(workshop: Workshop) -> Client:
    return signed_in(make_maker_person(workshop))


@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("prix/", "machine_hour_eur"),
        ("capacite/", "lead_days"),
        ("territoire/", "radius_km"),
        ("machines/{machine}/", "bed_x"),
        ("machines/{machine}/", "outil-0-diameter_mm"),
        ("panneaux/{item}/", "measured_thickness_mm"),
        ("panneaux/{item}/mesure/", "thickness_mm"),
    ],
)
def test_what_is_no_number_is_refused_beside_its_field_and_stays_there(
    workshop: Workshop, maker_client: Client, page: str, field: str
) -> None:
    address = site(page.format(machine=workshop.machines.get().pk, item=workshop.stock.get().pk))
    form = filled(maker_client, address)
    before = Workshop.objects.values().get(), workshop.machines.values().get(), workshop.stock.values().get()
    for bad in NO_NUMBERS:
        answer = maker_client.post(address, form | {field: bad, "enregistrer": "1"})
        html = text_of(answer)
        assert answer.status_code == 422, (bad[:20], answer.status_code)
        message = re.search(rf'id="{field}-messages"[^>]*><p class="fr-message fr-message--error">([^<]+)', html)
        assert message and f'href="#{field}"' in html, bad[:20]
        assert f'value="{bad}"' in html, bad[:20]
    assert (Workshop.objects.values().get(), workshop.machines.values().get(), workshop.stock.values().get()) == before
    assert not Change.objects.exists()


@pytest.mark.parametrize(("typed", "kept"), [("17,8", 17.8), ("17.8", 17.8), (" 17,80 ", 17.8), ("18", 18)])
def test_a_thickness_is_taken_with_a_comma_as_with_a_point(
    workshop: Workshop, maker_client: Client, typed: str, kept: float
) -> None:
    address = site(f"panneaux/{workshop.stock.get().pk}/mesure/")
    answer = maker_client.post(address, filled(maker_client, address) | {"thickness_mm": typed})
    assert answer.status_code == 302, text_of(answer)
    assert workshop.stock.get().settings["measured_thickness_mm"] == kept


@pytest.mark.parametrize("bad", ["\x00", "x" * 10_000, "deux\nlignes"])
def test_a_text_that_no_machine_file_takes_is_refused_beside_its_field(
    workshop: Workshop, maker_client: Client, bad: str
) -> None:
    address = site(f"machines/{workshop.machines.get().pk}/")
    answer = maker_client.post(address, filled(maker_client, address) | {"name": bad})
    assert answer.status_code == 422 and 'id="name-messages" aria-live="polite"><p' in text_of(answer)
    emoji = maker_client.post(address, filled(maker_client, address) | {"name": "Fraiseuse 🪚"})
    assert emoji.status_code == 302 and workshop.machines.get().name == "Fraiseuse 🪚"


def test_a_machine_saved_as_it_stands_stays_as_it_is(maker_client: Client, workshop: Workshop) -> None:
    machine, item = workshop.machines.get(), workshop.stock.get()
    for address in (site(f"machines/{machine.pk}/"), site(f"panneaux/{item.pk}/")):
        assert maker_client.post(address, filled(maker_client, address)).status_code == 302
    assert (workshop.machines.get().settings, workshop.stock.get().settings) == (machine.settings, item.settings)
    assert not Change.objects.exists()


def test_tools_are_added_and_taken_away_by_buttons_and_nothing_typed_is_lost(
    workshop: Workshop, maker_client: Client
) -> None:
    address = site(f"machines/{workshop.machines.get().pk}/")
    form = filled(maker_client, address)
    count = int(form["outil-nombre"])
    answer = maker_client.post(address, form | {"name": "Un autre nom", "bed_x": "pas fini", "outil-ajouter": "1"})
    html = text_of(answer)
    assert answer.status_code == 200 and f'name="outil-nombre" value="{count + 1}"' in html
    assert 'value="Un autre nom"' in html and 'value="pas fini"' in html and "Il reste quelque chose" not in html
    new = {
        f"outil-{count}-name": "foret 5",
        f"outil-{count}-diameter_mm": "5",
        f"outil-{count}-kind": "drill",
        "outil-nombre": count + 1,
    }
    assert maker_client.post(address, form | new).status_code == 302
    tools = workshop.machines.get().settings["tools"]
    assert len(tools) == count + 1 and tools[-1] == {"name": "foret 5", "kind": "drill", "diameter_mm": 5}
    form = filled(maker_client, address)
    html = text_of(maker_client.post(address, form | {"outil-retirer": str(count)}))
    assert "foret 5" not in html and f'name="outil-nombre" value="{count}"' in html


def test_what_contradicts_is_told_beside_the_field_that_it_is_about(workshop: Workshop, maker_client: Client) -> None:
    address = site(f"machines/{workshop.machines.get().pk}/")
    html = text_of(maker_client.post(address, filled(maker_client, address) | {"spacing_mm": "2"}))
    assert re.search(r'id="spacing_mm-messages"[^>]*><p[^>]*>Entre deux pièces écartées de 2', html)
    html = text_of(maker_client.post(address, filled(maker_client, address) | {"process": "laser"}))
    assert re.search(r'id="controller-messages"[^>]*><p|id="kerf_mm-messages"[^>]*><p', html)
    address = site(f"panneaux/{workshop.stock.get().pk}/")
    html = text_of(maker_client.post(address, filled(maker_client, address) | {"measured_thickness_mm": "27,6"}))
    assert re.search(r'id="measured_thickness_mm-messages"[^>]*><p[^>]*>27,6.mm mesurés pour un panneau vendu 18', html)


def test_a_machine_waits_as_a_draft_until_it_is_whole() -> None:
    workshop = make_workshop(slug="copeaux", name="Les Copeaux")
    client = signed_in(make_maker_person(workshop))
    typed = {"name": "La grande", "process": "cnc-router", "outil-nombre": "1"}
    answer = client.post(site("machines/ajouter/"), typed)
    assert answer.status_code == 422 and "Il manque" in text_of(answer) and not CuttingMachine.objects.exists()
    assert client.post(site("machines/ajouter/"), typed | {"brouillon": "1"}).status_code == 302
    machine = CuttingMachine.objects.get()
    assert not machine.is_active and not workshop.is_candidate
    html = text_of(client.get(site()))
    assert "la taille de la table de «\u00a0La grande\u00a0»" in html
    assert "attend que sa fiche" in text_of(
        client.post(site(f"machines/{machine.pk}/service/"), {"action": "remettre"}, follow=True)
    )
    address = site(f"machines/{machine.pk}/")
    whole = filled(client, address) | {
        "bed_x": "2 500", "bed_y": "1250", "max_thickness_mm": "30", "outil-nombre": "1", "outil-0-name": "fraise 6", "outil-0-diameter_mm": "6",
    }  # fmt: skip
    answer = client.post(address, whole)
    assert answer.status_code == 302, text_of(answer)
    machine.refresh_from_db()
    assert machine.is_active and machine.machine.bed_mm == (2500, 1250)


def test_the_second_of_two_editors_is_told_and_loses_nothing(workshop: Workshop, maker_client: Client) -> None:
    colleague = signed_in(make_maker_person(workshop, "collegue@example.org"))
    machine, item = workshop.machines.get(), workshop.stock.get()
    cases: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
        (site("prix/"), {"machine_hour_eur": "55"}, {"machine_hour_eur": "70"}, "55"),
        (site("lieu/"), {"address": "1 rue A"}, {"address": "2 rue B"}, "1 rue A"),
        (site(f"machines/{machine.pk}/"), {"rapid_mm_min": "8000"}, {"rapid_mm_min": "7000"}, "8 000".replace(" ", "\u202f")),
        (site(f"panneaux/{item.pk}/"), {"measured_thickness_mm": "17,5"}, {"measured_thickness_mm": "17,9"}, "17,5"),
        (f"/espace/fabricant/{workshop.maker_id}/modeles/", {"chariot-offered": "on", "chariot-price_eur": "600"}, {"chariot-offered": "on", "chariot-price_eur": "700"}, "600"),
        (f"/espace/fabricant/{workshop.maker_id}/structure/", {"presentation": "Bonjour"}, {"presentation": "Bonsoir"}, "Bonjour"),
    ]  # fmt: skip
    for address, first, second, standing in cases:
        mine, theirs = filled(maker_client, address), filled(colleague, address)
        assert colleague.post(address, theirs | first).status_code == 302, address
        answer = maker_client.post(address, mine | second)
        html = text_of(answer)
        assert answer.status_code == 409 and "Quelqu’un d’autre" in html, address
        typed = next(value for key, value in second.items() if not key.endswith("offered"))
        assert f'value="{typed}"' in html or f">\n{typed}</textarea>" in html or f">{typed}<" in html, address
        assert f"«\u00a0{standing}\u00a0» dans la fiche" in html, (address, html[html.find("Quelqu") :][:900])
        # Saved again from that page, it takes the other's place, knowingly.
        again = mine | second | {"vu": re.findall(r'name="vu" value="([0-9a-f]+)"', html)[-1]}
        assert maker_client.post(address, again).status_code == 302, address


def test_two_who_edit_different_sections_do_not_disturb_each_other(workshop: Workshop, maker_client: Client) -> None:
    mine = filled(maker_client, site("prix/"))
    address = site("capacite/")
    assert maker_client.post(address, filled(maker_client, address) | {"units_per_week": "4"}).status_code == 302
    assert maker_client.post(site("prix/"), mine | {"machine_hour_eur": "61"}).status_code == 302
    workshop.refresh_from_db()
    assert (workshop.units_per_week, workshop.machine_hour_eur) == (Decimal(4), Decimal(61))


def test_weeks_are_ticked_and_past_ones_stay(workshop: Workshop, maker_client: Client) -> None:
    past = timezone.localdate() - timedelta(days=timezone.localdate().weekday() + 70)
    workshop.closed_weeks.create(monday=past)
    weeks = [day.isoformat() for day in mondays_ahead()[2:4]]
    address = site("semaines/")
    maker_client.post(address, filled(maker_client, address) | {"weeks": weeks, "reason": "congés"})
    assert list(workshop.closed_weeks.values_list("monday", flat=True)) == [past, *mondays_ahead()[2:4]]
    for bad in (["2026-13-45"], [(mondays_ahead()[0] + timedelta(days=1)).isoformat()], ["٣"]):
        answer = maker_client.post(address, filled(maker_client, address) | {"weeks": bad})
        assert answer.status_code == 422 and "Choisissez des semaines" in text_of(answer)
    maker_client.post(address, {key: value for key, value in filled(maker_client, address).items() if key != "weeks"})
    assert list(workshop.closed_weeks.values_list("monday", flat=True)) == [past]


def test_facts_have_dates_and_a_withdrawn_one_stays_in_the_history(workshop: Workshop, maker_client: Client) -> None:
    own = f"/espace/fabricant/{workshop.maker_id}/preuves/"
    given = {
        "criterion": "environmental",
        "title": "Bois PEFC",
        "detail": "",
        "link": "",
        "dated": "2025-05-01",
        "valid_until": "2024-05-01",
        "vu": "",
    }
    answer = maker_client.post(f"{own}ajouter/", given | {"vu": seen_on(maker_client, f"{own}ajouter/")})
    assert answer.status_code == 422 and "précède" in text_of(answer) and 'value="Bois PEFC"' in text_of(answer)
    answer = maker_client.post(f"{own}ajouter/", given | {"valid_until": "01/05/2028"})
    assert answer.status_code == 302, text_of(answer)
    fact = Evidence.objects.get()
    assert (fact.dated, fact.valid_until) == (date(2025, 5, 1), date(2028, 5, 1))
    maker_client.post(f"{own}{fact.pk}/retirer/")
    assert not Evidence.objects.exists() and "Bois PEFC" in str(Change.objects.first().values)


def test_an_offcut_is_added_changed_and_taken_away(workshop: Workshop, maker_client: Client) -> None:
    item = workshop.stock.get()
    address = site(f"panneaux/{item.pk}/chutes/")

    def send(**given: str) -> Any:
        return maker_client.post(
            address, {"vu": seen_on(maker_client, address), "price_eur": "", "keep_out_mm": "", **given}
        )

    assert send(name="bande", outline_mm="900 x 310").status_code == 302
    assert (
        send(
            name="L", outline_mm="0 0 ; 1400 0 ; 1400 420,5 ; 0 420,5", keep_out_mm="10 10 ; 20 10 ; 20 20"
        ).status_code
        == 302
    )
    rows = workshop.stock.get().settings["offcuts"]
    assert rows[0]["outline_mm"] == [[0, 0], [900, 0], [900, 310], [0, 310]]
    assert rows[1]["outline_mm"][2] == [1400, 420.5] and rows[1]["keep_out_mm"] == [[[10, 10], [20, 10], [20, 20]]]
    for bad, words in (
        ("900", "Écrivez une longueur"),
        ("0 0 ; 10 10 ; 10 0 ; 0 10", "se croise"),
        ("0 × 0", "se croise"),
        ("٩ × ٣", "Écrivez une longueur"),
    ):
        answer = send(name="mauvaise", outline_mm=bad)
        assert answer.status_code == 422 and words in text_of(answer) and f'value="{bad}"' in text_of(answer), bad
    assert send(name="bande", outline_mm="10 × 10").status_code == 422
    assert send(name="bande large", outline_mm="900 × 400", chute="0").status_code == 302
    assert workshop.stock.get().settings["offcuts"][0]["name"] == "bande large"
    assert send(retirer="0").status_code == 302
    assert [row["name"] for row in workshop.stock.get().settings["offcuts"]] == ["L"]
    assert maker_client.get(f"{address}?chute=٣").status_code == 200


@pytest.mark.parametrize(
    "path", ["prix/", "lieu/", "capacite/", "territoire/", "semaines/", "machines/ajouter/", "panneaux/ajouter/"]
)
def test_no_post_of_nonsense_is_ever_a_fault_of_the_site(workshop: Workshop, maker_client: Client, path: str) -> None:
    names = list(filled(maker_client, site(path)))
    for nonsense in ("\x00", "🪚" * 30, "-1", "x" * 2_000, "٣", "' OR 1=1 --", "<script>"):
        answer = maker_client.post(site(path), dict.fromkeys(names, nonsense))
        assert answer.status_code in (422, 409), (path, nonsense[:9])
        assert "<script>" not in answer.content.decode().split("<main")[1].split("</main")[0]


def test_stock_of_each_origin_is_told_apart(workshop: Workshop, maker_client: Client) -> None:
    address = site("panneaux/ajouter/")
    given = {
        "measured_thickness_mm": "15,2",
        "nominal_thickness_mm": "15",
        "material": "MDF",
        "sheet_x": "2440",
        "sheet_y": "1220",
        "origin": "reclaimed",
        "format-nombre": "0",
    }
    assert maker_client.post(address, filled(maker_client, address) | given).status_code == 302
    assert StockItem.objects.get(origin="reclaimed").settings["material"] == "MDF"
    assert "réemploi" in text_of(maker_client.get(site()))
