# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done with quotes: asked for and computed, corrected, issued, watched. Every change names its actor."""

from fabrication.quoting.services.asking import complete, complete_of_job, complete_waiting, request_quote
from fabrication.quoting.services.correcting import add_line, change_line, fill_prices, remove_line, waiting_for
from fabrication.quoting.services.issuing import issue, withdraw
from fabrication.quoting.services.watching import clear, hide, show_again, tell_makers

__all__ = [
    "add_line",
    "change_line",
    "clear",
    "complete",
    "complete_of_job",
    "complete_waiting",
    "fill_prices",
    "hide",
    "issue",
    "remove_line",
    "request_quote",
    "show_again",
    "tell_makers",
    "waiting_for",
    "withdraw",
]
