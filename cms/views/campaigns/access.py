# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose a run is: the coordination's alone."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest

from cms.views.coordination import coordinators_only
from fabrication.models import AssignmentRun


def run_or_404(request: HttpRequest, public_id: UUID, *, with_inputs: bool = False) -> AssignmentRun:
    coordinators_only(request)
    runs = AssignmentRun.objects.select_related("created_by", "parent", "proposed_by")
    run = (runs if with_inputs else runs.defer("inputs", "parent__inputs")).filter(public_id=public_id).first()
    if run is None:
        raise Http404("Cette répartition n’existe pas.")
    return run
