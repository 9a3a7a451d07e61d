# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One way for every page to take a step of an order: done and on, refused beside its field, or overtaken by somebody.

A form of a step starts with ``{% load orders %}{% step_fields order %}``: the version that its reader saw, and a key of its own,
so that a form sent twice is done once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from orders.life import NotAllowedError, OvertakenError, RefusedError, advance
from orders.models import Order, State

#: Fields of a form that carry what was seen, not what was typed.
SEEN, KEY = "vu", "cle"
#: One form, or several that are one (cms/views/orders/forms.Together).
AnyForm = Any
_VERSION = re.compile(r"[0-9]{1,9}", re.ASCII)
_MISSING = "Cette commande n’existe pas."


def order_or_404(request: HttpRequest, public_id: UUID) -> Order:
    """With the names that a page shows. What is not theirs, and a draft that was thrown away, is 404."""
    found = (
        Order.objects.visible_to(request.user)
        .exclude(Q(state=State.DRAFT) & Q(archived_at__isnull=False))
        .with_names()
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404(_MISSING)
    return found


def seen_of(request: HttpRequest) -> int | None:
    """The version that the form was shown with; None where it says none."""
    text = request.POST.get(SEEN, "")
    return int(text) if _VERSION.fullmatch(text) else None


def form_key_of(request: HttpRequest) -> UUID | None:
    """The form's own key; None for what is no key."""
    try:
        return UUID(request.POST.get(KEY, ""))
    except ValueError:
        return None


def take_step(
    request: HttpRequest,
    order: Order,
    action: str,
    *,
    form: AnyForm | None = None,
    given: Mapping[str, Any] | None = None,
    note: str = "",
    done: str = "",
    anchor: str = "",
    fields: Mapping[str, str] | None = None,
) -> HttpResponse | None:
    """Do it, and go back to the order's page with ``done`` as its message; or the page that says who was quicker, with what
    was typed. None: refused, and ``form`` has the refusal beside its field (``fields``: the step's name of a field → the
    form's); without a form the refusal is the order's page's message.

    ``given``: what the form says, cleaned; by default all of ``form.cleaned_data``. Raises Http404 for whoever may not.
    """
    said = given if given is not None else form.cleaned_data if form is not None else {}
    return attempt(
        request,
        order,
        lambda: advance(
            order,
            action,
            actor=cast(User, request.user),
            note=note,
            given=said,
            seen=seen_of(request),
            form_key=form_key_of(request),
        ),
        form=form,
        done=done,
        anchor=anchor,
        fields=fields,
        typed=typed_words(form, note),
    )


def attempt(
    request: HttpRequest,
    order: Order,
    act: Callable[[], Any],
    *,
    form: AnyForm | None = None,
    done: str = "",
    anchor: str = "",
    fields: Mapping[str, str] | None = None,
    typed: Iterable[tuple[str, str]] = (),
) -> HttpResponse | None:
    """``take_step`` for an act that is a service's own: the same answers to the same errors."""
    from cms.views.orders.page import overtaken_response

    address = reverse("order", args=[order.public_id]) + (f"#{anchor}" if anchor else "")
    try:
        act()
    except NotAllowedError as error:
        raise Http404(_MISSING) from error
    except OvertakenError as error:
        return overtaken_response(request, order, error, typed)
    except RefusedError as error:
        if form is None:
            messages.error(request, error.french)
            return redirect(address)
        refuse(form, error, fields)
        return None
    if done:
        messages.success(request, done)
    return redirect(address)


def refuse(form: AnyForm, error: RefusedError, fields: Mapping[str, str] | None = None) -> None:
    """Beside its field; above the form where the form has no such field."""
    name = (fields or {}).get(error.field, error.field)
    form.add_error(name if name in form.fields else None, error.french)


def typed_words(form: AnyForm | None, note: str = "") -> list[tuple[str, str]]:
    """What somebody wrote, to be copied from the page that tells them that they were overtaken: label and text. What the order
    says already, where the form knows it, is left out."""
    found = []
    for field in form or ():
        value = field.value()
        text = _words(field, value)
        if text and not field.is_hidden and not _says_nothing_new(field, value):
            found.append((str(field.label), text))
    if note and not any(text == note for _, text in found):
        found.append(("Raison", note))
    return found


def _words(field: forms.BoundField, value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(dict(getattr(field.field, "choices", ())).get(one, one)) for one in value)
    if isinstance(field.field, forms.ChoiceField):
        return str(dict(field.field.choices).get(value, value) or "")  # type: ignore[arg-type]
    text = getattr(value, "text", value)  # a commune as it was typed
    return str(text).strip() if isinstance(text, str | int) and not isinstance(text, bool) else ""


def _says_nothing_new(field: forms.BoundField, value: Any) -> bool:
    return field.initial is not None and not field.field.has_changed(field.initial, value)


def keep_form(request: HttpRequest, name: str, form: forms.Form) -> None:
    """A refused form, for the section that shows it: ``show_again(request, order)`` comes next."""
    kept: dict[str, forms.Form] = request.__dict__.setdefault("_order_forms", {})
    kept[name] = form


def show_again(request: HttpRequest, order: Order) -> HttpResponse:
    """The order's page with the forms that were kept, since something is wrong with them."""
    from cms.views.orders.page import order_response

    return order_response(request, order, status=422)


def kept_form(request: HttpRequest, name: str) -> forms.Form | None:
    """In a section: the form that was just sent back, or None for a fresh one."""
    return request.__dict__.get("_order_forms", {}).get(name)
