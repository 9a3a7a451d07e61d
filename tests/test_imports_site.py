# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists read in on the site: looked at first, then all or nothing; twice the same; for coordinators alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Organisation, User
from fablabs.imports.services import StaleImportError, apply, drop, preview
from fablabs.models import Change, Contact, ImportRun, Maker, Workshop
from tests.people import make_coordinator, make_member, make_organisation, make_person, signed_in
from tests.running import ROOT
from tests.test_imports import EXAMPLE, RECENSEMENT, csv_of

pytestmark = pytest.mark.django_db

SHARED = ROOT.parent / "shared/data"
#: File → lines.
LISTS = {"tiers-lieux-2019.csv": 1512, "fablabs-fr-2017.json": 135}
MORE = EXAMPLE | {"siret": "12345678200028", "atelier": "Le Second"}


@pytest.fixture
def coordinator() -> User:
    return make_coordinator("coordinator@example.org")


@pytest.fixture
def client(coordinator: User) -> Client:
    return signed_in(coordinator)


def upload(client: Client, data: bytes, name: str = "liste.csv") -> Any:
    return client.post("/coordination/imports/", {"fichier": SimpleUploadedFile(name, data)})


def test_a_preview_writes_nothing_and_a_confirmation_writes_what_was_shown(client: Client) -> None:
    address = upload(client, csv_of(EXAMPLE, MORE | {"siren": "9"})).headers["Location"]
    html = client.get(address).content.decode()
    assert "1\u00a0ligne changerait quelque chose" in html and "Importer 1\u00a0ligne" in html
    assert "n’est pas un SIREN valable" in html
    assert not Workshop.objects.exists() and not Organisation.objects.filter(kind="maker").exists()
    answer = client.post(f"{address}confirmer/", follow=True)
    assert "La liste est importée." in answer.content.decode()
    workshop = Workshop.objects.get()
    assert (workshop.state, workshop.siret, workshop.insee) == ("draft", "12345678200010", "30189")
    assert workshop.maker.organisation.siren == "123456782" and workshop.is_candidate
    assert workshop.machine.stock.measured_thickness_mm == 17.6
    assert Change.objects.get().action == "import"
    assert bytes(ImportRun.objects.get().data) == b""  # the list itself is not kept
    assert "nouveau" in client.get(f"{address}rapport.csv").content.decode()


def test_the_same_list_twice_changes_nothing(coordinator: User) -> None:
    for expected in ("nouveau", "inchangé"):
        run = apply(preview(csv_of(EXAMPLE, MORE), "l.csv", actor=coordinator), actor=coordinator)
        assert run.counts == {expected: 2}
    assert (Maker.objects.count(), Workshop.objects.count(), Change.objects.count()) == (1, 2, 2)


def test_a_changed_list_changes_what_the_list_says(coordinator: User) -> None:
    apply(preview(csv_of(EXAMPLE), "l.csv", actor=coordinator), actor=coordinator)
    changed = csv_of(EXAMPLE | {"delai_jours": "30", "epaisseur_mesuree_mm": "17,9"})
    run = apply(preview(changed, "l.csv", actor=coordinator), actor=coordinator)
    workshop = Workshop.objects.get()
    assert run.counts == {"modifié": 1} and workshop.lead_days == 30
    assert workshop.machine.stock.measured_thickness_mm == 17.9
    assert Change.objects.first().values["lead_days"] == [21, 30]  # type: ignore[union-attr]


def test_what_a_maker_has_changed_itself_is_left_alone(coordinator: User) -> None:
    apply(preview(csv_of(EXAMPLE), "l.csv", actor=coordinator), actor=coordinator)
    workshop = Workshop.objects.get()
    Change.objects.create(maker=workshop.maker, workshop=workshop, action="edit", subject="délai")
    Workshop.objects.update(lead_days=5)
    run = apply(preview(csv_of(EXAMPLE | {"delai_jours": "30"}), "l.csv", actor=coordinator), actor=coordinator)
    assert run.counts == {"laissé": 1} and Workshop.objects.get().lead_days == 5


def test_a_preview_that_no_longer_holds_is_made_anew_and_writes_nothing(client: Client, coordinator: User) -> None:
    run = preview(csv_of(EXAMPLE), "l.csv", actor=coordinator)
    apply(preview(csv_of(EXAMPLE), "l.csv", actor=coordinator), actor=coordinator)
    answer = client.post(f"/coordination/imports/{run.public_id}/confirmer/", follow=True).content.decode()
    assert "Relisez-le" in answer
    run.refresh_from_db()
    assert run.state == "previewed" and run.counts == {"inchangé": 1}
    with pytest.raises(StaleImportError):
        Workshop.objects.update(lead_days=5)
        apply(run, actor=coordinator)


def test_a_run_is_applied_once(client: Client, coordinator: User) -> None:
    run = preview(csv_of(EXAMPLE), "l.csv", actor=coordinator)
    for words in ("La liste est importée.", "déjà été importée"):
        answer = client.post(f"/coordination/imports/{run.public_id}/confirmer/", follow=True)
        assert words in answer.content.decode()
    other = preview(csv_of(MORE), "l.csv", actor=coordinator)
    assert client.post(f"/coordination/imports/{other.public_id}/abandonner/").status_code == 302
    with pytest.raises(ValueError, match="dropped already"):
        apply(other, actor=coordinator)
    with pytest.raises(ValueError, match="given up"):
        drop(other, actor=coordinator)
    assert Workshop.objects.count() == 1


def test_a_siret_of_another_maker_is_a_line_s_error_and_leaves_no_half_maker(coordinator: User) -> None:
    apply(preview(csv_of(EXAMPLE), "l.csv", actor=coordinator), actor=coordinator)
    Organisation.objects.filter(siren="123456782").update(siren="732829320")
    run = preview(csv_of(EXAMPLE, MORE), "l.csv", actor=coordinator)
    assert [row["status"] for row in run.report] == ["erreur", "nouveau"]
    assert "déjà inscrit avec ce SIRET" in run.report[0]["words"]
    apply(run, actor=coordinator)
    assert Maker.objects.count() == 2 and Workshop.objects.count() == 2


@pytest.mark.parametrize("kind", [None, *(kind for kind in Organisation.Kind if kind != Organisation.Kind.COORDINATOR)])
def test_nobody_else_sees_or_reads_a_list(coordinator: User, kind: Organisation.Kind | None) -> None:
    run = preview(csv_of(EXAMPLE), "l.csv", actor=coordinator)
    stranger = make_person("stranger@example.org")
    if kind:
        make_member(stranger, make_organisation(kind))
    client = signed_in(stranger)
    base = "/coordination/imports/"
    for address in (base, f"{base}modele.csv", f"{base}{run.public_id}/", f"{base}{run.public_id}/rapport.csv"):
        assert client.get(address).status_code == 404, address
    for address in (f"{base}{run.public_id}/confirmer/", f"{base}{run.public_id}/abandonner/"):
        assert client.post(address).status_code == 404, address
    assert upload(client, csv_of(EXAMPLE)).status_code == 404
    assert Client().get(base).status_code in (302, 404)
    for service in (lambda: preview(b"", "l", actor=stranger), lambda: apply(run, actor=stranger)):
        with pytest.raises(PermissionDenied):
            service()
    assert ImportRun.objects.get().state == "previewed" and not Workshop.objects.exists()


def test_what_is_no_list_is_told_beside_the_field(client: Client) -> None:
    answer = upload(client, b"\x00" * 50, "photo.jpg")
    assert answer.status_code == 422 and "ni un texte" in answer.content.decode()
    answer = client.post("/coordination/imports/")
    assert answer.status_code == 422 and "Choisissez un fichier." in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_name_that_a_spreadsheet_would_run_is_text_in_the_report(client: Client, coordinator: User) -> None:
    run = preview(csv_of(EXAMPLE | {"atelier": '=HYPERLINK("x")', "siren": "1"}), "l.csv", actor=coordinator)
    assert "'=HYPERLINK" in client.get(f"/coordination/imports/{run.public_id}/rapport.csv").content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_that_is_offered_can_be_read_in(client: Client, coordinator: User, kind: str) -> None:
    answer = client.get(f"/coordination/imports/modele.{kind}")
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
    assert preview(data, f"modele.{kind}", actor=coordinator).counts == {"nouveau": 1}


def test_the_list_of_runs_takes_a_constant_number_of_queries(
    client: Client, coordinator: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        preview(RECENSEMENT.encode(), "r.csv", actor=coordinator)
    with django_assert_max_num_queries(8):
        assert client.get("/coordination/imports/").status_code == 200


@pytest.fixture
def shared() -> Iterator[Path]:
    if not SHARED.is_dir():
        pytest.skip("shared/data is absent")
    yield SHARED


@pytest.mark.parametrize("name", LISTS)
def test_the_public_lists_are_read_whole_and_twice_alike(shared: Path, coordinator: User, name: str) -> None:
    data = (shared / name).read_bytes()
    first = apply(preview(data, name, actor=coordinator), actor=coordinator)
    assert sum(first.counts.values()) == LISTS[name] and set(first.counts) <= {"nouveau", "erreur"}
    assert first.counts["nouveau"] >= LISTS[name] * 0.97
    second = apply(preview(data, name, actor=coordinator), actor=coordinator)
    assert second.counts.get("inchangé") == first.counts["nouveau"] == Contact.objects.count()
    assert not Workshop.objects.exists()  # a contact is no candidate
    assert all(row["words"] for row in first.report if row["status"] == "erreur")


def test_the_shell_imports_too_and_says_what_it_did(tmp_path: Path, coordinator: User, capsys: Any) -> None:
    file = tmp_path / "l.csv"
    file.write_bytes(csv_of(EXAMPLE, MORE | {"siren": "9"}))
    call_command("import_makers", file, actor="COORDINATOR@example.org", dry_run=True)
    assert "erreur 1, nouveau 1" in capsys.readouterr().out and not Workshop.objects.exists()
    with pytest.raises(CommandError, match="nothing imported: 1 wrong lines"):
        call_command("import_makers", file, actor="coordinator@example.org", strict=True)
    assert not Workshop.objects.exists()
    call_command("import_makers", file, actor="coordinator@example.org")
    assert Workshop.objects.count() == 1
    with pytest.raises(CommandError, match="nobody has the address"):
        call_command("import_makers", file, actor="x@example.org")
    make_person("other@example.org")
    with pytest.raises(CommandError, match="is no coordinator"):
        call_command("import_makers", file, actor="other@example.org")
