# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""STEP of one whole piece: an assembly with one product a part, named by the part's code."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from designs.furniture import Furniture
from fabrication.exporters import Job

_FILE_NAME = re.compile(r"FILE_NAME\(.*?\);", re.DOTALL)
_DESCRIPTION = re.compile(r"FILE_DESCRIPTION\(.*?\);", re.DOTALL)
_OCCURRENCE = re.compile(r"(NEXT_ASSEMBLY_USAGE_OCCURRENCE\(')\d+'")


def export(job: Job, written: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    yield "piece.step", furniture_step(job.furniture, job.design.revision)


def furniture_step(furniture: Furniture, revision: int) -> bytes:
    """AP214, millimetres. Each product's solid lies in its own flat frame, as designed (no reliefs);
    occurrences are named ``P01-1``, ``P01-2``… and placed in the assembly."""
    from OCP.Interface import Interface_Static
    from OCP.STEPCAFControl import STEPCAFControl_Writer
    from OCP.STEPControl import STEPControl_StepModelType
    from OCP.TCollection import TCollection_ExtendedString
    from OCP.TDataStd import TDataStd_Name
    from OCP.TDocStd import TDocStd_Document
    from OCP.XCAFApp import XCAFApp_Application
    from OCP.XCAFDoc import XCAFDoc_DocumentTool

    document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    XCAFApp_Application.GetApplication_s().InitDocument(document)
    shapes = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    shapes.SetAutoNaming_s(False)
    root = shapes.NewShape()
    TDataStd_Name.Set_s(root, TCollection_ExtendedString(furniture.design))
    for part in furniture.parts:
        product = shapes.AddShape(part.solid.wrapped, False)
        TDataStd_Name.Set_s(product, TCollection_ExtendedString(part.code))
        for copy, location in enumerate(part.placements, start=1):
            occurrence = shapes.AddComponent(root, product, location.wrapped)
            TDataStd_Name.Set_s(occurrence, TCollection_ExtendedString(f"{part.code}-{copy}"))
    shapes.UpdateAssemblies()

    writer = STEPCAFControl_Writer()
    writer.SetNameMode(True)
    writer.SetColorMode(False)
    writer.SetLayerMode(False)
    Interface_Static.SetCVal_s("write.step.unit", "MM")
    if not writer.Transfer(document, STEPControl_StepModelType.STEPControl_AsIs):
        raise RuntimeError(f"OpenCASCADE could not translate {furniture.design} to STEP")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "piece.step"
        writer.Write(str(path))
        text = path.read_text(encoding="utf-8")
    return _without_history(text, furniture.design, revision).encode()


def _without_history(text: str, design: str, revision: int) -> str:
    """The header has the date of writing, and occurrences are numbered through the whole process."""
    name = f"FILE_NAME('{design} r{revision}','1970-01-01T00:00:00',(''),(''),'','Treteau','');"
    text = _FILE_NAME.sub(name, text, count=1)
    text = _DESCRIPTION.sub("FILE_DESCRIPTION(('Treteau: one piece, flat parts placed'),'2;1');", text, count=1)
    number = count(1)
    return _OCCURRENCE.sub(lambda m: f"{m[1]}{next(number)}'", text)
