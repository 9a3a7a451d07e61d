# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Asking a workshop for a quote of a model in chosen sizes."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cms.catalogue import picture_of, revision_or_404
from cms.parameter_form import ParameterForm
from cms.views.quotes.forms import AskForm
from designs.models import DesignRevision
from fablabs.errors import MachineFileError
from fabrication.errors import NotMakeableError
from fabrication.quoting.errors import QuoteError
from fabrication.quoting.services import request_quote
from fabrication.services import BusyError

_NO_MACHINE = "Cet atelier n’a pas encore décrit de machine avec des panneaux\u00a0: il ne peut pas être chiffré."


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, design: str) -> HttpResponse:
    """The sizes come in the query, as on the model's page, with ``quantite``, ``atelier``, ``commune`` (a code or a name),
    ``echeance``, ``machine`` and ``panneau``."""
    revision = revision_or_404(design)
    sizes = ParameterForm.of_request(revision.drawing(), request.POST if request.method == "POST" else request.GET)
    if request.method != "POST":
        names = ("quantite", "atelier", "commune", "echeance", "machine", "panneau", "organisation")
        given = {name: request.GET[name][:100] for name in names if request.GET.get(name)}
        form = AskForm(request.user, design, initial=given)  # type: ignore[arg-type]
        organisations = list(form.fields["organisation"].queryset)  # type: ignore[attr-defined]
        if organisations:
            form.initial.setdefault("organisation", organisations[0].pk)
        return _page(request, revision, sizes, form)
    form = AskForm(request.user, design, request.POST)  # type: ignore[arg-type]
    if not form.is_valid() or sizes.values is None:
        return _page(request, revision, sizes, form, status=422)
    asked = form.cleaned_data
    try:
        quote = request_quote(
            revision,
            sizes.values,
            asked["atelier"],
            actor=request.user,  # type: ignore[arg-type]
            quantity=asked["quantite"],
            machine=asked["machine"],
            stock=asked["panneau"],
            insee=asked["commune"].insee if asked["commune"] else "",
            deadline=asked["echeance"],
            organisation=asked["organisation"],
        )
    except QuoteError as error:
        form.add_error(error.field if error.field in form.fields else None, error.french)
    except NotMakeableError as error:
        form.add_error("atelier", error.french)
    except MachineFileError:
        form.add_error("atelier", _NO_MACHINE)
    except BusyError as error:
        form.add_error(None, error.french)
        return _page(request, revision, sizes, form, status=503)
    else:
        return redirect("quote", quote.public_id)
    return _page(request, revision, sizes, form, status=422)


def _page(
    request: HttpRequest, revision: DesignRevision, sizes: ParameterForm, form: AskForm, status: int = 200
) -> HttpResponse:
    query = sizes.query()
    model = reverse("configure", args=[revision.design]) + (f"?{urlencode(query)}" if query else "")
    context = {
        "title": "Demander un devis",
        "design": sizes.design,
        "revision": revision,
        "picture": picture_of(revision),
        "sizes": sizes,
        "chosen": [field for field in sizes.fields if field.name in query],
        "query": query,
        "model_url": model,
        "form": form,
        "section": "quotes",
        "trail": [{"url": reverse("models"), "title": "Les modèles"}, {"url": model, "title": sizes.design.title}],
    }
    return render(request, "cms/quotes/ask.html", context, status=status)
