# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages for what went wrong, each with a way out. The last one needs neither database nor context."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "cms/error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, "Demande illisible", "Le site n’a pas compris ce qui lui a été envoyé.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, "Accès refusé", "Cette page n’est pas ouverte à tout le monde.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/travaux/"):
        return _page(
            request,
            404,
            "Fichiers introuvables",
            "Ces fichiers n’existent plus, ou l’adresse est incomplète\u00a0: refaites-les depuis le modèle.",
        )
    return _page(
        request,
        404,
        "Page introuvable",
        "L’adresse est peut-être incomplète, ou la page a été déplacée.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        "Formulaire expiré",
        "Pour votre sécurité, ce formulaire n’est plus valable. Revenez à la page précédente, "
        "rechargez-la, puis envoyez-le à nouveau. Les cookies doivent être acceptés pour ce site.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {"site_name": "Tréteau"}
    return HttpResponse(loader.get_template("cms/server_error.html").render(context), status=500)
