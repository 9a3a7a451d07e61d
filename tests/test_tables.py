# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists of the workplaces: sorted by their headings, narrowed, in pages, and as files of just what is listed."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import Organisation
from cms.tables import Column, ListFilters, Table, choice_filter, words_filter
from orders.models import State
from tests.orders import make_buyer, make_order
from tests.people import make_coordinator, make_organisation, make_person, signed_in
from tests.workshops import make_maker_person, make_workshop

ROWS = [
    {"name": "Élan", "size": 3}, {"name": "banc", "size": None}, {"name": "Ardoise", "size": 1}, {"name": "clou", "size": 3},
]  # fmt: skip
LIST = (
    Column("nom", "Nom", cell=lambda row: row["name"], key=lambda row: row["name"].casefold()),
    Column("taille", "Taille", cell=lambda row: row["size"], key=lambda row: row["size"], largest_first=True, is_number=True),
    Column("autre", "Autre", cell=lambda row: "=1+1"),
)  # fmt: skip
#: Addresses of lists → who sees them.
PAGES = {
    "/commandes/": "buyer",
    "/devis/": "coordinator",
    "/devis/signales/": "coordinator",
    "/coordination/organisations/": "coordinator",
    "/coordination/ateliers/": "coordinator",
    "/coordination/imports/": "coordinator",
    "/coordination/envois/": "coordinator",
    "/coordination/repartition/": "coordinator",
    "/fabrication/commandes/": "maker",
}
HOSTILE = (
    "tri=", "tri=--nom", "tri=pk", "tri=password", "tri=-", "tri=\0", "tri=" + "9" * 5_000, "tri=nom;drop", "tri=name__x",
    "page=0", "page=-1", "page=1e3", "page=%D9%A3", "page=" + "9" * 10_000, "page=\0", "format=exe", "format=", "format=\0",
    "etat=\0", "recherche=%00", "q=%00", "texte=%00", "recherche=" + "x" * 9_000, "recherche=%25_%27%22", "etat=zzz&type=zzz",
    "campagne=zzz&sorte=zzz&atelier=zzz", "tri=nom&tri=-nom&page=2&page=3", "%00=1&a[]=2&=3",
)  # fmt: skip


def table_of(address: str, rows: Any = ROWS, columns: Any = LIST, **options: Any) -> Table:
    return Table(RequestFactory().get(f"/?{address}"), columns, rows, usual="nom", name="essai", **options)


def read_csv(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")), delimiter=";"))


def test_a_list_sorts_both_ways_and_rows_that_say_nothing_come_last() -> None:
    def sizes(address: str) -> list[Any]:
        return [row["size"] for row in table_of(address).rows]

    assert sizes("tri=taille") == [1, 3, 3, None] and sizes("tri=-taille") == [3, 3, 1, None]
    assert [row["name"] for row in table_of("").rows] == ["Ardoise", "banc", "clou", "Élan"]


def test_a_heading_says_how_it_is_sorted_and_what_a_click_asks_for() -> None:
    def headings(address: str) -> list[tuple[str, str]]:
        return [(heading.follows, heading.state) for heading in table_of(address).headings]

    assert headings("") == [("-nom", "ascending"), ("-taille", ""), ("", "")]  # numbers begin with the largest
    assert headings("tri=-taille") == [("nom", ""), ("taille", "descending"), ("", "")]
    assert headings("tri=taille")[1] == ("-taille", "ascending")
    assert headings("tri=autre") == headings("tri=unknown") == headings("")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["tri", "page", "format", "q"]), st.text(max_size=30), max_size=4))
def test_no_address_breaks_a_list(given_: dict[str, str]) -> None:
    address = QueryDict(mutable=True)
    address.update(given_)
    table = Table(RequestFactory().get("/", given_), LIST, ROWS, usual="nom", name="essai", a_page=2)
    assert table.sort.removeprefix("-") in ("nom", "taille") and len(table.page) == 2 and table.count == 4
    file = table.file()
    assert (file is not None) == (given_.get("format") in ("csv", "xlsx"))
    if given_.get("format") == "xlsx":
        file.file_to_stream.close()  # type: ignore[union-attr]


def test_a_file_runs_nothing_that_somebody_typed_and_reads_as_french_does() -> None:
    from datetime import UTC, date, datetime
    from decimal import Decimal

    rows = [
        {"text": text, "day": date(2026, 5, 3), "at": datetime(2026, 5, 3, 10, 30, tzinfo=UTC), "eur": Decimal("1234.5"), "km": 1.25}
        for text in ("=HYPERLINK(1)", "+33", "-1", "@x", "\tx", "plain; \"quoted\"", "a\x0bb")
    ]  # fmt: skip
    columns = (
        *(Column(name, name, cell=lambda row, name=name: row[name]) for name in rows[0]),
        Column("nom", "Nom", key=lambda row: 0),
    )
    found = read_csv(table_of("format=csv", rows, columns).file())
    assert found[0] == ["text", "day", "at", "eur", "km"]
    assert [line[0] for line in found[1:]] == ["'=HYPERLINK(1)", "'+33", "'-1", "'@x", "'\tx", 'plain; "quoted"', "ab"]
    assert found[1][1:] == ["03/05/2026", "03/05/2026 12:30", "1234,50", "1,25"]
    answer = table_of("format=xlsx", rows, columns).file()
    assert answer is not None
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active  # type: ignore[attr-defined]
    answer.file_to_stream.close()  # type: ignore[attr-defined]
    cells = next(sheet.iter_rows(min_row=2, max_row=2))
    assert cells[0].value == "'=HYPERLINK(1)" and all(
        cell.data_type != "f" for row in sheet.iter_rows() for cell in row
    )
    assert (cells[1].value, cells[2].value) == (datetime(2026, 5, 3), datetime(2026, 5, 3, 12, 30))
    assert float(cells[3].value) == 1234.5


class _Filters(ListFilters):
    q = words_filter("Nom", "name")
    type = choice_filter("Type", {"maker": ("atelier", Q(kind="maker"))})


_COLUMNS = (
    Column("nom", "Nom", (Lower("name"),), lambda row: row.name),
    Column("type", "Type", ("kind", "-created_at"), lambda row: row.kind),
    Column("archivee", "Archivée", ("archived_at",), lambda row: row.archived_at),
)


def organisations(address: str, a_page: int = 10) -> Table:
    return table_of(address, Organisation.objects.all(), _COLUMNS, filters=_Filters, a_page=a_page)


@pytest.mark.django_db
def test_the_database_sorts_narrows_and_pages_with_as_many_queries_for_many_as_for_few() -> None:
    for number in range(7):
        make_organisation(name=f"Commune {number}")
    make_organisation(Organisation.Kind.MAKER, "les Copeaux")

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert list(organisations(address).page)
        return len(seen)

    few = queries("tri=-nom&q=commune")
    assert few == 2  # a count and a page
    for number in range(7, 30):
        make_organisation(name=f"Commune {number}")
    assert queries("tri=-nom&q=commune") == few
    # Many rows alike: none is on two pages, none on no page.
    pages = [organisations(f"tri=archivee&page={number}").page for number in range(1, 5)]
    assert len({row.pk for page in pages for row in page}) == sum(len(page) for page in pages) == 31
    assert [row.name for row in organisations("q=copeaux").rows] == ["les Copeaux"]
    assert organisations("q=copeaux").is_narrowed and not organisations("tri=nom").is_narrowed
    assert organisations("type=maker").count == 1 and organisations("type=maker&q=commune").count == 0
    wrong = organisations("type=zzz&q=les%20cop")
    assert wrong.form is not None and wrong.form.errors["type"] and wrong.count == 1  # the rest still counts
    listed = read_csv(organisations("q=commune%201&tri=-nom&page=2&format=csv", a_page=2).file())
    assert [line[0] for line in listed[1:]] == [row.name for row in organisations("q=commune%201&tri=-nom").rows]
    assert len(listed) == 1 + 12  # all pages: 1, 10 to 19, 21


@pytest.mark.django_db
def test_what_the_address_says_stays_in_every_link_of_a_list() -> None:
    for number in range(60):
        make_organisation(name=f"Commune {number:02}")
    page = signed_in(make_coordinator())
    text = page.get("/coordination/organisations/", {"q": "commune", "tri": "-nom", "page": "2"}).content.decode()
    assert re.search(r'<th scope="col" aria-sort="descending"><a href="\?q=commune&amp;tri=nom">Nom', text)
    assert 'href="?q=commune&amp;tri=-nom&amp;page=1"' in text
    for form in ("csv", "xlsx"):
        assert f'href="?q=commune&amp;tri=-nom&amp;format={form}"' in text
    assert '<input type="hidden" name="tri" value="-nom">' in text and 'value="commune"' in text
    assert text.count("aria-sort=") == 1 and "60\u00a0organisations" in text
    answer = page.get("/coordination/organisations/", {"q": "commune", "tri": "-nom", "format": "csv"})
    assert [line[0] for line in read_csv(answer)[1:]] == [f"Commune {number:02}" for number in range(59, -1, -1)]
    assert "no-store" in answer["Cache-Control"] and "attachment" in answer["Content-Disposition"]


@pytest.fixture
def people() -> dict[str, Any]:
    buyer = make_buyer("achat@example.org", number=3)
    workshop = make_workshop()
    make_order(buyer, State.IN_PRODUCTION, workshop=workshop, commune="=1+1")
    return {
        "buyer": buyer,
        "maker": make_maker_person(workshop),
        "coordinator": make_coordinator(),
        "third": make_person("tiers@example.org", "Tiers Inconnu"),
    }


@pytest.mark.django_db
def test_every_list_of_the_workplaces_takes_any_address_and_shows_nothing_to_others(people: dict[str, Any]) -> None:
    pages = {who: signed_in(person) for who, person in people.items()}
    for place, (path, who) in enumerate(PAGES.items()):
        assert pages[who].get(path).status_code == 200, path
        for hostile in HOSTILE[place % 3 :: 3]:
            answer = pages[who].get(f"{path}?{hostile}")
            assert answer.status_code == 200, (path, hostile[:40])
        for form in ("csv", "xlsx"):
            answer = pages[who].get(path, {"format": form})
            assert answer.status_code == 200 and answer.getvalue(), path
            assert Client().get(path, {"format": form}).status_code == 302, path
        theirs = pages["third"].get(path, {"format": "csv"})
        if path in ("/commandes/", "/devis/"):  # everybody has such a list: theirs is empty
            assert len(read_csv(theirs)) == 1, path
        else:
            assert theirs.status_code == 404, path
    text = pages["maker"].get("/fabrication/commandes/", {"format": "csv"}).getvalue().decode()
    assert "'=1+1" in text
    assert (
        "'=1+1" not in pages["coordinator"].get("/coordination/organisations/", {"format": "csv"}).getvalue().decode()
    )


@pytest.mark.django_db
def test_a_handful_of_rows_is_not_searched_unless_it_is_narrowed() -> None:
    for number in range(5):
        make_organisation(name=f"Commune {number}")
    assert not organisations("").needs_filters and not organisations("tri=-nom").needs_filters
    assert organisations("q=1").needs_filters and organisations("type=zzz").needs_filters
    make_organisation(name="Commune 5")
    assert organisations("").needs_filters
