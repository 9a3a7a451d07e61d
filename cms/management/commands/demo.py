# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py demo``: everything that a new site needs to be tried. Run twice, it changes nothing."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import load_people
from accounts.models import Organisation
from cms.catalogue import sync_designs
from cms.demo_pages import load_pages
from cms.models import HomePage
from cms.search.index import rebuild
from designs.demo import forget_models, load_drafts, load_remarks
from designs.services.candidates import candidate_of
from designs.services.finding import latest
from fablabs.demo import load_workshops
from fablabs.models import Maker, Workshop
from fabrication import services
from fabrication.matching import services as matching
from fabrication.matching.measuring import Piece
from fabrication.models import Artefact, Job, Study
from orders.demo_orders import load_orders
from orders.demo_reset import forget_orders
from orders.demo_zonings import load_zonings


class Command(BaseCommand):
    help = "Load the demonstration: pages, published models, invented workshops."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reset",
            action="store_true",
            help="first throw away models, workshops, pages, orders, quotes, jobs and files",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            self._reset()
        load_pages()
        revisions = sync_designs()
        try:
            workshops = load_workshops(settings.ROOT / "examples" / "machines")
        except OSError as error:
            raise CommandError(f"a machine file of the demonstration can't be read: {error}") from error
        load_people()  # after the workshops: one of them has a person
        load_remarks()
        drafts = load_drafts()
        load_zonings()
        for revision in revisions:
            # The first visitor finds the default sizes drawn, and the workshops that make them ranked.
            services.request_preview(revision, {})
            services.request_sheets(revision, {})
            matching.study_of(Piece(revision.drawing(), {}))
        for draft in drafts:
            state = candidate_of(draft.state())
            services.request_preview(state, {})
            services.request_check(state)
            services.request_changes(state, latest(draft.slug))
        orders = load_orders()
        rebuild()  # rows that came many at a time told the search nothing
        self.stdout.write(f"{len(revisions)} models, {len(workshops)} workshops, {orders} orders")

    def _reset(self) -> None:
        """Our own rows and files; accounts stay."""
        forget_orders()
        Job.objects.all().delete()
        Study.objects.all().delete()
        Artefact.objects.all().delete()
        Workshop.objects.all().delete()
        Maker.objects.all().delete()
        Organisation.objects.filter(kind=Organisation.Kind.MAKER, is_demo=True).delete()
        forget_models()
        for home in HomePage.objects.all():
            home.delete()
        shutil.rmtree(settings.TRETEAU_ARTEFACTS, ignore_errors=True)
        shutil.rmtree(settings.VAR / "broker", ignore_errors=True)
