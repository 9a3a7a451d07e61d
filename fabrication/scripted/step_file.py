# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a STEP file's solids as flat parts, in the jail."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from designs.typography import french_number
from fabrication.errors import NotFlatError
from fabrication.flatten import located
from fabrication.scripted.collected import Found, Rows, collected
from fabrication.scripted.errors import Fault, UploadError

if TYPE_CHECKING:
    from OCP.gp import gp_Trsf
    from OCP.TDF import TDF_Label
    from OCP.TopoDS import TopoDS_Shape

#: Faces and records in a file: our largest model has 2,000 faces in 70,000 records. A file is counted before it is read.
MAX_FACES, MAX_RECORDS, MAX_SOLIDS = 20_000, 600_000, 500
#: What programs write where nobody named a solid; and our own codes, which are given anew.
_NO_NAME = re.compile(r"Open CASCADE STEP translator|(SOLID|COMPOUND|Solid|Body|Part|P)[ _-]?\d*$|=>")
#: Faults that are said of one file.
_MOST_FAULTS = 20
_RECORD = re.compile(rb"^\s*#\d+\s*=", re.MULTILINE)


def step_parts(data: bytes, header: Mapping[str, Any]) -> dict[str, Any]:
    """``{"parts": …, "notes": []}``. Raises UploadError."""
    if not data.lstrip()[:40].upper().startswith(b"ISO-10303-21"):
        _refuse("Ce n’est pas un fichier STEP.", "no ISO 10303-21 file")
    faces, records = data.count(b"ADVANCED_FACE"), len(_RECORD.findall(data))
    if faces > MAX_FACES or records > MAX_RECORDS:
        limit = french_number(MAX_FACES, thousands=" ")
        _refuse(
            f"Ce fichier est trop détaillé : {french_number(faces, thousands=' ')} faces, {limit} au plus. "
            "Retirez vis, filetages et pièces achetées.",
            f"{faces} faces, {records} records",
        )
    found: list[Found] = []
    faults: list[Fault] = []
    known: list[tuple[TopoDS_Shape, Any, gp_Trsf]] = []
    for number, (name, shape) in enumerate(_solids(data), start=1):
        if number > MAX_SOLIDS:
            _refuse(f"Ce fichier contient plus de {MAX_SOLIDS} solides.", "too many solids")
        try:
            found.append(_found(name, shape, number, known))
        except NotFlatError as error:
            faults.append(Fault("flat", error.french, str(error)))
            if len(faults) == _MOST_FAULTS:
                break
    if faults:
        raise UploadError(faults)
    return {"parts": collected(found), "notes": []}


def _found(name: str, shape: TopoDS_Shape, number: int, known: list[tuple[TopoDS_Shape, Any, gp_Trsf]]) -> Found:
    """One solid; a copy of one that was flattened already is not flattened again."""
    from OCP.TopLoc import TopLoc_Location

    where = shape.Location().Transformation()
    for other, part, place in known:
        if other.IsPartner(shape):
            return Found(name, part, _rows(where.Multiplied(place)))
    bare = shape.Located(TopLoc_Location())
    part, place = located(bare, f"solide {number}", name)
    known.append((shape, part, place))
    return Found(name, part, _rows(where.Multiplied(place)))


def _rows(place: gp_Trsf) -> Rows:
    return tuple(place.Value(row, column) for row in (1, 2, 3) for column in (1, 2, 3, 4))


def _solids(data: bytes) -> Iterator[tuple[str, TopoDS_Shape]]:
    """Every solid where it stands (mm), with the name of its product."""
    from OCP.IFSelect import IFSelect_ReturnStatus
    from OCP.STEPCAFControl import STEPCAFControl_Reader
    from OCP.TCollection import TCollection_ExtendedString
    from OCP.TDF import TDF_LabelSequence
    from OCP.TDocStd import TDocStd_Document
    from OCP.TopAbs import TopAbs_ShapeEnum
    from OCP.TopExp import TopExp_Explorer
    from OCP.XCAFApp import XCAFApp_Application
    from OCP.XCAFDoc import XCAFDoc_DocumentTool

    document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    XCAFApp_Application.GetApplication_s().InitDocument(document)
    reader = STEPCAFControl_Reader()
    reader.SetNameMode(True)
    if reader.ReadStream("file.step", io.BytesIO(data)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        _refuse("Ce fichier STEP est abîmé : enregistrez-le de nouveau.", "the kernel can't read it")
    if not reader.Transfer(document):
        _refuse("Ce fichier STEP ne contient aucun solide.", "nothing to translate")
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    free = TDF_LabelSequence()
    shapes.GetFreeShapes(free)
    for index in range(1, free.Length() + 1):
        for name, shape in _leaves(free.Value(index), shapes, _no_place(), 0):
            solids = TopExp_Explorer(shape, TopAbs_ShapeEnum.TopAbs_SOLID)
            if not solids.More():
                yield name, shape  # loose faces, which may close
            while solids.More():
                yield name, solids.Current()
                solids.Next()


def _leaves(label: TDF_Label, shapes: Any, place: Any, depth: int) -> Iterator[tuple[str, TopoDS_Shape]]:
    """Products without components, each where its assembly puts it."""
    from OCP.TDF import TDF_Label, TDF_LabelSequence

    if depth > 20:
        _refuse("Les assemblages de ce fichier sont imbriqués trop profondément.", "nested too deeply")
    if not shapes.IsAssembly_s(label):
        yield _name(label), shapes.GetShape_s(label).Moved(place)
        return
    components = TDF_LabelSequence()
    shapes.GetComponents_s(label, components)
    for index in range(1, components.Length() + 1):
        component, product = components.Value(index), TDF_Label()
        if shapes.GetReferredShape_s(component, product):
            yield from _leaves(product, shapes, place.Multiplied(shapes.GetLocation_s(component)), depth + 1)


def _no_place() -> Any:
    from OCP.TopLoc import TopLoc_Location

    return TopLoc_Location()


def _name(label: TDF_Label) -> str:
    from OCP.TDataStd import TDataStd_Name

    name = TDataStd_Name()
    found = str(name.Get().ToExtString()) if label.FindAttribute(TDataStd_Name.GetID_s(), name) else ""
    return "" if _NO_NAME.match(found) else found


def _refuse(french: str, english: str) -> NoReturn:
    raise UploadError([Fault("file", french, english)])
