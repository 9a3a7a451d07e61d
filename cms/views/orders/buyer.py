# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an organisation that orders is: its level, its territory, what its invoices must carry."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.models import Organisation, User
from cms.views.makers.words import error_lines
from cms.views.orders.acting import refuse
from cms.views.orders.forms import BuyerForm
from orders.life import NotAllowedError, RefusedError
from orders.services.buyers import buyer_of, buying_organisations, change_buyer, facts_of, territory_words
from orders.services.eligibility import judge_on


@require_http_methods(["GET", "HEAD", "POST"])
def buyer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """``?suite=``: where to go on, within the site."""
    organisation = buying_organisations(request.user).filter(pk=pk).first() if pk < 2**63 else None
    if organisation is None:
        raise Http404("Cette organisation n’existe pas.")
    buyer = buyer_of(organisation)
    after = request.GET.get("suite", "")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts=None):
        after = reverse("organisation", args=[organisation.pk])
    form = BuyerForm(request.POST if request.method == "POST" else None, initial=BuyerForm.initial_of(buyer))
    if request.method == "POST" and form.is_valid():
        try:
            change_buyer(
                cast(User, request.user),
                organisation,
                level=form.cleaned_data["level"],
                territory=form.territory(),
                service_code=form.cleaned_data["service_code"],
                needs_engagement=form.cleaned_data["needs_engagement"],
            )
        except NotAllowedError as error:
            raise Http404(error.french) from error
        except RefusedError as error:
            refuse(form, error, {"territory": "commune"})
        else:
            messages.success(request, "C’est enregistré.")
            return redirect(after)
    context = {
        "title": "Votre collectivité" if organisation.kind == Organisation.Kind.COLLECTIVITE else "Votre structure",
        "section": "orders",
        "organisation": organisation,
        "buyer": buyer,
        "territory": territory_words(buyer),
        "judgement": judge_on(facts_of(buyer), timezone.localdate()),
        "form": form,
        "errors": list(error_lines(form)) if form.is_bound else [],
        "back": after,
    }
    return render(request, "cms/orders/buyer.html", context, status=422 if form.is_bound else 200)
