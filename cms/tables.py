# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A list of a workplace: sorted by its headings, narrowed by a form, in pages, and as a file of just what is listed. All of that stands
in the address, so that a reload, the way back and a sent link show the same; what the address gets wrong is passed over.

A view makes a ``Table``, hands out ``file()`` if there is one, and else shows ``page`` between ``cms/_table_tools.html`` and
``cms/_pages.html``, with ``cms/_table_head.html`` for the headings (docs/decisions/0029-lists-by-django-filter.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Expression, F, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase

from cms.maker_forms.fields import RecordForm
from cms.table_files import FORMS, Cell, table_response

#: Names in the address: the sort ("-name": falling), the page, the file.
SORT, PAGE, FORM = "tri", "page", "format"
A_PAGE = 30
#: As many rows as one sees at a glance.
_HANDFUL = 5
#: Longer words are nobody's name.
MOST_WORDS = 100
#: Rows read at once while a file is written.
_BATCH = 500


@dataclass(frozen=True)
class Column:
    """``by``: fields ("-name": the other way round) or expressions of the database that its heading sorts by, none for a heading that sorts nothing; of a list that is
    no query, ``key`` instead. ``cell``: what a file says of a row, None for a column that is in no file. ``words``: the file's heading
    where it differs. ``is_shown``: has a heading on the page."""

    name: str
    label: str
    by: tuple[str | Expression, ...] = ()
    cell: Callable[[Any], Cell] | None = None
    key: Callable[[Any], Any] | None = None
    words: str = ""
    largest_first: bool = False
    is_number: bool = False
    is_shown: bool = True

    @property
    def sorts(self) -> bool:
        return bool(self.by) or self.key is not None


@dataclass(frozen=True)
class Heading:
    """``follows``: the sort that a click asks for, "" for none; ``state``: aria-sort's word, "" where it is not sorted by this."""

    label: str
    follows: str
    state: str
    is_number: bool


class ListFilters(django_filters.FilterSet):  # type: ignore[misc]  # comes without types
    """Base of a list's filters: looks and speaks like the site's other forms."""

    class Meta:
        form = RecordForm


class WordsField(forms.CharField):
    """What no name holds is left out, so that the rest is found."""

    def to_python(self, value: object) -> str:
        return "".join(c if c.isprintable() else " " for c in str(super().to_python(value))[:MOST_WORDS]).strip()


class _WordsFilter(django_filters.CharFilter):  # type: ignore[misc]
    field_class = WordsField


def words_filter(label: str, *fields: str) -> django_filters.CharFilter:
    """Every word that was typed stands in one of the fields."""

    def narrow(rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        for word in text.split():
            anywhere = Q()
            for field in fields:
                anywhere |= Q(**{f"{field}__icontains": word})
            rows = rows.filter(anywhere)
        return rows

    return _WordsFilter(label=label, method=narrow)


def choice_filter(
    label: str, choices: Mapping[str, tuple[str, Q]], everything: str = "toutes"
) -> django_filters.ChoiceFilter:
    """``choices``: the address's word → its label, and what is listed."""

    def narrow(rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(choices[value][1])

    return django_filters.ChoiceFilter(
        label=label,
        method=narrow,
        choices=[(word, words) for word, (words, _) in choices.items()],
        empty_label=everything,
        error_messages={"invalid_choice": "Choisissez dans la liste."},
    )


class Table:
    """``rows``: all that this person may see, a query or a list; ``usual``: the sort where the address says none, or none that is known;
    ``name``: of the file. Asks the database for one page's rows and one count."""

    def __init__(
        self,
        request: HttpRequest,
        columns: Sequence[Column],
        rows: QuerySet[Any] | Sequence[Any],
        *,
        usual: str,
        name: str,
        filters: type[ListFilters] | None = None,
        a_page: int = A_PAGE,
        places: int = 2,
    ) -> None:
        self.address, self.columns, self.name, self.a_page, self.places = request.GET, columns, name, a_page, places
        self._by_name = {column.name: column for column in columns if column.sorts}
        asked = self.address.get(SORT, "")
        self.is_usual = asked.removeprefix("-") not in self._by_name
        self.sort = usual if self.is_usual else asked
        self.filters = filters(self.address, rows) if filters is not None else None
        self._rows = rows

    @cached_property
    def rows(self) -> QuerySet[Any] | list[Any]:
        """All that is listed, sorted."""
        column, falls = self._by_name[self.sort.removeprefix("-")], self.sort.startswith("-")
        found = self.filters.qs if self.filters is not None else self._rows
        if isinstance(found, QuerySet):
            return found.order_by(*(_ordered(one, falls) for one in column.by), "-pk" if falls else "pk")
        key = column.key
        assert key is not None
        known = [row for row in found if key(row) is not None]
        return sorted(known, key=key, reverse=falls) + [row for row in found if key(row) is None]

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.rows, self.a_page).get_page(self.address.get(PAGE, "")[:9])

    @property
    def count(self) -> int:
        return int(self.page.paginator.count)

    @property
    def headings(self) -> list[Heading]:
        return [self._heading(column) for column in self.columns if column.is_shown]

    @property
    def sorted_by(self) -> list[Heading]:
        """Those that sort, for telephones, whose tables have no headings."""
        return [self._heading(column) for column in self.columns if column.sorts]

    @property
    def form(self) -> RecordForm | None:
        return self.filters.form if self.filters is not None else None

    @property
    def is_narrowed(self) -> bool:
        if self.filters is None or (not self.filters.form.is_valid() and not self.filters.form.cleaned_data):
            return False
        return any(value not in (None, "") for value in self.filters.form.cleaned_data.values())

    @property
    def needs_filters(self) -> bool:
        """A handful of rows is read, not searched."""
        form = self.form
        return form is not None and (self.count > _HANDFUL or self.is_narrowed or bool(form.errors))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of the filters hands on: what the address says beside them, without the page."""
        own = set(self.filters.form.fields) if self.filters is not None else set()
        known = own | {PAGE, FORM}
        return [(name, value) for name, value in self.address.items() if name not in known and isinstance(value, str)]

    def file(self) -> HttpResponseBase | None:
        """What is listed, all pages of it, as the address's ``format`` asks; None if it asks for none."""
        form = self.address.get(FORM, "")
        if form not in FORMS:
            return None
        return table_response(form, self.name, *self.written(), places=self.places)

    def written(self) -> tuple[list[str], Iterator[list[Cell]]]:
        """A file's head and its rows."""
        written = [(column.words or column.label, column.cell) for column in self.columns if column.cell is not None]
        return [words for words, _ in written], self._cells([cell for _, cell in written])

    def _cells(self, cells: Sequence[Callable[[Any], Cell]]) -> Iterator[list[Cell]]:
        rows = self.rows.iterator(chunk_size=_BATCH) if isinstance(self.rows, QuerySet) else self.rows
        for row in rows:
            yield [cell(row) for cell in cells]

    def _heading(self, column: Column) -> Heading:
        here, falls = self.sort.removeprefix("-") == column.name, self.sort.startswith("-")
        if not column.sorts:
            return Heading(column.label, "", "", column.is_number)
        rising_next = falls if here else not column.largest_first
        state = ("descending" if falls else "ascending") if here else ""
        return Heading(column.label, column.name if rising_next else f"-{column.name}", state, column.is_number)


def _ordered(one: str | Expression, falls: bool) -> Any:
    """Rows that say nothing come last, both ways."""
    if isinstance(one, str) and one.startswith("-"):
        one, falls = one.removeprefix("-"), not falls
    expression = F(one) if isinstance(one, str) else one
    return expression.desc(nulls_last=True) if falls else expression.asc(nulls_last=True)
