# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is kept of the work: jobs and what they made, quotes, a campaign's assignments."""

from fabrication.models.campaign_runs import AssignmentRow, AssignmentRule, AssignmentRun, Proposal
from fabrication.models.feasibility import Feasibility, Study
from fabrication.models.jobs import MAX_QUANTITY, Artefact, Job
from fabrication.models.quotes import (
    OwnHardwarePrice,
    Quote,
    QuoteCorrection,
    QuoteEvent,
    QuoteLine,
    QuoteNumber,
)

__all__ = [
    "MAX_QUANTITY",
    "Artefact",
    "AssignmentRow",
    "AssignmentRule",
    "AssignmentRun",
    "Feasibility",
    "Job",
    "OwnHardwarePrice",
    "Proposal",
    "Quote",
    "QuoteCorrection",
    "QuoteEvent",
    "QuoteLine",
    "QuoteNumber",
    "Study",
]
