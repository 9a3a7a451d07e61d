# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an organisation that orders is, and who may say so."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import Organisation
from orders.life import NotAllowedError, RefusedError
from orders.models import Buyer
from orders.services.buyers import buyer_of, change_buyer, facts_of
from tests.orders import make_buyer, organisation_of
from tests.people import make_organisation, signed_in

pytestmark = pytest.mark.django_db


def test_a_buyer_is_what_its_numbers_say() -> None:
    nimes = make_organisation(siren="213001894", siret="21300189400012", insee="30189")
    metropole = make_organisation(siren="243000643", name="Nîmes Métropole", insee="30189")
    space = make_organisation(Organisation.Kind.FRANCE_SERVICES, siret="21300189400012", insee="30189")
    found = {row.organisation: (row.level, row.territory) for row in map(buyer_of, (nimes, metropole, space))}
    assert found == {nimes: ("commune", "30189"), metropole: ("epci", "243000643"), space: ("commune", "30189")}
    assert facts_of(buyer_of(space)).kind == "france-services"


def test_what_a_buyer_says_it_is_is_kept_in_its_history() -> None:
    buyer = make_buyer()
    organisation = organisation_of(buyer)
    client, url = signed_in(buyer), reverse("buyer", args=[organisation.pk])
    form = {"level": "departement", "department": "30", "commune": "Nîmes (Gard)", "service_code": "MAIRIE-1"}
    assert client.post(url, {**form, "department": ""}).status_code == 422
    assert client.post(url + "?suite=https://ailleurs.example/", form).url.startswith("/espace/")
    row = Buyer.objects.get(organisation=organisation)
    assert (row.level, row.territory, row.service_code) == ("departement", "30", "MAIRIE-1")
    assert organisation.changes.first().values["level"] == ["commune", "departement"]
    stranger = make_buyer("autre@example.org", number=2)
    assert signed_in(stranger).get(url).status_code == 404
    with pytest.raises(NotAllowedError):
        change_buyer(stranger, organisation, level="commune", territory="30189")
    with pytest.raises(RefusedError):
        change_buyer(buyer, organisation, level="region", territory="99")
