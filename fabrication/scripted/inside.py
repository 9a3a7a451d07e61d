# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What runs in the jail: each entry takes a request's bytes and gives an answer's.

A request of ``build`` is ours: ``{"sources", "main", "values", "sheet", "want"}``; ``want`` is "furniture" (the default), "rules" (only
whether the values are accepted) or "specification" (what the script's own Design declares). The answer is a stranger's, since the script runs in this process:
``{"ok": true, "furniture": …}``, or ``{"ok": false, "errors": [fault…], "refused": …}`` where ``refused`` is there if
other values may do.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from types import CodeType, ModuleType
from typing import Any

# Everything that a script may ask for is imported before it comes: a job then costs only itself.
import cadquery  # noqa: F401
import numpy  # noqa: F401
import shapely  # noqa: F401

import designs.casters
import designs.joinery
import designs.lettering
import designs.piece_steps  # noqa: F401
from designs.design import TEXTS, Design
from designs.errors import GeometryError, ParameterError, SheetError
from designs.furniture import Furniture, Part
from designs.piece import Piece
from designs.sheet import Sheet
from designs.specification import specification_of
from fabrication.errors import NotFlatError
from fabrication.flatten import flatten_part
from fabrication.scripted.endless import stopped_in_time
from fabrication.scripted.errors import Fault, ScriptError, TransportError
from fabrication.scripted.flat_data import MAX_PARTS, part_name
from fabrication.scripted.judging import require_rules
from fabrication.scripted.placed import Cuts, Lines, noting_lines
from fabrication.scripted.sources import compiled, importable, module_of
from fabrication.scripted.transport import furniture_data
from fabrication.scripted.words import LONGEST, faults_of

#: What an uploaded file's request begins with: a line of JSON, then the file.
Header = Mapping[str, Any]


def build(request: bytes) -> bytes:
    """A script's furniture, or what is wrong with it. Raises nothing but MemoryError."""
    asked = json.loads(request)
    sources: Mapping[str, str] = asked["sources"]
    values: Mapping[str, Any] = asked["values"]
    lines: Lines = {}
    cuts = Cuts()
    try:
        sheet, want = Sheet(**asked["sheet"]), asked.get("want", "furniture")
        with stopped_in_time():
            return _written(_built(sources, asked["main"], values, sheet, want, lines, cuts))
    except MemoryError:
        raise
    except BaseException as error:
        return _refusal(error, sources, values, lines, cuts)


def step(request: bytes) -> bytes:
    """The flat parts of a STEP file, or why there are none. Raises nothing but MemoryError."""
    from fabrication.scripted.step_file import step_parts

    return _uploaded(request, step_parts)


def dxf(request: bytes) -> bytes:
    """The flat parts of a DXF file. Raises nothing but MemoryError."""
    from fabrication.scripted.dxf_file import dxf_parts

    return _uploaded(request, dxf_parts)


def _uploaded(request: bytes, read: Callable[[bytes, Header], Mapping[str, Any]]) -> bytes:
    head, _, data = request.partition(b"\n")
    header: Header = json.loads(head)
    try:
        return _written(read(data, header))
    except MemoryError:
        raise
    except ScriptError as error:
        faults = [replace(fault, file=fault.file or header["name"]) for fault in error.faults]
    except BaseException as error:
        french = "Ce fichier ne se lit pas : enregistrez-le de nouveau, ou dans une autre version."
        faults = [Fault("file", french, f"{type(error).__name__}: {error}"[:LONGEST], header["name"])]
    return json.dumps({"ok": False, "errors": [asdict(fault) for fault in faults]}).encode()


def _written(answer: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps({"ok": True, **answer}, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, UnicodeEncodeError) as error:
        raise ScriptError(
            [
                Fault(
                    "result",
                    "Le meuble contient un nombre qui n’en est pas un (infini, NaN) ou un texte illisible.",
                    f"the furniture is no data: {error}",
                )
            ]
        ) from error


def _refusal(
    error: BaseException, sources: Mapping[str, str], values: Mapping[str, Any], lines: Lines, cuts: Cuts
) -> bytes:
    faults = []
    for fault in faults_of(error, sources, values):
        # A cut is held against its part when that becomes a solid, long after the line that has to be mended.
        at = cuts.line_of(fault.english) if fault.kind == "geometry" else None
        at = at or (None if fault.line else lines.get(fault.part))
        faults.append(replace(fault, file=at[0], line=at[1], column=0) if at else fault)
    answer: dict[str, Any] = {"ok": False, "errors": [asdict(fault) for fault in faults]}
    kinds = ((ParameterError, "parameter"), (SheetError, "sheet"), (NotFlatError, "flat"), (GeometryError, "geometry"))
    for of, kind in kinds:
        if isinstance(error, of):
            messages = error.messages if isinstance(error, ParameterError) else {}
            answer["refused"] = {
                "kind": kind,
                "messages": {str(k)[:60]: str(v)[:LONGEST] for k, v in list(messages.items())[:60]},
                "english": str(error)[:LONGEST],
            }
            break
    return json.dumps(answer, ensure_ascii=True).encode()


def _built(
    sources: Mapping[str, str], main: str, values: Mapping[str, Any], sheet: Sheet, want: str, lines: Lines, cuts: Cuts
) -> Mapping[str, Any]:
    codes: dict[str, CodeType] = {}
    unreadable: list[Fault] = []
    for name, text in sources.items():
        try:
            codes[name] = compiled(name, text)
        except (SyntaxError, ValueError) as error:
            unreadable += faults_of(error, sources)
    if unreadable:
        raise ScriptError(unreadable)
    with importable(sources, codes), noting_lines(sources, lines, cuts):
        drawn = _drawer(module_of(main), main, sources[main])
        if want == "specification":
            if not isinstance(drawn, Design):
                return {"specification": None, "texts": {}}
            return {"specification": specification_of(drawn), "texts": {t: str(getattr(drawn, t, "")) for t in TEXTS}}
        if isinstance(drawn, Design):
            require_rules(drawn, values)
        if want == "rules":
            return {}
        result = (drawn.draw if isinstance(drawn, Design) else drawn)(values, sheet)
        furniture = _furniture(result, main, sources[main])
        for part in furniture.parts:
            _require_part(part)
        flat = [flatten_part(part) for part in furniture.parts]
        return {"furniture": furniture_data(furniture, flat), "lines": lines}


def _require_part(part: Part) -> None:
    """What a designer forgets easily; everything else is seen outside."""
    try:
        part_name(part.name, "")
    except TransportError as error:
        raise ScriptError([Fault("result", f"{part.code} : {error.french}.", str(error), part=part.code)]) from error
    if not part.placements:
        french = (
            f"{part.code} « {part.name} » n’est placée nulle part : donnez-lui une place, par exemple lying(0, 0, 0)."
        )
        raise ScriptError([Fault("result", french, f"{part.code} {part.name!r} stands nowhere", part=part.code)])


def _drawer(module: ModuleType, main: str, source: str) -> Design | Callable[[Mapping[str, Any], Sheet], object]:
    """The main file's one Design, or its function ``draw``."""
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Design) and value.__module__ == module.__name__
    ]
    draw = getattr(module, "draw", None)
    if len(found) == 1 and not inspect.isabstract(found[0]):
        return found[0]()
    if not found and inspect.isfunction(draw):
        return draw
    if len(found) > 1:
        french, english = f"{main} a plusieurs modèles : gardez-en un.", "more than one Design"
    elif found:
        french, english = f"Le modèle de {main} n’a pas de méthode draw(self, values, sheet).", "the Design has no draw"
    elif not any(not line.lstrip().startswith("#") for line in source.splitlines() if line.strip()):
        french, english = (
            f"{main} est vide : écrivez-y une fonction draw(values, sheet). Le guide en montre une.",
            "an empty script",
        )
    else:
        french = f"{main} n’a ni fonction draw(values, sheet), ni modèle (une classe faite de Design)."
        english = "neither draw(values, sheet) nor a Design"
    raise ScriptError([Fault("result", french, f"{main}: {english}", main, 1, 1)])


def _furniture(result: object, main: str, source: str) -> Furniture:
    if isinstance(result, Piece):
        result = result.furniture()
    if not isinstance(result, Furniture):
        what = "ne rend rien" if result is None else f"rend un objet {type(result).__name__}"
        start = re.search(r"^\s*def draw\b", source, re.MULTILINE)
        raise ScriptError(
            [
                Fault(
                    "result",
                    f"draw {what}, au lieu du meuble : terminez la fonction par return piece.",
                    f"draw gives {type(result).__name__}, neither a Piece nor a Furniture",
                    main,
                    source.count("\n", 0, start.end()) + 1 if start else 0,
                )
            ]
        )
    if not 1 <= len(result.parts) <= MAX_PARTS:
        raise ScriptError(
            [Fault("result", f"Un meuble a de 1 à {MAX_PARTS} pièces ; celui-ci en a {len(result.parts)}.", f"{len(result.parts)} parts", main)]
        )  # fmt: skip
    return result
