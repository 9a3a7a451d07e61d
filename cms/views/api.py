# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of the API, out of its own description: it can't say anything else than the code does."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms.api.problems import KINDS
from cms.api.v1 import VERSION, description
from cms.findable.addresses import absolute
from designs.typography import typeset

#: An address of each that answers on any site that has its models; {…} as it stands where there is none.
_EXAMPLES = {
    "/api/v1/models": "/api/v1/models",
    "/api/v1/models/{model}": "/api/v1/models/chariot",
    "/api/v1/models/{model}/preview": "/api/v1/models/chariot/preview",
    "/api/v1/workshops": "/api/v1/workshops?department=30",
    "/api/v1/campaigns": "/api/v1/campaigns?state=open",
    "/api/v1/communes": "/api/v1/communes?q=nimes",
    "/api/v1/eligibility/{insee}": "/api/v1/eligibility/30189",
    "/api/v1/statistics": "/api/v1/statistics?territory=departement-30",
}


@login_not_required
@require_safe
def api_page(request: HttpRequest) -> HttpResponse:
    schema = description()
    shapes = schema["components"]["schemas"]
    context: dict[str, Any] = {
        "title": "L’API",
        "section": "api",
        "version": VERSION,
        "operations": [
            _operation(path, said, shapes) for path, methods in schema["paths"].items() for said in methods.values()
        ],
        "problems": KINDS,
        "example": json.dumps(_PROBLEM | {"type": absolute(_PROBLEM["type"])}, ensure_ascii=False, indent=2),
        "base": absolute("/api/v1/"),
    }
    return render(request, "cms/api/api.html", context)


_PROBLEM: dict[str, Any] = {
    "type": "/api/#refuse",
    "title": "Demande refusée",
    "status": 422,
    "detail": "Une valeur de l’adresse est refusée.",
    "instance": "/api/v1/workshops",
    "errors": [{"name": "page_size", "reason": "Au plus 100."}],
}


def _operation(path: str, said: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    answer = said["responses"][200 if 200 in said["responses"] else "200"]
    shape = _shape_of(answer["content"]["application/json"]["schema"])
    entry = _entry_of(shapes.get(shape, {}), shapes)
    return {
        "id": said["operationId"],
        "path": path,
        "summary": typeset(said.get("summary", "")),
        "description": typeset(said.get("description", "")).replace("`", ""),
        "parameters": [_parameter(one) for one in said.get("parameters", [])],
        "fields": [_field(name, one, shapes) for name, one in (shapes.get(entry) or {}).get("properties", {}).items()],
        "is_list": entry != shape or answer["content"]["application/json"]["schema"].get("type") == "array",
        "example": _EXAMPLES.get(path, ""),
    }


def _shape_of(schema: dict[str, Any]) -> str:
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    return str(reference).rpartition("/")[2]


def _entry_of(shape: dict[str, Any], shapes: dict[str, Any]) -> str:
    """Of a list, what is in it."""
    items = shape.get("properties", {}).get("items", {})
    if items.get("type") == "array":
        return _shape_of(items)
    return str(next((name for name, one in shapes.items() if one is shape), ""))


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "place": "adresse" if one["in"] == "path" else "question",
        "is_required": one.get("required", False),
        "kind": _kind(one["schema"], {}),
        "meaning": typeset(one.get("description") or _said(one["schema"])),
    }


def _field(name: str, schema: dict[str, Any], shapes: dict[str, Any]) -> dict[str, str]:
    return {"name": name, "kind": _kind(schema, shapes), "meaning": typeset(_said(schema))}


def _said(schema: dict[str, Any]) -> str:
    """A field's own sentence, or that of what it may be."""
    own = schema.get("description") or next(
        (one["description"] for one in schema.get("anyOf", []) if "description" in one), ""
    )
    return str(own)


def _kind(schema: dict[str, Any], shapes: dict[str, Any]) -> str:
    """In French: "texte", "liste de nombres", "Part (liste)"…"""
    if "anyOf" in schema:
        kinds = [_kind(one, shapes) for one in schema["anyOf"] if one.get("type") != "null"]
        empty = ", ou rien" if any(one.get("type") == "null" for one in schema["anyOf"]) else ""
        return f"{' ou '.join(dict.fromkeys(kinds))}{empty}"
    if "$ref" in schema:
        return _shape_of(schema)
    if "enum" in schema or "const" in schema:
        return " | ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"liste de {_kind(schema.get('items', {}), shapes)}"
    if schema.get("type") == "object":
        return "objet"
    if schema.get("format") in ("date", "date-time"):
        return "date" if schema["format"] == "date" else "date et heure"
    return {"string": "texte", "integer": "entier", "number": "nombre", "boolean": "vrai ou faux"}.get(
        schema.get("type", ""), ""
    )
