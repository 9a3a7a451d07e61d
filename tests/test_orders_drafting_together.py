# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two clerks at one draft: nobody overwrites, nobody submits what was not read, nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from orders.life import OvertakenError
from orders.models import Order, State
from orders.services.draft_lines import set_quantities
from orders.services.drafting import (
    WHY,
    archive_draft,
    save_draft,
    seen_of,
)
from tests.drafts import seen_on, step, words
from tests.orders import make_buyer, make_campaign, make_order, organisation_of
from tests.people import make_member, make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer() -> User:
    return make_buyer()


@pytest.fixture
def draft(buyer: User) -> Order:
    return make_order(buyer, campaign=make_campaign())


def test_of_two_clerks_one_saves_and_the_other_is_told_what_stands_there(buyer: User, draft: Order) -> None:
    colleague = make_person("dominique@example.org", "Dominique Faure")
    make_member(colleague, organisation_of(buyer))
    first, second, url = signed_in(buyer), signed_in(colleague), step(draft, "raisons")
    seen = seen_on(first, url)
    data = {"professional": "aidant", "receiver_kind": "", "reasons": "Les nôtres.", "vu": seen, "suite": "1"}
    assert first.post(url, data).status_code == 302
    assert first.post(url, data).status_code == 302  # the same again changes nothing, and is no conflict
    answer = second.post(url, {**data, "reasons": "Les leurs."})
    assert answer.status_code == 409
    page = words(answer)
    assert "Les nôtres." in page and "Les leurs." in page
    draft.refresh_from_db()
    assert draft.reasons == "Les nôtres."
    again = second.post(url, {**data, "reasons": "Les leurs.", "vu": answer.context["seen"]})
    assert again.status_code == 302


def test_other_fields_may_change_meanwhile(buyer: User, draft: Order) -> None:
    seen = seen_of(draft, WHY)
    save_draft(draft, buyer, {"address": "ailleurs"})
    save_draft(draft, buyer, {"reasons": "Voilà."}, seen, of=WHY)
    draft.refresh_from_db()
    assert (draft.address, draft.reasons) == ("ailleurs", "Voilà.")


def test_a_draft_that_was_submitted_meanwhile_says_so_and_keeps_what_was_typed(buyer: User, draft: Order) -> None:
    client, url = signed_in(buyer), step(draft, "raisons")
    seen = seen_on(client, url)
    client.post(reverse("order-submit", args=[draft.public_id]), {"action": "submit"})
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED
    answer = client.post(url, {"reasons": "Trop tard pour ceci.", "vu": seen, "suite": "1"})
    assert answer.status_code == 409
    assert "Camille R. a déposé l’intention" in words(answer) and "Trop tard pour ceci." in words(answer)
    assert client.get(url).url == reverse("order", args=[draft.public_id])


def test_nobody_submits_what_a_colleague_has_changed_since(buyer: User, draft: Order) -> None:
    client, submit = signed_in(buyer), reverse("order-submit", args=[draft.public_id])

    def form_of(page: Any) -> dict[str, str]:
        found = dict(re.findall(r'name="(vu|cle|lu)" value="([^"]*)"', page.content.decode()))
        return {**found, "action": "submit"}

    form = form_of(client.get(step(draft, "verifier")))
    set_quantities(draft, buyer, {draft.lines.get().pk: 90})
    answer = client.post(submit, form)
    assert (
        answer.status_code == 409
        and "relisez-le" in words(answer)
        and "90\u00a0×" in answer.content.decode().replace("&nbsp;", "\u00a0")
    )
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert client.post(submit, form_of(answer)).url == reverse("order", args=[draft.public_id])


def test_a_draft_that_was_thrown_away_is_gone_but_not_what_was_typed(buyer: User, draft: Order) -> None:
    client, url = signed_in(buyer), reverse("order-draft-archive", args=[draft.public_id])
    assert client.get(url).status_code == 200
    assert client.post(url).url == reverse("orders")
    draft.refresh_from_db()
    assert draft.archived_at and draft.state == State.DRAFT
    assert client.get(step(draft, "lieu")).status_code == 404
    with pytest.raises(OvertakenError):
        save_draft(draft, buyer, {"reasons": "Encore."})
    with pytest.raises(OvertakenError):
        archive_draft(draft, buyer)
