# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker's remark on a part is kept with the revision, from the site's services and from the shell."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from designs.errors import RemarkError
from designs.models import DesignRevision, Remark
from designs.services import remark
from treteau.cli import main

pytestmark = pytest.mark.django_db


@pytest.fixture
def revision() -> DesignRevision:
    return DesignRevision.objects.create(
        design="porte", number=1, code_path="designs.porte.Porte", defaults={}, texts={}
    )


def test_a_remark_stays_with_its_revision_open_until_somebody_reads_it(revision: DesignRevision) -> None:
    kept = remark(revision, " p04 ", "Le tenon force.\r\n\r\nÀ droite. ", author=" Fab Lab\tde Nîmes ", job_key="abc")
    kept.refresh_from_db()
    assert (kept.revision, kept.part_code, kept.job_key) == (revision, "P04", "abc")
    assert kept.text == "Le tenon force.\n\nÀ droite."
    assert kept.author == "Fab Lab de Nîmes"
    assert kept.status == Remark.Status.OPEN
    assert kept.created_at is not None
    assert list(revision.remarks.all()) == [kept]
    assert str(kept) == "porte r1 P04"


def test_the_newest_remark_comes_first(revision: DesignRevision) -> None:
    first, second = remark(revision, "P01", "un"), remark(revision, "P01", "deux")
    assert list(Remark.objects.all()) == [second, first]


@pytest.mark.parametrize(
    ("part", "text", "author", "english", "french"),
    [
        ("P99", "trop court", "", "porte r1 has no part 'P99'; it has P01, P02", "n’a pas de pièce «\u00a0P99\u00a0»."),
        ("joue", "trop court", "", "no part 'joue'", "n’a pas de pièce"),
        ("P01", " \n\t ", "", "says nothing", "Écrivez ce que vous avez constaté."),
        ("P01", "\x00\x07", "", "says nothing", "Écrivez"),
        ("P01", "x" * 2001, "", "2001 characters, 2000 at most", "trop longue\u00a0: 2\u202f000 caractères"),
        ("P01", "x", "n" * 101, "101 characters, 100 at most", "Le nom est trop long"),
    ],
)
def test_what_can_t_be_kept_is_refused_with_a_sentence_and_nothing_stays(
    revision: DesignRevision, part: str, text: str, author: str, english: str, french: str
) -> None:
    with pytest.raises(RemarkError, match=english) as caught:
        remark(revision, part, text, author=author, parts=("P01", "P02"))
    assert french in caught.value.french
    assert not Remark.objects.exists()


def test_a_text_of_the_longest_kind_is_kept(revision: DesignRevision) -> None:
    assert len(remark(revision, "P01", "é" * 2000).text) == 2000


def test_the_database_itself_takes_no_empty_remark_and_no_unknown_state(revision: DesignRevision) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Remark.objects.create(revision=revision, part_code="P01", text="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Remark.objects.create(revision=revision, part_code="P01", text="x", status="lost")


def test_the_shell_keeps_a_remark_with_the_sizes_it_is_about(
    revision: DesignRevision, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["remark", "porte", "P04", "Trop juste à droite", "--author", "Atelier", "--set", "text=MAIRIE", "--json"]
    assert main(words) == 0
    said = json.loads(capsys.readouterr().out)
    kept = Remark.objects.get(pk=said["id"])
    assert said == {"id": kept.pk, "design": "porte", "revision": 1, "part": "P04", "text": "Trop juste à droite"}
    assert kept.parameters["text"] == "MAIRIE"
    assert kept.author == "Atelier"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["porte", "P77", "x"], "porte r1 has no part 'P77'; it has P01, P02"),
        (["porte", "P01", "  "], "the remark says nothing"),
        (["porte", "P01", "x", "--revision", "9"], "revision 9 of porte is not published here"),
        (["armoire", "P01", "x"], "armoire"),
    ],
)
def test_the_shell_refuses_in_one_line(
    revision: DesignRevision, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["remark", *words]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("treteau remark: ")
    assert message in error
    assert not Remark.objects.exists()


def test_the_administration_leads_to_the_page_of_remarks_and_writes_into_none(
    revision: DesignRevision, client: Client, admin_user: object
) -> None:
    kept = remark(revision, "P04", "Le tenon force.")
    client.force_login(admin_user)  # type: ignore[arg-type]
    assert reverse("remarks") in client.get("/gestion/").content.decode()
    for path in (f"/gestion/remarques/edit/{kept.pk}/", f"/gestion/remarques/delete/{kept.pk}/"):
        assert client.post(path, {"status": "answered", "answer": "Jeu porté à 0,3."}).status_code == 404
    kept.refresh_from_db()
    assert (kept.status, kept.answer) == ("open", "")
