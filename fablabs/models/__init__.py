# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makers, their workshops, what stands and lies there, and what happened to the records."""

from fablabs.models.contact import Contact
from fablabs.models.equipment import CuttingMachine, StockItem
from fablabs.models.history import Change
from fablabs.models.import_run import ImportRun
from fablabs.models.maker import Evidence, Maker, Offer
from fablabs.models.workshop import ClosedWeek, Workshop

__all__ = [
    "Change",
    "ClosedWeek",
    "Contact",
    "CuttingMachine",
    "Evidence",
    "ImportRun",
    "Maker",
    "Offer",
    "StockItem",
    "Workshop",
]
