# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A designer with a draft at the studio's page, and what the page would send."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Organisation, User
from cms.studio_form import fields_of
from cms.views.studio import running, trying
from designs.models import DesignDraft
from designs.services.drafting import start, state_id
from designs.templates import template
from tests.people import make_member, make_organisation, make_person, signed_in
from tests.test_accounts_pages import sound as sound_page

PAGE = "/espace/studio/table-haute/"
SAVE, RUN, UPLOAD, EXPORT = f"{PAGE}enregistrer/", f"{PAGE}executer/", f"{PAGE}importer/", f"{PAGE}exporter/"


@pytest.fixture
def ada() -> User:
    user = make_person("ada@example.org", "Ada Varlet")
    make_member(user, make_organisation(Organisation.Kind.DESIGNER, "Bureau des Copeaux"))
    return user


@pytest.fixture
def draft(ada: User) -> DesignDraft:
    table = template("table")
    return start(
        slug="table-haute",
        organisation=Organisation.objects.get(name="Bureau des Copeaux"),
        data={"content": table.content.as_data(), "texts": dict(table.texts)},
        actor=ada,
    )


@pytest.fixture
def desk(ada: User, draft: DesignDraft, monkeypatch: pytest.MonkeyPatch) -> Client:
    # No worker runs beside these tests: nothing to wait for.
    monkeypatch.setattr(running, "PATIENCE", 0)
    monkeypatch.setattr(trying, "_GLANCE", 0)
    return signed_in(ada)


def fields_now(draft: DesignDraft) -> dict[str, str]:
    state = DesignDraft.objects.get(pk=draft.pk).state()
    return fields_of({"content": state.content, "texts": state.texts, "version_step": state.version_step})


def latest(draft: DesignDraft) -> str:
    return state_id(DesignDraft.objects.get(pk=draft.pk))


def post(client: Client, address: str, data: Any, **more: Any) -> Any:
    return client.post(address, json.dumps(data), content_type="application/json", **more)


def save(client: Client, draft: DesignDraft, changed: dict[str, str], based_on: str = "") -> Any:
    return post(client, SAVE, {"based_on": based_on or latest(draft), "fields": fields_now(draft) | changed})


def sound(response: Any) -> None:
    """Of everything but what designers wrote themselves."""
    html = re.sub(r"(<textarea[^>]*>).*?(?=</textarea>)", r"\1", response.content.decode(), flags=re.S)
    html = re.sub(r"<pre.*?</pre>", "", html, flags=re.S)
    sound_page(HttpResponse(html))


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))
