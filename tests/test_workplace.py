# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One's own place: first what waits for this person, then what others do; the same number of queries for three orders and sixty."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, Organisation, Role, User
from accounts.services import invitations
from accounts.services.notices import stop_token
from cms.dashboards.parts import waited
from cms.models import ContactMessage, ContactSubject
from designs.models import Care, Remark
from designs.services import answer, entrust, remark
from fablabs.models import Workshop
from fabrication.models import Job
from orders.life import RefusedError, advance
from orders.models import Document, Event, Order, OutboxMessage, Production, State, StoredFile
from orders.services.packages_made import tell_finished
from tests.orders import make_buyer, make_campaign, make_order, make_prefecture, organisation_of, revision_of
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.test_accounts_pages import sound
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db


def shown(user: User, path: str = "/espace/") -> str:
    answer = signed_in(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def part(html: str, name: str) -> str:
    """The words of a role's dashboard, spaces made plain."""
    found = re.search(rf'<section class="w-role[^>]*id="{name}".*?</section>', html, re.DOTALL)
    assert found, name
    text = re.sub(r"<[^>]+>", " ", found[0]).replace("&nbsp;", " ")
    return re.sub(r"\s+", " ", text)


def came(order: Order, days: int) -> Order:
    """Where it is since so many days."""
    Event.objects.create(
        order=order, sequence=1, action="submit", from_state="draft", to_state=order.state, party="buyer",
        at=timezone.now() - timedelta(days=days),
    )  # fmt: skip
    Order.objects.filter(pk=order.pk).update(version=1)
    return order


@pytest.fixture
def designer() -> User:
    user = make_person("studio@example.org", "Lou Bonnet")
    make_member(user, make_organisation(Organisation.Kind.DESIGNER, name="Studio"))
    return user


# What it says


def test_a_clerk_sees_first_what_waits_for_her_then_who_has_the_rest() -> None:
    buyer, campaign, workshop = make_buyer(), make_campaign(), make_workshop(name="Les Copeaux")
    came(make_order(buyer, State.DELIVERED, campaign=campaign, workshop=workshop), 4)
    came(make_order(buyer, State.SUBMITTED, campaign=campaign), 3)
    html = shown(buyer)
    words = part(html, "acheteur")
    assert (
        words.index("Ce qui vous attend") < words.index("Réceptionner") < words.index("Ce que les autres ont à faire")
    )
    assert "Depuis 4 jours" in words and "En attente de la préfecture (Gard) depuis 3 jours" in words
    assert "Une chose vous attend." in html and "/reception" in html


def test_a_prefecture_with_many_intentions_has_one_line_for_them_all() -> None:
    campaign = make_campaign(decides_on=timezone.localdate() + timedelta(days=40))
    for number in range(12):
        came(
            make_order(make_buyer(f"m{number}@example.org", number=number), State.SUBMITTED, campaign=campaign), number
        )
    words = part(shown(make_prefecture()), "prefecture")
    assert "12 intentions à décider" in words and "Depuis 11 jours" in words and "Avant le" in words
    assert words.count("Décider") == 0 and words.count("Arbitrer") == 1


def test_a_maker_sees_its_orders_and_not_another_ones() -> None:
    buyer, campaign = make_buyer(), make_campaign()
    mine, other = make_workshop(name="Les Copeaux"), make_workshop(slug="other", name="La Cale")
    made = make_order(buyer, State.COMMITTED, campaign=campaign, workshop=mine)
    foreign = make_order(buyer, State.COMMITTED, campaign=campaign, workshop=other)
    html = shown(make_maker_person(mine))
    assert made.reference in html and foreign.reference not in html and "Commencer" in part(html, "atelier")


def test_a_coordinator_sees_what_stands_still_and_an_editor_the_messages_too() -> None:
    now = timezone.now()
    buyer, workshop = make_buyer(), make_workshop()
    make_workshop(slug="asks", state=Workshop.State.DRAFT, asked_at=now - timedelta(days=2))
    order = make_order(buyer, State.DELIVERED, campaign=make_campaign(), workshop=workshop)
    Order.objects.filter(pk=order.pk).update(delivered_at=now - timedelta(days=30))
    OutboxMessage.objects.create(key="x", message_id="<x@localhost>", template="fund", due_at=now, state="failed")
    remark(revision_of(), "P01", "Le tenon est trop juste.")
    subject = ContactSubject.objects.create(title="Commander", slug="commander-ici", recipients="equipe@example.org")
    for number, suspect in (("1", False), ("2", True)):
        ContactMessage.objects.create(
            number=number,
            subject=subject,
            name="Zoé",
            email="zoe@example.org",
            text="Bonjour",
            digest=number,
            is_suspect=suspect,
        )
    words = part(shown(make_coordinator()), "coordination")
    for said in (
        "1 atelier à valider",
        "1 livraison jamais réceptionnée",
        "1 message n’a pas pu partir",
        "1 remarque sans bureau",
    ):
        assert said in words, said
    assert "Depuis 2 jours" in words and "contact" not in words
    editor = make_person("editrice@example.org", is_superuser=True, is_staff=True)
    html = shown(editor)
    assert "1 message de contact à traiter" in part(html, "pages") and 'href="/gestion/' in html


def test_who_only_writes_pages_is_led_there_and_asked_for_no_organisation() -> None:
    writer = make_person("redaction@example.org", "Maël Thibaud")
    writer.user_permissions.add(Permission.objects.get(codename="access_admin"))
    html = shown(writer)
    assert "Écrire les pages du site" in part(html, "pages") and "Inscrire mon organisation" not in html
    assert "contact" not in part(html, "pages")


def test_where_nothing_waits_the_next_useful_thing_is_said(designer: User) -> None:
    for user, name, words, link in (
        (make_buyer(), "acheteur", "Vous n’avez pas encore commandé", "/eligibilite/"),
        (make_prefecture(), "prefecture", "Rien ne vous attend", "/arbitrage/"),
        (designer, "creation", "Commencez un modèle dans le Studio", "/espace/studio/"),
        (make_coordinator(), "coordination", "Rien ne vous attend", "/coordination/tableau/"),
    ):
        html = shown(user)
        assert words in part(html, name) and f'href="{link}"' in html


def test_several_roles_are_stacked_and_what_waits_comes_first(designer: User) -> None:
    buyer = organisation_of(make_buyer())
    make_member(designer, buyer, Role.BUYER)
    Care.objects.create(design="chariot", organisation=Organisation.objects.get(name="Studio"))
    remark(revision_of(), "P01", "Le tenon est trop juste.")
    html = shown(designer)
    assert html.index('id="creation"') < html.index('id="acheteur"')


def test_a_person_of_no_organisation_has_no_dashboard_and_a_way_in() -> None:
    html = shown(make_person("neuf@example.org"))
    assert "w-role" not in html and "Inscrire mon organisation" in html


@pytest.mark.parametrize(
    ("days", "words"), [(0, "depuis aujourd’hui"), (1, "depuis hier"), (3, "depuis 3 jours"), (90, "depuis 3 mois")]
)
def test_a_wait_is_said_in_the_words_of_people(days: int, words: str) -> None:
    assert waited(timezone.now() - timedelta(days=days)).replace("\N{NO-BREAK SPACE}", " ") == words


# What it costs


@pytest.mark.parametrize("role", ["buyer", "prefecture", "maker", "coordinator"])
def test_three_orders_and_sixty_cost_the_same(role: str) -> None:
    campaign, workshop, buyer = make_campaign(), make_workshop(), make_buyer()
    user = {
        "buyer": lambda: buyer,
        "prefecture": make_prefecture,
        "maker": lambda: make_maker_person(workshop),
        "coordinator": make_coordinator,
    }[role]()
    states = [State.FUNDED, State.COMMITTED, State.DELIVERED]
    client, counts = signed_in(user), []
    for many in (1, 19):
        for _ in range(many):
            for state in states:
                make_order(buyer, state, campaign=campaign, workshop=workshop)
        client.get("/espace/")  # what a process reads once
        with CaptureQueriesContext(connection) as queries:
            html = client.get("/espace/").content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1] and counts[0] < 40, counts
    if role in ("buyer", "maker"):
        assert "à faire</a>" in html  # the others are counted, with a way to them


# On the order's page


def test_deciding_is_one_button_and_leads_back_to_the_list() -> None:
    order = make_order(make_buyer(), State.SUBMITTED, campaign=make_campaign())
    html = shown(make_prefecture(), f"/commandes/{order.public_id}/")
    now = html.split('id="maintenant"')[1].split("</section>")[0]
    assert now.count("fr-btn") == 1 and ">Décider</a>" in now and "Prendre en examen" not in now
    assert 'href="/arbitrage/"' in html.split("<main")[0]


def test_making_says_how_many_pieces_are_done() -> None:
    from orders.models import Piece

    order = make_order(make_buyer(), State.IN_PRODUCTION, campaign=make_campaign(), workshop=make_workshop())
    line = order.lines.get()
    for index, stage in enumerate(("finished", "cut"), start=1):
        Piece.objects.create(
            line=line,
            index=index,
            code=f"ABCDEFGHJK{index:02}",
            year=2026,
            number=index,
            stage=stage,
            workshop=order.workshop,
        )
    buyer = User.objects.get(email="mairie@example.org")
    assert "1 exemplaire fini sur 2" in shown(buyer, f"/commandes/{order.public_id}/").replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_a_coordinator_accepts_for_a_silent_buyer_with_a_reason_and_the_buyer_is_told() -> None:
    buyer, coordinator = make_buyer(), make_coordinator()
    order = make_order(buyer, State.DELIVERED, campaign=make_campaign(), workshop=make_workshop())
    with pytest.raises(RefusedError, match="for a reason") as refused:
        advance(order, "accept", actor=coordinator, given={"reserves": ""})
    assert refused.value.field == "note"
    after = advance(order, "accept", actor=coordinator, note="La mairie l’a dit au téléphone.", given={"reserves": ""})
    assert after.state == State.ACCEPTED and after.events.get().party == "coordinator"
    assert Notice.objects.filter(person=buyer, text__contains="réceptionnée").exists()


def test_what_is_sent_is_no_main_button_any_more() -> None:
    buyer = make_buyer()
    order = make_order(buyer, State.FUNDED, campaign=make_campaign())
    scan = StoredFile.objects.create(order=order, sha256="0" * 64, path="0", name="convention.pdf", size=1)
    paper = Document.objects.create(order=order, kind="agreement", year=2026, number=1, facts={"rate": "0.8000"})

    def now(user: User) -> str:
        return shown(user, f"/commandes/{order.public_id}/").split('id="maintenant"')[1].split("</section>")[0]

    with pytest.MonkeyPatch.context() as patch:
        # What these papers say is not what this is about.
        patch.setattr("orders.services.papers.still_says", lambda *_: True)
        assert re.search(r'class="fr-btn" [^>]*>Envoyer la convention signée', now(buyer))
        Document.objects.filter(pk=paper.pk).update(buyer_signed=scan, buyer_signed_at=timezone.now())
        assert "fr-btn" not in now(buyer) and "Envoyer une autre version signée" in now(buyer)
        assert re.search(r'class="fr-btn" [^>]*>Enregistrer la convention signée', now(make_prefecture()))


def test_every_page_of_it_is_sound(designer: User) -> None:
    buyer, campaign, workshop = make_buyer(), make_campaign(decides_on=timezone.localdate()), make_workshop()
    for state in State:
        make_order(buyer, state, campaign=campaign, workshop=workshop)
    entrust("chariot", [Organisation.objects.get(name="Studio")], actor=make_coordinator())
    remark(revision_of(), "P01", "Le tenon est trop juste.")
    maker, prefecture = make_maker_person(workshop), make_prefecture()
    coordinator = User.objects.get(email="coordination@example.org")
    for user in (buyer, prefecture, maker, designer, coordinator):
        sound(signed_in(user).get("/espace/"))
    for path in ("/espace/avis/", "/espace/avis/reglages/", "/espace/remarques/"):
        sound(signed_in(designer).get(path))
    sound(signed_in(designer).post("/espace/avis/reglages/", {}))
    sound(signed_in(coordinator).get("/espace/remarques/"))
    address = f"/espace/avis/arret/{stop_token(buyer)}/"
    sound(Client().get(address))
    sound(Client().post(address))


# Other hooks of the bell


def test_files_that_are_ready_ring_once_for_who_asked_for_them() -> None:
    workshop = make_workshop()
    maker = make_maker_person(workshop)
    order = make_order(make_buyer(), State.IN_PRODUCTION, campaign=make_campaign(), workshop=workshop)
    job = make_job(order)
    Production.objects.create(line=order.lines.get(), job=job, thickness_mm=18, made_by=maker)
    assert tell_finished() == 0
    now = timezone.now()
    job.state, job.attempts, job.started_at, job.finished_at = Job.State.FAILED, 1, now, now
    job.fault, job.reason = "out of memory", "Le calcul n’a pas abouti."
    job.save()
    assert (tell_finished(), tell_finished()) == (1, 0)
    assert "n’ont pas pu être faits" in Notice.objects.get().text and Notice.objects.get().person == maker


def make_job(order: Order) -> Job:
    line = order.lines.get()
    assert line.revision is not None
    return Job.objects.create(
        kind=Job.Kind.PACKAGE, revision=line.revision, parameters=line.parameters, key="0" * 64, workshop=order.workshop,
        machine_file="x",
    )  # fmt: skip


def test_an_invitation_rings_who_has_an_account_and_its_answer_rings_who_asked() -> None:
    organisation, manager = make_organisation(name="Vézac"), make_person("maud@example.org", "Maud Lhote")
    make_member(manager, organisation, is_manager=True)
    guest = make_person("noe@example.org", "Noé Petit")
    invitation = invitations.invite(manager, organisation, "noe@example.org", is_manager=False, link=str)
    assert Notice.objects.get().person == guest and "Vézac" in Notice.objects.get().text
    invitations.accept(guest, invitation)
    assert (
        Notice.objects.get(person=manager).text == "Noé P. a rejoint Vézac"
        or "Noé" in Notice.objects.get(person=manager).text
    )


# Remarks


def test_a_remark_rings_and_waits_for_who_looks_after_the_model_and_nobody_else(designer: User) -> None:
    entrust("chariot", [Organisation.objects.get(name="Studio")], actor=make_coordinator())
    other = make_person("autre@example.org", "Nina Roche")
    make_member(other, make_organisation(Organisation.Kind.DESIGNER, name="Autre", siren="999000037"))
    found = remark(revision_of(), "P01", "Le tenon est trop juste.", author="Les Copeaux")
    assert list(Notice.objects.values_list("person", flat=True)) == [designer.pk]
    html = shown(designer, "/espace/remarques/")
    assert "Le tenon est trop juste." in html and f'id="remarque-{found.pk}"' in html
    client = signed_in(designer)
    empty = client.post(f"/espace/remarques/{found.pk}/", {"reponse": " "})
    assert empty.status_code == 422 and "Écrivez votre réponse." in empty.content.decode()
    long = client.post(f"/espace/remarques/{found.pk}/", {"reponse": "é" * 2_001})
    assert long.status_code == 422 and "é" * 2_001 in long.content.decode()
    assert client.post(f"/espace/remarques/{found.pk}/", {"reponse": "Le jeu passe\x00 à 0,1 mm."}).status_code in (
        302,
        422,
    )
    client.post(f"/espace/remarques/{found.pk}/", {"reponse": "Le jeu passe à 0,1 mm."})
    found.refresh_from_db()
    assert (found.status, found.answer, found.answered_by) == (
        Remark.Status.ANSWERED,
        "Le jeu passe à 0,1 mm.",
        designer,
    )
    # Another studio, which nobody entrusted with anything, finds no page and answers nothing.
    stranger = signed_in(other)
    assert stranger.get("/espace/remarques/").status_code == 404
    assert stranger.post(f"/espace/remarques/{found.pk}/", {"reponse": "Non."}).status_code == 404
    assert stranger.post("/espace/remarques/confier/", {"modele": "chariot"}).status_code == 404
    from designs.errors import RemarkError

    with pytest.raises(RemarkError):
        answer(found, "Non.", actor=other)


def test_a_coordinator_entrusts_a_model_and_takes_it_back(designer: User) -> None:
    client, studio = signed_in(make_coordinator()), Organisation.objects.get(name="Studio")
    revision_of()
    assert client.post("/espace/remarques/confier/", {"modele": "chariot", "bureau": [studio.pk]}).status_code == 302
    assert [care.organisation for care in Care.objects.all()] == [studio]
    town = organisation_of(make_buyer())
    client.post("/espace/remarques/confier/", {"modele": "chariot", "bureau": [town.pk, "x", "9" * 30]})
    assert not Care.objects.exists()
    assert client.post("/espace/remarques/confier/", {"modele": "rien"}).status_code == 404


def test_a_coordinator_is_asked_for_the_reason_on_the_page_and_keeps_what_was_typed() -> None:
    order = make_order(make_buyer(), State.DELIVERED, campaign=make_campaign(), workshop=make_workshop())
    client = signed_in(make_coordinator())
    address = reverse("order-accept", args=[order.public_id])
    assert "Réceptionner pour l’acheteur" in client.get(f"/commandes/{order.public_id}/").content.decode()
    empty = client.post(address, {"vu": "0", "cle": "6f1c3a52-8f2b-4a44-9a4e-5f1d1f3b6c70", "reserves": ""})
    order.refresh_from_db()
    assert (empty.status_code, order.state) == (422, State.DELIVERED)
    client.post(address, {"vu": "0", "cle": "6f1c3a52-8f2b-4a44-9a4e-5f1d1f3b6c71", "reserves": "Vu sur place."})
    order.refresh_from_db()
    assert order.state == State.ACCEPTED and order.events.get().note == "Vu sur place."
    assert signed_in(make_person("tiers@example.org")).get(address).status_code == 404
