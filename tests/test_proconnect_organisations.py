# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a SIRET that ProConnect vouched for opens, for whom, and for how long; what a coordinator's word does."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.demo import load_people
from accounts.errors import AccountError, NotAllowedError, TooManyError
from accounts.models import BUYERS, EVIDENCE_DAYS, Membership, Organisation, Role, SiretEvidence, User, has_role
from accounts.services import organisations, siret_proofs
from accounts.services.siret_proofs import Offer, Way, offers
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.proconnect_federation import OTHER_SIRET, SIRET, URLS, registration, vouched

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

KIND = Organisation.Kind
SIREN = SIRET[:9]
NEW = "/espace/organisations/nouvelle/"


@pytest.fixture(autouse=True)
def registered(settings: Any) -> None:
    """With ProConnect; nothing here goes there."""
    settings.TRETEAU_PROCONNECT = registration("http://127.0.0.1:9/api/v2")


def proven_person(email: str = "maud.lhote@vezac.example", name: str = "Maud Lhote", **changes: Any) -> User:
    user = make_person(email, name)
    siret_proofs.keep_evidence(user, vouched(**changes))
    return user


def page(client: Client, path: str = "/espace/") -> str:
    return client.get(path).content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def proof(organisation: Organisation) -> tuple[str, str]:
    organisation.refresh_from_db()
    assert bool(organisation.siret_proven_by) == bool(organisation.siret_proven_at)
    return organisation.siret, organisation.siret_proven_by


@pytest.mark.parametrize("kind", BUYERS)
def test_who_registers_the_proven_siret_has_a_proven_organisation(kind: Organisation.Kind) -> None:
    maud = proven_person()
    client = signed_in(maud)
    assert f'href="{NEW}?siret={SIRET}"' in page(client)
    html = page(client, f"{NEW}?siret={SIRET}")
    assert f'name="siret" value="{SIRET}"' in html and "inscrite comme vérifiée" in html
    client.post(NEW, {"kind": kind, "name": "Vézac", "commune": "Vézac (Dordogne)", "siret": SIRET})
    organisation = Organisation.objects.get()
    assert proof(organisation) == (SIRET, "proconnect") and organisation.siren == SIREN
    assert [change.action for change in organisation.changes.order_by("pk")] == ["created", "proven"]
    assert "SIRET vérifié par ProConnect" in page(client, f"/espace/organisations/{organisation.pk}/")
    assert offers(maud) == [] and has_role(maud, Role.BUYER)


def test_another_siret_than_the_proven_one_is_declared() -> None:
    client = signed_in(proven_person())
    client.post(NEW, {"kind": "collectivite", "name": "Ailleurs", "commune": "30000", "siret": "99900001100018"})
    organisation = Organisation.objects.get()
    assert proof(organisation) == ("99900001100018", "") and organisation.siret_standing == "SIRET déclaré"
    assert "SIRET déclaré" in page(client, f"/espace/organisations/{organisation.pk}/")


def test_a_workshop_is_not_proven_as_a_buyer() -> None:
    organisations.register_organisation(proven_person(), KIND.MAKER, "Atelier municipal", siret=SIRET)
    assert proof(Organisation.objects.get()) == (SIRET, "")


@pytest.mark.parametrize("kind", BUYERS)
@pytest.mark.parametrize("number", [{}, {"siren": SIREN}])
def test_a_buyer_has_a_siret(kind: Organisation.Kind, number: dict[str, str]) -> None:
    user = make_person("maud@example.org")
    with pytest.raises(AccountError) as refused:
        organisations.register_organisation(user, kind, "Vézac", **number)
    assert refused.value.field == "siret"
    form = {"kind": kind, "name": "Commune de Vézac", "commune": "Vézac (Dordogne)", **number}
    answer = signed_in(user).post(NEW, form)
    assert answer.status_code == 422 and "Indiquez le SIRET" in answer.content.decode()
    assert 'value="Commune de Vézac"' in answer.content.decode() and not Organisation.objects.exists()


def test_the_demonstrations_buyer_has_one(settings: Any) -> None:
    settings.TRETEAU_DEMO = True
    load_people()
    town = Organisation.objects.get(kind="collectivite")
    assert town.siret.startswith(town.siren) and len(town.siret) == 14
    Organisation.objects.update(siret="")  # from before
    load_people()
    town.refresh_from_db()
    assert town.siret
    town.full_clean()


def test_an_organisation_without_a_manager_is_joined(client: Client) -> None:
    """A coordinator registered it, with its SIREN alone, before SIRETs were asked for."""
    town = make_organisation(name="Commune de Vézac", siren=SIREN)
    maud = proven_person()
    assert offers(maud) == [Offer(SIRET, Way.JOIN, town)]
    client = signed_in(maud)
    assert "ce sera vous" in page(client)
    assert client.post(f"/espace/organisations/{town.pk}/rejoindre/")["Location"] == f"/espace/organisations/{town.pk}/"
    assert Membership.objects.get().is_manager and proof(town) == (SIRET, "proconnect")
    assert [change.action for change in town.changes.order_by("pk")] == ["joined", "proven"]
    # The next one asks.
    noe = proven_person("noe@vezac.example", "Noé Petit")
    with pytest.raises(AccountError, match="has a manager"):
        siret_proofs.join_proven(noe, town)
    assert not Membership.objects.filter(user=noe).exists()


def test_an_organisation_with_managers_is_asked(client: Client) -> None:
    town = make_organisation(name="Commune de Vézac", siren=SIREN, siret=SIRET)
    manager = make_member(make_person("chef@vezac.example"), town, is_manager=True)
    make_member(make_person("collegue@vezac.example"), town)
    maud = proven_person()
    client = signed_in(maud)
    assert "Demander à rejoindre" in page(client)
    path = f"/espace/organisations/{town.pk}/demander/"
    client.post(path)
    (message,) = mail.outbox
    assert message.to == [manager.user.email]
    assert maud.email in message.body and SIRET in message.body
    link = next(line for line in message.body.splitlines() if line.startswith("http://testserver/"))
    shown = page(signed_in(manager.user), link.removeprefix("http://testserver").split("#")[0])
    assert f'name="email" value="{maud.email}"' in shown and 'id="inviter"' in shown
    change = town.changes.get()
    assert (change.actor, change.action) == (maud, "asked")
    assert not has_role(maud, Role.BUYER) and town not in Organisation.objects.visible_to(maud)
    assert "Votre demande est partie" in page(client) and "Demander à rejoindre" not in page(client)
    client.post(path)  # again: one a day
    assert len(mail.outbox) == 1
    with pytest.raises(TooManyError):
        siret_proofs.ask_to_join(maud, town, link="x")
    town.changes.update(at=timezone.now() - timedelta(hours=25))
    siret_proofs.ask_to_join(maud, town, link="x")
    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_away_leaves_the_asking_to_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    town = make_organisation(siren=SIREN, siret=SIRET)
    make_member(make_person("chef@vezac.example"), town, is_manager=True)
    client = signed_in(proven_person())

    def away(*_: Any) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    client.post(f"/espace/organisations/{town.pk}/demander/")
    assert "pas pu partir" in page(client) and not town.changes.exists()
    assert "Demander à rejoindre" in page(client)


def test_a_third_person_gets_nothing() -> None:
    """No evidence, evidence for another establishment of another legal person, evidence that is too old."""
    town = make_organisation(name="Commune de Vézac", siren=SIREN, siret=SIRET)
    make_organisation(KIND.PREFECTURE, "Préfecture", siren=SIREN, siret=SIRET)
    make_organisation(KIND.MAKER, "Atelier", siren=SIREN, siret=SIRET)
    counter = make_organisation(KIND.FRANCE_SERVICES, "Espace", siret=OTHER_SIRET)
    none = make_person("rien@example.org")
    other = proven_person("autre@example.org", siret="99900001100018")
    old = proven_person("parti@example.org")
    SiretEvidence.objects.filter(user=old).update(last_at=timezone.now() - timedelta(days=EVIDENCE_DAYS, seconds=1))
    for user in (none, other, old):
        assert not [offer for offer in offers(user) if offer.organisation]
        client = signed_in(user)
        for organisation in Organisation.objects.all():
            for verb in ("rejoindre", "demander", "siret"):
                assert client.post(f"/espace/organisations/{organisation.pk}/{verb}/").status_code == 404
        assert client.post("/espace/organisations/999999/rejoindre/").status_code == 404
        assert "Commune de Vézac" not in page(client)
    # Whoever is proven gets the town, and neither the préfecture nor the workshop nor another counter of the same SIREN.
    maud = proven_person()
    assert [offer.organisation for offer in offers(maud)] == [town]
    for organisation in Organisation.objects.exclude(pk=town.pk):
        with pytest.raises(NotAllowedError):
            siret_proofs.join_proven(maud, organisation)
        with pytest.raises(NotAllowedError):
            siret_proofs.ask_to_join(maud, organisation, link="x")
    assert not Membership.objects.exists() and mail.outbox == [] and proof(counter) == (OTHER_SIRET, "")
    assert not any(has_role(maud, role) for role in Role)


def test_old_evidence_proves_nothing_new() -> None:
    maud = proven_person()
    SiretEvidence.objects.update(last_at=timezone.now() - timedelta(days=EVIDENCE_DAYS, seconds=1))
    organisations.register_organisation(maud, KIND.COLLECTIVITE, "Vézac", siret=SIRET)
    assert proof(Organisation.objects.get()) == (SIRET, "")


def test_an_archived_one_opens_to_nobody() -> None:
    town = make_organisation(siren=SIREN, siret=SIRET, archived_at=timezone.now())
    maud = proven_person()
    assert offers(maud) == [Offer(SIRET, Way.ARCHIVED, town)] and "écrivez à la coordination" in page(signed_in(maud))
    for act in (siret_proofs.join_proven, lambda *a: siret_proofs.ask_to_join(*a, link="x")):
        with pytest.raises(NotAllowedError):
            act(maud, town)


def test_coming_by_proconnect_proves_the_organisation_that_one_is_in() -> None:
    """Registered with a password first; another establishment's agent proves nothing of it, nor does an outsider."""
    town = make_organisation(siren=SIREN, siret=SIRET)
    maud, ida = make_person("maud@example.org"), make_person("ida@example.org")
    siret_proofs.keep_evidence(ida, vouched())  # not a member
    make_member(ida, town)
    siret_proofs.keep_evidence(ida, vouched("annex"))
    assert proof(town) == (SIRET, "")
    make_member(maud, town)
    siret_proofs.keep_evidence(maud, vouched())
    assert proof(town) == (SIRET, "proconnect")
    siret_proofs.keep_evidence(maud, vouched())
    assert town.changes.filter(action="proven").count() == 1


def test_a_member_who_manages_nothing_does_not_fill_in_the_siret() -> None:
    town = make_organisation(siren=SIREN)
    membership = make_member(make_person("maud@example.org"), town)
    siret_proofs.keep_evidence(membership.user, vouched())
    assert proof(town) == ("", "")
    Membership.objects.update(is_manager=True)
    siret_proofs.keep_evidence(membership.user, vouched())
    assert proof(town) == (SIRET, "proconnect")


def test_a_coordinator_checks_a_siret_and_it_is_kept() -> None:
    town = make_organisation(name="Commune de Vézac", siren=SIREN, siret=SIRET)
    manager = make_member(make_person("chef@vezac.example"), town, is_manager=True)
    coordinator = make_coordinator()
    path = f"/espace/organisations/{town.pk}/"
    assert "vérifié ce SIRET" not in page(signed_in(manager.user), path)
    assert signed_in(manager.user).post(f"{path}siret/").status_code == 404 and proof(town) == (SIRET, "")
    client = signed_in(coordinator)
    assert "J’ai vérifié ce SIRET" in page(client, path)
    assert "SIRET déclaré" in page(client, "/coordination/organisations/")
    client.post(f"{path}siret/")
    assert proof(town) == (SIRET, "coordinator")
    assert "SIRET vérifié par la coordination" in page(client, path) and "J’ai vérifié" not in page(client, path)
    client.post(f"{path}siret/")
    change = town.changes.get()
    assert (change.actor, change.action) == (coordinator, "checked")
    # ProConnect's word adds nothing to it; another number is another matter.
    siret_proofs.keep_evidence(manager.user, vouched())
    assert proof(town) == (SIRET, "coordinator")
    organisations.edit_organisation(coordinator, town, siret=OTHER_SIRET)
    assert proof(town) == (OTHER_SIRET, "")
    assert town.changes.first().values == {"siret": [SIRET, OTHER_SIRET], "siret_proven_by": ["coordinator", ""]}
    organisations.edit_organisation(coordinator, town, name="Vézac")
    for wrong in ({"siret": ""}, {"siret": "99900001100018"}):
        with pytest.raises(AccountError):
            organisations.edit_organisation(coordinator, town, **wrong)
    with pytest.raises(AccountError, match="no SIRET"):
        siret_proofs.check_siret(coordinator, make_organisation(KIND.DESIGNER))


@pytest.mark.parametrize(
    "halves",
    [
        {"siret_proven_by": "proconnect"}, {"siret_proven_at": timezone.now()},
        {"siret_proven_by": "roi", "siret_proven_at": timezone.now()},
        {"siret_proven_by": "proconnect", "siret_proven_at": timezone.now(), "siret": ""},
    ],
)  # fmt: skip
def test_half_a_proof_can_not_be_kept(halves: dict[str, Any]) -> None:
    town = make_organisation(siren=SIREN, siret=SIRET)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=town.pk).update(**halves)


def test_the_list_of_organisations_asks_as_often_for_many_as_for_few(
    django_assert_max_num_queries: Any,
) -> None:
    client = signed_in(make_coordinator())
    for number in range(30):
        make_organisation(name=f"Commune {number}", siret=SIRET)
    with django_assert_max_num_queries(8):
        html = page(client, "/coordination/organisations/")
    assert len(re.findall("SIRET déclaré", html)) == 30


def test_somebodys_place_asks_a_fixed_number_of_questions(django_assert_max_num_queries: Any) -> None:
    client = signed_in(proven_person())
    page(client)
    with django_assert_max_num_queries(14):
        page(client)


def test_a_site_that_left_proconnect_offers_nothing_of_it(settings: Any) -> None:
    maud = proven_person()
    settings.TRETEAU_PROCONNECT = {}
    assert "selon ProConnect" not in page(signed_in(maud))
