# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is asked of somebody who wants to come: the least that it needs."""

from __future__ import annotations

from cms.visitor_form import VisitorForm


class RegistrationForm(VisitorForm):
    ORDER = ("name", "email", "organisation")
