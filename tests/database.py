# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which tests reach Django's database, and what those that commit leave to the others.

``--database-only`` runs the tests that reach the database, and no others: what `make test-postgres` asks for. A test of
whole processes, which have a database of their own on the same kind of server, says so by the mark ``own_database``.

A test that commits (``django_db(transaction=True)``) ends by emptying every table, those that migrations filled too:
Wagtail's first page, site and language. They are put back before the next test, so that no order matters.

The test database is a copy of one that was migrated before (``tests/migrated.py``).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

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


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "own_database: its processes have a database of their own")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only tests that reach Django's database")


def reaches_the_database(item: pytest.Item) -> bool:
    """By its mark, or by a fixture of its own or of its fixtures."""
    marked = any(item.get_closest_marker(mark) for mark in ("django_db", "own_database"))
    return marked or bool(DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ())))


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
    studies = sys.modules.get("fabrication.matching.services.studies")
    if studies is not None and reaches_the_database(item):
        studies._found.clear()  # a process keeps what it read of rows that never change; here they go with the test
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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, monkeypatch_session: pytest.MonkeyPatch
) -> Iterator[None]:
    """pytest-django's room for what comes before the test database: tables and rows are copied there, and Django's own
    `migrate`, which still runs, finds nothing to do."""
    from django.db import connection

    from tests.migrated import digest, migrated_in_memory, migrated_postgresql

    with contextlib.ExitStack() as stack:
        if connection.vendor == "sqlite":
            named = connection.creation._create_test_db

            def create(*args: Any, **kwargs: Any) -> str:
                name: str = named(*args, **kwargs)
                stack.enter_context(contextlib.closing(migrated_in_memory(name)))
                return name

            monkeypatch_session.setattr(connection.creation, "_create_test_db", create)
        else:
            template = f"migrated_{digest()}"
            migrated_postgresql(urlsplit(os.environ["TRETEAU_DATABASE_URL"])._replace(path=f"/{template}").geturl())
            monkeypatch_session.setitem(connection.settings_dict["TEST"], "TEMPLATE", template)
            dropped = connection.creation._destroy_test_db

            def drop(name: str, verbosity: int) -> None:
                """A request that a browser left half-way, when its test was over, may still hold the database."""
                with connection.creation._nodb_cursor() as cursor:
                    others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
                    cursor.execute(f"{others} and pid <> pg_backend_pid()", [name])
                dropped(name, verbosity)

            monkeypatch_session.setattr(connection.creation, "_destroy_test_db", drop)
        yield


@pytest.fixture(scope="session")
def monkeypatch_session() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch
