# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the studio's page would send for a designer at her draft, and what it answers; the draft: tests/at_the_studio.py."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

from cms.studio_form import fields_of
from designs.models import DesignDraft
from designs.services.drafting import state_id
from tests.test_accounts_pages import sound as sound_page

PAGE = "/espace/studio/table-haute/"
SAVE, RUN, UPLOAD, EXPORT = f"{PAGE}enregistrer/", f"{PAGE}executer/", f"{PAGE}importer/", f"{PAGE}exporter/"


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
