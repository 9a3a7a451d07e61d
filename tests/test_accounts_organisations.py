# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Organisations and their people: who may register, see, edit, let in and take out; and a third person who may nothing."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.http import HttpResponse

from accounts.errors import AccountError, AlreadyRegisteredError, LastManagerError, NotAllowedError
from accounts.models import SELF_SERVICE, Change, Membership, Organisation, Role, has_role, is_coordinator
from accounts.services import organisations as service
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in

pytestmark = pytest.mark.django_db

NEW = "/espace/organisations/nouvelle/"
KIND = Organisation.Kind
SIREN, SIRET = "999000060", "99900006000015"


def errors(response: HttpResponse) -> list[str]:
    return [
        text.replace("\u202f", " ").replace("\u00a0", " ")
        for text in re.findall(r'fr-message--error">([^<]+)', response.content.decode())
    ]


@pytest.fixture
def town() -> Any:
    """A town hall with a manager and a colleague, and somebody from elsewhere."""
    organisation = make_organisation(name="Commune de Vézac", siren=SIREN)
    manager = make_member(make_person("manager@example.org", "Maud Lhote"), organisation, is_manager=True)
    colleague = make_member(make_person("collegue@example.org", "Noé Petit"), organisation)
    stranger = make_person("tiers@example.org", "Tiers Curieux")
    make_member(stranger, make_organisation(KIND.DESIGNER), is_manager=True)
    return organisation, manager, colleague, stranger


@pytest.mark.parametrize("kind", SELF_SERVICE)
def test_who_registers_an_organisation_manages_it(kind: Organisation.Kind) -> None:
    user = make_person("maud@example.org")
    form = {"kind": kind, "name": "Un lieu", "commune": "nimes", "siren": "999 000 060", "siret": "999.000.060 00015"}
    answer = signed_in(user).post(NEW, form)
    (membership,) = Membership.objects.all()
    organisation = membership.organisation
    assert answer["Location"] == f"/espace/organisations/{organisation.pk}/"
    assert (organisation.siren, organisation.siret, organisation.insee) == ("999000060", "99900006000015", "30189")
    assert membership.is_manager and has_role(user, service.ROLE_OF[kind]) and not is_coordinator(user)
    (change,) = organisation.changes.all()
    assert (change.actor, change.action) == (user, "created")


@pytest.mark.parametrize("kind", [KIND.PREFECTURE, KIND.COORDINATOR])
def test_some_kinds_nobody_registers_for_himself(kind: Organisation.Kind) -> None:
    user = make_person("maud@example.org")
    answer = signed_in(user).post(NEW, {"kind": kind, "name": "Préfecture", "department": "30"})
    assert answer.status_code == 422 and errors(answer) == ["Choisissez un type."]
    with pytest.raises(NotAllowedError):
        service.register_organisation(user, kind, "Préfecture")
    assert not Organisation.objects.exists()
    page = signed_in(user).get(NEW).content.decode()
    assert "décide de l’argent de l’État" in page and 'value="prefecture"' not in page  # and the page says why


def test_a_coordinator_registers_for_others_and_becomes_no_member() -> None:
    coordinator = make_coordinator()
    client = signed_in(coordinator)
    assert client.post(NEW, {"kind": "prefecture", "name": "Préfecture du Gard"}).status_code == 422
    client.post(NEW, {"kind": "prefecture", "name": "Préfecture du Gard", "department": "30"})
    prefecture = Organisation.objects.get(kind="prefecture")
    assert prefecture.department == "30" and not prefecture.memberships.exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"siren": "123456789"}, "SIREN n’est pas valide"), ({"siren": "12"}, "SIREN n’est pas valide"),
        ({"siren": "٩٩٩٠٠٠٠٦٠"}, "SIREN n’est pas valide"), ({"siren": "9" * 40}, "9 chiffres"),
        ({"siren": ""}, "Indiquez le SIRET"), ({"siren": "", "kind": "maker"}, "Indiquez le SIREN"),
        ({"siret": "99900006000016"}, "SIRET n’est pas valide"),
        ({"siren": "999000078", "siret": SIRET}, "n’appartient pas au SIREN"), ({"name": ""}, "Indiquez le nom"),
        ({"name": "é" * 161}, "Cent soixante"), ({"kind": ""}, "Choisissez le type"), ({"kind": "roi"}, "Choisissez"),
        ({"kind": "france-services", "siret": ""}, "SIRET de l’établissement"), ({"name": "a\0b"}, "nul"),
        ({"commune": ""}, "Indiquez la commune"), ({"commune": "Saint-Denis"}, "Plusieurs communes"),
        ({"commune": "\0🪚"}, "Aucune commune"), ({"siren": "\0"}, "nul"), ({"kind": "\0"}, "Choisissez"),
    ],
)  # fmt: skip
def test_a_wrong_record_is_told_beside_its_field_and_loses_nothing(given: dict[str, str], message: str) -> None:
    form = {"kind": "collectivite", "name": "Commune d’Essai", "commune": "30000", "siren": SIREN, "siret": "", **given}
    answer = signed_in(make_person("maud@example.org")).post(NEW, form)
    assert answer.status_code == 422 and any(message in error for error in errors(answer)), errors(answer)
    assert not Organisation.objects.exists()
    assert "name" in given or 'value="Commune d’Essai"' in answer.content.decode()


def test_la_poste_is_the_exception_of_the_key() -> None:
    user = make_person("maud@example.org")
    # Digits add up to a multiple of five, the key is none.
    service.register_organisation(user, KIND.MAKER, "La Poste", siren="356000000", siret="35600000000015")


def test_a_second_registration_is_told_whom_to_ask(town: Any) -> None:
    organisation, manager, *_ = town
    answer = signed_in(make_person("nouveau@example.org")).post(
        NEW, {"kind": "collectivite", "name": "Vézac", "commune": "Vézac (Dordogne)", "siret": SIRET}
    )
    assert errors(answer) == ["« Commune de Vézac » est déjà inscrite : demandez une invitation à Maud L."]
    html = answer.content.decode()
    assert manager.user.email not in html and "Lhote" not in html
    # Another kind of the same legal person is another registration; an archived one is told to be.
    service.register_organisation(manager.user, KIND.MAKER, "Atelier municipal", siren=SIREN)
    Organisation.objects.filter(pk=organisation.pk).update(archived_at="2026-01-01T00:00Z")
    with pytest.raises(AlreadyRegisteredError, match="siren") as refused:
        service.register_organisation(manager.user, KIND.COLLECTIVITE, "Vézac", siret=SIRET)
    assert "archivée" in refused.value.french


def test_a_counter_is_registered_once_a_siret_and_its_carrier_may_have_several() -> None:
    user = make_person("maud@example.org")
    service.register_organisation(user, KIND.FRANCE_SERVICES, "Espace A", siret=SIRET)
    service.register_organisation(user, KIND.FRANCE_SERVICES, "Espace B", siret="99900006000023")
    with pytest.raises(AlreadyRegisteredError):
        service.register_organisation(user, KIND.FRANCE_SERVICES, "Espace C", siret=SIRET)


def test_what_is_not_yours_does_not_exist(town: Any) -> None:
    organisation, manager, colleague, stranger = town
    client = signed_in(stranger)
    page = f"/espace/organisations/{organisation.pk}/"
    for path in (page, f"{page}modifier/", "/espace/organisations/999999/", "/coordination/organisations/"):
        assert client.get(path).status_code == 404, path
    for path in (
        f"{page}modifier/", f"{page}inviter/", f"/espace/membres/{colleague.pk}/retirer/",
        f"/espace/membres/{colleague.pk}/confier/", f"/espace/membres/{manager.pk}/reprendre/",
        f"/espace/membres/{manager.pk}/detruire/",
    ):  # fmt: skip
        assert client.post(path, {"name": "Volé", "email": "a@example.org"}).status_code == 404, path
    assert Organisation.objects.get(pk=organisation.pk).name == "Commune de Vézac"
    assert Membership.objects.filter(is_active=True, organisation=organisation).count() == 2
    assert not Change.objects.filter(organisation=organisation).exists()
    assert organisation not in Organisation.objects.visible_to(stranger)
    assert not Membership.objects.visible_to(stranger).filter(organisation=organisation).exists()


def test_a_colleague_looks_and_may_leave_and_nothing_else(town: Any) -> None:
    organisation, manager, colleague, _ = town
    client = signed_in(colleague.user)
    page = f"/espace/organisations/{organisation.pk}/"
    html = client.get(page).content.decode()
    assert "Maud Lhote" in html and manager.user.email not in html and "Inviter" not in html and "Quitter" in html
    assert client.get(f"{page}modifier/").status_code == 404
    assert client.post(f"{page}inviter/", {"email": "a@example.org"}).status_code == 404
    for action in ("retirer", "reprendre", "confier"):
        assert client.post(f"/espace/membres/{manager.pk}/{action}/").status_code == 404
    assert client.post(f"/espace/membres/{colleague.pk}/confier/").status_code == 404
    assert client.post(f"/espace/membres/{colleague.pk}/retirer/")["Location"] == "/espace/"
    assert client.get(page).status_code == 404 and not has_role(colleague.user, Role.BUYER)


def test_a_number_that_somebody_takes_meanwhile_is_refused_in_words(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_organisation(name="Commune de Vézac-le-Bas", siren="")
    look, looks = service._refuse_a_second, []

    def too_early(organisation: Organisation) -> None:
        """The first look finds nothing: the other registration comes after it."""
        looks.append(organisation)
        if len(looks) > 1:
            look(organisation)

    monkeypatch.setattr(service, "_refuse_a_second", too_early)
    with pytest.raises(AlreadyRegisteredError, match="has this siren"):
        service.edit_organisation(make_coordinator(), other, siren=SIREN)
    other.refresh_from_db()
    assert other.siren == "" and not other.changes.exists()


def test_a_manager_edits_but_not_what_the_organisation_is(town: Any) -> None:
    organisation, manager, *_ = town
    client = signed_in(manager.user)
    path = f"/espace/organisations/{organisation.pk}/modifier/"
    assert 'name="siren"' not in client.get(path).content.decode()
    client.post(path, {"name": "Commune de Vézac-le-Haut", "siren": "999000078", "commune": ""})
    organisation.refresh_from_db()
    assert (organisation.name, organisation.siren) == ("Commune de Vézac-le-Haut", SIREN)
    change = organisation.changes.get()
    assert change.values == {"name": ["Commune de Vézac", "Commune de Vézac-le-Haut"]} and change.actor == manager.user
    client.post(path, {"name": "Commune de Vézac-le-Haut"})
    assert organisation.changes.count() == 1  # nothing changed, nothing kept
    with pytest.raises(NotAllowedError):
        service.edit_organisation(manager.user, organisation, siren="999000078")
    with pytest.raises(ValidationError):
        service.edit_organisation(make_coordinator(), organisation, siren="12")


def test_members_are_made_managers_and_taken_out_and_everything_is_kept(town: Any) -> None:
    organisation, manager, colleague, _ = town
    client = signed_in(manager.user)
    page = f"/espace/organisations/{organisation.pk}/"
    assert client.post(f"/espace/membres/{colleague.pk}/confier/")["Location"] == page
    colleague.refresh_from_db()
    assert colleague.is_manager
    client.post(f"/espace/membres/{colleague.pk}/confier/")  # again: nothing new
    client.post(f"/espace/membres/{colleague.pk}/reprendre/")
    client.post(f"/espace/membres/{colleague.pk}/retirer/")
    colleague.refresh_from_db()
    assert not colleague.is_active and not colleague.is_manager
    assert [(c.action, c.actor, c.person) for c in organisation.changes.order_by("pk")] == [
        ("manager", manager.user, colleague.user),
        ("not-manager", manager.user, colleague.user),
        ("removed", manager.user, colleague.user),
    ]
    html = client.get(page).content.decode()
    assert "Ce qui a changé" in html and "a retiré Noé Petit" in html
    assert client.post(f"/espace/membres/{colleague.pk}/retirer/").status_code == 404  # is out already


def test_the_last_manager_stays_and_is_told_why(town: Any) -> None:
    organisation, manager, colleague, _ = town
    client = signed_in(manager.user)
    for action in ("retirer", "reprendre"):
        answer = client.post(f"/espace/membres/{manager.pk}/{action}/", follow=True)
        assert "confiez d’abord cette gestion" in answer.content.decode()
    with pytest.raises(LastManagerError):
        service.remove_member(make_coordinator(), manager)  # not even by a coordinator
    manager.refresh_from_db()
    assert manager.is_manager and manager.is_active and not organisation.changes.exists()
    service.set_manager(manager.user, colleague, True)
    service.remove_member(manager.user, manager)
    with pytest.raises(LastManagerError):
        service.remove_member(colleague.user, Membership.objects.get(pk=colleague.pk))


def test_a_coordinator_sees_all_organisations_and_finds_them() -> None:
    client = signed_in(make_coordinator())
    for number in range(70):
        make_organisation(name=f"Commune {number:02}")
    make_organisation(KIND.MAKER, "Les Copeaux", siren=SIREN)
    path = "/coordination/organisations/"
    assert "72\u00a0organisations" in client.get(path).content.decode()
    assert "Commune 69" in client.get(path, {"page": "2"}).content.decode()
    for query in ({"q": "copeaux"}, {"q": SIREN}, {"type": "maker"}):
        assert "1\u00a0organisation<" in client.get(path, query).content.decode()
    for odd in ({"q": "\0"}, {"q": "é" * 9000}, {"page": "x"}, {"page": "9999999999"}, {"type": "\0"}):
        assert client.get(path, odd).status_code == 200, odd


def test_lists_take_the_same_number_of_queries_however_long(django_assert_num_queries: Any, town: Any) -> None:
    organisation, manager, *_ = town
    client, coordinator = signed_in(manager.user), signed_in(make_coordinator())

    def counts() -> list[int]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        found = []
        for visitor, path in (
            (client, "/espace/"), (client, f"/espace/organisations/{organisation.pk}/"),
            (coordinator, "/coordination/organisations/"), (coordinator, f"/espace/organisations/{organisation.pk}/"),
        ):  # fmt: skip
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert visitor.get(path).status_code == 200
            found.append(len(queries))
        return found

    counts()  # content types and the like are kept after the first time
    before = counts()
    for number in range(12):
        member = make_member(make_person(f"m{number}@example.org", f"M{number} N"), organisation)
        service.set_manager(manager.user, member, True)
        make_member(manager.user, make_organisation(name=f"Autre {number}"))
    assert counts() == before and max(before) <= 14


def test_roles_are_granted_on_the_server() -> None:
    user = make_person("maud@example.org")

    def run(*words: str) -> str:
        out = io.StringIO()
        call_command("grant_role", *words, stdout=out)
        return out.getvalue()

    run("Maud@example.org", "coordinator")
    assert is_coordinator(user) and Change.objects.filter(action="granted", actor=None, person=user).exists()
    run("maud@example.org", "prefecture", "--organisation", "Préfecture du Gard", "--create", "--department", "30")
    run("maud@example.org", "prefecture", "--organisation", "Préfecture du Gard", "--member")
    prefecture = Organisation.objects.get(kind="prefecture")
    assert prefecture.department == "30" and prefecture.memberships.get().is_manager
    make_organisation(name="Commune", siren=SIREN)
    run("maud@example.org", "buyer", "--organisation", SIREN)
    for words in (
        ["nobody@example.org", "coordinator"], ["maud@example.org", "prefecture"],
        ["maud@example.org", "prefecture", "--organisation", "Commune"],
        ["maud@example.org", "buyer", "--organisation", "Nulle part", "--create"], ["maud@example.org", "king"],
    ):  # fmt: skip
        with pytest.raises(CommandError):
            run(*words)
    with pytest.raises(NotAllowedError):
        service.grant_role(user, Role.BUYER, prefecture, actor=make_person("tiers@example.org"))
    with pytest.raises(AccountError):
        service.grant_role(user, Role.BUYER, prefecture)


def test_each_role_leads_somewhere_and_what_does_not_exist_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from cms import workplace

    lead = workplace.Lead(Role.BUYER, "not-there-yet", "Plus tard", "…")
    monkeypatch.setattr(workplace, "LEADS", (lead, *workplace.LEADS))
    for role in Role:
        assert all(link.url.startswith("/") for link in workplace.links_of([role]))
    assert workplace.links_of([Role.BUYER])[0].label == "Mes commandes"
    assert workplace.links_of([]) == []
    client = signed_in(make_coordinator())
    assert "/coordination/organisations/" in client.get("/espace/").content.decode()
