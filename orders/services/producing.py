# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The files from which a line is cut, for the workshop's own machine: the panel as the calliper reads it today, the cutter
that is in the spindle, the clearance that its coupon asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from designs.errors import ParameterError, UnknownDesignError
from designs.typography import french_number, typeset
from fablabs.errors import MachineFileError
from fablabs.machine import MachineFile, Process, ToolKind, machine_text, sentences
from fablabs.models import CuttingMachine, StockItem, Workshop
from fablabs.stock import MAX_THICKNESS_ERROR_MM
from fabrication.errors import NotMakeableError
from fabrication.services import BusyError, request_package
from orders.life.errors import RefusedError
from orders.models import BOOKED, Order, OrderLine, Piece, Production

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

#: Places of one delivery of panels; docs/calibration.md asks for four.
MOST_READINGS = 12
#: Panels of one name differ by 0.6 mm at most (docs/making.md): beyond that they are not one pile.
MOST_SPREAD_MM = Decimal("0.6")
#: A cutter that was sharpened again is thinner than its name by this at most.
_SHARPENED_MM = Decimal("0.6")


@dataclass(frozen=True)
class Reading:
    """What the calliper read (mm). Joints are drawn for ``thickest``: what is drawn for the mean does not enter where the
    panel is thicker (docs/calibration.md: write the largest)."""

    values: tuple[Decimal, ...]

    @property
    def thickest(self) -> Decimal:
        return max(self.values)

    @property
    def mean(self) -> Decimal:
        return (sum(self.values, Decimal(0)) / len(self.values)).quantize(Decimal("0.001"))

    @property
    def spread(self) -> Decimal:
        return max(self.values) - min(self.values)


def reading_of(values: Sequence[Decimal], nominal: Decimal) -> Reading:
    """Raises RefusedError (field thickness_mm): none, too many, far from the panel's name, or far from one another."""
    if not values or len(values) > MOST_READINGS:
        raise _refused(
            f"1 to {MOST_READINGS} readings, not {len(values)}",
            f"Écrivez de une à {MOST_READINGS} lectures, par exemple « 17,8 17,7 17,8 17,9 ».",
        )
    reading = Reading(tuple(values))
    most = Decimal(str(MAX_THICKNESS_ERROR_MM))
    if any(abs(value - nominal) > most for value in values):
        low, high = (french_number(bound) for bound in (nominal - most, nominal + most))
        raise _refused(
            f"a reading is more than {most} mm from {nominal}",
            f"Ce panneau est vendu pour {french_number(nominal)} mm : une lecture va de {low} à {high} mm. "
            "Vérifiez le panneau choisi, ou le pied à coulisse.",
        )
    if reading.spread > MOST_SPREAD_MM:
        raise _refused(
            f"the readings differ by {reading.spread} mm",
            f"Vos lectures diffèrent de {french_number(reading.spread)} mm : triez les panneaux en deux piles, et "
            "préparez les fichiers de chacune.",
        )
    return reading


def _refused(english: str, french: str, field: str = "thickness_mm") -> RefusedError:
    return RefusedError(english, typeset(french), field)


def machine_file_with(
    machine: CuttingMachine,
    stock: StockItem,
    thickness_mm: Decimal,
    tool_diameter_mm: Decimal | None = None,
    clearance_mm: Decimal | None = None,
) -> MachineFile:
    """The workshop's record with what was read today in its place; the record itself stays as it is.

    ``tool_diameter_mm``: of the widest cutter that may be used, as it measures. Raises RefusedError with a field
    (thickness_mm, tool_diameter_mm, clearance_mm, machine)."""
    settings = dict(stock.settings) | {"measured_thickness_mm": float(thickness_mm)}
    if clearance_mm is not None:
        settings["clearance_mm"] = float(clearance_mm)
    try:
        return MachineFile.model_validate({"machine": _with_tool(machine, tool_diameter_mm), "stock": settings})
    except ValidationError as error:
        places = {"measured_thickness_mm": "thickness_mm", "clearance_mm": "clearance_mm", "tools": "tool_diameter_mm"}
        at = next((places[str(step)] for fault in error.errors() for step in fault["loc"] if step in places), "machine")
        raise _refused(
            f"no valid machine file: {sentences(error)}",
            "Avec ces mesures, la fiche de la machine et du panneau ne se tient plus : revoyez-les dans la fiche de "
            "l’atelier.",
            at,
        ) from error


def _with_tool(machine: CuttingMachine, diameter: Decimal | None) -> dict[str, Any]:
    """The ``[machine]`` with this cutter as its widest, at its true diameter; thinner ones stay, for tight slots."""
    settings = dict(machine.settings)
    if diameter is None:
        return settings
    if machine.machine.process is Process.LASER:
        raise _refused(
            f"{machine.name!r} is a laser",
            "Une découpeuse laser n’a pas d’outil : son trait de coupe est dans la fiche de la machine. Laissez vide.",
            "tool_diameter_mm",
        )
    tools = [dict(tool) for tool in settings.get("tools") or ()]
    mills = [tool for tool in tools if tool.get("kind", ToolKind.END_MILL) == ToolKind.END_MILL]
    nearest = min(mills, key=lambda tool: abs(Decimal(str(tool["diameter_mm"])) - diameter))
    if abs(Decimal(str(nearest["diameter_mm"])) - diameter) > _SHARPENED_MM:
        known = sorted({float(tool["diameter_mm"]) for tool in mills})
        raise _refused(
            f"{machine.name!r} has no cutter of {diameter} mm, it has {known}",
            f"La fiche de « {machine.name} » n’a pas de fraise de ce diamètre : elle a "
            f"{', '.join(french_number(d) for d in known)} mm. Ajoutez-la d’abord à la fiche, avec son avance.",
            "tool_diameter_mm",
        )
    wide = float(nearest["diameter_mm"])
    kept = [tool for tool in tools if tool not in mills or tool is nearest or float(tool["diameter_mm"]) < wide]
    nearest["diameter_mm"] = float(diameter)
    return settings | {"tools": kept}


def prepare(order: Order, given: dict[str, Any], actor: User | None, now: datetime) -> Production:
    """Ask for the files of some pieces of a line that are still to be cut; they stand in the place of the line's last ones,
    which stay listed. ``given``: line, machine, stock (primary keys), thickness_mm (readings), tool_diameter_mm and
    clearance_mm (None: the record's), quantity. Raises RefusedError with a field."""
    line = order.lines.select_related("revision", "moved_to").filter(pk=given["line"], lot=None).first()
    machine = CuttingMachine.objects.filter(pk=given["machine"], workshop=order.workshop_id, is_active=True).first()
    stock = StockItem.objects.filter(pk=given["stock"], workshop=order.workshop_id, is_active=True).first()
    if line is None:
        raise _refused("no such line of furniture", "Cette ligne n’est pas dans la commande.", "line")
    if machine is None:
        raise _refused("no such machine in use", "Choisissez l’une des machines de l’atelier.", "machine")
    if stock is None:
        raise _refused("no such stock in use", "Choisissez l’un des panneaux de l’atelier.", "stock")
    waiting = list(line.pieces.filter(stage=Piece.Stage.TO_CUT).order_by("index"))
    if not waiting:
        raise _refused("no piece is to be cut", "Tous les exemplaires de cette ligne sont découpés.", "quantity")
    quantity = given["quantity"]
    if not 1 <= quantity <= len(waiting):
        raise _refused(
            f"1 to {len(waiting)} pieces, not {quantity}",
            f"De un à {len(waiting)} : ce qui reste à découper de cette ligne.",
            "quantity",
        )
    reading = reading_of(given["thickness_mm"], Decimal(str(stock.settings["nominal_thickness_mm"])))
    file = machine_file_with(machine, stock, reading.thickest, given.get("tool_diameter_mm"), given.get("clearance_mm"))
    production = _production(line, machine, stock, reading, file, quantity, order, actor, given)
    _give(production, line, waiting[:quantity], now, stock)
    return production


def _production(
    line: OrderLine,
    machine: CuttingMachine,
    stock: StockItem,
    reading: Reading,
    file: MachineFile,
    quantity: int,
    order: Order,
    actor: User | None,
    given: dict[str, Any],
) -> Production:
    revision = line.made_revision
    assert revision is not None and order.workshop is not None
    try:
        job = request_package(revision, line.parameters, order.workshop, quantity, machine_file=machine_text(file))
    except NotMakeableError as error:
        raise RefusedError(str(error), error.french, "stock") from error
    except ParameterError as error:
        raise RefusedError(str(error), " ".join(dict.fromkeys(error.messages.values()))) from error
    except MachineFileError as error:
        raise RefusedError(str(error), error.french, "machine") from error
    except UnknownDesignError as error:
        raise RefusedError(str(error), error.french) from error
    except BusyError as error:
        raise RefusedError(str(error), error.french) from error
    return Production(
        line=line,
        job=job,
        machine=machine,
        stock=stock,
        thickness_mm=reading.thickest,
        tool_diameter_mm=given.get("tool_diameter_mm"),
        clearance_mm=Decimal(str(file.stock.clearance_mm)),
        made_by=actor,
    )


def _give(production: Production, line: OrderLine, pieces: list[Piece], now: datetime, stock: StockItem) -> None:
    """These pieces are cut from it; those that wait beyond them get files of their own later."""
    line.productions.filter(replaced_at=None).update(replaced_at=now)
    production.save()
    line.pieces.filter(stage=Piece.Stage.TO_CUT).update(production=None, material="")
    line.pieces.filter(pk__in=[piece.pk for piece in pieces]).update(
        production=production, material=material_words(stock, production.thickness_mm)
    )


def material_words(stock: StockItem, thickness_mm: Decimal) -> str:
    """ "contreplaqué bouleau, 17,83 mm", "… (réemploi)"."""
    origin = "" if stock.origin == StockItem.Origin.NEW else f" ({stock.get_origin_display()})"
    words = f"{stock.settings['material']}{origin}"
    return typeset(f"{words[:90]}, {french_number(thickness_mm, 3)} mm")


def orders_in_progress(workshop: Workshop, machine: CuttingMachine | None = None) -> Iterable[str]:
    """A blocker of fablabs.services.closing: orders that wait for this workshop, or for files of this machine."""
    booked = Order.objects.filter(workshop=workshop, state__in=BOOKED)
    if machine is not None:
        booked = booked.filter(
            lines__productions__machine=machine,
            lines__productions__replaced_at=None,
            lines__productions__pieces__stage=Piece.Stage.TO_CUT,
        ).distinct()
    references = [str(order) for order in booked.order_by("pk")[:20]]
    if references:
        noun = "commande est" if len(references) == 1 else "commandes sont"
        until = "livrez-les" if machine is None else "découpez-les"
        yield typeset(
            f"{len(references)} {noun} en cours pour {workshop.name} ({', '.join(references)}) : {until} d’abord, ou "
            "voyez avec la coordination."
        )
