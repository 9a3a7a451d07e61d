# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treteau design import|publish|export` where there is a site: the same rules as in the studio, and the same bytes on the way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Organisation
from designs.folder import Folder, read_folder, write
from designs.folder_files import save
from designs.models import DesignDraft, DesignRevision
from designs.services import drafting
from tests.people import make_member, make_organisation
from tests.studio import Studio, studio
from treteau.cli import main

pytestmark = pytest.mark.django_db

SCRIPT = """from designs.joinery import screwed, through_tenon
from designs.piece import Piece
from designs.piece_steps import DOWN, Assembly
from designs.placing import facing_front, lying
from designs.use import Use


def draw(values, sheet):
    piece = Piece("range-notes", values, sheet)
    base = piece.board("fond", 400, 300, lying(0, 0, 0), radius=20)
    wall = piece.board("cloison", 300, 200, facing_front(50, 160, sheet.thickness), radius=(0, 0, 20, 20))
    piece.join(
        through_tenon(wall, "bottom", base, at=[60, 240], width=40, clearance=sheet.clearance),
        screwed(wall, "bottom", base, at=[150]),
    )
    told = Assembly(piece)
    told.step("Posez le fond", "La belle face dessus.", *told.copies("fond"))
    told.step("Plantez la cloison", "Puis vissez par-dessous.", *told.copies("cloison"), along=DOWN)
    piece.steps += told.steps
    piece.use = Use(floor=((10, 10, 0), (390, 10, 0), (390, 290, 0), (10, 290, 0)))
    return piece
"""
MODEL = """slug = "range-notes"
title = "Range-notes"
summary = "Il tient le courrier debout."
story = "Deux planches, deux tenons, une vis."
credit = "Dessiné par le bureau des Ormes."
licence = "CERN-OHL-S-2.0"
"""


@pytest.fixture
def people() -> Studio:
    return studio()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("range-notes")
    path.mkdir()
    (path / "modele.toml").write_text(MODEL, encoding="utf-8")
    (path / "range_notes.py").write_text(SCRIPT, encoding="utf-8")
    return path


def design(*arguments: str, code: int = 0) -> None:
    assert main(["design", *arguments]) == code


def answer(capfd: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    capfd.readouterr()
    design(*arguments, "--json", code=code)
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_folder_becomes_a_draft_once_and_then_its_next_states(
    people: Studio, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mine = ("import", str(folder), "--as", people.designer.email)

    assert answer(capfd, *mine)["draft"] == "begun"
    assert answer(capfd, *mine)["draft"] == "same"
    change(folder / "range_notes.py", "400, 300", "420, 300")
    # A colleague of the same bureau, by an address that is written otherwise.
    assert answer(capfd, "import", str(folder), "--as", people.colleague.email.upper())["draft"] == "saved"
    draft = DesignDraft.objects.get()
    assert (draft.slug, draft.organisation, draft.created_by) == ("range-notes", people.bureau, people.designer)
    assert draft.state().content == read_folder(folder).content.as_data()
    assert draft.revisions.count() == 2


def test_nobody_saves_into_another_one_s_draft_and_nobody_unknown_does_anything(
    people: Studio, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    design("import", str(folder), "--as", people.designer.email)
    change(folder / "range_notes.py", "400, 300", "420, 300")
    before = DesignDraft.objects.get().state().content
    capfd.readouterr()

    for email, said in (
        (people.stranger.email, "range-notes/modele.toml:1: Cette adresse est déjà prise"),
        (people.reviewer.email, "not this person's draft"),
        ("nobody@example.org", "nobody has the address"),
    ):
        for action in ("import", "publish"):
            design(action, str(folder), "--as", email, code=2)
            out, err = capfd.readouterr()
            assert out == "" and said in err, err
    assert DesignDraft.objects.get().state().content == before
    assert not DesignRevision.states.exists()


def test_a_text_that_the_site_does_not_take_is_said_with_its_line(
    people: Studio, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    change(folder / "modele.toml", "Range-notes", "R" * 101)
    capfd.readouterr()

    design("import", str(folder), "--as", people.designer.email, code=2)
    assert capfd.readouterr().err == "range-notes/modele.toml:2: 100 signes au plus ; il y en a 101.\n"
    assert not DesignDraft.objects.exists()


def test_who_designs_for_several_says_for_whom(people: Studio, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    make_member(people.designer, make_organisation(Organisation.Kind.DESIGNER, "Bureau du Lac"))
    capfd.readouterr()

    design("import", str(folder), "--as", people.designer.email, code=2)
    assert "--organisation, one of Bureau des Ormes, Bureau du Lac" in capfd.readouterr().err
    design("import", str(folder), "--as", people.designer.email, "--organisation", "Autre bureau", code=2)
    assert "does not design for" in capfd.readouterr().err
    design("import", str(folder), "--as", people.designer.email, "--organisation", "bureau du lac")
    assert DesignDraft.objects.get().organisation.name == "Bureau du Lac"


@pytest.mark.usefixtures("jailer")
def test_it_is_checked_submitted_read_published_and_comes_back_byte_for_byte(
    people: Studio, folder: Path, capfd: pytest.CaptureFixture[str], django_capture_on_commit_callbacks: Any
) -> None:
    by_designer = ("publish", str(folder), "--as", people.designer.email)
    by_reviewer = ("publish", str(folder), "--as", people.reviewer.email)

    submitted = answer(capfd, *by_designer)
    assert (submitted["submitted"], submitted["published"]) == (True, False)
    assert DesignDraft.objects.get().workflow_in_progress
    assert answer(capfd, *by_designer)["draft"] == "same"  # once more does no harm
    published = answer(capfd, *by_reviewer)
    assert (published["published"], published["number"], published["version"]) == (True, 1, "1.0.0")
    row = DesignRevision.objects.get()
    assert row.digest == read_folder(folder).content.digest == published["digest"]

    # Back as a folder: what was written is there again, and a further export has the same bytes.
    design("export", "range-notes@1", "one")
    one = read_folder(Path("one"))
    assert one.is_as_published
    assert write(Folder(one.slug, one.content, one.texts)) == write(read_folder(folder))
    design("export", "range-notes", "one.zip")
    save(write(one), Path("two"))
    assert {p.name: p.read_bytes() for p in Path("two").iterdir()} == {
        p.name: p.read_bytes() for p in Path("one").iterdir()
    }
    design("import", "one.zip", "--as", people.designer.email)
    assert DesignDraft.objects.get().state().content == one.content.as_data()

    # Nothing changed, and nothing said of what changed: nothing is published.
    assert "nothing" in answer(capfd, *by_designer, code=1)["missing"]
    change(folder / "modele.toml", "Range-notes", "Porte-courrier")
    assert "texts.changes" in answer(capfd, *by_designer, code=1)["missing"]
    assert DesignRevision.objects.count() == 1


@pytest.mark.usefixtures("jailer")
def test_what_is_red_is_kept_as_a_draft_and_not_submitted(
    people: Studio, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    change(folder / "range_notes.py", "radius=20)", "radius=0)")

    found = answer(capfd, "publish", str(folder), "--as", people.designer.email, code=1)
    assert [check["name"] for check in found["checks"]][:1] == ["corners"]
    draft = DesignDraft.objects.get()
    assert not draft.workflow_in_progress
    assert drafting.state_id(draft)


def test_an_adaptation_keeps_its_lineage_on_a_site_that_knows_its_model(people: Studio) -> None:
    DesignRevision.objects.create(
        design="porte", number=1, code_path="designs.porte.Porte", defaults={},
        texts={"title": "Porte numérique", "licence": "CERN-OHL-S-2.0"},
    )  # fmt: skip

    design("new", "petite-porte", "--from", "porte@1")
    design("import", "petite-porte", "--as", people.designer.email)

    draft = DesignDraft.objects.get()
    assert draft.adapted_from == DesignRevision.objects.get()
    assert draft.texts["credit"] == read_folder(Path("petite-porte")).texts["credit"]
