# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A piece on a machine with a stock: what is in the way.

With a full machine file this asks the very stages that make the files (fabrication/fit.py, mills, reliefs, kerf,
nesting), so that what matching calls feasible is what a package is made for. A station of which only the bed and the
thickness are known is judged by those; what is not known is told, and nothing takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from designs.sheet import DENSITIES_KG_M3, Sheet
from designs.typography import french_number
from fablabs.layers import Layers
from fablabs.machine import Machine, MachineFile, Process
from fablabs.stock import SheetGrain
from fabrication.errors import FabricationError, NotMakeableError
from fabrication.fit import check_options, check_stock, check_thickness
from fabrication.matching.candidate import Station
from fabrication.matching.materials import panel_of
from fabrication.matching.measuring import Piece
from fabrication.matching.needs import PieceNeeds
from fabrication.matching.obstacle import Code, Obstacle, in_order
from fabrication.matching.room import too_large
from fabrication.plan import FlatPart
from fabrication.usual_sheet import usual_sheet

if TYPE_CHECKING:
    from fabrication.matching.remedies import Remedy

#: Nominal thicknesses (mm) that plywood is sold in and designs are drawn for, the usual one first; a workshop that
#: only says how thick it cuts is asked for these.
USUAL_THICKNESSES = (18.0, 15.0, 21.0)
#: From a part to the edge of the bed (mm) where no machine file says another: its default.
MARGIN_MM: float = Machine.model_fields["margin_mm"].default
#: No stock of sheets or offcuts that are counted makes more pieces in one go than are looked for.
_MOST = 64


@dataclass(frozen=True)
class Suited:
    """How a piece suits a station: nothing in ``obstacles``, and it is made there.

    ``needs`` are at the sheet that is judged, None where the piece is not drawn for it. ``most`` pieces where sheets
    that are counted are all that takes a part; None: as many as wanted. ``unknown``: English and French of what the
    workshop has not said. ``remedies``: sizes with which it would be made there, each by itself.
    """

    obstacles: tuple[Obstacle, ...]
    needs: PieceNeeds | None
    most: int | None = None
    unknown: tuple[tuple[str, str], ...] = ()
    remedies: tuple[Remedy, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.obstacles


def suited(piece: Piece, station: Station, material: str = "") -> Suited:
    """``material``: asked for by name; empty: any that furniture is made of."""
    if station.file is not None:
        named = replace(station, materials=(station.file.stock.material,))
        return with_material(of_file(piece, station.file), named, material)
    return _of_sizes(piece, station, material)


def with_material(found: Suited, station: Station, material: str = "") -> Suited:
    """What was found of a machine and its stock, and whether that stock is what is asked for."""
    wrong = _material_obstacles(station.materials, material)
    return replace(found, obstacles=in_order([*found.obstacles, *wrong])) if wrong else found


# A full machine file.


def of_file(piece: Piece, file: MachineFile) -> Suited:
    """Agrees with ``fabrication.pipeline.plan_job`` for one piece, and up to ``most`` pieces."""
    obstacles = list(_before_building(piece, file))
    sheet = file.stock.sheet()
    needs = piece.at(sheet)
    if isinstance(needs, Obstacle):
        if not any(o.code is Code.THICKNESS for o in obstacles):
            obstacles.append(needs)
        return Suited(in_order(obstacles), None)
    parts = piece.flat(sheet)
    made, refused = _suit(parts, file)
    obstacles += refused
    obstacles += _sheet_obstacles(needs, file)
    most = None
    if not obstacles:
        assert made is not None
        most = most_laid(made, file)
        if most == 0:
            obstacles.append(_no_room(made, file))
    if not obstacles and file.machine.layers != Layers():
        obstacles += _layers(piece, file)
    return Suited(in_order(obstacles), needs, None if obstacles else most)


def _before_building(piece: Piece, file: MachineFile) -> Iterator[Obstacle]:
    machine, stock = file.machine, file.stock
    measured, takes = stock.measured_thickness_mm, machine.max_thickness_mm
    if measured > takes:
        yield Obstacle.of(
            Code.THICKNESS,
            f"its stock is {measured:g} mm thick, its machine cuts at most {takes:g} mm",
            f"son panneau fait {french_number(measured)} mm d’épaisseur, sa machine coupe {french_number(takes)} mm au plus",
            f"une machine qui coupe {french_number(measured)} mm",
        )
        machine = machine.model_copy(update={"max_thickness_mm": measured})
    try:
        check_stock(file.model_copy(update={"machine": machine}))
    except NotMakeableError:
        bed = " × ".join(f"{side:g}" for side in machine.bed_mm)
        yield Obstacle.of(
            Code.EQUIPMENT,
            f"its sheets do not lie on its bed of {bed} mm: they must be cut down first",
            f"ses panneaux ne tiennent pas sur sa table de {bed} mm",
            "des panneaux recoupés à la taille de la table",
        )
    try:
        check_thickness(piece.design, file)
    except NotMakeableError:
        yield wrong_thickness(piece, measured, takes)
    try:
        check_options(piece.design, file, piece.values)
    except NotMakeableError as error:
        yield Obstacle(Code.PROCESS, str(error), error.french.rstrip("."), "une fraiseuse")


def wrong_thickness(piece: Piece, measured: float, takes: float) -> Obstacle:
    """The stock is ``measured`` mm thick, the machine takes up to ``takes``."""
    least, most = piece.design.thickness_range
    asked = f"{piece.design.identifier} is drawn for sheets of {least:g} to {most:g} mm"
    demande = f"le modèle demande du panneau de {french_number(least)} à {french_number(most)} mm"
    if takes < least:
        return Obstacle.of(
            Code.THICKNESS,
            f"{asked}; its machine cuts at most {takes:g} mm",
            f"{demande} ; sa machine s’arrête à {french_number(takes)} mm",
            f"une machine qui coupe {french_number(least)} mm d’épaisseur",
        )
    return Obstacle.of(
        Code.THICKNESS,
        f"{asked}; its stock is {measured:g} mm thick",
        f"{demande} ; le sien fait {french_number(measured)} mm",
        f"du panneau de {french_number(least)} à {french_number(most)} mm",
    )


def _suit(parts: tuple[FlatPart, ...], file: MachineFile) -> tuple[tuple[FlatPart, ...] | None, list[Obstacle]]:
    """The parts as this machine cuts them, or what it can't cut."""
    from fabrication.kerf import compensate
    from fabrication.pipeline import suit_machine

    laser = file.machine.process is Process.LASER
    try:
        made, kerf, _ = suit_machine(parts, file)
    except NotMakeableError as error:
        code, lacking = (Code.PROCESS, "une fraiseuse") if laser else (Code.TOOL, "une fraise plus fine")
        return None, [Obstacle(code, str(error), error.french.rstrip("."), lacking)]
    try:
        for part in made:
            compensate(part, kerf)
    except NotMakeableError as error:
        return None, [Obstacle(Code.TOOL, str(error), error.french.rstrip("."), "un trait de coupe plus fin")]
    return made, []


def _sheet_obstacles(needs: PieceNeeds, file: MachineFile) -> list[Obstacle]:
    """The parts that are larger than the room on every kind of sheet: the rule of ``nesting.refusals.require_fit``."""
    from fabrication.nesting.kinds import sheet_kinds

    machine, stock = file.machine, file.stock
    kinds = sheet_kinds(machine, stock)
    grainless = stock.grain is SheetGrain.NONE
    rooms = [_along_across((k.width, k.height), k.along_x, machine.margin_mm) for k in kinds]
    left = [
        part
        for part in needs.too_large(0, 0)
        if not any(part.lies_on(along, across, machine.kerf_mm, grainless=grainless) for along, across in rooms)
    ]
    if not left:
        return []
    whole = max((k for k in kinds if not k.source), key=lambda k: (k.area, k.width))
    return [too_large(left, (whole.width, whole.height), machine, grainless, bed=machine.bed_mm)]


def _along_across(size: tuple[float, float], along_x: bool | None, margin: float) -> tuple[float, float]:
    width, height = size[0] - 2 * margin, size[1] - 2 * margin
    return (height, width) if along_x is False else (width, height)


def most_laid(parts: tuple[FlatPart, ...], file: MachineFile) -> int | None:
    """How many pieces' parts find room on this stock: None without an end, 0 for not even one."""
    machine, stock = file.machine, file.stock
    endless = stock.model_copy(
        update={"offcuts": (), "sheets": tuple(sheet for sheet in stock.sheets if sheet.count is None)}
    )
    if not machine.keep_out_mm and not any(s.keep_out_mm for s in endless.sheets) and _all_fit(parts, machine, endless):
        return None  # each part alone fills a sheet at worst
    if _lays(parts, machine, endless, 1):
        return None
    if not _lays(parts, machine, stock, 1):
        return 0
    low, high = 1, 2
    while high <= _MOST and _lays(parts, machine, stock, high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _lays(parts, machine, stock, middle) else (low, middle)
    return low


def _all_fit(parts: tuple[FlatPart, ...], machine: Machine, stock: object) -> bool:
    from fablabs.stock import Stock
    from fabrication.nesting.items import blanks
    from fabrication.nesting.kinds import sheet_kinds
    from fabrication.nesting.refusals import require_fit

    assert isinstance(stock, Stock)
    try:
        for blank in blanks(parts, machine, stock.grain is SheetGrain.NONE):
            require_fit(blank, sheet_kinds(machine, stock), machine.margin_mm)
    except NotMakeableError:
        return False
    return True


def _lays(parts: tuple[FlatPart, ...], machine: Machine, stock: object, pieces: int) -> bool:
    from fablabs.stock import Stock
    from fabrication.nesting.layouts import nest

    assert isinstance(stock, Stock)
    try:
        nest([replace(part, quantity=part.quantity * pieces) for part in parts], machine, stock)
    except NotMakeableError:
        return False
    return True


def _no_room(parts: tuple[FlatPart, ...], file: MachineFile) -> Obstacle:
    from fabrication.nesting.layouts import nest

    try:
        nest(parts, file.machine, file.stock)
    except NotMakeableError as error:
        return Obstacle(Code.BED, str(error), error.french.rstrip("."), "un panneau plus grand, ou moins de brides")
    raise AssertionError("a layout was refused, and now it is not")


def _layers(piece: Piece, file: MachineFile) -> list[Obstacle]:
    """A workshop's own names of layers may hide two works in one: only the whole plan tells."""
    from fabrication.pipeline import plan_job

    quiet = file.machine.model_copy(update={"controller": None})
    try:
        plan_job(piece.design, piece.values, file.model_copy(update={"machine": quiet}), 1)
    except FabricationError as error:
        return [Obstacle(Code.EQUIPMENT, str(error), error.french.rstrip("."), "une table de calques complétée")]
    return []


# A bed, a thickness and names of materials.


def _of_sizes(piece: Piece, station: Station, material: str) -> Suited:
    """The first usual thickness and material in which nothing is in the way; else the one with the fewest reasons."""
    unknown: list[tuple[str, str]] = []
    if not station.materials:
        unknown.append(("its materials are not known", "ses matériaux ne sont pas connus"))
    if station.process is Process.ROUTER:
        unknown.append(("its cutters are not known", "ses fraises ne sont pas connues"))
    wrong = _material_obstacles(station.materials, material)
    least, most = piece.design.thickness_range
    # Parts that were drawn elsewhere may fit none of these as they are sold: only a sheet that measures what they were drawn in.
    usual = [t for t in USUAL_THICKNESSES if least <= t <= most] or [usual_sheet(piece.design).thickness]
    within = [t for t in usual if t <= station.max_thickness_mm]
    if not within:
        takes = station.max_thickness_mm
        wrong.append(
            wrong_thickness(piece, takes, takes)
            if takes < least
            else Obstacle.of(
                Code.THICKNESS,
                f"the thinnest usual sheet for {piece.design.identifier} is {min(usual):g} mm; its machine cuts at "
                f"most {takes:g} mm",
                f"le panneau courant le plus mince pour ce modèle fait {french_number(min(usual))} mm ; sa machine s’arrête à "
                f"{french_number(takes)} mm",
                f"une machine qui coupe {french_number(min(usual))} mm d’épaisseur",
            )
        )
    found: list[Suited] = []
    for thickness in within or usual[:1]:
        for name in _panels(station.materials, material):
            needs = piece.at(Sheet(thickness, thickness, 0.2, name))
            if isinstance(needs, Obstacle):
                found.append(Suited(in_order([*wrong, needs]), None, None, tuple(unknown)))
                continue
            result = Suited(in_order([*wrong, *_bed_obstacles(needs, station)]), needs, None, tuple(unknown))
            if result.ok:
                return result
            found.append(result)
    return min(found, key=lambda s: (len(s.obstacles), s.needs is None))


def _panels(materials: Sequence[str], wanted: str) -> list[str]:
    """The panels to judge by, each kind once: those at hand, or what designs are drawn for."""
    names = [panel_of(name) for name in materials]
    known = [name for name in names if name is not None]
    if wanted and panel_of(wanted):
        known = [str(panel_of(wanted))]
    return list(dict.fromkeys(known)) or [Sheet().material]


def _bed_obstacles(needs: PieceNeeds, station: Station) -> Iterator[Obstacle]:
    if station.process is Process.LASER and needs.laser:
        yield Obstacle(Code.PROCESS, needs.laser[0], needs.laser[1].rstrip("."), "une fraiseuse")
    width, height = (side - 2 * MARGIN_MM for side in station.bed_mm)
    left = needs.too_large(max(width, height), min(width, height))
    if left:
        machine = Machine.model_construct(margin_mm=MARGIN_MM, kerf_mm=0.0)
        yield too_large(left, station.bed_mm, machine, False, bed=station.bed_mm)


def _material_obstacles(materials: Sequence[str], wanted: str) -> list[Obstacle]:
    if not materials:
        return []  # not known
    if wanted:
        if any(_same_material(wanted, name) for name in materials):
            return []
        return [
            Obstacle.of(
                Code.MATERIAL,
                f"has no {wanted}, only {', '.join(materials)}",
                f"n’a pas de {wanted}, seulement : {', '.join(materials)}",
                wanted,
            )
        ]
    if any(panel_of(name) is not None for name in materials):
        return []
    return [
        Obstacle.of(
            Code.MATERIAL,
            f"has only {', '.join(materials)}; furniture is cut from wood panels",
            f"n’a que : {', '.join(materials)} ; le meuble se découpe dans du panneau de bois",
            "du contreplaqué",
        )
    ]


def _same_material(wanted: str, name: str) -> bool:
    a, b = wanted.casefold().strip(), name.casefold().strip()
    if a in b or b in a:
        return True
    return any(word in a and panel_of(name) == panel_of(wanted) for word in DENSITIES_KG_M3)
