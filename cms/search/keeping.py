# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""When something changes, its entries are written again: after the transaction that changed it, once for all that it
changed. What a bulk update changed without a signal, the hourly look finds (cms/search/tasks.py)."""

from __future__ import annotations

import logging
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from accounts.models import Organisation
from cms.models import FaqPage, Question
from cms.search.index import refresh
from designs.models import DesignRevision
from fablabs.models import CuttingMachine, Maker, Offer, StockItem, Workshop

log = logging.getLogger(__name__)


class _Refresh:
    """What one transaction has changed: keys, and sets of rows that are looked up when it is over."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.workshops: list[Q] = []
        self.branches: list[str] = []

    def __call__(self) -> None:
        try:
            refresh(self.keys | self._looked_up())
        except Exception:
            # What was saved is saved; the search follows within the hour.
            log.exception("search: changed entries were not written again")

    def _looked_up(self) -> set[str]:
        found = set()
        if self.workshops:
            slugs = Workshop.objects.filter(reduce(or_, self.workshops)).values_list("slug", flat=True)
            found |= {f"workshop:{slug}" for slug in slugs}
        for path in self.branches:
            found |= {f"page:{pk}" for pk in Page.objects.filter(path__startswith=path).values_list("pk", flat=True)}
        if any(key.startswith("page:") for key in self.keys):
            # With the page of questions they appear and go, all of them.
            pages = [int(key[5:]) for key in self.keys if key.startswith("page:")]
            if FaqPage.objects.filter(pk__in=pages).exists():
                found |= {f"question:{pk}" for pk in Question.objects.values_list("pk", flat=True)}
        return found


def _pending() -> _Refresh:
    """The one of this transaction, or of this very moment if there is none."""
    for _, function, *_ in transaction.get_connection().run_on_commit:
        if isinstance(function, _Refresh):
            return function
    return _Refresh()


def _changed(*keys: str, workshops: Q | None = None, branch: str = "") -> None:
    """These may have changed, appeared or gone. Asks the database nothing before the transaction is over."""
    pending = _pending()
    is_new = not (pending.keys or pending.workshops or pending.branches)
    pending.keys.update(keys)
    if workshops is not None:
        pending.workshops.append(workshops)
    if branch and branch not in pending.branches:
        pending.branches.append(branch)
    if is_new:
        transaction.on_commit(pending)


def connect() -> None:
    """Called once, when the site starts."""
    for signal in (page_published, page_unpublished):
        signal.connect(_page, weak=False, dispatch_uid="search")
    for signal in (page_slug_changed, post_page_move):
        signal.connect(_branch, weak=False, dispatch_uid="search")
    post_delete.connect(_page, sender=Page, weak=False, dispatch_uid="search")
    for signal in (post_save, post_delete):
        signal.connect(_restriction, sender=PageViewRestriction, weak=False, dispatch_uid="search")
        signal.connect(_question, sender=Question, weak=False, dispatch_uid="search")
        signal.connect(_revision, sender=DesignRevision, weak=False, dispatch_uid="search")
        signal.connect(_workshop, sender=Workshop, weak=False, dispatch_uid="search")
        for sender in (CuttingMachine, StockItem):
            signal.connect(_equipment, sender=sender, weak=False, dispatch_uid="search")
        signal.connect(_offer, sender=Offer, weak=False, dispatch_uid="search")
    post_save.connect(_maker, sender=Maker, weak=False, dispatch_uid="search")
    post_save.connect(_organisation, sender=Organisation, weak=False, dispatch_uid="search")


def _page(instance: Page, **_: Any) -> None:
    _changed(f"page:{instance.pk}")


def _branch(instance: Page, **_: Any) -> None:
    """A page and all below it: their addresses have changed, or who may read them."""
    _changed(branch=instance.path)


def _restriction(instance: PageViewRestriction, **_: Any) -> None:
    _changed(branch=instance.page.path)


def _question(instance: Question, **_: Any) -> None:
    _changed(f"question:{instance.pk}")


def _revision(instance: DesignRevision, **_: Any) -> None:
    if not instance.is_candidate:  # what a designer tries out is nobody's to find
        # Workshops are found by the titles of what they offer.
        _changed(f"model:{instance.design}", workshops=Q(maker__offers__design=instance.design))


def _workshop(instance: Workshop, **_: Any) -> None:
    _changed(f"workshop:{instance.slug}")


def _equipment(instance: CuttingMachine | StockItem, **_: Any) -> None:
    _changed(workshops=Q(pk=instance.workshop_id))


def _offer(instance: Offer, **_: Any) -> None:
    _changed(workshops=Q(maker=instance.maker_id))


def _maker(instance: Maker, **_: Any) -> None:
    _changed(workshops=Q(maker=instance.pk))


def _organisation(instance: Organisation, **_: Any) -> None:
    if instance.kind == Organisation.Kind.MAKER:
        _changed(workshops=Q(maker__organisation=instance.pk))
