# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A design goes into a folder and comes back: the same design, the same bytes, whatever people write into it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.catalogue import identifiers
from designs.content import Content
from designs.folder import TEXTS, Folder, FolderError, Stamp, parse, read_folder, read_zip, write
from designs.folder_files import save, zipped
from designs.okh import parse_okh
from designs.templates import started_from, template

ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
TRICKY = st.sampled_from(['"""', "\\", 'fin"', "\r\n", "l’été\n\n« oui »", "#[x]", "'''", "a = 1", "\u2028", "\x7f"])
WORDS = ANYTHING | TRICKY | st.builds(lambda a, b: a + b, TRICKY, ANYTHING)
PRINTED = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30)
NAMES = st.from_regex(r"[b-z][a-z0-9]{0,7}_x", fullmatch=True)


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Any]:
    data: dict[str, Any] = {"name": draw(NAMES), "label": draw(PRINTED), "help": draw(PRINTED | st.just(""))}
    kind = draw(st.sampled_from(["length", "count", "choice", "flag", "text"]))
    if kind == "length":
        low = draw(st.floats(0, 1000))
        return {**data, "kind": kind, "default": low, "minimum": low, "maximum": low + 0.1, "step": 0.1}
    if kind == "count":
        return {**data, "kind": kind, "default": 2, "minimum": 0, "maximum": draw(st.integers(2, 9))}
    if kind == "flag":
        return {**data, "kind": kind, "default": draw(st.booleans())}
    if kind == "text":
        return {**data, "kind": kind, "default": "", "max_length": 9, "alphabet": draw(st.sampled_from(["", 'AB"\\']))}
    values = draw(st.lists(PRINTED, min_size=1, max_size=4, unique=True))
    return {**data, "kind": kind, "default": values[0], "choices": [[value, draw(PRINTED)] for value in values]}


@st.composite
def folders(draw: st.DrawFn) -> Folder:
    texts = {name: draw(WORDS) for name in TEXTS}
    if draw(st.integers(0, 4)) == 0:
        part = {"outline": [[0, 0, 0], [draw(st.floats(1, 9)), 0, 0.5], [3, 4, 0]], "name": draw(PRINTED)}
        content = Content.parse({"kind": "flat", "parts": [part], "specification": {}})
    else:
        chosen = draw(st.lists(parameters(), max_size=4, unique_by=lambda entry: entry["name"]))
        sources = {"un.py": draw(WORDS), **draw(st.dictionaries(st.sampled_from(["deux.py", "a.py"]), WORDS))}
        main = draw(st.sampled_from(sorted(sources)))
        specification: dict[str, Any] = {
            "parameters": chosen,
            "thickness_range": draw(st.sampled_from([[15, 18.5], [14.4, 21.6]])),
        }
        specification["rules_in_script"] = draw(st.booleans())
        content = Content.parse({"kind": "script", "main": main, "sources": sources, "specification": specification})
    stamp = draw(st.none() | st.just(Stamp("banc", 3, "1.2.0", content.digest)))
    return Folder(
        draw(st.sampled_from(["banc", "porte-3"])), content, texts, stamp, draw(st.sampled_from(["", "porte@1"]))
    )


@settings(max_examples=80, deadline=None)
@given(folders())
def test_export_import_export_gives_the_same_bytes_also_through_a_zip(folder: Folder) -> None:
    files = write(folder)

    assert parse(files) == folder
    assert parse(files).content.digest == folder.content.digest
    assert write(parse(files)) == files
    archive = zipped(files, folder.slug)
    assert read_zip(archive) == folder
    assert zipped(write(read_zip(archive)), folder.slug) == archive


@pytest.mark.parametrize("identifier", identifiers())
def test_a_shipped_model_is_a_folder_as_any_other(identifier: str, tmp_path: Path) -> None:
    from designs.catalogue import design
    from designs.sources import content_of

    model = design(identifier)
    texts = {name: getattr(model, name) for name in TEXTS}
    content = content_of(model)
    folder = Folder(identifier, content, texts, Stamp(identifier, model.revision, "1.0.0", content.digest))
    save(write(folder), tmp_path / identifier)

    again = read_folder(tmp_path / identifier)
    assert again == folder
    assert again.is_as_published
    save(write(again), tmp_path / "again")
    assert _sums(tmp_path / "again") == _sums(tmp_path / identifier)


def _sums(path: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in path.iterdir()}


def test_the_template_is_written_as_the_tool_writes_it() -> None:
    folder = template("table")
    there = Path("designs/templates/table")

    assert {name: (there / name).read_bytes() for name in write(folder)} == write(folder)


def test_a_design_begun_from_the_template_is_its_own() -> None:
    folder = started_from(template("table"), "banc-long")

    assert (folder.slug, folder.content.main, folder.stamp) == ("banc-long", "banc_long.py", None)
    assert 'Piece("banc-long"' in folder.content.sources["banc_long.py"]
    assert parse(write(folder)) == folder


def test_a_changed_script_is_no_longer_as_it_was_published() -> None:
    folder = template("table")
    files = write(Folder(folder.slug, folder.content, folder.texts, Stamp("table", 1, "1.0.0", folder.content.digest)))

    assert parse(files).is_as_published
    assert not parse({**files, "table.py": files["table.py"] + b"# more\n"}).is_as_published


def test_the_manifest_is_one_that_others_read_without_a_warning() -> None:
    files = write(template("table"))

    manifest = parse_okh(files["okh.toml"].decode())
    assert manifest.warnings == ()
    assert (manifest.license, manifest.source) == ("CERN-OHL-S-2.0", ("modele.toml", "table.py"))


def changed(old: str, new: str) -> dict[str, bytes]:
    """The template with one place of its modele.toml changed."""
    files = write(template("table"))
    text = files["modele.toml"].decode()
    assert old in text
    return {**files, "modele.toml": text.replace(old, new, 1).encode()}


def line_with(text: str, wanted: str, times: int = 1) -> int:
    return [n for n, line in enumerate(text.split("\n"), 1) if wanted in line][times - 1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('slug = "table"', 'slug = "Table"', "identifier"),
        ('title = "Table démontable"', "title = 3", "is a text"),
        ('summary = "', 'sumary = "', "'sumary' is not known"),
        ('main = "table.py"', 'adapted_from = "../porte@1"', "adapted_from"),
        ('main = "table.py"', 'main = "../table.py"', "name the script"),
        ("minimum = 860", "minimum = 860e9", "trop grand"),
        ("default = 1100", "default = 5", "entre 860 et"),
        ('kind = "flag"', 'kind = "switch"', "genre"),
        ('holds = "depth >= 0.6 * height"', 'holds = "depth.__class__ >= 3"', "Une règle ne contient que"),
        ("thickness_range = [14.4, 21.6]", "thickness_range = [nan, 21.6]", "nombre"),
        ("default = 740", "default = 740 # fine\nminimum = 1", "TOML"),
        ('credit = ""', 'credit = "', "TOML"),
    ],
)
def test_a_fault_is_said_with_its_file_and_line(old: str, new: str, said: str) -> None:
    files = changed(old, new)

    with pytest.raises(FolderError) as refused:
        parse(files)
    assert said in str(refused.value)
    assert refused.value.file == "modele.toml"
    wanted = new.split("\n")[-1] if "# fine" not in new else "minimum = 380"
    assert refused.value.line == line_with(files["modele.toml"].decode(), wanted)
    assert refused.value.french


def test_the_line_is_that_of_the_right_parameter_among_several() -> None:
    files = changed("step = 5", "step = -5")

    with pytest.raises(FolderError) as refused:
        parse(files)
    assert refused.value.line == line_with(files["modele.toml"].decode(), "step = -5")


@pytest.mark.parametrize(
    ("extra", "file"),
    [
        ({"Table.py": b""}, "Table.py"),
        ({"table.py": b"\xff\xfe"}, "table.py"),
        ({"table.py": b"a = '\0'"}, "table.py"),
        ({"table.py": b"#" * 200_001}, "table.py"),
        ({"pieces.json": b"[]"}, "pieces.json"),
        ({"revision.toml": b"number = 1"}, "revision.toml"),
        ({"modele.toml": b"a = " + b"[" * 100_000}, "modele.toml"),
        ({"modele.toml": b"a = " + b"9" * 10_000}, "modele.toml"),
        ({"modele.toml": b".".join([b"a"] * 50_000) + b" = 1"}, "modele.toml"),
        ({"modele.toml": b"\n".join(b"[" + b".".join([b"a%d" % n] * 499) + b"]" for n in range(100))}, "modele.toml"),
        ({"modele.toml": b"\n".join(b"[[parameters]]" for _ in range(20_000)) + b"\n"}, "modele.toml"),
    ],
)
@pytest.mark.usefixtures("never_hangs")
def test_a_hostile_file_is_refused_by_name(extra: dict[str, bytes], file: str) -> None:
    with pytest.raises(FolderError) as refused:
        parse({**write(template("table")), **extra})
    assert refused.value.file == file


def test_drawn_parts_come_without_a_script() -> None:
    files = write(template("table"))
    model = b'slug = "plat"\ntitle = "Plat"\n'
    parts = json.dumps([{"outline": [[0, 0, 0], [10, 0, 0], [0, 10, 0]]}]).encode()

    assert parse({"modele.toml": model, "pieces.json": parts}).content.kind == "flat"
    for wrong in (b"{", b"[NaN]", b"[" * 100_000, b"3"):
        with pytest.raises(FolderError) as refused:
            parse({"modele.toml": model, "pieces.json": wrong})
        assert refused.value.file == "pieces.json"
    with pytest.raises(FolderError, match="no script"):
        parse({"modele.toml": files["modele.toml"]})
    with pytest.raises(FolderError, match="design new"):
        parse({"table.py": files["table.py"]})
