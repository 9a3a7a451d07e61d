# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models: what they are, which sizes they take, and what a chosen size gives."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from ninja import Router

from cms.api.parts import USUAL, PageNumber, PageSize, part_of
from cms.api.problems import BUSY, INVALID, ProblemError, not_found
from cms.api.shapes import Listed, Model, ModelShort, Preview
from cms.catalogue import revision_or_404
from cms.findable.addresses import absolute
from cms.model_facts import adapted_from
from cms.packages import content_type
from cms.published_files import files_of, job_of
from cms.revision_pictures import hero_of
from cms.views.configurator import configurator_url
from cms.views.previews import preview_of
from designs.design import Design
from designs.errors import ParameterError
from designs.models import DesignRevision
from designs.parameters import Parameter, clean_parameters
from designs.services.finding import current_revisions
from designs.typography import typeset

router = Router(tags=["models"])
#: Seconds that an answer waits for a piece that was never drawn in these sizes; programs ask again.
_PATIENCE, _AGAIN = 2.0, 2
#: Characters of a value: a longer one is no number and no sign's text.
_LONGEST, _MOST_VALUES = 100, 60


@router.get("/models", response=Listed[ModelShort], summary="Les modèles publiés", url_name="models")
def models(request: HttpRequest, page: PageNumber = 1, page_size: PageSize = USUAL) -> Any:
    return part_of(request, list(current_revisions().values()), page, page_size, _short)


@router.get(
    "/models/{model}", response=Model, summary="Un modèle : ses dimensions, ses limites, ses fichiers", url_name="model"
)
def model(request: HttpRequest, model: str) -> Any:
    revision = _revision(model)
    design = revision.drawing()
    numbers = DesignRevision.objects.filter(design=model).order_by("-number").values_list("number", flat=True)
    return _short(revision) | {
        "story": design.story,
        "parameters": [_parameter(one) for one in design.parameters],
        "revisions": list(numbers),
        "adapted_from": origin.identifier if (origin := adapted_from(revision)) else None,
        "files": _files(revision),
    }


@router.get(
    "/models/{model}/preview", response=Preview, summary="Un modèle dans une taille : pièces, quincaillerie, masse", url_name="preview",
    description="Les dimensions sont les paramètres de l’adresse, par exemple `?width=900` ; les autres gardent leur valeur "
    "d’origine. Une taille jamais dessinée demande quelques secondes : `state` dit `computing`, redemandez après `retry_after_s`.",
)  # fmt: skip
def preview(request: HttpRequest, model: str) -> Any:
    revision = _revision(model)
    design = revision.drawing()
    values = _values(design, request)
    found = preview_of(revision, values, _PATIENCE)
    state = found["state"]
    if state == "busy":
        raise ProblemError(
            BUSY, str(found["reason"]), "Too many pieces are being computed: ask again later.", wait_s=30
        )
    if state in ("refused", "failed"):
        raise ProblemError(INVALID, str(found["reason"]), "This piece can't be drawn in these sizes.")
    answer = {
        "model": model, "revision": revision.number, "values": values, "state": state, "mass_g": None, "parts": [],
        "hardware": [], "measures": [], "files": [], "retry_after_s": _AGAIN,
    }  # fmt: skip
    if state != "ready":
        return answer
    facts, sha256 = found["facts"], found["facts_sha256"]
    return answer | {
        "retry_after_s": None,
        "mass_g": facts["mass_g"],
        "parts": [
            one | {"drawing_url": absolute(reverse("part-drawing", args=[sha256, one["code"]]))} for one in facts["parts"]
        ],
        "hardware": facts["hardware"],
        "measures": facts["measures"],
        "files": [
            _file("Vue en volume (mètres, axe Y en haut)", found["view"], "model/gltf-binary"),
            _file("Image", found["picture"], "image/png"),
            _file("Page où régler et télécharger", configurator_url(model, _texts(values)), "text/html"),
        ],
    }  # fmt: skip


def _revision(identifier: str) -> DesignRevision:
    try:
        return revision_or_404(identifier)
    except Http404 as error:
        raise not_found("Ce modèle n’existe pas, ou n’est pas publié.", "There is no such published model.") from error


def _short(revision: DesignRevision) -> dict[str, Any]:
    said = revision.texts  # a list draws nothing up
    return {
        "id": revision.design,
        "title": revision.title,
        "summary": said.get("summary", ""),
        "licence": said.get("licence", ""),
        "credit": said.get("credit", ""),
        "revision": revision.number,
        "version": revision.version,
        "published_at": revision.published_at,
        "url": absolute(reverse("model", args=[revision.design])),
        "api_url": absolute(reverse("api-model", args=[revision.design])),
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name, "kind": one.kind.value, "label": one.label, "help": typeset(one.help), "unit": one.unit,
        "default": one.default, "minimum": one.minimum, "maximum": one.maximum, "step": one.step,
        "choices": dict(one.choices) if one.choices else None, "max_length": one.max_length or None,
    }  # fmt: skip


def _files(revision: DesignRevision) -> list[dict[str, str]]:
    """In the base sizes, once a worker has made them; each workshop's own files come of its own panels."""
    made = [
        _file(one.title, reverse("model-file", args=[revision.design, one.name]), content_type(one.name))
        for one in files_of(job_of(revision))
    ]
    hero = hero_of(revision)
    if hero is None:
        return made
    return [*made, _file("Image", hero.share if hero.archive else static(hero.share), "image/jpeg")]


def _file(name: str, path: str, media: str) -> dict[str, str]:
    return {"name": name, "url": absolute(path), "media_type": media}


def _values(design: Design, request: HttpRequest) -> dict[str, Any]:
    """Raises ProblemError that names every parameter that is refused."""
    given = {name: value[:_LONGEST].replace("\0", "") for name, value in list(request.GET.items())[:_MOST_VALUES]}
    try:
        return design.clean(given)
    except ParameterError as error:
        wrong = [
            (name[:_LONGEST], typeset(french), _english(design, name, given)) for name, french in error.messages.items()
        ]
        raise ProblemError(INVALID, "Certaines dimensions sont refusées.", "Some sizes are refused.", wrong) from error


def _english(design: Design, name: str, given: dict[str, str]) -> str:
    """The field's own sentence; of a rule between several, which ones."""
    known = {one.name: one for one in design.parameters}
    if name not in known:
        return "is no parameter of this model"
    try:
        clean_parameters([known[name]], (), {name: given[name]} if name in given else {})
    except ParameterError as error:
        return str(error)
    return f"{name} does not go with the other sizes"


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
