# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which tests reach Django's database, and what those that commit leave to the others.

``--database-only`` runs the tests that reach the database, and no others: what `make test-postgres` asks for.

A test that commits (``django_db(transaction=True)``) ends by emptying every table, those that migrations filled too:
Wagtail's first page, site and language. They are put back before the next test, so that no order matters.
"""

from __future__ import annotations

import pytest
from pytest_django.plugin import blocking_manager_key

#: Fixtures of pytest-django that open the database without a mark; its others (``client`` …) leave that to the test.
DATABASE_FIXTURES = {
    "db",
    "django_db_setup",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}

#: Those of them that commit.
COMMITTING_FIXTURES = {"transactional_db", "django_db_reset_sequences", "live_server"}

#: Whether the tables are empty since the last test that committed.
_EMPTIED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only tests that reach Django's database")


def reaches_the_database(item: pytest.Item) -> bool:
    """By its mark, or by a fixture of its own or of its fixtures."""
    return item.get_closest_marker("django_db") is not None or bool(
        DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
    )


def commits(item: pytest.Item) -> bool:
    """Whether the test's writes are committed, hence undone by emptying the tables, not by rolling back."""
    mark = item.get_closest_marker("django_db")
    return bool(mark and mark.kwargs.get("transaction")) or bool(
        COMMITTING_FIXTURES.intersection(getattr(item, "fixturenames", ()))
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        others = [item for item in items if not reaches_the_database(item)]
        items[:] = [item for item in items if reaches_the_database(item)]
        config.hook.pytest_deselected(items=others)
    for item in items:
        if commits(item):
            # Django reads the rows of migrations into memory before the first test, and puts them back before this one.
            mark = item.get_closest_marker("django_db")
            given = {**(mark.kwargs if mark else {}), "transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**given), append=False)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    if commits(item):
        item.config.stash[_EMPTIED] = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    # Only now, not at the end of the test that emptied them: after the last one there is no test database any more.
    if item.config.stash.get(_EMPTIED, False) and reaches_the_database(item) and not commits(item):
        _put_migrated_rows_back(item.config)
        item.config.stash[_EMPTIED] = False


def _put_migrated_rows_back(config: pytest.Config) -> None:
    from django.db import connections

    with config.stash[blocking_manager_key].unblock():
        for connection in connections.all(initialized_only=True):
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
