# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The site's side of matching: workshops as candidates, studies by workers, one order's ranking."""

from fabrication.matching.services.candidates import Listed, candidates
from fabrication.matching.services.rankings import OrderRanking, rank_order, weights
from fabrication.matching.services.studies import study_of, sweep, tidy, work

__all__ = ["Listed", "OrderRanking", "candidates", "rank_order", "study_of", "sweep", "tidy", "weights", "work"]
