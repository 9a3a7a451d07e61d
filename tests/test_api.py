# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The public API: every answer is what its description says, for anybody, and nothing of persons is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from cms.api import answering
from cms.api import models as api_models
from cms.api.v1 import description
from cms.catalogue import sync_designs
from designs.chariot import Chariot
from fabrication import artefacts, services
from fabrication.models import Artefact, Job
from fabrication.previews import make_preview
from tests.orders import make_buyer, make_campaign, make_order
from tests.people import make_coordinator, make_person, signed_in
from tests.workshops import make_maker_person, make_workshop, open_sites

pytestmark = pytest.mark.django_db
BIRCH = (Path(__file__).parents[1] / "examples/machines/router-2500.toml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _site(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caches["strangers"].clear()  # who asked how often
    settings.TRETEAU_ARTEFACTS = tmp_path / "artefacts"
    # No worker runs beside these tests: nothing to wait for.
    monkeypatch.setattr(api_models, "_PATIENCE", 0)
    sync_designs()


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(json.dumps(description()))


def fits(answer: HttpResponse, path: str, schema: dict[str, Any]) -> Any:
    """The answer's JSON, which is what the description says of this path and status."""
    media = answer["Content-Type"].partition(";")[0]
    said = schema["paths"][path]["get"]["responses"][str(answer.status_code)]["content"][media]["schema"]
    data = json.loads(answer.content)
    whole = said | {"components": schema["components"]}  # where its references lead
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(data)
    return data


def test_the_description_is_openapi_and_everybodys(client: Client) -> None:
    answer = client.get("/api/v1/schema.json")
    data = json.loads(answer.content)
    OpenAPIV31SpecValidator(data).validate()
    assert data["openapi"].startswith("3.1") and len(data["paths"]) == 10
    assert answer["Access-Control-Allow-Origin"] == "*" and not answer.cookies
    # Every reference leads somewhere, and every address says what it gives when it refuses.
    for path, operations in data["paths"].items():
        assert {"200", "422", "429"} <= set(operations["get"]["responses"]), path


def test_models_are_given_with_their_limits(client: Client, schema: dict[str, Any]) -> None:
    listed = fits(client.get("/api/v1/models"), "/api/v1/models", schema)
    assert {one["id"] for one in listed["items"]} == {"porte", "maisonnette", "chariot"} and listed["next"] is None
    path = "/api/v1/models/{model}"
    chariot = fits(client.get("/api/v1/models/chariot"), path, schema)
    width = next(one for one in chariot["parameters"] if one["name"] == "width")
    assert (width["minimum"], width["unit"], chariot["licence"]) == (660, "mm", "CERN-OHL-S-2.0")
    assert chariot["api_url"].endswith("/api/v1/models/chariot") and chariot["files"]
    for unknown in ("armoire", "0", "x" * 300):
        refused = client.get(f"/api/v1/models/{unknown}")
        assert refused.status_code == 404 and fits(refused, path, schema)["title"] == "Introuvable"


def test_a_piece_in_chosen_sizes_is_computed_once_and_given(
    client: Client, schema: dict[str, Any], tmp_path: Path
) -> None:
    path, address = "/api/v1/models/{model}/preview", "/api/v1/models/chariot/preview?width=900"
    waiting = fits(client.get(address), path, schema)
    assert (waiting["state"], waiting["retry_after_s"], waiting["values"]["width"]) == ("computing", 2, 900)
    # As a worker does it, within this test's transaction.
    job = Job.objects.get(kind="preview")
    made = zip(
        (Artefact.Kind.VIEW, Artefact.Kind.FACTS), make_preview(Chariot(), {"width": 900}, lambda *_: None), strict=True
    )
    for kind, content in made:
        setattr(job, str(kind), artefacts.store(kind, services.part_key(job.key, kind), content, f"chariot.{kind}"))
    job.state, job.finished_at = Job.State.DONE, timezone.now()
    job.save()
    ready = fits(client.get(address), path, schema)
    assert ready["state"] == "ready" and 10_000 < ready["mass_g"] < 100_000 and len(ready["parts"]) > 5
    assert "svg" not in ready["parts"][0] and Job.objects.count() == 1
    for file in (ready["parts"][0]["drawing_url"], ready["files"][0]["url"]):
        assert client.get(file).getvalue()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("width=0", {"width"}), ("width=-1", {"width"}), ("width=1000000000", {"width"}), ("width=1e3", {"width"}),
        ("width=٣", {"width"}), ("width=%00", {"width"}), (f"width={'9' * 10_000}", {"width"}), ("colour=red", {"colour"}),
        ("width=20&depth=20", {"width", "depth"}), ("text=%F0%9F%AA%9A", {"text"}),
    ],
)  # fmt: skip
def test_refused_sizes_are_named_in_the_language_asked_for(
    client: Client, schema: dict[str, Any], query: str, names: set[str]
) -> None:
    address, path = f"/api/v1/models/chariot/preview?{query}", "/api/v1/models/{model}/preview"
    french = client.get(address)
    english = client.get(address, headers={"accept-language": "en-GB, fr;q=0.5"})
    assert french.status_code == english.status_code == 422 and french["Content-Type"] == "application/problem+json"
    said, told = fits(french, path, schema), fits(english, path, schema)
    assert {one["name"] for one in said["errors"]} == names == {one["name"] for one in told["errors"]}
    assert (french["Content-Language"], said["title"]) == ("fr", "Demande refusée")
    assert (english["Content-Language"], told["title"]) == ("en", "Invalid request")
    assert Job.objects.count() == 0


def test_too_much_work_is_refused_politely(client: Client, schema: dict[str, Any], settings: Any) -> None:
    settings.TRETEAU_MAX_WAITING = 0
    answer = client.get("/api/v1/models/chariot/preview?width=901")
    assert answer.status_code == 503 and answer["Retry-After"] == "30"
    fits(answer, "/api/v1/models/{model}/preview", schema)


def test_workshops_are_given_as_the_map_shows_them(client: Client, schema: dict[str, Any]) -> None:
    shown = make_workshop(BIRCH, slug="copeaux", name="Les Copeaux", postcode="30000")
    for number, fields in enumerate(
        [{"state": "draft", "validated_at": None}, {"state": "closed"}, {"is_demo": True}], start=1
    ):
        make_workshop(slug=f"cache{number}", **fields)
    path = "/api/v1/workshops/{workshop}"
    listed = fits(client.get("/api/v1/workshops"), "/api/v1/workshops", schema)
    assert [one["id"] for one in listed["items"]] == ["copeaux"]
    one = fits(client.get("/api/v1/workshops/copeaux"), path, schema)
    assert one["machines"][0]["process"] == "cnc-router" and one["panels"][0]["thickness_mm"] > 10
    assert fits(client.get("/api/v1/workshops?department=30"), "/api/v1/workshops", schema)["total"] == 1
    assert fits(client.get("/api/v1/workshops?department=48"), "/api/v1/workshops", schema)["total"] == 0
    assert fits(client.get("/api/v1/workshops?model=chariot"), "/api/v1/workshops", schema)["total"] == 0
    # A coordinator and the maker's own people are given no more than a stranger.
    for person in (make_coordinator(), make_maker_person(shown), make_person("tiers@example.org")):
        for number in (1, 2, 3):
            assert signed_in(person).get(f"/api/v1/workshops/cache{number}").status_code == 404
    assert client.get("/api/v1/workshops/cache1").status_code == 404


def test_a_list_comes_in_parts_that_lead_to_each_other(client: Client, schema: dict[str, Any]) -> None:
    open_sites(BIRCH, 7)
    address, found = "/api/v1/workshops?page_size=3", []
    while address:
        part = fits(client.get(address), "/api/v1/workshops", schema)
        found += [one["id"] for one in part["items"]]
        address = part["next"]
    assert found == [f"s{n}" for n in range(7)] and part["previous"].endswith("page_size=3&page=2")
    beyond = fits(client.get("/api/v1/workshops?page_size=3&page=9"), "/api/v1/workshops", schema)
    assert (beyond["items"], beyond["total"], beyond["pages"]) == ([], 7, 3)


def test_campaigns_are_given_once_they_are_published(client: Client, schema: dict[str, Any]) -> None:
    make_campaign()
    make_campaign(slug="secrete", name="Secrète", published_at=None)
    path = "/api/v1/campaigns/{campaign}"
    listed = fits(client.get("/api/v1/campaigns"), "/api/v1/campaigns", schema)
    assert [one["id"] for one in listed["items"]] == ["printemps"] and listed["items"][0]["cap_eur"] == "40000.00"
    assert fits(client.get("/api/v1/campaigns/printemps"), path, schema)["state"] == "open"
    assert fits(client.get("/api/v1/campaigns?state=closed"), "/api/v1/campaigns", schema)["total"] == 0
    for person in (make_coordinator(), make_person("tiers@example.org")):
        assert signed_in(person).get("/api/v1/campaigns/secrete").status_code == 404


def test_communes_and_whether_they_may_order(client: Client, schema: dict[str, Any]) -> None:
    found = fits(client.get("/api/v1/communes?q=NIMES"), "/api/v1/communes", schema)
    assert found[0]["insee"] == "30189"
    path = "/api/v1/eligibility/{insee}"
    said = fits(client.get("/api/v1/eligibility/30189"), path, schema)
    assert said["verdict"] == "unknown" and said["reasons"] and said["commune"]["label"] == "Nîmes (Gard)"
    assert client.get("/api/v1/eligibility/00000").status_code == 404
    for wrong in ("x", "301891", "٣٠١٨٩", "3018%00"):
        assert fits(client.get(f"/api/v1/eligibility/{wrong}"), path, schema)["errors"][0]["name"] == "insee"


def test_figures_hide_what_is_too_small(client: Client, schema: dict[str, Any]) -> None:
    buyer = make_buyer()
    make_order(buyer)
    path = "/api/v1/statistics"
    assert fits(client.get(path), path, schema)["orders"] is None
    assert fits(client.get(f"{path}?territory=departement-30"), path, schema)["name"] == "Gard"
    assert fits(client.get(f"{path}?territory=mars"), path, schema)["status"] == 422


def test_no_answer_names_a_person(client: Client) -> None:
    workshop = make_workshop(BIRCH, slug="copeaux")
    person = make_maker_person(workshop, "secret@example.org")
    buyer = make_buyer()
    make_order(buyer)
    make_campaign(slug="autre")
    for path in ("models", "workshops", "workshops/copeaux", "campaigns", "statistics", "models/chariot"):
        text = client.get(f"/api/v1/{path}").content.decode()
        for word in (person.email, person.last_name, buyer.email, "@"):
            assert word not in text, path


def test_answers_are_kept_by_their_etag_and_open_to_every_origin(client: Client) -> None:
    first = client.get("/api/v1/models", headers={"origin": "https://ailleurs.example"})
    assert first["Access-Control-Allow-Origin"] == "*" and "max-age=60" in first["Cache-Control"]
    again = client.get("/api/v1/models", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Access-Control-Allow-Origin"] == "*" and not first.cookies and "Cookie" not in first.get("Vary", "")
    assert client.head("/api/v1/models").status_code == 200
    asked = client.options("/api/v1/models")
    assert asked.status_code == 204 and asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_nothing_is_changed_here() -> None:
    client = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(client, method)("/api/v1/workshops")
        assert answer.status_code == 405 and answer["Allow"] == "GET, HEAD, OPTIONS"
        assert json.loads(answer.content)["status"] == 405


def test_who_asks_too_often_waits(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRETEAU_API_LIMITS = {"api": 2, "api-preview": 1}
    monkeypatch.setattr(answering.time, "time", lambda: 1_800_000_000.0)  # no minute ends here
    assert [client.get("/api/v1/communes?q=a").status_code for _ in range(3)] == [200, 200, 429]
    other = client.get("/api/v1/communes?q=a", REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 200
    answer = client.get("/api/v1/communes?q=a")
    assert answer["Retry-After"] == "60" and answer["Content-Type"] == "application/problem+json"


def test_a_customer_with_many_ipv6_addresses_is_one_place(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TRETEAU_API_LIMITS = {"api": 2, "api-preview": 1}
    monkeypatch.setattr(answering.time, "time", lambda: 1_800_000_000.0)
    places = ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3", "2001:db8:1:3::1"]
    answers = [client.get("/api/v1/communes?q=a", REMOTE_ADDR=place).status_code for place in places]
    assert answers == [200, 200, 429, 200]


def test_an_address_without_an_answer_is_a_problem_too(client: Client) -> None:
    for path in ("", "rien", "models/", "models/chariot/autre", "workshops/a/b"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json", path


def test_lists_ask_the_database_a_fixed_number_of_times(client: Client) -> None:
    def count(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    make_workshop(BIRCH, slug="a")
    make_campaign()
    few = count("/api/v1/workshops"), count("/api/v1/campaigns")
    open_sites(BIRCH, 12)
    for number in range(4):
        make_campaign(slug=f"c{number}")
    assert (count("/api/v1/workshops"), count("/api/v1/campaigns")) == few
    assert few[0] <= 6 and few[1] <= 6


ROOMS = ["models", "workshops", "campaigns", "communes", "statistics", "eligibility/{}", "workshops/{}", "models/{}"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    room=st.sampled_from(ROOMS),
    value=st.text(st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=20),
    query=st.dictionaries(
        st.sampled_from(["page", "page_size", "department", "model", "state", "q", "territory"]),
        st.one_of(
            st.sampled_from(["0", "-1", "1e3", "٣", "\0", "9" * 400, "9999-12-31"]),
            st.text(st.characters(codec="utf-8"), max_size=8),
        ),
        max_size=3,
    ),
)
def test_no_question_breaks_the_api(client: Client, room: str, value: str, query: dict[str, str]) -> None:
    caches["strangers"].clear()
    answer = client.get(f"/api/v1/{room.format(value)}", query)
    assert answer.status_code in (200, 404, 422)
    assert json.loads(answer.content) is not None


def test_the_page_says_all_of_it(client: Client, schema: dict[str, Any]) -> None:
    text = client.get("/api/").content.decode()
    for path in schema["paths"]:
        assert f"GET {path}" in text
    assert 'href="/api/v1/schema.json"' in text and 'id="introuvable"' in text and "/api/v2/" in text
    assert 'href="/api/"' in client.get("/donnees/").content.decode()
