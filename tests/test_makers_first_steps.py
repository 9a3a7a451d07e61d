# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From an account to a workshop's record: what leads on, and what is not asked for twice."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, Role
from cms.workplace import links_of
from fablabs.models import Maker, Workshop
from tests.maker_pages import signed_in
from tests.people import make_coordinator, make_member, make_organisation, make_person
from tests.running import ROOT
from tests.workshops import SIREN, SIRET, make_workshop


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


def test_work_in_progress_is_known_where_no_page_is_loaded() -> None:
    code = (
        "import os, sys, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'cms.settings.test'); django.setup();"
        "from fablabs.services import closing; assert 'cms.urls' not in sys.modules; print(sorted(closing._blockers))"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['jobs', 'quotes']"
