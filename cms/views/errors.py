# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages for what went wrong, each with a way out. Those that stand alone need neither database nor request."""

from __future__ import annotations

import logging
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

log = logging.getLogger(__name__)

_WORD = re.compile(r"[^\W\d_]{3,}")
#: Words of an address that are looked for, and their characters.
_WORDS, _MOST = 5, 60
#: For a day on which even the templates can't be read.
_BARE = (
    '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Erreur</title></head><body><main>'
    "<h1>Le site a rencontré une erreur</h1><p>Ce n’est pas de votre fait. Réessayez dans un instant.</p>"
    '<p><a href="/">Revenir à l’accueil</a></p></main></body></html>'
)


def _page(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    context = {"title": title, "text": text, "status": status, "meta": {"noindex": True}, **more}
    return render(request, "cms/error.html", context, status=status)


def standing_alone(template: str, status: int, context: dict[str, Any] | None = None) -> HttpResponse:
    """Without request and context processors, hence without a look at the session or at any row."""
    words = {"site_name": settings.WAGTAIL_SITE_NAME, "state_site": settings.TRETEAU_STATE_SITE, "status": status}
    try:
        text = loader.get_template(template).render({**words, **(context or {})})
    except Exception:  # a style sheet that was never collected must not hide what went wrong first
        log.exception("the page %s could not be rendered", template)
        text = _BARE
    return HttpResponse(text, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # The very name of the site may be what was wrong: no template may ask the request for it.
    return standing_alone("cms/bad_request.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        403,
        "Accès refusé",
        "Cette page n’est pas ouverte à tout le monde. Si elle devait l’être pour vous, connectez-vous avec le compte de votre "
        "organisation, ou écrivez-nous.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/travaux/"):
        return _page(
            request,
            404,
            "Fichiers introuvables",
            "Ces fichiers n’existent plus, ou l’adresse est incomplète\u00a0: refaites-les depuis le modèle.",
        )
    if request.path.startswith("/rencontres/inscription/"):
        return _page(
            request,
            404,
            "Inscription introuvable",
            "L’adresse est incomplète, ou la rencontre est passée depuis longtemps\u00a0: les inscriptions sont alors effacées.",
        )
    return _page(
        request,
        404,
        "Page introuvable",
        "L’adresse est peut-être incomplète, ou la page a été déplacée. Cherchez-la ici, ou partez de l’un de ces endroits.",
        looked_for=words_of(request.path),
    )


def words_of(path: str) -> str:
    """What somebody may have looked for, by the last words of the address: "/modeles/chariot-etabli.html" → "modeles chariot etabli"."""
    found = [word for word in _WORD.findall(path) if word.lower() not in ("html", "htm", "php", "index", "aspx")]
    return " ".join(found[-_WORDS:])[:_MOST]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        "Formulaire expiré",
        "Pour votre sécurité, ce formulaire n’est plus valable. Revenez à la page précédente\u00a0: ce que vous aviez écrit y est "
        "encore. Copiez-le, rechargez la page, puis envoyez-la à nouveau. Les cookies doivent être acceptés pour ce site.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return standing_alone("cms/server_error.html", 500)
