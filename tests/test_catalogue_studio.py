# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A revision of the studio is the one of today everywhere, a design of the studio is one like the others, what was ordered keeps
its own, and what a draft holds is nowhere."""

from __future__ import annotations

import io
import logging
import zipfile
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from cms import model_facts, published_files
from cms.api import models as api_models
from cms.catalogue import published, revision_or_404, sync_designs, titles
from cms.models import Question
from cms.models.question import QuestionForm
from cms.search.sources import Models
from cms.views import configurator, previews
from designs import catalogue, folder
from designs.errors import UnknownDesignError
from designs.models import DesignRevision
from designs.services import once
from designs.services.finding import current, current_revisions
from fablabs.models import Offer
from fablabs.services.offering import set_offers
from fabrication import services
from fabrication.canonical import canonical_json
from fabrication.models import Job
from orders.life import advance
from orders.models import State
from orders.services.campaign_runs import demands_of
from tests.drafts import words
from tests.orders import make_buyer, make_campaign, make_line, make_order
from tests.people import make_member, make_organisation, make_person
from tests.studio_revisions import TABLE, TEXTS, candidate, publish, table, wider_porte
from tests.workshops import make_maker_person, make_workshop

pytestmark = pytest.mark.django_db

CHANGES = "Comptoir plus large de 6 cm."


@pytest.fixture(autouse=True)
def first(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DesignRevision:
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    # No worker runs beside these tests: there is nothing to wait for.
    for module, name in (
        (model_facts, "_GLANCE"),
        (configurator, "_GLANCE"),
        (previews, "PATIENCE"),
        (api_models, "_PATIENCE"),
    ):
        monkeypatch.setattr(module, name, 0)
    sync_designs()
    return DesignRevision.objects.get(design="porte")


@pytest.fixture
def second(first: DesignRevision) -> DesignRevision:
    return publish("porte", wider_porte(), version="1.1.0", texts=first.texts | {"changes": CHANGES})


@pytest.fixture
def new(first: DesignRevision) -> DesignRevision:
    return publish(TABLE, table())


def _seen(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return unescape(response.content.decode())


def test_the_latest_revision_is_todays_and_an_older_one_is_still_drawn(
    first: DesignRevision, second: DesignRevision
) -> None:
    assert revision_or_404("porte") == current("porte") == second
    assert second.drawing().clean({})["width"] == 640 and second.drawing().revision == 2
    assert first.drawing().clean({})["width"] == 580
    assert catalogue.design(first.reference).revision == 1 and first.reference == "porte@1"
    assert catalogue.design(second.reference).clean({})["width"] == 640
    of_a_table = publish(TABLE, table()).reference
    assert catalogue.design(of_a_table).reference == of_a_table
    for unknown in ("porte@2", f"porte@{'0' * 64}", f"{TABLE}@1", "banc", "banc@1", "porte@٣", f"porte@{'9' * 5000}"):
        with pytest.raises(UnknownDesignError):
            catalogue.design(unknown)


def test_the_page_says_version_lineage_and_what_each_revision_changed(
    client: Client, second: DesignRevision, first: DesignRevision
) -> None:
    publish(TABLE, table(), adapted_from=first)
    html = _seen(client, "/modeles/porte/")
    assert "Version 1.1.0" in html and CHANGES in html
    assert "Révision 2</strong>, version 1.1.0" in html and "Révision 1</strong>, version 1.0.0" in html
    assert html.index("Révision 2</strong>") < html.index("(celle d’aujourd’hui)") < html.index("Révision 1</strong>")
    assert "Variantes" in html and f'href="/modeles/{TABLE}/"' in html
    variant = _seen(client, f"/modeles/{TABLE}/")
    assert 'Adapté de <a href="/modeles/porte/">Porte numérique</a>, révision 1' in variant
    assert "Variantes" not in variant and "Aucune colle" not in variant and "une seule taille" in variant
    # Another revision of the variant leaves its origin where it is.
    publish(TABLE, table(720), texts={"changes": "Plus longue."})
    assert "Adapté de" in _seen(client, f"/modeles/{TABLE}/")


def test_only_designers_are_asked_to_adapt(client: Client, new: DesignRevision) -> None:
    address = f"/modeles/{TABLE}/"
    maker = make_maker_person(make_workshop())
    designer = make_person("ines@example.org", "Inès Valle")
    make_member(designer, make_organisation(Organisation.Kind.DESIGNER, "Bureau des Ormes"))
    assert "Adapter ce modèle" not in _seen(client, address)
    client.force_login(maker)
    assert "Adapter ce modèle" not in _seen(client, address)
    client.force_login(designer)
    assert "Adapter ce modèle" in _seen(client, address)
    assert f'href="{address}adapter/"' in _seen(client, address)


def test_a_design_of_the_studio_is_listed_wherever_the_shipped_ones_are(client: Client, new: DesignRevision) -> None:
    assert [card.identifier for card in published()] == ["porte", "maisonnette", "chariot", TABLE]
    assert titles()[TABLE] == "Table d’accueil"
    for address in ("/modeles/", "/plan-du-site/"):
        assert "Table d’accueil" in _seen(client, address), address
    assert f"/modeles/{TABLE}/" in "".join(_sitemaps(client))
    form = QuestionForm.base_fields["designs"]
    assert (TABLE, "Table d’accueil") in list(form.choices)
    found = {entry.key: entry for entry in Models().entries()}
    assert found[f"model:{TABLE}"].title == "Table d’accueil" and Models().visible([TABLE, "banc"]) == {TABLE}


def _sitemaps(client: Client) -> list[str]:
    index = client.get("/sitemap.xml").content.decode()
    parts = [urlsplit(one.split("</loc>")[0]) for one in index.split("<loc>")[1:]]
    return [index, *(client.get(f"{one.path}?{one.query}").content.decode() for one in parts if "sitemap" in one.path)]


def test_the_api_gives_both(client: Client, second: DesignRevision, new: DesignRevision) -> None:
    ids = {row["id"]: row for row in client.get("/api/v1/models").json()["items"]}
    assert ids["porte"]["revision"] == 2 and ids[TABLE]["revision"] == 1
    porte = client.get("/api/v1/models/porte").json()
    assert porte["revisions"] == [2, 1] and porte["version"] == "1.1.0" and porte["adapted_from"] is None
    assert next(one for one in porte["parameters"] if one["name"] == "width")["default"] == 640
    answer = client.get(f"/api/v1/models/{TABLE}/preview").json()
    assert answer["state"] == "computing" and answer["values"] == {}
    assert client.get(f"/api/v1/models/{TABLE}/preview", {"width": "1"}).status_code == 422


def test_the_configurator_and_the_ranking_take_todays_bounds(
    client: Client, second: DesignRevision, new: DesignRevision
) -> None:
    assert 'value="640"' in _seen(client, "/modeles/porte/configurer/")
    assert client.get("/modeles/porte/apercu.json", {"width": "9999"}).status_code == 422
    assert "Table d’accueil" in _seen(client, f"/modeles/{TABLE}/configurer/")
    assert client.get(f"/modeles/{TABLE}/apercu.json").status_code == 202
    assert Job.objects.filter(kind=Job.Kind.PREVIEW, revision=new).count() == 1
    html = _seen(client, f"/ou-fabriquer/?modele={TABLE}")
    assert f'value="{TABLE}" selected' in html


def test_what_was_ordered_keeps_its_revision_and_a_draft_takes_todays(first: DesignRevision) -> None:
    buyer, campaign = make_buyer(), make_campaign()
    ordered = make_order(buyer, State.SUBMITTED, campaign=campaign, lines=0)
    line = make_line(ordered, "porte")
    draft = make_order(buyer, State.DRAFT, campaign=campaign, lines=0)
    waiting = make_line(draft, "porte", parameters={"width": 600.0})
    assert line.revision == waiting.revision == first

    second = publish("porte", wider_porte(), version="1.1.0", texts=first.texts | {"changes": CHANGES})
    advance(draft, "submit", actor=buyer)
    waiting.refresh_from_db()
    line.refresh_from_db()
    assert waiting.revision == second and waiting.parameters["width"] == 600
    assert line.revision == first and line.parameters["width"] == 580
    assert line.revision.drawing().reference == "porte@1"


def test_an_order_of_a_new_design_is_taken_like_any_other(new: DesignRevision) -> None:
    buyer, campaign = make_buyer(), make_campaign()
    campaign.designs.create(design=TABLE)
    order = make_order(buyer, State.DRAFT, campaign=campaign, lines=0)
    line = make_line(order, TABLE, parameters={})
    advance(order, "submit", actor=buyer)
    line.refresh_from_db()
    assert line.revision == new and line.parameters == {}
    line.order.refresh_from_db()
    assert line.order.state == State.SUBMITTED


def test_assignment_draws_what_was_ordered(first: DesignRevision) -> None:
    buyer, campaign = make_buyer(), make_campaign()
    order = make_order(buyer, State.AGREEMENT_SIGNED, campaign=campaign, lines=0)
    make_line(order, "porte")
    publish("porte", wider_porte(), version="1.1.0", texts=first.texts)
    make_line(order, "porte")
    with CaptureQueriesContext(connection) as asked:
        demands = demands_of(campaign)
    assert len(asked) == 1
    assert [demand.design for demand in demands] == ["porte", "porte"]
    assert [catalogue.design(demand.drawn_by).revision for demand in demands] == [1, 2]


def test_makers_offer_it_and_others_may_not(client: Client, new: DesignRevision) -> None:
    workshop = make_workshop()
    person = make_maker_person(workshop)
    values = {"price_eur": None, "smallest_quantity": 1, "largest_quantity": None}
    set_offers(workshop.maker, {TABLE: values}, actor=person)
    assert Offer.objects.get(maker=workshop.maker).design == TABLE
    third = make_person("tiers@example.org", "Tiers")
    with pytest.raises(Exception, match="may not"):
        set_offers(workshop.maker, {}, actor=third)
    assert Offer.objects.filter(maker=workshop.maker).count() == 1
    assert "Table d’accueil" in _seen(client, f"/ateliers/{workshop.slug}/")
    client.force_login(person)
    assert "Table d’accueil" in words(client.get(reverse("maker-offers", args=[workshop.maker.pk])))


def test_a_candidate_is_nowhere(client: Client, first: DesignRevision) -> None:
    tried = candidate("porte", wider_porte())
    unseen = candidate(TABLE, table())
    assert current("porte") == first and TABLE not in current_revisions()
    assert client.get(f"/modeles/{TABLE}/").status_code == 404
    assert client.get(f"/modeles/{TABLE}/configurer/").status_code == 404
    assert client.get(f"/api/v1/models/{TABLE}").status_code == 404
    assert "Table d’accueil" not in _seen(client, "/modeles/")
    # A worker finds it all the same, by its exact address.
    assert catalogue.design(tried.reference).revision == 0
    assert catalogue.design(unseen.reference).content_key == unseen.digest
    with pytest.raises(UnknownDesignError):
        catalogue.design(TABLE)


def test_keys_of_designs_in_code_stay_and_those_of_the_studio_follow_the_content(
    first: DesignRevision, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[dict[str, Any]] = []
    true = services.artefacts.input_key

    def noted(kind: str, inputs: Any) -> str:
        if "design" in inputs:
            hashed.append(dict(inputs))
        return true(kind, inputs)

    monkeypatch.setattr(services.artefacts, "input_key", noted)
    values = first.drawing().clean({})
    services.request_preview(first, {})
    assert canonical_json(hashed[0]) == canonical_json({"design": "porte", "revision": 1, "parameters": values})
    hashed.clear()
    machine = published_files.reference_machine()
    services.request_package(first, {}, None, machine_file=machine)  # type: ignore[arg-type]
    assert hashed[-1]["revision"] == 1 and "content" not in hashed[-1]

    draft = candidate(TABLE, table())
    tried = services.request_preview(draft, {})
    assert "revision" not in hashed[-1] and hashed[-1]["content"] == table().digest
    assert services.request_preview(publish(TABLE, table()), {}) == tried, "what the draft showed is there"
    one = services.request_package(current(TABLE), {}, None, machine_file=machine)  # type: ignore[arg-type]
    words_only = publish(TABLE, table(), texts={"story": "Autrement dit."})
    assert services.request_preview(words_only, {}) == tried, "other words, the same piece"
    other = services.request_package(words_only, {}, None, machine_file=machine)  # type: ignore[arg-type]
    assert other.key != one.key, "the notice says another number"
    assert services.request_preview(publish(TABLE, table(710)), {}).key != tried.key


def test_a_list_of_models_costs_the_same_however_many_there_are(client: Client, new: DesignRevision) -> None:
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            _seen(client, address)
        return len(asked)

    addresses = ("/modeles/", "/plan-du-site/", "/api/v1/models")
    for address in addresses:
        _seen(client, address)  # what the process reads once and for all
    before = [count(address) for address in addresses]
    for number in range(12):
        publish(f"table-{number}", table(500 + number), texts={"title": f"Table {number}"})
        publish(f"table-{number}", table(600 + number), texts={"title": f"Table {number}"})
    assert [count(address) for address in addresses] == before
    with CaptureQueriesContext(connection) as asked:
        current_revisions()
    assert len(asked) == 1 and '"content"' not in asked[0]["sql"]


def test_a_revision_published_within_a_request_is_seen_by_the_rest_of_it(new: DesignRevision) -> None:
    once._begin()
    try:
        with CaptureQueriesContext(connection) as asked:
            assert current(TABLE) == current(TABLE) == new
        assert len(asked) == 1
        later = publish(TABLE, table(710))
        assert current(TABLE) == later
    finally:
        once._end()
    with CaptureQueriesContext(connection) as asked:
        assert current(TABLE) == current(TABLE) == later
    assert len(asked) == 2, "a worker's process lives longer than what it read"


def test_kept_pages_are_forgotten_when_a_revision_is_published_and_not_when_one_is_tried(
    client: Client, settings: Any, first: DesignRevision, django_capture_on_commit_callbacks: Any
) -> None:
    settings.TRETEAU_PAGE_SECONDS = 60
    caches["pages"].clear()
    assert "Table d’accueil" not in _seen(client, "/modeles/")
    with CaptureQueriesContext(connection) as asked:
        _seen(client, "/modeles/")
    assert len(asked) == 0
    with django_capture_on_commit_callbacks(execute=True):
        candidate(TABLE, table())
    with CaptureQueriesContext(connection) as asked:
        _seen(client, "/modeles/")
    assert len(asked) == 0, "what a designer tries makes no page old"
    with django_capture_on_commit_callbacks(execute=True):
        publish(TABLE, table())
    assert "Table d’accueil" in _seen(client, "/modeles/")
    caches["pages"].clear()


def test_the_search_finds_it_and_no_draft(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    connection.run_on_commit.clear()  # what the fixture left to write would take these with it
    with django_capture_on_commit_callbacks(execute=True) as called:
        candidate("banc-d-attente", table(), title="Banc d’attente")
    assert not called
    with django_capture_on_commit_callbacks(execute=True):
        publish(TABLE, table())
    assert f'href="/modeles/{TABLE}/"' in _seen(client, "/recherche/?q=table+accueil")
    assert "/modeles/banc-d-attente/" not in _seen(client, "/recherche/?q=banc+attente")


def test_a_number_that_the_studio_took_is_never_written_over(
    second: DesignRevision, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from designs.porte import Porte

    monkeypatch.setattr(Porte, "revision", 2)
    before = DesignRevision.objects.filter(pk=second.pk).values().get()
    with caplog.at_level(logging.ERROR, "cms.catalogue"):
        written = sync_designs()
    assert [one.design for one in written] == ["maisonnette", "chariot"]
    assert "designs.porte.Porte a higher revision" in caplog.text
    assert DesignRevision.objects.filter(pk=second.pk).values().get() == before
    assert current("porte") == second and second.drawing().clean({})["width"] == 640

    monkeypatch.setattr(Porte, "revision", 3)
    assert sync_designs()[0].number == 3 and current("porte").origin == "code"


def test_a_revision_that_the_code_draws_no_more_hides_none_that_is_drawn(first: DesignRevision) -> None:
    DesignRevision.objects.create(design="porte", number=7, code_path="designs.porte.Porte", defaults={}, texts={})
    assert current("porte") == first
    call_command("sync_designs", verbosity=0)
    assert current("porte") == first


def test_sources_of_the_studios_come_with_the_model_as_a_folder(client: Client, second: DesignRevision) -> None:
    answer = client.get("/modeles/porte/sources.zip")
    assert answer.status_code == 200 and "porte-r2-sources.zip" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        assert {
            "treteau/LISEZ-MOI.txt",
            "treteau/porte/modele.toml",
            "treteau/porte/porte.py",
            "treteau/designs/panel.py",
        } <= set(names)
        own = {
            name.removeprefix("treteau/porte/"): archive.read(name)
            for name in names
            if name.startswith("treteau/porte/")
        }
    read = folder.parse(own)
    assert (
        read.is_as_published
        and read.content.digest == second.digest
        and read.stamp is not None
        and read.stamp.number == 2
    )


def test_sources_of_an_adaptation_say_of_what_as_its_folder_does(client: Client, first: DesignRevision) -> None:
    publish("table-haute", table(), adapted_from=first)
    answer = client.get("/modeles/table-haute/sources.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        said = archive.read("treteau/table-haute/modele.toml").decode()
    assert 'adapted_from = "porte@1"' in said


def test_remarks_and_questions_of_a_new_design_stand_on_its_page(client: Client, new: DesignRevision) -> None:
    Question.objects.create(
        question="La table se plie-t-elle ?", slug="plie", answer="Non.", audience="buyers", designs=[TABLE], live=True
    )
    new.remarks.create(
        part_code="P01",
        text="Le trou est trop grand.",
        status="answered",
        answer="Il aura 50 mm.",
        answered_at=timezone.now(),
    )
    html = _seen(client, f"/modeles/{TABLE}/")
    assert "La table se plie-t-elle" in html and "Il aura 50" in html and "révision 1" in html


def test_texts_of_a_designer_are_never_markup(client: Client) -> None:
    nasty = "<script>alert(1)</script>"
    publish(TABLE, table(), texts=dict.fromkeys(TEXTS, nasty) | {"licence": "CERN-OHL-S-2.0"})
    for address in (f"/modeles/{TABLE}/", "/modeles/", f"/modeles/{TABLE}/configurer/", "/plan-du-site/", "/"):
        response = client.get(address)
        assert response.status_code in (200, 404) and nasty.encode() not in response.content, address


def test_one_that_can_not_be_drawn_up_takes_no_list_with_it(client: Client, new: DesignRevision, caplog: Any) -> None:
    broken = {"kind": "of later"}  # what this reader refuses
    DesignRevision.objects.filter(pk=new.pk).update(content=broken, digest="e" * 64)
    assert client.get(f"/modeles/{TABLE}/").status_code == 404
    assert client.get(f"/api/v1/models/{TABLE}").status_code == 404
    assert "can't be drawn up" in caplog.text
    for address in ("/modeles/", "/plan-du-site/", "/api/v1/models", "/modeles/porte/"):
        assert client.get(address).status_code == 200, address
    assert {entry.key for entry in Models().entries()} == {"model:porte", "model:maisonnette", "model:chariot"}


def test_saving_rows_in_a_transaction_that_fails_publishes_nothing(client: Client) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(TABLE, table())
        raise RuntimeError
    assert client.get(f"/modeles/{TABLE}/").status_code == 404
