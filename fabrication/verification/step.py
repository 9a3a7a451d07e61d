# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The STEP of the whole piece: one product a part, named by its code, and where its copies stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fabrication.verification.dxf import UnreadableError

_CODE = re.compile(r"^P\d{2,4}$")

#: A rigid placement: three rows of four numbers, millimetres.
Matrix = tuple[tuple[float, float, float, float], ...]


class Body(Protocol):
    """A CadQuery shape, or anything else that carries one of OpenCASCADE's: CadQuery takes a second to import."""

    @property
    def wrapped(self) -> Any: ...


@dataclass(frozen=True)
class Solid:
    """A solid as it was read."""

    wrapped: Any


@dataclass
class Piece:
    """``solids`` by code, in their own frames; ``copies`` places each occurrence."""

    solids: dict[str, Body] = field(default_factory=dict)
    copies: dict[str, list[Matrix]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_step(path: Path) -> Piece:
    """Raises UnreadableError if OpenCASCADE can't read the file."""
    from OCP.IFSelect import IFSelect_RetDone
    from OCP.STEPCAFControl import STEPCAFControl_Reader
    from OCP.TCollection import TCollection_ExtendedString
    from OCP.TDF import TDF_LabelSequence
    from OCP.TDocStd import TDocStd_Document
    from OCP.XCAFApp import XCAFApp_Application
    from OCP.XCAFDoc import XCAFDoc_DocumentTool

    with path.open("rb") as source:
        head = source.read(200)
    if b"ISO-10303-21" not in head:
        raise UnreadableError("no STEP file (ISO-10303-21)")
    document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    XCAFApp_Application.GetApplication_s().InitDocument(document)
    reader = STEPCAFControl_Reader()
    reader.SetNameMode(True)
    reader.SetColorMode(False)
    reader.SetLayerMode(False)
    _be_quiet()
    if reader.ReadFile(str(path)) != IFSelect_RetDone or not reader.Transfer(document):
        raise UnreadableError("OpenCASCADE can't read it as STEP")
    tool = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    free = TDF_LabelSequence()
    tool.GetFreeShapes(free)
    piece = Piece()
    if not free.Length():
        piece.faults.append("it holds no product")
    identity: Matrix = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))
    for index in range(1, free.Length() + 1):
        _walk(free.Value(index), identity, piece, 0)
    return piece


def _be_quiet() -> None:
    """The reader prints its transfer statistics on standard output."""
    from OCP.Message import Message

    messenger = Message.DefaultMessenger_s()
    for printer in list(messenger.Printers()):
        messenger.RemovePrinter(printer)


def _walk(label: Any, matrix: Matrix, piece: Piece, depth: int) -> None:
    from OCP.TDF import TDF_Label, TDF_LabelSequence
    from OCP.XCAFDoc import XCAFDoc_ShapeTool

    if depth > 8:
        piece.faults.append("assemblies within assemblies, more than 8 deep")
        return
    if XCAFDoc_ShapeTool.IsReference_s(label):
        matrix = _product(matrix, _matrix(XCAFDoc_ShapeTool.GetLocation_s(label)))
        referred = TDF_Label()
        XCAFDoc_ShapeTool.GetReferredShape_s(label, referred)
        _walk(referred, matrix, piece, depth + 1)
        return
    if XCAFDoc_ShapeTool.IsAssembly_s(label):
        components = TDF_LabelSequence()
        XCAFDoc_ShapeTool.GetComponents_s(label, components)
        for index in range(1, components.Length() + 1):
            _walk(components.Value(index), matrix, piece, depth + 1)
        return
    name = _name(label)
    if not _CODE.match(name):
        piece.faults.append(f"a product is named {name!r}, not by a part's code")
        return
    solids = _solids(XCAFDoc_ShapeTool.GetShape_s(label))
    if len(solids) != 1:
        piece.faults.append(f"{name} is {len(solids)} solids, 1 expected")
        return
    known = piece.solids.get(name)
    if known is None:
        piece.solids[name] = solids[0]
    elif not known.wrapped.IsPartner(solids[0].wrapped):
        piece.faults.append(f"two products are named {name}")
    piece.copies.setdefault(name, []).append(matrix)


def _solids(shape: Any) -> list[Solid]:
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer

    found = []
    explorer = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_SOLID)
    while explorer.More():
        found.append(Solid(explorer.Current()))
        explorer.Next()
    return found


def _name(label: Any) -> str:
    from OCP.TDataStd import TDataStd_Name

    attribute = TDataStd_Name()
    if not label.FindAttribute(TDataStd_Name.GetID_s(), attribute):
        return ""
    return str(attribute.Get().ToExtString())


def _matrix(location: Any) -> Matrix:
    transformation = location.Transformation()
    return tuple(tuple(transformation.Value(row, column) for column in range(1, 5)) for row in range(1, 4))


def _product(a: Matrix, b: Matrix) -> Matrix:
    rows = []
    for i in range(3):
        row = [sum(a[i][k] * b[k][j] for k in range(3)) for j in range(4)]
        row[3] += a[i][3]
        rows.append((row[0], row[1], row[2], row[3]))
    return tuple(rows)


def measures(body: Body) -> tuple[float, tuple[float, float, float], tuple[float, ...]]:
    """Volume (mm³), centre and bounds (x, y, z min, x, y, z max; mm)."""
    from OCP.Bnd import Bnd_Box
    from OCP.BRepBndLib import BRepBndLib
    from OCP.BRepGProp import BRepGProp
    from OCP.GProp import GProp_GProps

    properties, box = GProp_GProps(), Bnd_Box()
    BRepGProp.VolumeProperties_s(body.wrapped, properties)
    BRepBndLib.AddOptimal_s(body.wrapped, box, True, False)
    centre, low, high = properties.CentreOfMass(), box.CornerMin(), box.CornerMax()
    return (
        float(properties.Mass()),
        (centre.X(), centre.Y(), centre.Z()),
        (low.X(), low.Y(), low.Z(), high.X(), high.Y(), high.Z()),
    )


def compare_solids(piece: Piece, solids: Mapping[str, Body], tolerance: float = 1e-4) -> list[str]:
    """The STEP's solids against those that it should hold: volume, bounds and centre (relative, mm)."""
    faults = []
    for code in sorted(solids.keys() | piece.solids.keys()):
        if code not in piece.solids:
            faults.append(f"{code} is not in it")
        elif code not in solids:
            faults.append(f"{code} is in it, but is no part of the piece")
        else:
            volume, centre, bounds = measures(piece.solids[code])
            wanted, middle, box = measures(solids[code])
            if abs(volume - wanted) > tolerance * wanted:
                faults.append(f"{code} has {volume:.1f} mm³, {wanted:.1f} expected")
            gap = max(abs(a - b) for a, b in zip((*bounds, *centre), (*box, *middle), strict=True))
            if gap > 0.01:
                faults.append(f"{code} lies {gap:.3f} mm beside its own frame")
    return faults
