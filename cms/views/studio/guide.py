# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How one designs: the guide, and its table as a folder to begin with."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms.guide import guide
from cms.views.studio.exporting import archive, public
from designs.templates import template


@login_not_required
@require_safe
def design_guide(request: HttpRequest) -> HttpResponse:
    shown = guide()
    return render(request, "cms/studio/guide.html", {"title": shown.title, "guide": shown, "section": "design-guide"})


@login_not_required
@require_safe
def guide_table(request: HttpRequest) -> HttpResponse:
    return public(archive(template("table"), "table"))
