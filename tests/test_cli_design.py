# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treteau design`: a designer's folder from the first table to a comparison with yesterday's, without a site."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from designs.folder import read_folder, read_zip
from designs.templates import template
from treteau.cli import main

COMMAND = Path(sys.executable).with_name("treteau")


@pytest.fixture(autouse=True)
def _no_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No database is asked, and relative names are below the test's own folder."""
    monkeypatch.setattr("treteau.designing_folders.site_is_there", lambda: False)
    monkeypatch.chdir(tmp_path)


def new(name: str = "banc-long", *more: str) -> Path:
    assert main(["design", "new", name, *more]) == 0
    return Path(name)


def change(path: Path, old: str, added: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, added, 1), encoding="utf-8")


# new, export


def test_a_new_design_is_the_template_under_its_own_name_and_is_not_written_over(
    capfd: pytest.CaptureFixture[str],
) -> None:
    folder = read_folder(new())

    assert (folder.slug, folder.content.main) == ("banc-long", "banc_long.py")
    assert folder.content.specification == template("table").content.specification
    before = sorted(path.read_bytes() for path in Path("banc-long").iterdir())
    capfd.readouterr()
    assert main(["design", "new", "banc-long"]) == 2
    assert capfd.readouterr().err == "treteau design new: banc-long: is no empty folder\n"
    assert sorted(path.read_bytes() for path in Path("banc-long").iterdir()) == before


@pytest.mark.parametrize("name", ["Banc", "1banc", "banc_long", "banc--long", "b" * 51, "été", "-x"])
def test_a_name_that_is_no_address_is_refused_and_nothing_is_written(
    name: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["design", "new", "--", name] if name.startswith("-") else ["design", "new", name]) == 2
    assert "no design's name" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_design_begun_with_a_published_one_says_so_and_keeps_its_licence() -> None:
    folder = read_folder(new("petite-porte", "--from", "porte@1"))

    assert folder.adapted_from == "porte@1"
    assert folder.texts["licence"] == "CERN-OHL-S-2.0"
    assert "Adapté de «\N{NO-BREAK SPACE}Porte numérique\N{NO-BREAK SPACE}», version 1.0.0." in folder.texts["credit"]
    assert set(folder.content.sources) >= {"porte.py", "porte_sizes.py", "porte_use.py"}
    # An adaptation of an adaptation is one of the first still.
    assert read_folder(new("autre-porte", "--from", "petite-porte")).adapted_from == "porte@1"


def test_an_exported_revision_comes_back_byte_for_byte_as_folder_and_as_archive() -> None:
    assert main(["design", "export", "porte@1", "one"]) == 0
    assert main(["design", "export", "porte", "one.zip"]) == 0

    assert read_zip(Path("one.zip").read_bytes()) == read_folder(Path("one"))
    assert read_folder(Path("one")).is_as_published
    assert main(["design", "export", "porte", "two.zip"]) == 0
    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "nowhere", "x"], "no design 'nowhere'"),
        (["export", "porte@2", "x"], "revision 1 here, not 2"),
        (["export", "porte@0", "x"], "DESIGN@NUMBER"),
        (["export", "porte@²", "x"], "DESIGN@NUMBER"),
        (["export", "porte@000000001" + "9" * 5000, "x"], "DESIGN@NUMBER"),
        (["export", "../porte", "x"], "DESIGN@NUMBER"),
        (["check", "nowhere"], "No such file"),
        (["check", "."], "no modele.toml"),
        (["diff", "."], "no modele.toml"),
        (["new", "x", "--from", "nowhere"], "no design 'nowhere'"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    arguments: list[str], said: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["design", *arguments]) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1 and said in err
    assert list(tmp_path.iterdir()) == []


def test_help_imports_nothing_heavy() -> None:
    done = subprocess.run([COMMAND, "design", "check", "--help"], capture_output=True, text=True, check=True)
    assert "--here" in done.stdout
    loaded = (
        "import sys, treteau.cli as c\n"
        "try: c.main(['design', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'cadquery', 'django', 'numpy', 'rich', 'designs.content'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_where_nobody_set_a_site_up_none_is_set_up_by_an_export(tmp_path: Path) -> None:
    away = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DJANGO_SETTINGS_MODULE", "TRETEAU_DATABASE_URL")
    }
    done = subprocess.run(
        [COMMAND, "design", "export", "porte", "one"], capture_output=True, text=True, env={**away, "TRETEAU_VAR": str(tmp_path / "var")}
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "one: porte revision 1 (1.0.0), 9 files\n")
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


# check


@pytest.mark.usefixtures("jailer")
def test_the_template_is_drawn_in_the_jail_and_everything_is_green(capfd: pytest.CaptureFixture[str]) -> None:
    path = new()
    capfd.readouterr()

    assert main(["design", "check", str(path), "--quick", "--json"]) == 0
    facts = json.loads(capfd.readouterr().out)
    assert facts["publishable"] is True
    assert {verdict["verdict"] for verdict in facts["verdicts"]} == {"green"}
    assert {"tip-over", "deflection", "knees", "insertion", "joints"} <= {v["check"] for v in facts["verdicts"]}


def test_random_tables_are_drawn_and_none_is_red(capfd: pytest.CaptureFixture[str]) -> None:
    path = new()
    capfd.readouterr()

    assert main(["design", "check", str(path), "--samples", "8", "--here", "--json"]) == 0
    out, err = capfd.readouterr()
    facts = json.loads(out)
    assert (facts["samples"], facts["red"], facts["refused"]) == (8, [], [])
    assert err == "treteau design: banc-long runs here, without the jail: it may do whatever you may\n"


@pytest.mark.usefixtures("jailer")
def test_a_fault_of_the_script_is_said_with_file_and_line_in_the_jail_and_here(
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = new()
    script = path / "banc_long.py"
    change(script, "at=[RAIL / 2]", "at=[RAIL * 2]")
    # The call begins on the line before.
    line = next(n for n, text in enumerate(script.read_text().split("\n")) if "RAIL * 2" in text)
    capfd.readouterr()

    for here in ([], ["--here"]):
        assert main(["design", "check", str(path), *here]) == 1
        said = capfd.readouterr().err.splitlines()[-1]
        assert said.startswith(f"banc-long/banc_long.py:{line}: ")
        assert "meets no P01 'pied'" in said
    script.write_text(script.read_text() + "x = (\n")
    assert main(["design", "check", str(path), "--json"]) == 1
    (fault,) = json.loads(capfd.readouterr().out)["errors"]
    assert (fault["file"], fault["kind"]) == ("banc_long.py", "syntax")


def test_a_fault_of_the_model_file_is_said_with_its_line(capfd: pytest.CaptureFixture[str]) -> None:
    path = new()
    change(path / "modele.toml", "step = 5", "step = 0")
    line = (path / "modele.toml").read_text().split("\n").index("step = 0") + 1
    capfd.readouterr()

    assert main(["design", "check", str(path)]) == 2
    assert capfd.readouterr().err.startswith(f"banc-long/modele.toml:{line}: Le pas est d’au moins 0,001")


def test_drawn_parts_that_are_none_are_said_with_their_file(capfd: pytest.CaptureFixture[str]) -> None:
    path = Path("plat")
    path.mkdir()
    (path / "modele.toml").write_text('slug = "plat"\ntitle = "Plat"\n', encoding="utf-8")
    (path / "pieces.json").write_text('[{"code": "P01"}]', encoding="utf-8")

    assert main(["design", "check", str(path)]) == 1
    assert capfd.readouterr().err.startswith("plat/pieces.json: parts.0: no object with code, name")


@pytest.mark.usefixtures("jailer")
def test_a_script_that_wants_out_of_the_jail_gets_nothing(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = new()
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    change(path / "banc_long.py", "def draw(", f'STOLEN = open("{secret}").read()\n\n\ndef draw(')
    capfd.readouterr()

    assert main(["design", "check", str(path), "--quick"]) == 1
    out, err = capfd.readouterr()
    assert "the secret" not in out + err
    assert "FileNotFoundError" in err and "banc_long.py" in err


def test_where_there_is_no_jail_the_script_does_not_run_unless_asked(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = new()
    change(path / "banc_long.py", "def draw(", f'open("{tmp_path}/ran", "w").close()\n\n\ndef draw(')
    monkeypatch.setenv("TRETEAU_JAIL", "off")
    capfd.readouterr()

    assert main(["design", "check", str(path), "--quick"]) == 2
    assert "--here runs a script of your own without one" in capfd.readouterr().err
    assert not (tmp_path / "ran").exists()
    assert main(["design", "check", str(path), "--quick", "--here"]) == 0
    assert (tmp_path / "ran").exists()


def test_a_size_that_a_rule_refuses_is_bad_input(capfd: pytest.CaptureFixture[str]) -> None:
    path = new()
    capfd.readouterr()

    assert main(["design", "check", str(path), "--here", "--set", "height=650"]) == 2
    assert "less than 700 mm for the knees" in capfd.readouterr().err


# diff

SMALL = """from designs.joinery import screwed, through_tenon
from designs.piece import Piece
from designs.placing import facing_front, lying


def draw(values, sheet):
    piece = Piece("banc", values, sheet)
    base = piece.board("fond", 400, 300, lying(0, 0, 0), radius=20)
    wall = piece.board("cloison", 300, 200, facing_front(50, 160, sheet.thickness), radius=(0, 0, 20, 20))
    piece.join(
        through_tenon(wall, "bottom", base, at=[60, 240], width=40, clearance=sheet.clearance),
        screwed(wall, "bottom", base, at=[150]),
    )
    return piece
"""


def small() -> Path:
    """Two boards without a parameter: drawn in one size."""
    path = Path("banc")
    path.mkdir()
    (path / "modele.toml").write_text('slug = "banc"\ntitle = "Banc"\n', encoding="utf-8")
    (path / "banc.py").write_text(SMALL, encoding="utf-8")
    return path


@pytest.mark.usefixtures("jailer")
def test_a_change_of_a_joint_is_major_and_named_against_a_revision_of_git(capfd: pytest.CaptureFixture[str]) -> None:
    path = small()
    _commit(path)
    change(path / "banc.py", "width=40, clearance", "width=50, clearance")
    capfd.readouterr()

    assert main(["design", "diff", str(path), "--git", "HEAD", "--json"]) == 0
    facts = json.loads(capfd.readouterr().out)
    assert facts["old"] == "banc at HEAD"
    assert facts["proposal"]["step"] == "major"
    assert {row["new"]["code"]: row["fate"] for row in facts["parts"]} == {"P01": "changed", "P02": "changed"}
    for wrong in ("nope", "--help", "HEAD~9"):
        assert main(["design", "diff", str(path), f"--git={wrong}"]) == 2
        assert "git: nothing known at" in capfd.readouterr().err


def test_words_alone_are_a_patch_and_the_same_is_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    path = small()
    shutil.copytree(path, "before")
    assert main(["design", "diff", str(path), "before", "--here"]) == 0
    assert "since before: none" in capfd.readouterr().out
    change(path / "modele.toml", 'title = "Banc"', 'title = "Petit banc"')

    assert main(["design", "diff", str(path), "before", "--here"]) == 0
    assert "since before: patch" in capfd.readouterr().out


def test_without_a_word_of_what_was_before_it_asks(capfd: pytest.CaptureFixture[str]) -> None:
    path = new()
    capfd.readouterr()

    assert main(["design", "diff", str(path)]) == 2
    assert "--git REV" in capfd.readouterr().err


def _commit(path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(path), *arguments], check=True, capture_output=True)

    git("init", "--quiet")
    git("add", "--all")
    git("-c", "user.name=Inès", "-c", "user.email=ines@example.org", "commit", "--quiet", "--message", "Un banc")
