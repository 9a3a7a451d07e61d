# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later

"""Without scripts in the browser a long model is saved all the same; the rest of the site takes no larger forms for that."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from designs.models import DesignDraft
from tests.people import signed_in
from tests.studio_desk import SAVE, fields_now, latest

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
LONG = "# " + "é(" * 60_000 + "\n"


def test_a_long_script_is_saved_by_the_form(ada: User, draft: DesignDraft) -> None:
    from urllib.parse import urlencode

    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    page = client.get("/espace/studio/table-haute/")
    token = page.context["csrf_token"]
    fields = fields_now(draft) | {"file-0-text": LONG, "based_on": latest(draft), "csrfmiddlewaretoken": str(token)}
    body = urlencode(fields)
    assert len(body) > 262_144
    assert client.post(SAVE, body, content_type=FORM).status_code == 302
    assert LONG in DesignDraft.objects.get(pk=draft.pk).state().content["sources"].values()
    assert client.post(SAVE, urlencode({**fields, "csrfmiddlewaretoken": "x"}), content_type=FORM).status_code == 403


def test_nobody_else_and_no_other_form_may_send_as_much(ada: User, desk: Client) -> None:
    body = "titre=" + "a" * 300_000
    assert desk.post("/espace/studio/nouveau/", body, content_type=FORM).status_code == 400
    assert Client().post(SAVE, body, content_type=FORM).status_code == 302, "to sign in: nothing was read"
    assert signed_in(ada).post(SAVE, "a=" + "b" * 2_000_001, content_type=FORM).status_code == 400
