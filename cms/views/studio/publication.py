# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workers make of a revision that was published: what is there, what waits, what failed and how to try again; which
workshops were told; which remarks it takes into account. All of it is read from rows, so that a page that is shut and opened
again, or read without scripts, says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from cms.progress import Progress, progress_response, version_of
from cms.templatetags.french import plural
from cms.views.studio.access import private, trail
from designs.errors import RemarkError
from designs.models import DesignRevision, Remark
from designs.services import close_by, remarks_of
from designs.services.after_publication import Look, Stage, Work, ask_again, looks_of, require_reader
from designs.services.finding import latest
from designs.studio_errors import NotYoursError
from fabrication.judging.services import is_red
from orders.services.revision_news import News, news_of

#: (badge's colour, its word)
_BADGES = {
    Stage.MISSING: ("", "Pas encore demandé"),
    Stage.WAITING: ("info", "En attente"),
    Stage.RUNNING: ("info", "En calcul"),
    Stage.DONE: ("success", "Fait"),
    Stage.FAILED: ("error", "Échoué"),
    Stage.REFUSED: ("warning", "Impossible"),
}
#: Remarks on the page: the latest that still wait for a revision.
_MOST_REMARKS = 40
_LARGEST = 2_000_000_000


@dataclass(frozen=True)
class Row:
    work: Work
    look: Look

    @property
    def badge(self) -> tuple[str, str]:
        return _BADGES[self.look.stage]

    @property
    def is_under_way(self) -> bool:
        return self.look.stage in (Stage.WAITING, Stage.RUNNING)


@require_safe
def publication(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """For whoever works at the model, and for reviewers; Http404 for anybody else."""
    revision = _revision_or_404(request, slug, number)
    rows = [Row(work, look) for work, look in looks_of(revision)]
    progress = _progress(rows)
    user = cast(User, request.user)
    closed = list(revision.closes.select_related("revision").order_by("part_code", "pk"))
    context = {
        "title": f"{revision.title}, révision {revision.number}",
        "section": "workplace",
        "revision": revision,
        "is_red": is_red(revision),
        "newest": latest(slug) or revision,
        "rows": rows,
        "progress": progress,
        "is_over": progress.is_finished,
        "can_retry": any(row.look.stage in (Stage.MISSING, Stage.FAILED) for row in rows),
        "news": _news_words(news_of(revision)),
        "closed": closed,
        "open_remarks": _open_remarks(user, revision),
        "trail": trail(),
    }
    return private(render(request, "cms/studio/publication.html", context))


@require_safe
def state(request: HttpRequest, slug: str, number: int) -> JsonResponse:
    """How far it is, for the page's script."""
    revision = _revision_or_404(request, slug, number)
    return progress_response(_progress([Row(work, look) for work, look in looks_of(revision)]))


@require_POST
def again(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Have made what failed, or what nobody could ask for."""
    revision = _revision_or_404(request, slug, number)
    count = ask_again(revision, actor=cast(User, request.user))
    if count:
        messages.success(request, f"{plural(count, 'calcul est relancé,calculs sont relancés')}.")
    else:
        messages.info(request, "Il n’y avait rien à relancer.")
    return redirect("studio-publication", slug, number)


@require_POST
def remarks(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Remarks that this revision takes into account: those that are ticked."""
    revision = _revision_or_404(request, slug, number)
    keys = {int(key) for key in request.POST.getlist("remarque") if key.isascii() and key.isdecimal() and len(key) < 10}
    user = cast(User, request.user)
    closed = 0
    for remark in remarks_of(user).filter(pk__in=keys, revision__design=slug).select_related("revision"):
        try:
            close_by(remark, revision, actor=user)
        except RemarkError as error:
            messages.error(request, error.french)
        else:
            closed += 1
    if closed:
        messages.success(
            request, f"{plural(closed, 'remarque est close,remarques sont closes')} par la révision {number}."
        )
    elif not keys:
        messages.error(request, "Cochez au moins une remarque.")
    return redirect(reverse("studio-publication", args=[slug, number]) + "#remarques")


def _revision_or_404(request: HttpRequest, slug: str, number: int) -> DesignRevision:
    found = None
    if 1 <= number <= _LARGEST:
        found = DesignRevision.objects.filter(design=slug, number=number).defer("content").first()
    try:
        if found is None:
            raise NotYoursError("no such revision")
        require_reader(found, cast(User, request.user))
    except NotYoursError as error:
        raise Http404("Cette publication n’existe pas.") from error
    return found


def _progress(rows: list[Row]) -> Progress:
    """Finished once nothing is being made any more, whatever became of it."""
    over = sum(row.look.is_over for row in rows)
    done = sum(row.look.stage is Stage.DONE for row in rows)
    percent = round(sum(100 if row.look.is_over else row.look.percent or 0 for row in rows) / max(1, len(rows)))
    is_finished = over == len(rows)
    running = next((row.work.title for row in rows if row.look.stage is Stage.RUNNING), "")
    sentence = f"{plural(done, 'tâche faite,tâches faites')} sur {len(rows)}"
    if not is_finished and running:
        sentence += f"\u00a0; en ce moment\u00a0: {running[0].lower()}{running[1:]}"
    version = version_of((row.work.name, row.look.stage, row.look.detail) for row in rows)
    return Progress("done" if is_finished else "running", is_finished, percent, f"{sentence}.", version=version)


def _open_remarks(user: User, revision: DesignRevision) -> list[Remark]:
    """On earlier revisions of this model, that no revision has closed."""
    rows = remarks_of(user).filter(
        revision__design=revision.design, revision__number__lt=revision.number, closed_by=None
    )
    rows = rows.exclude(status=Remark.Status.CLOSED)
    return list(rows.select_related("revision").order_by("part_code", "-pk")[:_MOST_REMARKS])


def _news_words(news: News) -> str:
    """French; never whose order it is."""
    if not news.lines:
        return "Aucun atelier n’a en main une commande d’une révision plus ancienne où rien n’est découpé."
    parts = [f"{plural(news.waiting, 'attend,attendent')} la réponse de l’atelier"]
    if news.moved:
        parts.append(f"{plural(news.moved, 'passe,passent')} à cette révision")
    if news.stayed:
        parts.append(f"{plural(news.stayed, 'garde,gardent')} la précédente")
    return f"{plural(news.lines, 'ligne de commande n’était pas découpée,lignes de commande n’étaient pas découpées')}\u00a0: {', '.join(parts)}."
