# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a maker reads at the machine goes into its record: thickness, clearance, kerf (docs/calibration.md).

The rules are those of ``treteau calibrate``, whose machine file is here a machine's row and a stock's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from designs.coupon import COUNT, FINE_STEP, STEP, clearances_around
from fablabs.machine import Process
from fablabs.models import CuttingMachine, StockItem
from fablabs.services.editing import locked, require_unchanged
from fablabs.services.equipment import change_machine, change_stock, machine_faults, stock_faults
from fablabs.services.history import Differences
from fablabs.services.permission import require_editor
from fablabs.services.refusals import RecordError

if TYPE_CHECKING:
    from accounts.models import User


def coupon_clearances(item: StockItem, machine: CuttingMachine) -> tuple[float, ...]:
    """What the numbers 1 to 5 of a coupon mean (mm) that is cut with what the record has now."""
    step = FINE_STEP if machine.machine.process is Process.LASER else STEP
    return clearances_around(item.as_stock.clearance_mm, step)


@transaction.atomic
def measure(
    item: StockItem,
    machine: CuttingMachine | None,
    *,
    actor: User,
    thickness_mm: float | None = None,
    clearance_mm: float | None = None,
    number: int | None = None,
    cut: Sequence[float] | None = None,
    kerf_mm: float | None = None,
    seen: str | None = None,
) -> Differences:
    """Keep what was measured; None: nothing new. ``number`` is that of the coupon's slot that fits, ``cut`` what that
    coupon's numbers mean (of its package's manifest); without it they are counted from the record's clearance.

    Raises NotAllowedError, StaleError, and RecordError with messages by field (thickness_mm, clearance_mm, number,
    kerf_mm); nothing is written then."""
    require_editor(item.workshop.maker, actor)
    if machine is not None and machine.workshop_id != item.workshop_id:
        raise RecordError(
            "machine and stock are of two workshops", {"machine": "Cette machine est d’un autre atelier."}
        )
    item = locked(item)
    require_unchanged(str(item), {"settings": item.settings}, seen)
    settings: dict[str, Any] = dict(item.settings)
    if thickness_mm is not None:
        settings["measured_thickness_mm"] = thickness_mm
    if clearance_mm is not None and number is not None:
        raise RecordError(
            "clearance and coupon number are both given",
            {"number": "Donnez le numéro de l’éprouvette ou le jeu, pas les deux."},
        )
    if number is not None:
        clearance_mm = _clearance_of(number, item, machine, cut)
    if clearance_mm is not None:
        settings["clearance_mm"] = clearance_mm
    if thickness_mm is None and clearance_mm is None and kerf_mm is None:
        raise RecordError(
            "nothing was measured",
            {
                "": "Donnez au moins une mesure\N{NO-BREAK SPACE}: l’épaisseur, le numéro de l’éprouvette ou le trait de coupe."
            },
        )
    _refuse({fault.key: fault.french for fault in stock_faults(settings)})
    changed: Differences = {}
    if kerf_mm is not None:
        changed |= _keep_kerf(machine, kerf_mm, actor)
    return changed | change_stock(item, settings, item.origin, actor=actor)


def _clearance_of(number: int, item: StockItem, machine: CuttingMachine | None, cut: Sequence[float] | None) -> float:
    if not 1 <= number <= COUNT:
        raise RecordError(
            f"the coupon's slots are numbered 1 to {COUNT}, not {number}",
            {"number": f"Les fentes de l’éprouvette sont numérotées de 1 à {COUNT}."},
        )
    if cut is not None:
        if len(cut) != COUNT:
            raise RecordError(f"a coupon of {len(cut)} clearances", {"number": "Ces fichiers n’ont pas d’éprouvette."})
        return float(cut[number - 1])
    if machine is None:
        raise RecordError(
            "which machine cut the coupon is not said", {"machine": "Dites quelle machine a coupé l’éprouvette."}
        )
    return coupon_clearances(item, machine)[number - 1]


def _keep_kerf(machine: CuttingMachine | None, kerf_mm: float, actor: User) -> Differences:
    if machine is None:
        raise RecordError("which machine is not said", {"machine": "Dites pour quelle machine."})
    machine = locked(machine)
    if machine.machine.process is not Process.LASER:
        raise RecordError(
            f"{machine.name!r} is a router: kerf_mm is for a laser, a cutter has its diameter",
            {
                "kerf_mm": "Une fraiseuse n’a pas de trait de coupe\N{NO-BREAK SPACE}: corrigez le diamètre de son outil."
            },
        )
    settings = {**machine.settings, "kerf_mm": kerf_mm}
    _refuse({fault.key: fault.french for fault in machine_faults(settings)})
    return change_machine(machine, settings, actor=actor)


def _refuse(french: dict[str, str]) -> None:
    if french:
        messages = {key.split(".")[-1]: text[:1].upper() + text[1:] for key, text in french.items()}
        messages = {
            {"measured_thickness_mm": "thickness_mm", "clearance_mm": "clearance_mm"}.get(key, key): text
            for key, text in messages.items()
        }
        raise RecordError(f"not a valid measure: {', '.join(french)}", messages)
