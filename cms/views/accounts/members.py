# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What managers do with members, and what members do with their own membership."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.errors import LastManagerError, NotAllowedError
from accounts.models import Membership, Organisation, User
from accounts.services.organisations import remove_member, set_manager
from cms.templatetags.words import typeset

_ACTIONS: dict[str, tuple[Callable[[User, Membership], None], str]] = {
    "confier": (lambda actor, member: set_manager(actor, member, True), "{} gère maintenant les membres."),
    "reprendre": (lambda actor, member: set_manager(actor, member, False), "{} ne gère plus les membres."),
    "retirer": (remove_member, "{} n’est plus membre."),
}


@require_POST
def change_member(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    membership = (
        Membership.objects.visible_to(request.user)
        .filter(pk=pk, is_active=True)
        .select_related("user", "organisation")
        .first()
    )
    if membership is None or action not in _ACTIONS:
        raise Http404("Ce membre n’existe pas.")
    act, words = _ACTIONS[action]
    try:
        act(request.user, membership)
    except NotAllowedError as error:
        raise Http404(error.french) from error
    except LastManagerError as error:
        messages.error(request, typeset(error.french))
    else:
        messages.success(request, words.format(membership.user.shown_name))
    if Organisation.objects.visible_to(request.user).filter(pk=membership.organisation_id).exists():
        return redirect("organisation", membership.organisation_id)
    return redirect("workplace")  # one has left
