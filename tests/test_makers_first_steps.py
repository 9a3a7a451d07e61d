# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From an account to a workshop's record: what leads on, and what is not asked for twice."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Role
from cms.views.makers.words import value_words
from cms.workplace import links_of
from fablabs.models import Maker, StockItem, Workshop
from fablabs.services import validating
from fablabs.services.equipment import import_file
from tests.maker_pages import site, text_of
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.running import ROOT
from tests.workshops import SIREN, SIRET, complete, make_maker_person, make_workshop

ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text()


@pytest.fixture
def organisation() -> Organisation:
    found: Organisation = make_organisation(
        Organisation.Kind.MAKER, "Les Copeaux", siren=SIREN, siret=SIRET, insee="30189"
    )
    return found


@pytest.fixture
def client_of_maker(organisation: Organisation) -> Client:
    user = make_person("lise@example.org", "Lise Arbois")
    make_member(user, organisation, is_manager=True)
    return signed_in(user)


@pytest.mark.django_db
def test_the_page_of_a_makers_organisation_leads_to_its_record(
    organisation: Organisation, client_of_maker: Client
) -> None:
    address = reverse("organisation", args=[organisation.pk])
    page = client_of_maker.get(address).content.decode()
    assert f'href="{reverse("maker-register")}"' in page and "Inscrire l’atelier" in page

    maker = Maker.objects.create(organisation=organisation, kind="fablab")
    page = client_of_maker.get(address).content.decode()
    assert f'href="{reverse("maker", args=[maker.pk])}"' in page and "Inscrire l’atelier" not in page

    town = make_organisation(Organisation.Kind.COLLECTIVITE, "Vézac")
    clerk = make_person("mairie@example.org")
    make_member(clerk, town)
    page = signed_in(clerk).get(reverse("organisation", args=[town.pk])).content.decode()
    assert "espace/fabricant" not in page
    assert signed_in(clerk).get(address).status_code == 404


@pytest.mark.django_db
def test_the_first_site_begins_with_what_its_organisation_said(
    organisation: Organisation, client_of_maker: Client
) -> None:
    maker = Maker.objects.create(organisation=organisation, kind="fablab")
    address = reverse("maker-site-add", args=[maker.pk])
    page = client_of_maker.get(address).content.decode()
    assert f'value="{SIRET}"' in page and 'value="Nîmes (Gard)"' in page

    Workshop.objects.filter(pk=make_workshop("", slug="copeaux").pk).update(maker=maker)
    second = client_of_maker.get(address).content.decode()
    assert f'value="{SIRET}"' not in second and "Nîmes (Gard)" not in second
    assert Workshop.objects.filter(maker=maker).count() == 1


@pytest.mark.django_db
def test_coordinators_are_led_to_the_prices_to_look_at() -> None:
    addresses = [link.url for link in links_of([Role.COORDINATOR])]
    assert reverse("quotes-flagged") in addresses
    assert signed_in(make_coordinator()).get(reverse("quotes-flagged")).status_code == 200
    assert reverse("quotes-flagged") not in [link.url for link in links_of([Role.MAKER, Role.BUYER])]


@pytest.mark.django_db
def test_a_site_says_what_its_machines_program_waits_for_and_prices_have_their_cents() -> None:
    workshop = make_workshop(ROUTER, slug="copeaux", machine_hour_eur=Decimal("45.50"))
    row = workshop.machines.get()
    assert {"controller", "travel_height_mm"} <= row.settings.keys()
    client = signed_in(make_maker_person(workshop))
    whole = text_of(client.get(site("")))
    assert "45,50\N{NO-BREAK SPACE}€/h" in whole and "soit écrit" not in whole

    row.settings = {key: value for key, value in row.settings.items() if key != "travel_height_mm"}
    row.save()
    page = text_of(client.get(site("")))
    assert "Pour que le programme Mach3 soit écrit avec vos fichiers, il manque la hauteur de déplacement." in page

    row.settings = {key: value for key, value in row.settings.items() if key != "controller"}
    row.save()
    assert "soit écrit" not in text_of(client.get(site("")))  # a software reads the DXF: nothing is missing


@pytest.mark.django_db(transaction=True)
def test_the_maker_is_written_to_when_a_coordinator_decides_and_nobody_else_is() -> None:
    workshop = make_workshop(ROUTER, slug="copeaux", name="Les Copeaux", state="draft", validated_at=None)
    complete(workshop)
    person, coordinator = make_maker_person(workshop), make_coordinator()
    make_maker_person(make_workshop(ROUTER, slug="autre", name="Autre"), "autre@example.org")

    validating.ask(workshop, actor=person)
    assert mail.outbox == []
    validating.refuse(workshop, "Le SIRET est celui\nde votre ancien local.", actor=coordinator)
    (refused,) = mail.outbox
    assert refused.to == [person.email] and refused.subject == "Votre atelier Les Copeaux n’est pas encore validé"
    assert "ancien local." in refused.body and "/espace/fabricant/ateliers/copeaux/" in refused.body

    validating.validate(workshop, actor=coordinator)
    validating.pause(workshop, actor=person)
    validating.resume(workshop, actor=person)  # its own doing: nothing to be told
    validating.hold(workshop, "Un acheteur se plaint.", actor=coordinator)
    validating.resume(workshop, actor=coordinator)
    subjects = [message.subject.removeprefix("Votre atelier Les Copeaux ") for message in mail.outbox[1:]]
    assert subjects == ["est ouvert aux commandes", "est suspendu", "n’est plus suspendu"]
    assert all(message.to == [person.email] for message in mail.outbox)
    assert "ancien local" not in mail.outbox[1].body and "se plaint" not in mail.outbox[3].body


@pytest.mark.django_db(transaction=True)
def test_a_decision_stands_though_no_message_can_be_sent(settings: Any) -> None:
    workshop = make_workshop(ROUTER, slug="copeaux")
    make_maker_person(workshop)
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    validating.hold(workshop, "Un acheteur se plaint.", actor=make_coordinator())
    workshop.refresh_from_db()
    assert workshop.is_held and workshop.state == "paused"


@pytest.mark.django_db
def test_a_machine_file_read_again_keeps_what_it_does_not_say_of_the_stock() -> None:
    workshop = make_workshop(ROUTER, slug="copeaux")
    actor, item = make_maker_person(workshop), workshop.stock.get()
    own = {"price_eur": 84.5, "offcuts": [{"name": "fond", "outline_mm": [[0, 0], [900, 0], [900, 310]]}]}
    assert not own.keys() & tomllib.loads(ROUTER)["stock"].keys()
    item.settings = {**item.settings, **own}
    item.save()
    import_file(Workshop.objects.get(), ROUTER.replace("17.6", "17.5"), item.origin, actor=actor)
    item.refresh_from_db()
    assert item.settings["measured_thickness_mm"] == 17.5
    assert {key: item.settings[key] for key in own} == own


@pytest.mark.django_db
def test_many_machine_files_are_folded_and_two_are_not() -> None:
    workshop = make_workshop(ROUTER, slug="copeaux")
    client, item = signed_in(make_maker_person(workshop)), workshop.stock.get()
    assert text_of(client.get(site(""))).count("Fichier machine,") == 1
    for thickness in (12, 15):
        settings = {**item.settings, "nominal_thickness_mm": thickness, "measured_thickness_mm": thickness}
        StockItem.objects.create(workshop=workshop, settings=settings, origin="new")
    page = text_of(client.get(site("")))
    assert page.count("Fichier machine,") == 3 and "3\N{NO-BREAK SPACE}fichiers machine, un par panneau" in page


def test_days_in_the_history_are_written_in_french() -> None:
    assert value_words("closed_weeks", ["2026-11-30", "2027-02-01"]) == "30 novembre 2026, 1er février 2027"
    assert value_words("name", "2026-13-77") == "2026-13-77"


def test_work_in_progress_is_known_where_no_page_is_loaded() -> None:
    code = (
        "import os, sys, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'cms.settings.test'); django.setup();"
        "from fablabs.services import closing; assert 'cms.urls' not in sys.modules; print(sorted(closing._blockers))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['jobs', 'orders', 'quotes']"
