# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Machines and stock of a site: added, changed, put out of use and back, read from a machine file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from pydantic import ValidationError as Invalid

from fablabs.errors import MachineFileError
from fablabs.french import MISSING, Fault, faults
from fablabs.machine import MAX_FILE_BYTES, Machine, MachineFile
from fablabs.models import CuttingMachine, StockItem, Workshop
from fablabs.services.closing import require_no_work
from fablabs.services.editing import edit, fingerprint, locked, require_unchanged, stored
from fablabs.services.history import Differences, differences, record
from fablabs.services.permission import require_editor
from fablabs.services.refusals import RecordError
from fablabs.stock import Stock

if TYPE_CHECKING:
    from accounts.models import User

_FIELDS = {CuttingMachine: ("name", "settings", "is_active"), StockItem: ("settings", "origin", "is_active")}
#: What a site may list of each: more is a slip or a machine's doing.
MOST_ROWS = 100


class MachineFileFaultsError(MachineFileError):
    """A machine file that was given on a page: ``faults`` has each wrong key in French and in English."""

    def __init__(self, message: str, found: tuple[Fault, ...]) -> None:
        super().__init__(message)
        self.faults = found


def machine_faults(settings: Mapping[str, Any]) -> tuple[Fault, ...]:
    """What is wrong with a ``[machine]``; nothing for one that can be used."""
    return _faults(Machine, settings, "machine")


def stock_faults(settings: Mapping[str, Any]) -> tuple[Fault, ...]:
    return _faults(Stock, settings, "stock")


def _faults(kind: type[Machine] | type[Stock], settings: Mapping[str, Any], table: str) -> tuple[Fault, ...]:
    try:
        kind.model_validate(settings)
    except Invalid as error:
        return faults(error, table)
    return ()


def subject_of(row: CuttingMachine | StockItem) -> str:
    return f"machine {row.name}" if isinstance(row, CuttingMachine) else f"panneau {row}"


@transaction.atomic
def add_machine(workshop: Workshop, settings: Mapping[str, Any], *, actor: User) -> CuttingMachine:
    """Raises NotAllowedError, RecordError, and ValidationError for settings that no machine has."""
    row = CuttingMachine(workshop=workshop, name=str(settings.get("name", ""))[:120], settings=dict(settings))
    _add(row, actor)
    return row


@transaction.atomic
def keep_draft(
    workshop: Workshop, row: CuttingMachine | None, settings: Mapping[str, Any], *, actor: User, seen: str | None = None
) -> CuttingMachine:
    """A machine that isn't whole yet, out of use until it is. ``row`` None: a new one.

    What is there must be right, only keys may be missing. Raises NotAllowedError, StaleError, RecordError."""
    require_editor(workshop.maker, actor)
    if row is None:
        row = CuttingMachine(workshop=workshop)
        _require_room(row)
    else:
        row = locked(row)
        require_unchanged(subject_of(row), stored(row, ("name", "settings")), seen)
        if row.is_active:
            raise RecordError("a machine in use is no draft", {"": "Une machine en service garde une fiche complète."})
    wrong = {
        fault.key: fault.french
        for fault in machine_faults(settings)
        # A laser's kerf and a router's tools are missing too, by a rule between keys.
        if fault.french != MISSING and fault.key.split(".")[1] in settings
    }
    if wrong:
        raise RecordError(f"not only missing: {', '.join(wrong)}", wrong)
    before = stored(row, ("name", "settings")) if row.pk else {}
    row.name, row.settings, row.is_active = str(settings.get("name", ""))[:120], dict(settings), False
    row.full_clean(exclude=["settings"])
    row.save()
    values = differences(before, stored(row, ("name", "settings")))
    record(workshop.maker, "drafted", subject_of(row), actor=actor, workshop=workshop, values=values)
    return row


@transaction.atomic
def add_stock(workshop: Workshop, settings: Mapping[str, Any], origin: str, *, actor: User) -> StockItem:
    """Raises NotAllowedError, RecordError, and ValidationError for settings that no stock has."""
    row = StockItem(workshop=workshop, settings=dict(settings), origin=origin)
    _add(row, actor)
    return row


def _add(row: CuttingMachine | StockItem, actor: User) -> None:
    workshop = row.workshop
    require_editor(workshop.maker, actor)
    _require_room(row)
    row.full_clean()
    row.save()
    values = differences({}, stored(row, _FIELDS[type(row)]))
    record(workshop.maker, "added", subject_of(row), actor=actor, workshop=workshop, values=values)


def _require_room(row: CuttingMachine | StockItem) -> None:
    """Raises RecordError for a site that lists as many as it may."""
    if type(row)._base_manager.filter(workshop=row.workshop).count() >= MOST_ROWS:
        raise RecordError(
            f"workshop {row.workshop.slug} has {MOST_ROWS} of them already",
            {"": f"{MOST_ROWS} fiches au plus\N{NO-BREAK SPACE}: corrigez plutôt une fiche qui ne sert plus."},
        )


def change_machine(
    row: CuttingMachine, settings: Mapping[str, Any], *, actor: User, seen: str | None = None
) -> Differences:
    """Raises NotAllowedError, StaleError, and ValidationError for settings that no machine has."""
    given = {"name": str(settings.get("name", ""))[:120], "settings": dict(settings)}
    return edit(row, given, actor=actor, subject=subject_of(row), seen=seen)


def finish_draft(
    row: CuttingMachine, settings: Mapping[str, Any], *, actor: User, seen: str | None = None
) -> Differences:
    """The same, and the machine goes into use."""
    with transaction.atomic():
        changed = change_machine(row, settings, actor=actor, seen=seen)
        restore(row, actor=actor)
    return changed


def change_stock(
    row: StockItem, settings: Mapping[str, Any], origin: str, *, actor: User, seen: str | None = None
) -> Differences:
    """Raises NotAllowedError, StaleError, and ValidationError for settings that no stock has."""
    return edit(row, {"settings": dict(settings), "origin": origin}, actor=actor, subject=subject_of(row), seen=seen)


@transaction.atomic
def retire(row: CuttingMachine | StockItem, *, actor: User) -> None:
    """Out of use, kept with its settings. Raises NotAllowedError, and BlockedError for a machine with work in progress."""
    workshop = row.workshop
    require_editor(workshop.maker, actor)
    fresh = locked(row)
    if isinstance(fresh, CuttingMachine):
        require_no_work(workshop, machine=fresh)
    _use(fresh, False, "retired", actor)
    row.is_active = False


@transaction.atomic
def restore(row: CuttingMachine | StockItem, *, actor: User) -> None:
    """In use again. Raises NotAllowedError, and ValidationError for a machine that is still a draft."""
    require_editor(row.workshop.maker, actor)
    fresh = locked(row)
    fresh.full_clean()
    _use(fresh, True, "restored", actor)
    row.is_active = True


def _use(row: CuttingMachine | StockItem, is_active: bool, action: str, actor: User) -> None:
    if row.is_active is is_active:
        return
    row.is_active = is_active
    row.save(update_fields=["is_active"])
    record(row.workshop.maker, action, subject_of(row), actor=actor, workshop=row.workshop)


def read_text(text: str) -> dict[str, Any]:
    """A machine file's two tables as data, validated. Raises MachineFileFaultsError."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_FILE_BYTES:
        raise MachineFileFaultsError(
            "too large to be a machine file",
            (Fault("", "le fichier", "100\N{NO-BREAK SPACE}Ko au plus.", "too large to be a machine file"),),
        )
    try:
        data = tomllib.loads(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        message = f"not valid TOML: {error}"
        raise MachineFileFaultsError(
            message, (Fault("", "le fichier", "ce texte n’est pas du TOML.", message),)
        ) from error
    try:
        MachineFile.model_validate(data)
    except Invalid as error:
        found = faults(error)
        raise MachineFileFaultsError("; ".join(fault.english for fault in found), found) from error
    return data


@dataclass(frozen=True)
class Replaced:
    """A machine or a panel that a file would change. ``values``: {field: [what stands there, what the file says]}."""

    subject: str
    values: Differences


class ReplacesError(RecordError):
    """The file would change what is there, and nobody agreed to that. ``agreement`` is what says yes to just this."""

    def __init__(self, replaced: Sequence[Replaced], agreement: str) -> None:
        subjects = ", ".join(one.subject for one in replaced)
        super().__init__(
            f"the file would change {subjects}",
            {"": "Ce fichier changerait ce qui est déjà dans la fiche. Rien n’est encore enregistré."},
        )
        self.replaced, self.agreement = tuple(replaced), agreement


@transaction.atomic
def import_file(
    workshop: Workshop, text: str, origin: str, *, actor: User, agreement: str | None = None
) -> tuple[CuttingMachine, StockItem]:
    """A machine and a stock from a machine file's text. A machine of the same name, and a stock of the same material,
    nominal thickness and sheet, get the file's settings; else they are added. A stock keeps what the file does not say
    (prices, offcuts, clearance).

    ``agreement``: that of the ReplacesError which told what changes, "" for none yet; None replaces without asking.
    Raises NotAllowedError, RecordError, ReplacesError and MachineFileFaultsError; nothing is written then."""
    require_editor(workshop.maker, actor)
    data = read_text(text)
    locked(workshop)
    machine = next((m for m in workshop.machines.all() if m.name == data["machine"]["name"][:120]), None)
    item = next((s for s in workshop.stock.all() if _same_goods(s.settings, data["stock"])), None)
    if agreement is not None:
        _require_agreement(machine, item, data, origin, agreement)
    if machine is None:
        machine = add_machine(workshop, data["machine"], actor=actor)
    else:
        change_machine(machine, data["machine"], actor=actor)
    if item is None:
        item = add_stock(workshop, data["stock"], origin, actor=actor)
    else:
        # A file seldom names prices, offcuts or the coupon's clearance: what it does not say is not thrown away.
        change_stock(item, {**item.settings, **data["stock"]}, origin, actor=actor)
    for row in (machine, item):
        restore(row, actor=actor)
    return machine, item


def _require_agreement(
    machine: CuttingMachine | None, item: StockItem | None, data: Mapping[str, Any], origin: str, agreement: str
) -> None:
    """Raises ReplacesError for changes that nobody has seen: of other values than those that were agreed to, too."""
    found: list[Replaced] = []
    if machine and (values := differences({"settings": machine.settings}, {"settings": data["machine"]})):
        found.append(Replaced(subject_of(machine), values))
    if item:
        before = stored(item, ("settings", "origin"))
        after = {"settings": {**item.settings, **data["stock"]}, "origin": origin}
        if values := differences(before, after):
            found.append(Replaced(subject_of(item), values))
    seen = fingerprint({one.subject: one.values for one in found})
    if found and agreement != seen:
        raise ReplacesError(found, seen)


def _same_goods(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(key) == other.get(key) for key in ("material", "nominal_thickness_mm", "sheet_mm"))
