# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that take longest are started first: processes that take whole files then end at nearly the same time.

Needs ``--no-loadscope-reorder``, else xdist starts the files with the most tests first, whatever they take."""

from __future__ import annotations

from pathlib import Path

import pytest

#: A dozen seconds and more, longest first; whatever is not named here starts after these.
LONGEST = (
    "test_every_page",
    "test_journey_order",
    "test_journey",
    "test_rs274_designs",
    "test_jobs_worker",
    "test_any_package",
    "test_site_process",
    "test_journey_keyboard",
    "test_studio_browser",
    "test_jail_attacks",
    "test_jail",
    "test_cli_package",
    "test_configurator_browser",
    "test_scripted_uploads",
    "test_scripted_design",
    "test_editors_browser",
    "test_orders_crash",
    "test_studio_machine",
    "test_orders_machine",
    "test_mills_packages",
    "test_pipeline",
    "test_maisonnette",
    "test_golden",
    "test_porte",
    "test_designs",
    "test_followups",
    "test_project_database",
    "test_scripted",
    "test_orders_table",
    "test_orders_demo",
    "test_complaints",
    "test_search_browser",
    "test_making_browser",
    "test_arbitration_browser",
    "test_map_browser",
    "test_proconnect_browser",
    "test_changes",
    "test_changes_page",
    "test_verification_machine_files_real",
    "test_nesting_engine",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(Path(item.path).stem, len(place)))
