# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Figures of a plan × a maker's prices → the lines of its quote, each with its formula in words and figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from designs.typography import SPACE, THIN
from fabrication.quoting.figures import CutFigures, SheetFigures, TimeSource
from fabrication.quoting.hardware_prices import hardware_table_on
from fabrication.quoting.line import Line, Section, minimum_line
from fabrication.quoting.prices import Prices, Way
from fabrication.quoting.rules import Rules
from fabrication.quoting.words import at_least, counted, figure

_TARIFF = "tarif de l’atelier"
_NO_HOUR = "le prix de l’heure de main-d’œuvre"


def quote_lines(figures: CutFigures, prices: Prices, rules: Rules, way: Way | None, day: date) -> tuple[Line, ...]:
    """In the order of sections. ``way`` None: the buyer fetches the order; ``day`` decides which table of hardware holds."""
    if prices.piece is not None:
        lines = [_own_price(figures, prices.piece)]
    else:
        lines = [
            *_sheets(figures, prices),
            _machine(figures, prices),
            *_hands(figures, prices, rules),
            *_hardware(figures, prices, day),
        ]
    if way is not None:
        lines.append(_delivery(figures, prices, rules, way))
    more = minimum_line([(line.section, line.amount) for line in lines], prices.minimum)
    return (*lines, more) if more else tuple(lines)


def _own_price(figures: CutFigures, price: Decimal) -> Line:
    return Line(
        "piece", Section.PIECES, "Fabrication d’un exemplaire", Decimal(figures.quantity), "exemplaire", price,
        f"Prix annoncé par le fabricant pour ce modèle dans ses dimensions de base{SPACE}: panneaux, usinage, "
        "main-d’œuvre et fournitures compris.",
        _TARIFF,
    )  # fmt: skip


def _sheets(figures: CutFigures, prices: Prices) -> Iterator[Line]:
    """One line a size and price of sheet, one an offcut. What stays useful of a sheet is the workshop's, not charged."""
    kinds: dict[tuple[float, float, str, Decimal | None], list[SheetFigures]] = {}
    for sheet in figures.sheets:
        kinds.setdefault((sheet.width, sheet.height, sheet.source, sheet.price_eur), []).append(sheet)
    thickness = f"{figure(figures.nominal_thickness, 1)}{SPACE}mm"
    for number, ((width, height, source, price), sheets) in enumerate(kinds.items(), 1):
        size = f"{figure(width, 0)}{SPACE}×{SPACE}{figure(height, 0)}{SPACE}mm"
        if source:
            # An offcut that nobody priced counts as nothing when sheets are chosen (docs/machines.md), and so here.
            unit, price = "chute", price if price is not None else Decimal("0.00")
            label = f"{figures.material.capitalize()} {thickness}, chute «{SPACE}{source}{SPACE}»"
        else:
            unit, price = "panneau", price if price is not None else prices.sheet
            label = f"{figures.material.capitalize()} {thickness}, panneau de {size}"
        yield Line(
            code=f"sheet-{number}",
            section=Section.SHEETS,
            label=label,
            quantity=_charged(sheets),
            unit=unit,
            unit_price=price,
            explanation=_sheets_in_words(sheets, unit),
            source="prix du stock de l’atelier" if price is not None else "",
            missing="" if price is not None else f"le prix du panneau de {size}",
        )


def _charged(sheets: list[SheetFigures]) -> Decimal:
    return at_least(sum(1 - sheet.remnant_area / sheet.area for sheet in sheets), 2)


def _sheets_in_words(sheets: list[SheetFigures], unit: str) -> str:
    opened = Decimal(len(sheets))
    many = counted(opened, *(("chute", "chutes") if unit == "chute" else ("panneau", "panneaux")))
    left = [sheet.remnant_area / 1e6 for sheet in sheets if sheet.remnant_area]
    fem = "e" if unit == "chute" else ""
    text = f"{many} entamé{fem}{'s' if opened > 1 else ''} par le plan de découpe."
    if not left:
        return f"{text} Rien d’utile n’en reste."
    charged = _charged(sheets)
    stays = "Une chute utile" if len(left) == 1 else f"{len(left)} chutes utiles"
    verbs = ("reste", "n’est pas comptée") if len(left) == 1 else ("restent", "ne sont pas comptées")
    return (
        f"{text} {stays} ({figure(sum(left))}{SPACE}m², 200{SPACE}mm de large au moins) {verbs[0]} à l’atelier et {verbs[1]}"
        f"{SPACE}: {figure(opened)} − {figure(opened - charged)} = {figure(charged)}."
    )


def _machine(figures: CutFigures, prices: Prices) -> Line:
    metres = f"{figure(figures.cut_length / 1000, 1)}{SPACE}m de coupe"
    if figures.passes is not None and figures.passes > 1:
        metres += f" en tout, {figures.passes} passes pour traverser"
    metres += f", {figure(figures.edge_length / 1000, 1)}{SPACE}m de contours."
    hours: Decimal | None = None
    missing: list[str] = []
    source = ""
    if prices.machine_min is not None:
        hours = at_least(float(prices.machine_min) / 60, 2)
        text, source = f"{metres} Durée donnée par le fabricant{SPACE}: {_minutes(prices.machine_min)}.", "fabricant"
    elif figures.seconds is not None:
        hours = at_least(figures.seconds / 3600, 2)
        if figures.time_source is TimeSource.PROGRAM:
            source = "durée des programmes de la machine, mouvement par mouvement"
        else:
            source = "longueur × passes ÷ avance, majorée de 40\u202f% pour accélérations et déplacements (mesuré)"
        text = f"{metres} Durée{SPACE}: {_minutes(Decimal(str(figures.seconds)) / 60)}."
    else:
        text = metres
        missing += [f"{what} (durée d’usinage)" for what in figures.unknown]
    if prices.machine_hour is None:
        missing.append("le prix de l’heure de machine")
    else:
        source = f"{source}{f'{THIN}; ' if source else ''}{_TARIFF}"
    return Line(
        "machine", Section.MACHINE, "Découpe sur la machine", hours, "h", prices.machine_hour, text, source,
        _listed(missing),
    )  # fmt: skip


def _hands(figures: CutFigures, prices: Prices, rules: Rules) -> Iterator[Line]:
    def line(code: str, label: str, minutes: Decimal, explanation: str, source: str = rules.source) -> Line:
        return Line(
            code, Section.HANDS, label, at_least(float(minutes) / 60, 2), "h", prices.hand_hour,
            f"{explanation} = {_minutes(minutes)}.", f"{source}{THIN}; {_TARIFF}",
            _NO_HOUR if prices.hand_hour is None else "",
        )  # fmt: skip

    changes = figures.tool_changes
    ready = rules.preparation_min + rules.tool_change_min * changes
    words = f"Une mise en route ({_minutes(rules.preparation_min)}{SPACE}: fichiers, outil, zéro, essai à blanc)"
    if changes:
        words += f" + {counted(changes, 'changement', 'changements')} d’outil × {_minutes(rules.tool_change_min)}"
    yield line("preparation", "Préparation de la machine", ready, words)

    sheets = len(figures.sheets)
    words = (
        f"{counted(sheets, 'panneau', 'panneaux')} à poser, brider, déposer et nettoyer × {_minutes(rules.sheet_min)}"
    )
    yield line("sheets-handled", "Manutention des panneaux", rules.sheet_min * sheets, words)

    words = f"{counted(figures.parts, 'pièce', 'pièces')} à détacher et à repérer × {_minutes(rules.part_min)}"
    yield line("parts-handled", "Dépose des pièces", rules.part_min * figures.parts, words)

    metres = at_least(figures.edge_length / 1000, 1)
    words = f"{figure(metres, 1)}{SPACE}m de chants, deux arêtes à casser et à poncer × {_minutes(rules.edge_min_per_m)} le mètre"
    yield line("edges", "Ponçage des chants", rules.edge_min_per_m * metres, words)

    if figures.steps:
        one = rules.step_min * figures.person_steps + rules.fixing_min * figures.fixings
        words = (
            f"{figures.quantity} × ({counted(figures.steps, 'étape', 'étapes')}, {figures.person_steps} en comptant chaque personne"
            f", × {_minutes(rules.step_min)} + {counted(figures.fixings, 'vis ou ferrure', 'vis et ferrures')} × {_minutes(rules.fixing_min)})"
        )
        source = f"{rules.source}{THIN}; étapes de la notice, {rules.step_source}"
        yield line("assembly", "Montage à l’atelier", one * figures.quantity, words, source)


def _hardware(figures: CutFigures, prices: Prices, day: date) -> Iterator[Line]:
    table = hardware_table_on(day)
    each = f"pour {counted(figures.quantity, 'exemplaire', 'exemplaires')}"
    for number, item in enumerate(figures.hardware, 1):
        own = prices.hardware.get(item.reference)
        price = own if own is not None else table.price_of(item.reference, item.unit)
        yield Line(
            code=f"hardware-{number}",
            section=Section.HARDWARE,
            label=item.name,
            quantity=at_least(item.quantity, 3),
            unit=item.unit,
            unit_price=price,
            explanation=f"{item.reference}{THIN}; liste de fournitures du plan, {each}.",
            source="" if price is None else "prix du fabricant" if own is not None else table.source,
            missing="" if price is not None else f"le prix de «{SPACE}{item.reference}{SPACE}»",
        )


def _delivery(figures: CutFigures, prices: Prices, rules: Rules, way: Way) -> Line:
    trips = max(1, math.ceil(figures.mass_g / 1000 / float(rules.payload_kg) - 1e-9))
    mass = f"{figure(figures.mass_g / 1000, 0)}{SPACE}kg"
    missing = [way.reason or "la distance"] if way.km is None else []
    if prices.delivery_km is None:
        missing.append("le prix du kilomètre de livraison")
    text = f"De {way.origin} à {way.destination}. "
    kilometres = None
    if way.km is not None:
        one_way = at_least(way.km, 0)
        kilometres = one_way * 2 * trips
        text += f"{figure(one_way)}{SPACE}km par la route{' (estimation)' if way.estimated else ''}, aller et retour"
        if trips > 1:
            text += f", {trips} voyages ({mass} à {figure(rules.payload_kg)}{SPACE}kg par voyage)"
        text += f"{SPACE}: {figure(one_way)} × 2{f' × {trips}' if trips > 1 else ''} = {figure(kilometres)}{SPACE}km."
        if trips == 1:
            text += f" {mass} en un voyage."
    return Line(
        "delivery", Section.DELIVERY, "Livraison, aller et retour", kilometres, "km", prices.delivery_km, text.strip(),
        f"distance à vol d’oiseau × détour, estimation{THIN}; {_TARIFF}" if way.km is not None and way.estimated else _TARIFF,
        _listed(missing),
    )  # fmt: skip


def _minutes(minutes: Decimal) -> str:
    """ "45 min", "1 h 08", "0,3 min"."""
    if minutes < 60:
        return f"{figure(minutes, 1)}{SPACE}min"
    hours, rest = divmod(int(minutes.to_integral_value()), 60)
    return f"{hours}{SPACE}h{SPACE}{rest:02}"


def _listed(missing: list[str]) -> str:
    return f"{THIN}; ".join(missing)
