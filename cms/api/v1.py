# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The API put together, and its description (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from cms.api import models, territory, workshops
from cms.api.answering import everybodys
from cms.api.problems import INVALID, ProblemError, not_found, problem_response
from cms.api.shapes import Problem
from cms.findable.addresses import base

#: Of the description: a new field counts up the second number; what takes one away is another /api/v2/ (docs/api.md).
VERSION = "1.0.0"
PREFIX = "/api/v1/"
_ABOUT = (
    "Les modèles, les ateliers, les campagnes, les communes, les chiffres et l’éligibilité, en lecture seule et sans clé. "
    "Aucune donnée personnelle. Longueurs en millimètres, masses en grammes, montants en euros hors taxes, dates ISO 8601."
)
#: Which limit holds, where it is not the usual one.
_LIMITS = {"preview": "api-preview"}


class _AsWritten(JSONRenderer):
    """é is é."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="API de Tréteau",
    version=VERSION,
    description=_ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-v1",
    renderer=_AsWritten(),
)
for one in (models, workshops, territory):
    api.add_router("", one.router)


@api.exception_handler(ProblemError)
def _problem(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_response(request, error)


@api.exception_handler(Http404)
def _gone(request: HttpRequest, error: Any) -> HttpResponse:
    return nothing_here(request)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """pydantic's words are English; the French ones say what was wanted."""
    wrong = [
        (str(one["loc"][-1])[:100], _french(one), str(one["msg"])) for one in error.errors
    ]  # fmt: skip
    return problem_response(
        request,
        ProblemError(INVALID, "Une valeur de l’adresse est refusée.", "A value of the address is refused.", wrong),
    )


def _french(wrong: dict[str, Any]) -> str:
    limits = wrong.get("ctx") or {}
    match wrong["type"]:
        case "missing":
            return "Cette valeur est nécessaire."
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return "Écrivez un nombre entier."
        case "greater_than_equal":
            return f"Au moins {limits.get('ge')}."
        case "less_than_equal":
            return f"Au plus {limits.get('le')}."
        case "string_too_long":
            return f"{limits.get('max_length')} signes au plus."
        case "string_too_short":
            return "Écrivez au moins un signe."
        case "literal_error":
            return f"Une de ces valeurs : {limits.get('expected')}."
        case _:
            return "Cette valeur n’a pas la forme attendue."


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else is asked for below /api/v1/."""
    return problem_response(
        request,
        not_found("Rien n’est à cette adresse. Voyez la documentation.", "Nothing is here. See the documentation."),
    )


def description() -> dict[str, Any]:
    """OpenAPI 3.1: what ninja derives from the types, with the errors that every address may give."""
    schema: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    schema["servers"] = [{"url": base()}]
    schema["info"] |= {
        "license": {"name": "Licence Ouverte 2.0", "identifier": "etalab-2.0"},
        "contact": {"url": f"{base()}/contact/?sujet=modeles"},
        "summary": "Des meubles libres et les ateliers qui les découpent",
    }
    schema["externalDocs"] = {"url": f"{base()}/api/", "description": "Documentation"}
    parts = schema.setdefault("components", {}).setdefault("schemas", {})
    said = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts |= said.pop("$defs", {}) | {"Problem": said}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in schema["paths"].values():
        for operation in operations.values():
            names = {one["in"] for one in operation.get("parameters", [])}
            for status, text in (
                ("404", "Introuvable"),
                ("422", "Demande refusée"),
                ("429", "Trop de demandes"),
                ("503", "Occupé"),
            ):
                if (status == "404" and "path" not in names) or (
                    status == "503" and not operation["operationId"].endswith("preview")
                ):
                    continue
                operation["responses"][status] = {"description": text, "content": problem}
    return schema


def schema_json(request: HttpRequest) -> HttpResponse:
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


def patterns() -> list[URLPattern]:
    """ninja's own addresses under our names ("api-model"), each open to all origins."""
    found = []
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name and pattern.name != "api-root":
            view = everybodys(pattern.callback, _LIMITS.get(pattern.name, "api"))
            found.append(URLPattern(pattern.pattern, view, pattern.default_args, f"api-{pattern.name}"))
    return found
