# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of demands and makers, as the shell reads them (docs/matching.md): all bad lines are named at once."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from designs.catalogue import shipped as find_design
from designs.errors import ParameterError, UnknownDesignError
from fablabs.geography import Commune, UnknownCommuneError, commune
from fablabs.machine import Process
from fabrication.demand import Demand
from fabrication.matching.candidate import Candidate, Station

DEMAND_COLUMNS = ("id", "insee", "design", "quantity")
DEMAND_OPTIONAL = ("deadline", "parameters")
MAKER_COLUMNS = (
    "id", "insee", "process", "bed_x_mm", "bed_y_mm", "max_thickness_mm", "materials", "units_per_week", "lead_days",
    "hour_price",
)  # fmt: skip
#: Larger is no table of orders; a cell that is longer holds no parameters.
MAX_FILE_BYTES, MAX_CELL = 64_000_000, 20_000
MAX_QUANTITY = 100_000
_PROCESSES = {
    "cnc-router": Process.ROUTER, "router": Process.ROUTER, "cnc": Process.ROUTER, "laser": Process.LASER,
}  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Row = Mapping[str, str]
T = TypeVar("T", Demand, Candidate)


@dataclass(frozen=True)
class Fault:
    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


class TableError(ValueError):
    """A table that can't be read; ``faults`` are all of its bad lines. ``str`` is one line, however many they are."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        self.path, self.faults = path, tuple(faults)
        super().__init__(f"{path}: {'; '.join(map(str, faults))}")


def read_demands(path: Path) -> list[Demand]:
    """``id,insee,design,quantity[,deadline][,parameters]``; parameters come cleaned, those that were given.

    Raises TableError, OSError."""
    return _read(path, DEMAND_COLUMNS, DEMAND_OPTIONAL, _demand)


def read_makers(path: Path) -> list[Candidate]:
    """``id,insee,process,bed_x_mm,…,hour_price``: an empty cell is not known. Without process, bed or thickness there is
    no station. Raises TableError, OSError."""
    return _read(path, MAKER_COLUMNS, (), _maker)


def _read(path: Path, required: Sequence[str], optional: Sequence[str], make: Callable[[Row], T]) -> list[T]:
    found: list[T] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for line, row in _rows(path, required, optional, faults):
        try:
            item = make(row)
        except _Bad as error:
            faults.append(Fault(line, str(error)))
            continue
        finally:
            first = seen.setdefault(row["id"], line)
        if first != line:
            faults.append(Fault(line, f"id {row['id']!r} is on line {first} already"))
            continue
        found.append(item)
    if faults:
        raise TableError(path, sorted(faults, key=lambda fault: fault.line))
    return found


def _rows(
    path: Path, required: Sequence[str], optional: Sequence[str], faults: list[Fault]
) -> Iterator[tuple[int, Row]]:
    text = _text(path)
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            begins, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(path, begins, cells, required, optional)
                continue
            if len(cells) != len(header):
                faults.append(Fault(begins, f"{len(cells)} cells, the header has {len(header)}"))
                continue
            if long := next((n for n, cell in zip(header, cells, strict=True) if len(cell) > MAX_CELL), None):
                faults.append(Fault(begins, f"{long}: longer than {MAX_CELL} characters"))
                continue
            yield begins, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        faults.append(Fault(line, f"no CSV from here on: {error}"))
    if header is None and not faults:
        raise TableError(path, [Fault(1, f"no header; expected {','.join(required)}")])


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise TableError(path, [Fault(1, "is no file")])
    if path.stat().st_size > MAX_FILE_BYTES:
        raise TableError(path, [Fault(1, f"larger than {MAX_FILE_BYTES // 1_000_000} MB")])
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(path, [Fault(line, "no UTF-8 text: save the table as CSV UTF-8")]) from error
    if "\0" in text:
        raise TableError(path, [Fault(text.count("\n", 0, text.index("\0")) + 1, "holds a NUL character")])
    # Only these end a line: a file's name may hold a form feed, and an old Mac's file has \r alone.
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_LINE_ENDS)


#: What str.splitlines takes for the end of a line and a spreadsheet does not.
_NO_LINE_ENDS = {ord(c): " " for c in "\v\f\x1c\x1d\x1e\x85\u2028\u2029"}


def _header(path: Path, line: int, cells: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    faults = [f"the column {name!r} is missing" for name in required if name not in names]
    known = {*required, *optional}
    faults += [f"unknown column {name!r}" for name in names if name not in known]
    faults += [f"the column {name!r} is there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if faults:
        raise TableError(path, [Fault(line, fault) for fault in faults])
    return names


class _Bad(ValueError):
    """A line's faults, in one sentence."""


def _demand(row: Row) -> Demand:
    faults: list[str] = []
    take = _Cells(row, faults)
    identifier, place = take.identifier(), take.commune()
    quantity = take.whole("quantity", 1, MAX_QUANTITY)
    deadline = take.day("deadline")
    parameters: Mapping[str, Any] = {}
    try:
        parameters = _parameters(row["design"], row.get("parameters", ""))
    except _Bad as error:
        faults.append(str(error))
    if faults or place is None or quantity is None:
        raise _Bad("; ".join(faults))
    return Demand(identifier, place.insee, row["design"], quantity, deadline, parameters)


@cache
def _parameters(design: str, text: str) -> Mapping[str, Any]:
    """The cleaned values of those that are given. Raises _Bad."""
    try:
        drawn = find_design(design)
    except UnknownDesignError as error:
        raise _Bad(f"design: {error}") from error
    if not text:
        return {}
    try:
        given = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _Bad(f"parameters: no JSON: {error}") from error
    if not isinstance(given, dict):
        raise _Bad('parameters: a JSON object is expected, e.g. {"width": 900}')
    try:
        cleaned = drawn.clean(given)
    except (ParameterError, TypeError) as error:
        raise _Bad(f"parameters: {error}") from error
    return {name: cleaned[name] for name in given}


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _maker(row: Row) -> Candidate:
    faults: list[str] = []
    take = _Cells(row, faults)
    identifier, place = take.identifier(), take.commune()
    process = take.process()
    bed = take.number("bed_x_mm", 1, 20_000), take.number("bed_y_mm", 1, 20_000)
    if (bed[0] is None) != (bed[1] is None) and not any(fault.startswith("bed_") for fault in faults):
        faults.append("bed_x_mm and bed_y_mm: both or none")
    thickness = take.number("max_thickness_mm", 0, 200)
    materials = tuple(dict.fromkeys(name.strip() for name in row["materials"].split("|") if name.strip()))
    units = take.number("units_per_week", 0, 100_000)
    lead_days = take.whole("lead_days", 0, 3650, optional=True)
    price = take.number("hour_price", 0, 100_000)
    if faults or place is None:
        raise _Bad("; ".join(faults))
    stations: tuple[Station, ...] = ()
    if process is not None and bed[0] is not None and bed[1] is not None and thickness is not None:
        stations = (Station(process, (float(bed[0]), float(bed[1])), float(thickness), materials),)
    return Candidate(
        id=identifier,
        name=identifier,
        insee=place.insee,
        latitude=place.latitude,
        longitude=place.longitude,
        stations=stations,
        units_per_week=units,
        lead_days=lead_days,
        machine_hour_eur=price,
    )


@dataclass(frozen=True)
class _Cells:
    """A line's cells, read as what they should be; what is wrong goes to ``faults`` and gives None."""

    row: Row
    faults: list[str]

    def identifier(self) -> str:
        text = self.row["id"]
        if not text or len(text) > 200 or not text.isprintable():
            self.faults.append("id: a name on one line, of at most 200 characters, is expected")
        return text

    def commune(self) -> Commune | None:
        code = self.row["insee"]
        try:
            return commune(code)
        except UnknownCommuneError:
            hint = f"; a zero lost at the front? 0{code}" if re.fullmatch("[0-9]{4}", code, re.ASCII) else ""
            self.faults.append(f"insee: no commune has or had the code {code[:20]!r}{hint}")
            return None

    def process(self) -> Process | None:
        text = self.row["process"].casefold()
        if text and text not in _PROCESSES:
            self.faults.append(f"process: cnc-router or laser, not {text[:40]!r}")
        return _PROCESSES.get(text)

    def number(self, name: str, least: int, most: int) -> Decimal | None:
        text = self.row[name]
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or not least <= Decimal(text) <= most:
            self.faults.append(f"{name}: a number from {least} to {most} with a decimal point, not {text[:40]!r}")
            return None
        return Decimal(text)

    def whole(self, name: str, least: int, most: int, *, optional: bool = False) -> int | None:
        text = self.row[name]
        if not text and optional:
            return None
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            self.faults.append(f"{name}: a whole number from {least} to {most}, not {text[:40]!r}")
            return None
        return int(text)

    def day(self, name: str) -> date | None:
        text = self.row.get(name, "")
        if not text:
            return None
        found = None
        if _DATE.fullmatch(text):
            with suppress(ValueError):
                found = date.fromisoformat(text)
        if found is None:
            self.faults.append(f"{name}: a day as 2026-12-31, not {text[:40]!r}")
        return found
