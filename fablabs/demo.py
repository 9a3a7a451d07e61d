# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invented makers in real communes, to try the site with (``demo_workshops.toml``). No such workshop exists."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from fablabs.geography import commune
from fablabs.models import ClosedWeek, CuttingMachine, Evidence, Maker, Offer, StockItem, Workshop

DATA = Path(__file__).parent / "demo_workshops.toml"
_EUROS = ("machine_hour_eur", "hand_hour_eur", "delivery_km_eur", "minimum_eur")
_AS_WRITTEN = ("slug", "name", "siret", "address", "postcode", "insee", "state_reason", "radius_km", "lead_days")
_LISTS = ("departments", "finishes")


def load_workshops(folder: Path) -> list[Workshop]:
    """Create the makers that aren't there, with the machine files of ``folder``; one of which anything is there already
    stays as its people left it. Returns the demonstration's workshops, old and new.

    Raises OSError for a missing file. The rows are written at once, past the models' own checks: a test holds the data
    to them."""
    data = _makers()
    slugs = [site["slug"] for entry in data for site in entry["workshops"]]
    numbers = [entry["siren"] for entry in data]
    with transaction.atomic():
        taken = set(Workshop.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        known = set(
            Organisation.objects.filter(kind=Organisation.Kind.MAKER, siren__in=numbers).values_list("siren", flat=True)
        )
        new = [
            entry
            for entry in data
            if entry["siren"] not in known and taken.isdisjoint(site["slug"] for site in entry["workshops"])
        ]
        _create(new, _MachineFiles(folder))
    return list(Workshop.objects.filter(slug__in=slugs))


@cache
def _makers() -> list[dict[str, Any]]:
    """Read once a process: nobody changes what is in it."""
    return list(tomllib.loads(DATA.read_text(encoding="utf-8"))["makers"])


class _MachineFiles:
    """The files of a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, dict[str, Any]] = {}

    def settings(self, table: str, given: dict[str, Any]) -> dict[str, Any]:
        """``table`` ("machine" or "stock") of the file that ``given`` names, with what it says besides."""
        own = dict(given)
        name = own.pop("file")
        if name not in self._read:
            self._read[name] = tomllib.loads((self.folder / name).read_text(encoding="utf-8"))
        return {**self._read[name][table], **own}


def _create(entries: list[dict[str, Any]], files: _MachineFiles) -> None:
    organisations = Organisation.objects.bulk_create(
        Organisation(
            kind=Organisation.Kind.MAKER,
            name=entry["name"],
            siren=entry["siren"],
            insee=entry["workshops"][0]["insee"],
            is_demo=True,
        )
        for entry in entries
    )
    makers = Maker.objects.bulk_create(
        Maker(
            organisation=organisation,
            kind=entry["kind"],
            presentation=entry["presentation"],
            vat_rate=Decimal(entry.get("vat_rate", "0.2")),
        )
        for organisation, entry in zip(organisations, entries, strict=True)
    )
    owned = list(zip(makers, entries, strict=True))
    Offer.objects.bulk_create(_offer(maker, given) for maker, entry in owned for given in entry.get("offers", ()))
    Evidence.objects.bulk_create(
        _evidence(maker, given) for maker, entry in owned for given in entry.get("evidence", ())
    )
    sites = [(maker, site) for maker, entry in owned for site in entry["workshops"]]
    workshops = Workshop.objects.bulk_create(_workshop(maker, site) for maker, site in sites)
    placed = [(workshop, site) for workshop, (_, site) in zip(workshops, sites, strict=True)]
    ClosedWeek.objects.bulk_create(
        ClosedWeek(workshop=workshop, monday=date.fromisoformat(monday))
        for workshop, site in placed
        for monday in site.get("closed_weeks", ())
    )
    CuttingMachine.objects.bulk_create(
        _machine(workshop, files.settings("machine", given))
        for workshop, site in placed
        for given in site.get("machines", ())
    )
    StockItem.objects.bulk_create(
        _stock(workshop, files.settings("stock", given)) for workshop, site in placed for given in site.get("stock", ())
    )


def _offer(maker: Maker, given: dict[str, Any]) -> Offer:
    price = given.get("price_eur")
    return Offer(maker=maker, **given | {"price_eur": None if price is None else Decimal(price)})


def _evidence(maker: Maker, given: dict[str, Any]) -> Evidence:
    dates = {name: date.fromisoformat(given[name]) for name in ("dated", "valid_until") if name in given}
    return Evidence(maker=maker, **given | dates)


def _workshop(maker: Maker, site: dict[str, Any]) -> Workshop:
    place = commune(site["insee"])
    state = site.get("state", Workshop.State.OPEN)
    units = site.get("units_per_week")
    return Workshop(
        maker=maker,
        commune=place.label,
        latitude=place.latitude,
        longitude=place.longitude,
        state=state,
        validated_at=None if state == Workshop.State.DRAFT else timezone.now(),
        asked_at=timezone.now() if site.get("asks_for_validation") else None,
        units_per_week=None if units is None else Decimal(units),
        is_demo=True,
        **{name: Decimal(site[name]) for name in _EUROS if name in site},
        **{name: site[name] for name in (*_AS_WRITTEN, *_LISTS) if name in site},
    )


def _machine(workshop: Workshop, settings: dict[str, Any]) -> CuttingMachine:
    return CuttingMachine(workshop=workshop, name=settings["name"], settings=settings)


def _stock(workshop: Workshop, settings: dict[str, Any]) -> StockItem:
    origin = settings.pop("origin", StockItem.Origin.NEW)
    return StockItem(workshop=workshop, settings=settings, origin=origin)
