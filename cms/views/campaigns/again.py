# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Another run over the same lists: other terms, pairs imposed or ruled out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cms.views.campaigns.access import run_or_404
from cms.views.campaigns.forms import RuleForms, TermsForm
from cms.views.campaigns.runs import trail
from designs.typography import typeset
from fabrication.assignment.inputs import unpack
from fabrication.assignment.services import RunError, again
from fabrication.models import AssignmentRule, AssignmentRun

#: Makers offered while one types; beyond, a page would be all suggestions.
_MOST_OFFERED = 2_000
#: Empty lines below the rules that there are.
_FREE_LINES = 3
_PREFIX = "regles"


def run_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """``imposer`` or ``ecarter`` with ``atelier`` in the address put a rule into the form."""
    parent = run_or_404(request, public_id, with_inputs=True)
    status = 200
    if request.method == "POST":
        terms = TermsForm(request.POST)
        rules = RuleForms(request.POST, prefix=_PREFIX)
        valid = all([terms.is_valid(), rules.is_valid()])
        if "ajouter" in request.POST:
            # What was typed stays, with more lines below it.
            typed = [_typed(form) for form in rules.forms if form.data]
            rules = RuleForms(initial=[*typed, *({} for _ in range(_FREE_LINES))], prefix=_PREFIX)
            terms = TermsForm(initial={name: request.POST.get(name) for name in terms.fields})
        elif valid:
            wanted = [rule for form in rules.forms if (rule := form.rule()) is not None]
            try:
                run = again(request.user, parent, terms.settings(parent.campaign, parent.today), wanted)
            except RunError as error:
                terms.add_error(None, typeset(error.french))
            else:
                return redirect("campaign-run", run.public_id)
            status = 422
        else:
            status = 422
    else:
        terms = TermsForm(initial=TermsForm.of(parent))
        rules = RuleForms(initial=_rules_of(parent, request), prefix=_PREFIX)
    _, makers = unpack(bytes(parent.inputs))
    context: dict[str, Any] = {
        "title": "Changer et relancer",
        "run": parent,
        "form": terms,
        "rules": rules,
        "makers": [(c.id, c.name) for c in makers[:_MOST_OFFERED]],
        "trail": trail(
            (f"Répartition «\u00a0{parent.campaign}\u00a0»", reverse("campaign-run", args=[parent.public_id]))
        ),
    }
    return render(request, "cms/campaigns/again.html", context, status=status)


def _rules_of(run: AssignmentRun, request: HttpRequest) -> list[dict[str, str]]:
    found = [{"sens": rule.kind, "commande": rule.demand, "atelier": rule.maker} for rule in run.rules.all()]
    maker = request.GET.get("atelier", "")[:200]
    for name, kind in (("imposer", AssignmentRule.Kind.PIN), ("ecarter", AssignmentRule.Kind.FORBID)):
        if demand := request.GET.get(name, "")[:200]:
            # Said of a pair that has a rule already, the new word counts.
            found = [rule for rule in found if (rule["commande"], rule["atelier"]) != (demand, maker)]
            found.append({"sens": kind, "commande": demand, "atelier": maker})
    return [*found, *({} for _ in range(_FREE_LINES))]


def _typed(form: Any) -> dict[str, str]:
    return {name: str(form[name].value() or "") for name in ("sens", "commande", "atelier")}
