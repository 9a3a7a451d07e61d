# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Orders, and what they are judged, paid, made and remembered by."""

from orders.models.buyer import Buyer
from orders.models.campaign import Campaign, CampaignDesign, Envelope, EquipmentLot, PurchaseThreshold
from orders.models.choice import Choice, QuoteRequest, RequestedQuote
from orders.models.files import Document, Photo, StoredFile
from orders.models.making import Claim, Delivery, Piece, Production, SheetCut
from orders.models.money import GrantEntry, Invoice, SubsidyPayment
from orders.models.moving import RevisionChoice
from orders.models.order import Event, Order, OrderLine, OrderNumber, prefecture_departments
from orders.models.outbox import OutboxMessage
from orders.models.state import (
    BOOKED,
    ENDED,
    PUBLIC,
    RECEIVED,
    TO_ARBITRATE,
    TO_CHOOSE,
    UNCUT,
    WITH_MAKER,
    State,
)
from orders.models.zoning import Zoning, ZoningList

__all__ = [
    "BOOKED",
    "ENDED",
    "PUBLIC",
    "RECEIVED",
    "TO_ARBITRATE",
    "TO_CHOOSE",
    "UNCUT",
    "WITH_MAKER",
    "Buyer",
    "Campaign",
    "CampaignDesign",
    "Choice",
    "Claim",
    "Delivery",
    "Document",
    "Envelope",
    "EquipmentLot",
    "Event",
    "GrantEntry",
    "Invoice",
    "Order",
    "OrderLine",
    "OrderNumber",
    "OutboxMessage",
    "Photo",
    "Piece",
    "Production",
    "PurchaseThreshold",
    "QuoteRequest",
    "RequestedQuote",
    "RevisionChoice",
    "SheetCut",
    "State",
    "StoredFile",
    "SubsidyPayment",
    "Zoning",
    "ZoningList",
    "prefecture_departments",
]
