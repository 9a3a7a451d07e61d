# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A draft is saved: as one types, or by the button. What can't be kept comes back with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cms.model_differences import Difference, differences
from cms.studio_form import Typed, fields_of, typed
from cms.views.studio import editing
from cms.views.studio.access import actor_of, draft_or_404
from cms.views.studio.sent import SentError, answer, is_json, sent_json, text, words
from cms.views.studio.trying import seen_url
from designs.content import ContentError
from designs.models import DesignDraft
from designs.services.drafting import save as save_draft
from designs.studio_errors import ConflictError, LockedError, StudioError

#: What the form sends that is not of the draft.
_OURS = ("csrfmiddlewaretoken", "based_on", "executer", "autre_vue")


class _Sent(NamedTuple):
    """``apart``: a person has seen the other version, and puts this one in its place on purpose."""

    fields: dict[str, str]
    based_on: str
    apart: bool


@require_POST
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """JSON: {"based_on", "fields", "apart"} → {"state": "saved", "id", "at"}, "partly" (all but what its messages by field are
    about), "conflict" (with the other version), "invalid" (nothing of it), "locked" or "refused". A form: to the page again."""
    draft = draft_or_404(request, slug)
    try:
        if is_json(request):
            sent = sent_json(request)
            save_it = _Sent(words(sent.get("fields")), text(sent, "based_on"), sent.get("apart") is True)
        else:
            fields = words({name: value for name, value in request.POST.items() if name not in _OURS})
            based_on = text({"based_on": request.POST.get("based_on", "")}, "based_on")
            save_it = _Sent(fields, based_on, "autre_vue" in request.POST)
    except SentError as error:
        if is_json(request):
            return answer({"state": "refused", "reason": error.french}, error.status)
        return editing.page(request, draft, editing.Shown(reason=error.french, status=error.status))
    return (_saved_json if is_json(request) else _saved)(request, draft, save_it)


def _saved_json(request: HttpRequest, draft: DesignDraft, sent: _Sent) -> HttpResponse:
    data = _typed(draft, sent.fields)
    kept, messages = data.data, dict[str, str]()
    for _ in range(3):  # texts are judged before the content
        try:
            now = save_draft(draft, kept, actor=actor_of(request), based_on=sent.based_on, apart=sent.apart)
        except ConflictError as error:
            return answer({"state": "conflict", "id": error.current, **_other(request, draft)}, 409)
        except LockedError as error:
            return answer({"state": "locked", "reason": error.french}, 423)
        except (ContentError, StudioError) as error:
            messages |= data.beside(error.messages)
            kept = _without(kept, error.messages, draft.state().content)
        else:
            said = {"state": "partly", "messages": messages} if messages else {"state": "saved"}
            return answer(said | {"id": now, "at": f"{timezone.localtime():%H:%M}"})
    return answer({"state": "invalid", "messages": messages}, 422)


def _saved(request: HttpRequest, draft: DesignDraft, sent: _Sent) -> HttpResponse:
    fields, data = sent.fields, _typed(draft, sent.fields)
    try:
        save_draft(draft, data.data, actor=actor_of(request), based_on=sent.based_on, apart=sent.apart)
    except ConflictError as error:
        other = _other(request, draft)
        draft.refresh_from_db()
        other["differences"] = _between(data.data, draft.state())
        return editing.page(request, draft, editing.Shown(fields, reason=error.french, other=other, status=409))
    except LockedError as error:
        return editing.page(request, draft, editing.Shown(fields, reason=error.french, status=423))
    except (ContentError, StudioError) as error:
        errors = data.beside(error.messages)
        return editing.page(request, draft, editing.Shown(fields, errors, status=422))
    if "executer" in request.POST:
        return redirect(seen_url(draft.slug))
    messages.success(request, f"Enregistré à {timezone.localtime():%H:%M}.")
    return redirect("studio-edit", draft.slug)


def _without(data: dict[str, Any], messages: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """What of it can be kept: a parameter that is half typed is no reason to lose a script."""
    left = dict(data)
    texts = {name: text for name, text in data["texts"].items() if f"texts.{name}" not in messages}
    left["texts"] = texts
    if "version_step" in messages:
        left.pop("version_step", None)
    if any(path.startswith("specification") for path in messages):
        left["content"] = {**data["content"], "specification": before.get("specification") or {}}
    return left


def _typed(draft: DesignDraft, fields: Mapping[str, str]) -> Typed:
    state = draft.state()
    return typed(fields, {"content": state.content, "texts": state.texts})


def _between(mine: Mapping[str, Any], other: DesignDraft) -> list[Difference]:
    """From what was typed here to what was saved elsewhere."""
    found = differences(mine["texts"], mine["content"], other.texts, other.content)
    step = str(mine.get("version_step", other.version_step))
    if step != other.version_step:
        found.append(
            Difference("Version", *(dict(DesignDraft.Step.choices).get(one, "–") for one in (step, other.version_step)))
        )
    return found


def _other(request: HttpRequest, draft: DesignDraft) -> dict[str, Any]:
    """The version that was saved in between: who, when, and its fields."""
    draft = draft_or_404(request, draft.slug)
    state, latest = draft.state(), draft.latest_revision
    by = latest.user.short_name if latest and latest.user and latest.user != request.user else ""
    at = f"{timezone.localtime(latest.created_at):%H:%M}" if latest else ""
    data = {"content": state.content, "texts": state.texts, "version_step": state.version_step}
    return {"by": by, "at": at, "fields": fields_of(data)}
