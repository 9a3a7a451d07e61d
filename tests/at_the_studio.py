# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A designer, her draft of a table, and her browser, for every test that asks for them by name; what tests do with them is in
tests/studio_desk.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from designs.models import DesignDraft


@pytest.fixture
def ada(db: None) -> User:
    from accounts.models import Organisation
    from tests.people import make_member, make_organisation, make_person

    user = make_person("ada@example.org", "Ada Varlet")
    make_member(user, make_organisation(Organisation.Kind.DESIGNER, "Bureau des Copeaux"))
    return user


@pytest.fixture
def draft(ada: User) -> DesignDraft:
    from accounts.models import Organisation
    from designs.services.drafting import start
    from designs.templates import template

    table = template("table")
    return start(
        slug="table-haute",
        organisation=Organisation.objects.get(name="Bureau des Copeaux"),
        data={"content": table.content.as_data(), "texts": dict(table.texts)},
        actor=ada,
    )


@pytest.fixture
def desk(ada: User, draft: DesignDraft, monkeypatch: pytest.MonkeyPatch) -> Client:
    from cms.views.studio import running, trying
    from tests.people import signed_in

    # No worker runs beside these tests: nothing to wait for.
    monkeypatch.setattr(running, "PATIENCE", 0)
    monkeypatch.setattr(trying, "_GLANCE", 0)
    return signed_in(ada)
