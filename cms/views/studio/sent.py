# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the studio's page sends: a form's fields, or the same as JSON; and how it is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse

from cms.studio_form import MOST_FIELDS
from designs.typography import held

#: Of JSON: 500 kB of script, each of its line ends and quotes written as two signs, and the words around it.
MAX_BYTES = 2_000_000
TOO_LARGE = "C’est trop long pour un modèle : 500 ko de script au plus."
UNREADABLE = "Le navigateur a envoyé quelque chose qui ne se lit pas. Rechargez la page : votre texte est gardé dans ce navigateur."


class SentError(ValueError):
    """What was sent is nothing that the page sends. ``french``; ``status`` of the answer."""

    def __init__(self, french: str, status: int = 400) -> None:
        super().__init__(french)
        self.french = french
        self.status = status


def is_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json"


def sent_json(request: HttpRequest) -> dict[str, Any]:
    """An object. The size is looked at before anything is read. Raises SentError."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and (len(length) > 9 or int(length) > MAX_BYTES):
        raise SentError(TOO_LARGE, 413)
    # `request.body` has the limit of the site's small forms.
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise SentError(TOO_LARGE, 413)
    try:
        data = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise SentError(UNREADABLE) from error
    if not isinstance(data, dict):
        raise SentError(UNREADABLE)
    return data


def words(data: object) -> dict[str, str]:
    """Names and values that are all text, without what no database takes. Raises SentError."""
    if not isinstance(data, Mapping) or len(data) > MOST_FIELDS:
        raise SentError(UNREADABLE)
    for name, value in data.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise SentError(UNREADABLE)
    return dict(data)


def text(data: Mapping[str, Any], name: str) -> str:
    """Of a state, a key: short. Raises SentError."""
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > 100:
        raise SentError(UNREADABLE)
    return value


def answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    """Sentences get their no-break spaces here: they come from everywhere."""
    if data.get("reason"):
        data["reason"] = held(data["reason"])
    if data.get("messages"):
        data["messages"] = {name: held(message) for name, message in data["messages"].items()}
    if data.get("errors"):
        data["errors"] = [{**one, "french": held(one.get("french", ""))} for one in data["errors"]]
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "private, no-store"
    return response


def _no_constant(name: str) -> None:
    raise ValueError(name)
