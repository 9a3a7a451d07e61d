# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invitations: to one address, once, for a while; nobody else gets in, whatever link they hold."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.errors import InvitationError, NotAllowedError, TooManyError
from accounts.models import Invitation, Membership, Organisation, Role, has_role
from accounts.models.invitation import hash_of
from accounts.services import invitations as service
from tests.people import PASSWORD, make_coordinator, make_member, make_organisation, make_person, signed_in

pytestmark = pytest.mark.django_db

GUEST = "noe@example.org"


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


@pytest.fixture
def manager() -> Membership:
    return make_member(
        make_person("manager@example.org", "Maud Lhote"), make_organisation(name="Vézac"), is_manager=True
    )


def invite(manager: Membership, email: str = GUEST, **more: str) -> str:
    """Through the page; the path in the message."""
    path = f"/espace/organisations/{manager.organisation_id}/inviter/"
    answer = signed_in(manager.user).post(path, {"email": email, **more})
    assert answer.status_code == 302, answer.content.decode()
    return _path()


def _path() -> str:
    found = re.search(r"http://testserver(/invitations/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def test_an_invited_person_signs_up_confirms_and_joins(manager: Membership) -> None:
    path = invite(manager, "Noe@Example.org")
    message = mail.outbox[0]
    assert message.to == [GUEST] and message.subject == "Invitation à rejoindre Vézac sur Tréteau"
    assert "Maud Lhote vous invite" in message.body and message.body.count("http") == 1
    guest = Client()
    html = guest.get(path).content.decode()
    assert "Rejoindre" in html and "Créer un compte" in html
    signup = re.search(r'href="(/compte/inscription/[^"]+)"', html)
    assert signup
    page = guest.get(signup[1].replace("&amp;", "&")).content.decode()
    assert f'value="{GUEST}"' in page and f'name="next" value="{path}"' in page
    guest.post(
        "/compte/inscription/",
        {"first_name": "Noé", "last_name": "Petit", "email": GUEST, "password1": PASSWORD, "next": path},
    )
    assert not Membership.objects.filter(user__email=GUEST).exists()  # not before the address is confirmed
    confirm = re.search(r"http://testserver(/compte/confirmation/\S+)", mail.outbox[-1].body)
    assert confirm and guest.post(confirm[1])["Location"] == path
    html = guest.get(path).content.decode()
    answer = re.search(r'action="(/espace/reponses/\d+/accepter/)"', html)
    assert answer
    assert guest.post(answer[1])["Location"] == f"/espace/organisations/{manager.organisation_id}/"
    member = Membership.objects.get(user__email=GUEST)
    assert (member.role, member.is_manager, member.is_active) == (Role.BUYER, False, True)
    assert [c.action for c in manager.organisation.changes.order_by("pk")] == ["invited", "joined"]


def test_the_token_is_long_and_kept_as_its_hash_alone(manager: Membership) -> None:
    token = invite(manager).split("/")[2]
    invitation = Invitation.objects.get()
    assert len(token) == 43 and invitation.token_hash == hash_of(token)
    assert token not in repr(list(Invitation.objects.values())) and service.find(invitation.token_hash) is None


def test_an_invitation_serves_once(manager: Membership) -> None:
    path = invite(manager)
    guest, invitation = make_person(GUEST), Invitation.objects.get()
    service.accept(guest, invitation)
    assert signed_in(guest).get(path).status_code == 404
    with pytest.raises(InvitationError):
        service.accept(guest, invitation)
    member = Membership.objects.get(user=guest)
    assert signed_in(manager.user).post(f"/espace/membres/{member.pk}/retirer/").status_code == 302
    with pytest.raises(InvitationError):  # an old link is no way back
        service.accept(guest, invitation)
    assert not has_role(guest, Role.BUYER)


def test_only_the_invited_address_gets_in(manager: Membership) -> None:
    path = invite(manager)
    invitation = Invitation.objects.get()
    other = make_person("autre@example.org")
    client = signed_in(other)
    html = client.get(path).content.decode()
    assert "Vous êtes connecté avec autre@example.org" in html and "/accepter/" not in html
    for answer in ("accepter", "decliner"):
        assert client.post(f"/espace/reponses/{invitation.pk}/{answer}/").status_code == 404
    with pytest.raises(InvitationError):
        service.accept(other, invitation)
    # Saying that an address is one's own is not enough; confirming it is.
    address = EmailAddress.objects.create(user=other, email=GUEST, verified=False)
    assert client.post(f"/espace/reponses/{invitation.pk}/accepter/").status_code == 404
    address.verified = True
    address.save()
    assert client.post(f"/espace/reponses/{invitation.pk}/accepter/").status_code == 302
    assert has_role(other, Role.BUYER)


def test_an_invitation_grows_old(manager: Membership) -> None:
    path = invite(manager)
    guest = make_person(GUEST)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "plus valable" in Client().get(path).content.decode()
    with pytest.raises(InvitationError):
        service.accept(guest, Invitation.objects.get())
    assert "invitation" not in signed_in(guest).get("/espace/").content.decode().split("Mon compte")[0].lower().replace(
        "l’invitation paraîtra ici", ""
    )
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    signed_in(manager.user).post(f"/espace/invitations/{Invitation.objects.get().pk}/renvoyer/")
    assert Client().get(_path()).status_code == 200 and Client().get(path).status_code == 404  # a new link


def test_an_invitation_is_taken_back(manager: Membership) -> None:
    path = invite(manager)
    invitation = Invitation.objects.get()
    client = signed_in(manager.user)
    assert client.post(f"/espace/invitations/{invitation.pk}/retirer/").status_code == 302
    assert Client().get(path).status_code == 404
    with pytest.raises(InvitationError):
        service.accept(make_person(GUEST), invitation)
    again = client.post(f"/espace/invitations/{invitation.pk}/renvoyer/", follow=True)
    assert "plus en attente" in again.content.decode() and len(mail.outbox) == 1
    invite(manager)  # and may be invited anew


def test_an_invitation_waits_in_ones_own_place_and_may_be_declined(manager: Membership) -> None:
    invite(manager, is_manager="on")
    guest = make_person(GUEST)
    client = signed_in(guest)
    assert "Une invitation vous attend" in client.get("/espace/").content.decode()
    invitation = Invitation.objects.get()
    assert client.post(f"/espace/reponses/{invitation.pk}/peut-etre/").status_code == 404
    assert client.post(f"/espace/reponses/{invitation.pk}/decliner/")["Location"] == "/espace/"
    assert not Membership.objects.filter(user=guest).exists()
    assert "Une invitation vous attend" not in client.get("/espace/").content.decode()
    invite(manager, is_manager="on")
    client.post(f"/espace/reponses/{Invitation.objects.first().pk}/accepter/")
    assert Membership.objects.get(user=guest).is_manager


def test_somebody_who_left_comes_back_by_invitation(manager: Membership) -> None:
    guest = make_person(GUEST)
    member = make_member(guest, manager.organisation)
    Membership.objects.filter(pk=member.pk).update(is_active=False)
    invite(manager)
    service.accept(guest, Invitation.objects.get())
    assert Membership.objects.get(user=guest).is_active


@pytest.mark.parametrize(
    ("email", "words"),
    [("", "Indiquez"), ("noe", "adresse complète"), ("noe@example.org\nBcc: x@example.org", "adresse complète"),
     ("a\0@example.org", "adresse complète"), ("é" * 9000, "trop longue"), ("🪚@example.org", "adresse complète"),
     ("manager@example.org", "déjà membre"), ("deja@example.org", "déjà invitée")],
)  # fmt: skip
def test_a_wrong_address_is_told_beside_its_field(manager: Membership, email: str, words: str) -> None:
    invite(manager, "deja@example.org")
    path = f"/espace/organisations/{manager.organisation_id}/inviter/"
    answer = signed_in(manager.user).post(path, {"email": email})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Invitation.objects.count() == 1 == len(mail.outbox)


def test_a_third_person_neither_invites_nor_sees_nor_changes(manager: Membership) -> None:
    invite(manager)
    invitation = Invitation.objects.get()
    stranger = make_person("tiers@example.org")
    make_member(stranger, make_organisation(name="Autre"), is_manager=True)
    colleague = make_person("collegue@example.org")
    make_member(colleague, manager.organisation)
    for user in (stranger, colleague):
        client = signed_in(user)
        assert (
            client.post(
                f"/espace/organisations/{manager.organisation_id}/inviter/", {"email": "x@example.org"}
            ).status_code
            == 404
        )
        for action in ("retirer", "renvoyer"):
            assert client.post(f"/espace/invitations/{invitation.pk}/{action}/").status_code == 404
        assert not Invitation.objects.visible_to(user).exists()
        for call in (
            lambda user=user: service.revoke(user, invitation),
            lambda user=user: service.send_again(user, invitation, link=str),
            lambda user=user: service.invite(user, manager.organisation, "x@example.org", is_manager=True, link=str),
        ):
            with pytest.raises(NotAllowedError):
                call()
    invitation.refresh_from_db()
    assert invitation.revoked_at is None and len(mail.outbox) == 1


@pytest.mark.parametrize("kind", [Organisation.Kind.PREFECTURE, Organisation.Kind.COORDINATOR])
def test_the_roles_that_nobody_takes_are_given_by_coordinators_alone(kind: Organisation.Kind) -> None:
    coordinator = make_coordinator()
    organisation = make_organisation(kind, "Gard", department="30")
    boss = make_person("chef@example.org")
    if kind == Organisation.Kind.PREFECTURE:
        make_member(boss, organisation, is_manager=True)
        client = signed_in(boss)
        page = client.get(f"/espace/organisations/{organisation.pk}/").content.decode()
        assert "c’est la coordination qui invite" in page
        assert client.post(f"/espace/organisations/{organisation.pk}/inviter/", {"email": GUEST}).status_code == 404
    with pytest.raises(NotAllowedError):
        service.invite(boss, organisation, GUEST, is_manager=False, link=str)
    service.invite(coordinator, organisation, GUEST, is_manager=True, link=str)
    guest = make_person(GUEST)
    service.accept(guest, Invitation.objects.get())
    assert has_role(guest, service.ROLE_OF[kind])


def test_nobody_is_written_to_again_and_again(manager: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    invite(manager)
    client, pk = signed_in(manager.user), Invitation.objects.get().pk
    assert "cinq minutes" in client.post(f"/espace/invitations/{pk}/renvoyer/", follow=True).content.decode()
    assert len(mail.outbox) == 1
    monkeypatch.setattr(service, "MOST_A_DAY", 2)
    invite(manager, "b@example.org")
    with pytest.raises(TooManyError):
        service.invite(manager.user, manager.organisation, "c@example.org", is_manager=False, link=str)
    monkeypatch.setattr(service, "MOST_OPEN", 2)
    with pytest.raises(TooManyError):
        service.invite(make_coordinator(), manager.organisation, "c@example.org", is_manager=False, link=str)


def test_a_mail_server_that_is_away_loses_no_invitation(manager: Membership, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    client = signed_in(manager.user)
    answer = client.post(f"/espace/organisations/{manager.organisation_id}/inviter/", {"email": GUEST}, follow=True)
    assert "n’a pas pu partir" in answer.content.decode() and "message non parti" in answer.content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post(f"/espace/invitations/{Invitation.objects.get().pk}/renvoyer/")
    assert Client().get(_path()).status_code == 200


@pytest.mark.parametrize("token", ["x", "é" * 500, "%00", "🪚", "..", "a" * 5000, "%ED%A0%80"])
def test_any_other_link_is_no_invitation(token: str) -> None:
    answer = Client().get(f"/invitations/{token}/")
    assert answer.status_code == 404 and "plus valable" in answer.content.decode()


def test_looking_at_a_link_changes_nothing_and_leaves_no_trace(manager: Membership) -> None:
    path = invite(manager)
    client = Client()
    response = client.get(path)
    assert response["Referrer-Policy"] == "strict-origin" and "no-store" in response["Cache-Control"]
    assert not client.cookies and "noindex" in response.content.decode()
    assert client.post(path).status_code == 405 and Invitation.objects.get().accepted_at is None
