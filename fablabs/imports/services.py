# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading a list in: first what it would do, line by line, then all of it or nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import chain, count
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Organisation, User, is_coordinator
from fablabs.imports.formats import read_lines
from fablabs.imports.lines import ContactEntry, Line, SiteEntry
from fablabs.imports.reading import read_table
from fablabs.models import Change, Contact, CuttingMachine, ImportRun, Maker, StockItem, Workshop

#: How a change that an import made is named in a maker's history.
ACTION = "import"

NEW, CHANGED, SAME, KEPT, WRONG = "nouveau", "modifié", "inchangé", "laissé", "erreur"


class StaleImportError(ValueError):
    """The preview is no longer what would happen; ``french`` says so."""

    french = "La situation a changé depuis cet aperçu\u00a0: le voici refait. Relisez-le, puis confirmez de nouveau."


@dataclass(frozen=True)
class Outcome:
    """What a line does, or did."""

    number: int
    label: str
    status: str
    words: str = ""


def preview(data: bytes, name: str, *, actor: User) -> ImportRun:
    """What the list would change; nothing is written but this. Raises UnreadableFileError, PermissionDenied."""
    _require_coordinator(actor)
    known, lines = read_lines(read_table(data, name))
    with transaction.atomic():
        sid = transaction.savepoint()
        outcomes = _apply(lines, actor)
        transaction.savepoint_rollback(sid)
        return ImportRun.objects.create(
            name=name[:200],
            sha256=hashlib.sha256(data).hexdigest(),
            format=known.identifier,
            data=data,
            actor=actor,
            **_told(outcomes),
        )


def apply(run: ImportRun, *, actor: User) -> ImportRun:
    """All valid lines in one transaction. Raises StaleImportError (the preview is then made anew), PermissionDenied;
    ValueError for a run that was applied or given up."""
    _require_coordinator(actor)
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run.pk)
        if run.state != ImportRun.State.PREVIEWED:
            raise ValueError(f"this list is {run.state} already")
        _, lines = read_lines(read_table(bytes(run.data), run.name))
        sid = transaction.savepoint()
        told = _told(_apply(lines, actor))
        stale = told["report"] != run.report
        if stale:
            transaction.savepoint_rollback(sid)
        else:
            # The list may name people: it goes once it is read in; the report stays.
            run.state, run.applied_at, run.data = ImportRun.State.APPLIED, timezone.now(), b""
        run.report, run.counts = told["report"], told["counts"]
        run.save()
    if stale:
        raise StaleImportError("the preview no longer holds")
    return run


def drop(run: ImportRun, *, actor: User) -> None:
    """Give a preview up. Raises PermissionDenied, ValueError for an applied one."""
    _require_coordinator(actor)
    changed = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.PREVIEWED).update(
        state=ImportRun.State.DROPPED, data=b""
    )
    if not changed:
        raise ValueError("this list is applied or given up already")


def _require_coordinator(actor: User) -> None:
    if not is_coordinator(actor):
        raise PermissionDenied("only a coordinator reads lists in")


def _told(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    report = [asdict(outcome) for outcome in outcomes]
    return {"report": report, "counts": dict(Counter(row["status"] for row in report))}


def _apply(lines: list[Line], actor: User) -> list[Outcome]:
    contacts = _Contacts([line.entry for line in lines if isinstance(line.entry, ContactEntry)])
    outcomes = []
    for line in lines:
        words = ", ".join(line.remarks)
        if line.entry is None:
            outcomes.append(Outcome(line.number, line.label, WRONG, line.fault))
        elif isinstance(line.entry, ContactEntry):
            outcomes.append(Outcome(line.number, line.label, contacts.take(line.entry), words))
        else:
            outcomes.append(_site(line, line.entry, actor))
    contacts.write()
    return outcomes


class _Contacts:
    """Thousands of places in a few queries."""

    def __init__(self, entries: list[ContactEntry]) -> None:
        sources = {entry.source for entry in entries}
        self.known = {(c.source, c.source_id): c for c in Contact.objects.filter(source__in=sources)}
        self.new: list[Contact] = []
        self.changed: list[Contact] = []

    def take(self, entry: ContactEntry) -> str:
        values = asdict(entry)
        found = self.known.get((entry.source, entry.source_id))
        if found is None:
            self.new.append(Contact(**values))
            return NEW
        if all(getattr(found, name) == value for name, value in values.items()):
            return SAME
        for name, value in values.items():
            setattr(found, name, value)
        found.imported_at = timezone.now()
        self.changed.append(found)
        return CHANGED

    def write(self) -> None:
        Contact.objects.bulk_create(self.new, batch_size=500)
        fields = ("name", "insee", "latitude", "longitude", "website", "facts", "imported_at")
        Contact.objects.bulk_update(self.changed, fields, batch_size=500)


def _site(line: Line, entry: SiteEntry, actor: User) -> Outcome:
    sid = transaction.savepoint()
    try:
        status, words = _take_site(entry, actor)
    except ValidationError as error:
        transaction.savepoint_rollback(sid)
        return Outcome(line.number, line.label, WRONG, " ".join(error.messages))
    transaction.savepoint_commit(sid)
    return Outcome(line.number, line.label, status, ", ".join(filter(None, (*line.remarks, words))))


def _take_site(entry: SiteEntry, actor: User) -> tuple[str, str]:
    maker = Maker.objects.filter(organisation__kind="maker", organisation__siren=entry.siren).first()
    new_maker = maker is None
    if maker is None:
        organisation = Organisation(
            kind=Organisation.Kind.MAKER, name=entry.maker_name, siren=entry.siren, insee=entry.insee
        )
        organisation.full_clean()
        organisation.save()
        maker = Maker(organisation=organisation, kind=entry.kind)
        maker.full_clean()
        maker.save()
    workshop = maker.workshops.filter(siret=entry.siret).first()
    if workshop is None:
        workshop = Workshop(maker=maker, siret=entry.siret, insee=entry.insee, slug=_slug(entry), **entry.fields)
        workshop.full_clean()
        workshop.save()
        _equip(workshop, entry)
        _note(workshop, actor, {})
        return NEW, "" if new_maker else f"atelier de plus de {maker}"
    if workshop.changes.exclude(action=ACTION).exists():
        return KEPT, "l’atelier a été modifié à la main depuis\u00a0: il reste comme il est"
    wanted = {"insee": entry.insee, **entry.fields}
    different = {
        name: [_plain(getattr(workshop, name)), _plain(value)]
        for name, value in wanted.items()
        if _plain(getattr(workshop, name)) != _plain(value)
    }
    equipment = _equipment(workshop) != _wanted_equipment(entry)
    if not different and not equipment:
        return SAME, ""
    for name, value in wanted.items():
        setattr(workshop, name, value)
    workshop.full_clean()
    workshop.save()
    if equipment:
        workshop.machines.all().delete()
        workshop.stock.all().delete()
        _equip(workshop, entry)
        different["machines"] = ["", "comme dans la liste"]
    _note(workshop, actor, different)
    return CHANGED, ", ".join(different)


def _equip(workshop: Workshop, entry: SiteEntry) -> None:
    machines, stock = _wanted_equipment(entry)
    rows: list[CuttingMachine | StockItem] = [
        CuttingMachine(workshop=workshop, name=machine["name"], settings=machine) for machine in machines
    ]
    rows += [StockItem(workshop=workshop, settings=settings, origin=origin) for settings, origin in stock]
    for row in rows:
        row.full_clean()
        row.save()


def _wanted_equipment(entry: SiteEntry) -> tuple[list[Any], list[Any]]:
    """Each machine and each stock once, in the order of the file."""
    machines, stock = [], []
    for pair in entry.machines:
        if dict(pair.machine) not in machines:
            machines.append(dict(pair.machine))
        if (dict(pair.stock), pair.origin) not in stock:
            stock.append((dict(pair.stock), pair.origin))
    return machines, stock


def _equipment(workshop: Workshop) -> tuple[list[Any], list[Any]]:
    machines = [machine.settings for machine in workshop.machines.all()]
    return machines, [(item.settings, item.origin) for item in workshop.stock.all()]


def _note(workshop: Workshop, actor: User, values: dict[str, Any]) -> None:
    Change.objects.create(
        maker=workshop.maker, workshop=workshop, actor=actor, action=ACTION, subject=workshop.name, values=values
    )


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _slug(entry: SiteEntry) -> str:
    """The workshop's name and, if another has it already, a number."""
    bare = slugify(f"{entry.fields['name']} {entry.fields['commune'].split(' (')[0]}")[:54].strip("-") or "atelier"
    taken = set(Workshop.objects.filter(slug__startswith=bare).values_list("slug", flat=True))
    return next(slug for slug in chain([bare], (f"{bare}-{n}" for n in count(2))) if slug not in taken)
