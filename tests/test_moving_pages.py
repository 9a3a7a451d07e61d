# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The workshop's page of a later revision: what changes for it, and its choice."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fabrication.models import Job
from orders.models import Order, OrderLine, RevisionChoice
from orders.services.cutting import tick_sheet
from tests.making import words
from tests.orders import make_prefecture
from tests.people import make_coordinator, signed_in
from tests.revised import Case, make_shelf_case, publish, shelves, work_all  # noqa: F401  # a fixture
from tests.workshops import make_maker_person, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelves")]


@pytest.fixture
def case() -> Case:
    return make_shelf_case(publish())


def _at(case: Case, position: int = 1) -> str:
    return reverse("making-revision", args=[case.order.public_id, position])


def _sent(case: Case, choice: str, revision: int, **more: Any) -> dict[str, Any]:
    version = Order.objects.values_list("version", flat=True).get(pk=case.order.pk)
    return {"vu": version, "cle": uuid.uuid4(), "choix": choice, "revision": revision, **more}


def test_a_workshop_reads_what_changes_part_by_part_and_moves(case: Case) -> None:
    case.start()
    case.prepare()
    client = signed_in(case.maker)
    second = publish("heavy")
    assert "Voir ce qui change et choisir" in words(client.get(f"/fabrication/{case.order.public_id}/"))
    page = words(client.get(_at(case)))
    assert "Ce que change la révision 2." in page and "se calcule pour votre machine" in page
    assert "Passer à la révision 2" not in page and "Garder la révision 1" in page
    work_all(Job.Kind.QUOTE, Job.Kind.CHANGES)
    page = words(client.get(_at(case)))
    assert "Votre machine la fabrique" in page and "Passer à la révision 2" in page
    assert "P03 platine" in page and "2 pièces restent les mêmes" in page
    answer = client.post(_at(case), _sent(case, "passer", second.pk), follow=True)
    assert answer.status_code == 200 and "l’acheteur est prévenu" in words(answer)
    assert OrderLine.objects.get(pk=case.line.pk).moved_to == second
    page = words(client.get(f"/fabrication/{case.order.public_id}/"))
    assert "Révision 2, choisie par l’atelier" in page and "commandée : la 1" in page
    assert "Il n’y a rien à choisir" in words(client.get(_at(case)))
    # The buyer reads it beside the line and in the order's history.
    order = words(signed_in(case.buyer).get(f"/commandes/{case.order.public_id}/"))
    assert "Fabriqué dans la révision 2 du modèle" in order
    assert "a choisi la nouvelle révision du modèle" in words(
        signed_in(case.buyer).get(f"/commandes/{case.order.public_id}/")
    )


def test_the_dashboard_leads_to_the_choice_until_it_is_made(case: Case) -> None:
    case.start()
    client = signed_in(case.maker)
    assert _at(case) not in client.get("/espace/").content.decode()
    second = publish()
    shown = client.get("/espace/").content.decode()
    assert _at(case) in shown and f"la révision {second.number} est parue" in shown
    assert _at(case) not in signed_in(case.buyer).get("/espace/").content.decode()
    case.act("keep_revision", line=case.line.pk, revision=second.pk)
    assert _at(case) not in client.get("/espace/").content.decode()


def test_who_stays_is_asked_no_more(case: Case) -> None:
    second = publish()
    client = signed_in(case.maker)
    making = f"/fabrication/{case.order.public_id}/"
    assert "Voir ce qui change et choisir" in words(client.get(making))
    answer = client.post(_at(case), _sent(case, "garder", second.pk), follow=True)
    assert "vous gardez la révision prévue" in words(answer)
    choice = RevisionChoice.objects.get()
    assert (choice.moves, choice.revision) == (False, second)
    assert "Voir ce qui change et choisir" not in words(client.get(making))
    assert "n’a pas pris la révision 2" in words(client.get(_at(case)))


def test_a_form_that_comes_late_or_says_nothing_changes_nothing(case: Case) -> None:
    case.start()
    production = case.prepare()
    second = publish()
    client = signed_in(case.maker)
    client.get(_at(case))
    work_all(Job.Kind.QUOTE)
    late = _sent(case, "passer", second.pk)
    tick_sheet(case.order, production.pk, 1, actor=case.maker, most=1)
    answer = client.post(_at(case), late)
    assert answer.status_code == 422 and "Votre choix : Un panneau ou un exemplaire" in words(answer)
    assert "déjà découpé" in words(answer)
    for wrong in ("", "2" * 30, "é", "-1", "1e3", "٣", "\0"):
        assert client.post(_at(case), _sent(case, "passer", wrong)).status_code == 422  # type: ignore[arg-type]
    for wrong in ("", "autre", "\0"):
        assert client.post(_at(case), _sent(case, wrong, second.pk)).status_code == 422
    stale = {**_sent(case, "garder", second.pk), "vu": 0}
    assert "Entre-temps" in words(client.post(_at(case), stale))
    assert not RevisionChoice.objects.exists()


def test_a_machine_that_can_t_is_told_why_and_offered_to_stay(case: Case) -> None:
    publish("long")
    client = signed_in(case.maker)
    client.get(_at(case))
    work_all(Job.Kind.QUOTE)
    page = words(client.get(_at(case)))
    assert "Vous ne pouvez pas passer à cette révision" in page and "Garder la révision 1" in page
    assert "Passer à la révision 2" not in page


def test_it_is_the_maker_s_page_alone(case: Case) -> None:
    second = publish()
    others = [
        case.buyer,
        make_prefecture(),
        make_coordinator(),
        make_maker_person(make_workshop(slug="tiers"), "tiers@example.org"),
    ]
    for other in others:
        client = signed_in(other)
        assert client.get(_at(case)).status_code == 404
        assert client.post(_at(case), _sent(case, "garder", second.pk)).status_code == 404
    assert Client().get(_at(case)).status_code == 302
    assert signed_in(case.maker).get(_at(case, 9)).status_code == 404
    assert not RevisionChoice.objects.exists()
