# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which changes make kept pages old (cms/page_cache.py): what editors publish, and rows that public pages show.

Rows that change by the thousand without being saved one by one (an assignment, an import's update) are seen after
``TRETEAU_PAGE_SECONDS``."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move, published, unpublished

from cms.page_cache import forget
from designs.models import DesignRevision

#: Rows that public pages show, beside all of the packages below.
SHOWN = frozenset(
    {
        "designs.DesignRevision", "designs.Remark",
        "fablabs.Workshop", "fablabs.ClosedWeek", "fablabs.CuttingMachine", "fablabs.StockItem", "fablabs.Contact", "fablabs.Maker",
        "fablabs.Offer", "fablabs.Evidence",
        "orders.Campaign", "orders.CampaignDesign", "orders.EquipmentLot", "orders.PurchaseThreshold", "orders.Envelope",
        "wagtailcore.Site", "wagtailcore.PageViewRestriction", "wagtailredirects.Redirect", "wagtaildocs.Document",
        "cms.SiteImage", "cms.Question", "cms.ContactSubject", "cms.MeetingCalendar", "cms.Registration",
    }
)  # fmt: skip


def _saved(sender: type[Model], instance: Model, **_: Any) -> None:
    # A draft's page row is saved too: it shows nothing new, and costs a page made again.
    if isinstance(instance, DesignRevision) and instance.is_candidate:
        return  # what a designer tries out is on no page
    if sender._meta.label in SHOWN or isinstance(instance, Page):
        forget()


def _signalled(**_: Any) -> None:
    forget()


def connect() -> None:
    """Called once, when all models are known."""
    for signal in (post_save, post_delete):
        signal.connect(_saved, dispatch_uid=f"cms.forgetting.{id(signal)}")
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move, published, unpublished):
        signal.connect(_signalled, dispatch_uid=f"cms.forgetting.{id(signal)}")
