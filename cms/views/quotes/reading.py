# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The list of one's quotes, and the page of one: while it is computed, and with its lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.models import is_coordinator
from cms.catalogue import picture_of
from cms.parameter_form import ParameterForm
from cms.progress import Progress, progress_response
from cms.stages import STAGES, stages_of
from cms.views.quotes.forms import DecisionForm, IssueForm, NewLineForm, PricesForm, WithdrawForm
from cms.views.quotes.listing import quotes_table
from designs.errors import UnknownDesignError
from fabrication.models import Job, Quote, QuoteLine
from fabrication.quoting.line import SECTION_TITLES, Section
from fabrication.quoting.rules import rules_on
from fabrication.quoting.services import complete, waiting_for
from fabrication.quoting.services.issuing import parties
from orders.models import Order, RequestedQuote

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

#: A plan's stages, of those of a package.
_STAGES = {name: STAGES[name] for name in ("build", "flatten", "nest", "program")}


@dataclass(frozen=True)
class Seen:
    """A quote and what this person is to it."""

    quote: Quote
    as_maker: bool
    as_coordinator: bool

    @property
    def is_hidden(self) -> bool:
        """From the buyer; the maker and the coordination go on seeing it."""
        return self.quote.hidden_at is not None and not (self.as_maker or self.as_coordinator)


def seen_or_404(request: HttpRequest, public_id: UUID) -> Seen:
    """Http404 for whoever it does not concern."""
    user = request.user
    quote = Quote.objects.visible_to(user).with_names().filter(public_id=public_id).first()
    if quote is None:
        raise Http404("Ce devis n’existe pas.")
    as_maker = Quote.objects.made_by(user).filter(pk=quote.pk).exists()
    return Seen(complete(quote), as_maker, is_coordinator(user))


@require_safe
def quotes(request: HttpRequest) -> HttpResponseBase:
    """A person's own: asked for, or to be made; all of them for a coordinator."""
    coordinator = is_coordinator(request.user)
    table = quotes_table(request)
    if (file := table.file()) is not None:
        return file
    page = table.page
    makes = set(Quote.objects.made_by(request.user).filter(pk__in=[q.pk for q in page]).values_list("pk", flat=True))
    orders = orders_of(page, request.user)
    rows = [(quote, Seen(quote, quote.pk in makes, coordinator).is_hidden, orders.get(quote.pk)) for quote in page]
    context = {
        "title": "Les devis" if coordinator else "Mes devis",
        "section": "quotes",
        "rows": rows,
        "table": table,
        "coordinator": coordinator,
        "to_watch": Quote.objects.to_watch().count() if coordinator else 0,
    }
    return render(request, "cms/quotes/list.html", context)


def orders_of(quotes: Iterable[Quote], user: User | AnonymousUser) -> dict[int, Order]:
    """By quote: the order for which it was asked, if this person sees it. One query for them all."""
    asked = RequestedQuote.objects.filter(
        quote__in=[quote.pk for quote in quotes], request__order__in=Order.objects.visible_to(user)
    ).select_related("request__order")
    return {one.quote_id: one.request.order for one in asked.order_by("pk")}


def left_of(quote: Quote) -> list[Quote]:
    """The other quotes of the same question that this workshop has still to issue: its buyer gets no answer before the last."""
    asked = RequestedQuote.objects.filter(
        request__in=RequestedQuote.objects.filter(quote=quote).values("request"),
        request__withdrawn_at=None,
        request__declined_at=None,
        quote__state__in=[Quote.State.COMPUTING, Quote.State.COMPUTED, Quote.State.CORRECTED],
        quote__hidden_at=None,
    ).exclude(quote=quote)
    return [one.quote for one in asked.select_related("quote__job__revision").order_by("line__position")]


@require_safe
def quote_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return quote_response(request, seen_or_404(request, public_id))


@require_safe
def quote_state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return progress_response(_progress(seen_or_404(request, public_id).quote))


@require_safe
def quote_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    from cms.views.quotes.document import document_of
    from fabrication.quoting.document import write_document

    seen = seen_or_404(request, public_id)
    quote = seen.quote
    if seen.is_hidden or not quote.has_lines:
        raise Http404("Ce devis n’a pas de document.")
    response = HttpResponse(write_document(document_of(quote, standing(quote))), content_type="application/pdf")
    name = f"devis-{quote.reference}" if quote.reference else f"estimation-{quote.design}-{str(quote.public_id)[:8]}"
    response["Content-Disposition"] = content_disposition_header("voir" not in request.GET, f"{name}.pdf") or "inline"
    response["Cache-Control"] = "private, no-store"
    return response


def quote_response(
    request: HttpRequest,
    seen: Seen,
    *,
    new_line: NewLineForm | None = None,
    issue: IssueForm | None = None,
    withdraw: WithdrawForm | None = None,
    decision: DecisionForm | None = None,
    prices: PricesForm | None = None,
    overtaken: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The page, with the forms that somebody just sent back if something was wrong with them."""
    quote = seen.quote
    title_of_model = quote.job.revision.texts.get("title", quote.design)
    context: dict[str, Any] = {
        "title": _title(seen),
        "quote": quote,
        "seen": seen,
        "model_title": title_of_model,
        "picture": picture_of(quote.job.revision),
        "section": "quotes",
        "trail": [{"url": reverse("quotes"), "title": "Les devis" if seen.as_coordinator else "Mes devis"}],
        "ask_again": _ask_again(quote),
        "order": orders_of([quote], request.user).get(quote.pk),
        "left": left_of(quote) if seen.as_maker else [],
        **_sizes(quote),
    }
    if quote.state == Quote.State.COMPUTING:
        context["progress"] = _progress(quote)
    elif quote.has_lines and not seen.is_hidden:
        lines = standing(quote)
        corrections = list(quote.corrections.select_related("actor", "line"))
        reasons = {correction.line_id: correction.reason for correction in reversed(corrections)}
        for line in lines:
            line.last_reason = reasons.get(line.pk, "")  # type: ignore[attr-defined]
        context |= {
            "sections": sections(lines),
            "totals": quote.totals(),
            "parties": quote.parties or parties(quote),
            "corrections": corrections,
            "overtaken": overtaken,
            "last_seen": str(max((correction.pk for correction in corrections), default=0)),
            "rules": rules_on(timezone.localdate(quote.computed_at)) if quote.computed_at else None,
            "figures": quote.figures or {},
            "expired": quote.has_expired(),
            "late": _is_late(quote),
            "new_line": new_line or NewLineForm(),
            "issue": issue or IssueForm(),
            "withdraw": withdraw or WithdrawForm(),
            "decision": decision or DecisionForm(),
            "prices": prices or PricesForm(waiting_for(quote) if seen.as_maker and quote.is_correctable else ()),
            "events": list(quote.events.select_related("actor")) if seen.as_maker or seen.as_coordinator else [],
        }
    response = render(request, "cms/quotes/quote.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def standing(quote: Quote) -> list[QuoteLine]:
    return [line for line in quote.lines.all() if not line.is_removed]


def sections(lines: list[QuoteLine]) -> list[dict[str, Any]]:
    """Lines under their headings; a subtotal only where every line of it has an amount."""
    found = []
    for section in Section:
        own = [line for line in lines if line.section == section]
        if own:
            amounts = [line.amount_eur for line in own]
            known = [amount for amount in amounts if amount is not None]
            whole = sum(known, Decimal(0)) if len(known) == len(amounts) else None
            # Screws and casters are many and cheap: they are unfolded by whoever wants them, unless one has no price.
            folded = section is Section.HARDWARE and whole is not None and len(own) > 3
            found.append({"title": SECTION_TITLES[section], "lines": own, "subtotal": whole, "folded": folded})
    return found


def _is_late(quote: Quote) -> bool:
    """Does the workshop's own delay, counted from the question, end after the day that was asked for?"""
    days = quote.terms.get("lead_days")
    return bool(quote.deadline and days and timezone.localdate(quote.asked_at) + timedelta(days=days) > quote.deadline)


def _title(seen: Seen) -> str:
    quote = seen.quote
    if seen.is_hidden:
        return "Ce devis n’est plus proposé"
    if quote.state == Quote.State.COMPUTING:
        return "Calcul du devis"
    if quote.state == Quote.State.REFUSED:
        return "Ce devis n’est pas possible"
    return f"Devis n°\u00a0{quote.reference}" if quote.reference else "Estimation"


def _progress(quote: Quote) -> Progress:
    job, is_over = quote.job, quote.state != Quote.State.COMPUTING
    stages = stages_of(_STAGES, job.stage, is_over=job.is_finished)
    return Progress(quote.state, is_over, job.progress, _sentence(job), tuple(stages))


def _sentence(job: Job) -> str:
    if job.state == Job.State.QUEUED:
        return "En attente d’un poste de calcul libre"
    return _STAGES.get(job.stage, "Le calcul commence")


def _sizes(quote: Quote) -> dict[str, Any]:
    """The sizes that are not the model's own; nothing if this revision is not drawn any more."""
    try:
        form = ParameterForm(quote.job.revision.drawing(), quote.job.parameters)
    except UnknownDesignError:
        return {"chosen": [], "model_url": reverse("models")}
    query = form.query()
    url = reverse("configure", args=[quote.design]) + (f"?{urlencode(query)}" if query else "")
    return {"chosen": [field for field in form.fields if field.name in query], "model_url": url}


def _ask_again(quote: Quote) -> str:
    try:
        query = ParameterForm(quote.job.revision.drawing(), quote.job.parameters).query()
    except UnknownDesignError:
        return ""
    query |= {"quantite": str(quote.quantity), "atelier": quote.workshop.slug, "commune": quote.insee}
    return reverse("quote-ask", args=[quote.design]) + f"?{urlencode({k: v for k, v in query.items() if v})}"
