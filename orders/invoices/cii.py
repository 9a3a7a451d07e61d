# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""UN/CEFACT Cross Industry Invoice (D16B), profile EN 16931: one of the formats that Chorus Pro takes, and the XML of
Factur-X. The order of the elements is the schema's."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree as ET

from orders.invoices.data import InvoiceData, InvoiceLine, Party

_RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
_PREFIXES = {"rsm": _RSM, "ram": _RAM, "udt": _UDT}
PROFILE = "urn:cen.eu:en16931:2017"
#: Chorus Pro's "cadre de facturation": a supplier deposits its invoice.
_DEPOSIT = "A1"
_INVOICE, _PIECE = "380", "C62"
#: ISO 6523: a SIREN, a SIRET.
_SIREN, _SIRET = "0002", "0009"
_EXEMPT = "TVA non applicable, art. 293 B du CGI"


def write_cii(invoice: InvoiceData) -> bytes:
    """UTF-8 XML; the same invoice gives the same bytes."""
    for prefix, uri in _PREFIXES.items():
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{_RSM}}}CrossIndustryInvoice")
    context = _add(root, "rsm:ExchangedDocumentContext")
    _add(_add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter"), "ram:ID", _DEPOSIT)
    _add(_add(context, "ram:GuidelineSpecifiedDocumentContextParameter"), "ram:ID", PROFILE)
    head = _add(root, "rsm:ExchangedDocument")
    _add(head, "ram:ID", invoice.number)
    _add(head, "ram:TypeCode", _INVOICE)
    _date(_add(head, "ram:IssueDateTime"), invoice.issued_on)
    _add(_add(head, "ram:IncludedNote"), "ram:Content", f"Commande {invoice.order}")
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    for number, line in enumerate(invoice.lines, start=1):
        _line(trade, number, line, invoice)
    _agreement(trade, invoice)
    _delivery(trade, invoice)
    _settlement(trade, invoice)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _line(trade: ET.Element, number: int, line: InvoiceLine, invoice: InvoiceData) -> None:
    item = _add(trade, "ram:IncludedSupplyChainTradeLineItem")
    _add(_add(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(number))
    _add(_add(item, "ram:SpecifiedTradeProduct"), "ram:Name", line.label)
    # A price that is no whole number of cents is of all the pieces at once: the line's sum is exact that way.
    each = (line.net_eur / line.quantity).quantize(Decimal("0.01"), ROUND_HALF_UP)
    price = _add(_add(item, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice")
    if each * line.quantity == line.net_eur:
        _add(price, "ram:ChargeAmount", _amount(each))
    else:
        _add(price, "ram:ChargeAmount", _amount(line.net_eur))
        _add(price, "ram:BasisQuantity", str(line.quantity), unitCode=_PIECE)
    delivery = _add(item, "ram:SpecifiedLineTradeDelivery")
    _add(delivery, "ram:BilledQuantity", str(line.quantity), unitCode=_PIECE)
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", _category(invoice))
    _add(tax, "ram:RateApplicablePercent", _percent(invoice.vat_rate))
    sums = _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _add(sums, "ram:LineTotalAmount", _amount(line.net_eur))


def _agreement(trade: ET.Element, invoice: InvoiceData) -> None:
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    if invoice.service_code:
        _add(agreement, "ram:BuyerReference", invoice.service_code)
    seller = _party(_add(agreement, "ram:SellerTradeParty"), invoice.seller)
    registration = _add(seller, "ram:SpecifiedTaxRegistration")
    if invoice.vat_rate:
        _add(registration, "ram:ID", invoice.seller.vat_number, schemeID="VA")
    else:
        _add(registration, "ram:ID", invoice.seller.siren, schemeID="FC")  # without VAT there may be no VAT number
    _party(_add(agreement, "ram:BuyerTradeParty"), invoice.buyer)
    if invoice.engagement_number:
        _add(_add(agreement, "ram:BuyerOrderReferencedDocument"), "ram:IssuerAssignedID", invoice.engagement_number)


def _party(element: ET.Element, party: Party) -> ET.Element:
    _add(element, "ram:GlobalID", party.siret, schemeID=_SIRET)
    _add(element, "ram:Name", party.name)
    _add(_add(element, "ram:SpecifiedLegalOrganization"), "ram:ID", party.siren, schemeID=_SIREN)
    address = _add(element, "ram:PostalTradeAddress")
    for name, text in (("PostcodeCode", party.postcode), ("LineOne", party.address), ("CityName", party.city)):
        if text:
            _add(address, f"ram:{name}", text)
    _add(address, "ram:CountryID", "FR")
    return element


def _delivery(trade: ET.Element, invoice: InvoiceData) -> None:
    delivery = _add(trade, "ram:ApplicableHeaderTradeDelivery")
    if invoice.delivered_on:
        event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
        _date(_add(event, "ram:OccurrenceDateTime"), invoice.delivered_on)


def _settlement(trade: ET.Element, invoice: InvoiceData) -> None:
    settlement = _add(trade, "ram:ApplicableHeaderTradeSettlement")
    _add(settlement, "ram:InvoiceCurrencyCode", "EUR")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:CalculatedAmount", _amount(invoice.vat_eur))
    _add(tax, "ram:TypeCode", "VAT")
    if not invoice.vat_rate:
        _add(tax, "ram:ExemptionReason", _EXEMPT)
    _add(tax, "ram:BasisAmount", _amount(invoice.net_eur))
    _add(tax, "ram:CategoryCode", _category(invoice))
    _add(tax, "ram:RateApplicablePercent", _percent(invoice.vat_rate))
    _add(_add(settlement, "ram:SpecifiedTradePaymentTerms"), "ram:Description", "Délai réglementaire de paiement")
    sums = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(sums, "ram:LineTotalAmount", _amount(invoice.net_eur))
    _add(sums, "ram:TaxBasisTotalAmount", _amount(invoice.net_eur))
    _add(sums, "ram:TaxTotalAmount", _amount(invoice.vat_eur), currencyID="EUR")
    _add(sums, "ram:GrandTotalAmount", _amount(invoice.gross_eur))
    _add(sums, "ram:DuePayableAmount", _amount(invoice.gross_eur))


def _category(invoice: InvoiceData) -> str:
    """UNCL 5305: standard, or exempt."""
    return "S" if invoice.vat_rate else "E"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    prefix, _, local = name.partition(":")
    element = ET.SubElement(parent, f"{{{_PREFIXES[prefix]}}}{local}", attributes)
    if text:
        element.text = "".join(c if c.isprintable() else " " for c in text)  # XML has no control characters
    return element


def _date(parent: ET.Element, day: date) -> None:
    _add(parent, "udt:DateTimeString", f"{day:%Y%m%d}", format="102")


def _amount(value: Decimal) -> str:
    return f"{value:.2f}"


def _percent(rate: Decimal) -> str:
    return f"{rate * 100:.2f}"
