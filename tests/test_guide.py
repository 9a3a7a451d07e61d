# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The designers' guide (docs/concevoir.md) tells the truth: its table is the template, its examples are drawn and checked, it knows
every check and every figure that it names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from designs.content import MAX_BYTES, MAX_FILE_BYTES, MAX_FILES
from designs.errors import SheetError
from designs.parameters import Kind
from designs.piece import Piece
from designs.sheet import Sheet
from designs.specification import Specification
from designs.templates import template
from fabrication.comparison.check_words import _WORDS as CHECKS
from fabrication.fitness.assessment import check_piece
from fabrication.scripted.asking import LIMITS
from treteau.cli import _parser

GUIDE = Path("docs/concevoir.md")
TEXT = GUIDE.read_text(encoding="utf-8")


def blocks(kind: str) -> Iterator[tuple[str, str]]:
    """The heading above each fenced block of that kind, and the block."""
    heading, fence, inside = "", "", list[str]()
    for line in TEXT.split("\n"):
        if not fence and line.startswith("#"):
            heading = line.lstrip("# ")
        if not line.startswith("```"):
            inside.append(line)
            continue
        if fence == kind:
            yield heading, "\n".join(inside) + "\n"
        fence, inside = ("" if fence else line[3:].strip() or "plain"), []


EXAMPLES = list(blocks("python exemple"))


def test_the_table_of_the_guide_is_the_template_line_by_line() -> None:
    script = template("table").content.sources["table.py"]
    told = "".join(block for _, block in blocks("python table.py"))

    assert _lines(told) == _lines(script)
    code = [line for line in _lines(script) if not line.strip().startswith(("#", '"""'))]
    assert len(code) <= 60, "the guide promises sixty lines"


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def test_parameter_and_rule_of_the_guide_are_the_template_s() -> None:
    model = tomllib.loads(_file("modele.toml"))
    told = [tomllib.loads(block) for _, block in blocks("toml modele.toml")]

    assert [list(data) for data in told] == [["parameters"], ["rules"]]
    assert all(row in model[key] for data in told for key, rows in data.items() for row in rows)


def _file(name: str) -> str:
    return Path("designs/templates/table", name).read_text(encoding="utf-8")


def _drawn(source: str, thickness: float = 18.0) -> Piece:
    sheet = Sheet(thickness)
    piece = Piece("essai", {}, sheet)
    names: dict[str, Any] = {"piece": piece, "sheet": sheet, "play": sheet.clearance, "values": {}}
    exec("from designs.joinery import *\nfrom designs.placing import *", names)
    exec(compile(source, str(GUIDE), "exec"), names)
    return piece


@pytest.mark.parametrize(("heading", "source"), EXAMPLES, ids=[heading for heading, _ in EXAMPLES])
@pytest.mark.parametrize("thickness", [15.0, 18.0])
def test_every_example_is_drawn_and_its_joint_holds(heading: str, source: str, thickness: float) -> None:
    piece = _drawn(source, thickness)

    if "raise" in source:
        with pytest.raises(SheetError, match="too thin"):
            _drawn(source, 9.0)
        return
    found = {verdict.check: verdict for verdict in check_piece(piece.furniture())}
    asked = ("clash", "joints", "floating", "web") if piece.joints else ("clash", "web", "neck")
    for check in asked:
        assert found[check].verdict == "green", found[check]
    if piece.joints:
        assert found["joints"].figure is not None
        assert "0 contacts" not in found["joints"].detail


def test_every_joint_of_the_library_is_told() -> None:
    import designs.joinery

    named = set(re.findall(r"\w+", TEXT))
    helpers = {"spread", "wedge_panel", "hinge_screw"}
    assert set(designs.joinery.__all__) - helpers <= named


def test_every_check_has_its_section() -> None:
    headings = set(re.findall(r"^### (.+)$", TEXT, flags=re.MULTILINE))

    assert {words.title for words in CHECKS.values()} <= headings
    assert {"Dimensions de base", "Dimensions extrêmes", "Dimensions au hasard"} <= headings


def test_every_kind_of_parameter_is_told_and_the_rules_of_the_guide_are_rules() -> None:
    assert all(f"| `{kind}` |" in TEXT for kind in Kind)
    told = [data for _, block in blocks("toml modele.toml") for data in tomllib.loads(block).get("rules", [])]
    assert Specification.parse({"parameters": tomllib.loads(_file("modele.toml"))["parameters"], "rules": told}).rules


def test_figures_of_the_jail_and_of_a_script_are_those_that_hold() -> None:
    said = TEXT.partition("## Ce qu’un script a le droit de faire")[2]

    assert f"**{LIMITS.seconds:.0f} secondes**" in said
    assert f"{LIMITS.memory_bytes / 2**30:.0f} Go de mémoire" in said
    assert f"**{MAX_FILES} fichiers**, {MAX_FILE_BYTES // 1000} ko chacun, {MAX_BYTES // 1000} ko en tout" in said


def test_every_command_is_one_that_the_shell_takes() -> None:
    told = [line[2:].split() for _, block in blocks("console") for line in block.split("\n") if line.startswith("$ ")]
    ours = [words[1:] for words in told if words[0] == "treteau"]

    assert {words[1] for words in ours} == {"new", "check", "diff", "publish", "export", "import"}
    for words in ours:
        assert _parser().parse_args(words).action == words[1]


def test_every_picture_is_there_light_and_said_in_words() -> None:
    pictures = re.findall(r"!\[(.*?)\]\((.*?)\)", TEXT)

    assert len(pictures) >= 12
    for words, path in pictures:
        assert len(words) > 20
        assert 1_000 < (GUIDE.parent / path).stat().st_size < 40_000


def test_typewriter_quotes_and_long_dashes_stay_out_of_the_prose() -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`|<!--.*?-->", "", TEXT, flags=re.DOTALL)

    assert not re.search(r"\w'\w", prose)
    assert "—" not in prose


def test_scripts_fit_the_editor_s_pane() -> None:
    scripts = [
        line
        for kind in ("python table.py", "python exemple")
        for _, block in blocks(kind)
        for line in block.split("\n")
    ]
    scripts += [
        line
        for path in Path("designs/templates").glob("*/*.py")
        for line in path.read_text(encoding="utf-8").split("\n")
    ]
    assert [line for line in scripts if len(line) > 88] == []
