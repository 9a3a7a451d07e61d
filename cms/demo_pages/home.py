# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The home page of a new site."""

from __future__ import annotations

from wagtail.models import Page, Site

from cms.models import HomePage


def load_home() -> HomePage:
    """The home page at the root of the default site; one that is there stays as it is."""
    return HomePage.objects.first() or _create_home()


def _create_home() -> HomePage:
    root = Page.get_first_root_node()
    assert root is not None  # Wagtail's first migration makes it
    home = HomePage(
        title="Tréteau",
        slug="treteau",
        seo_title="Des meubles libres, à découper près de chez vous",
        introduction="<p>Trois meubles pour la médiation numérique, à votre mesure, découpés par l’atelier le plus "
        "proche.</p>",
    )
    root.add_child(instance=home)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "site_name": "Tréteau"}
    )
    # Wagtail's first migration also makes a welcome page in English.
    for page in root.get_children().exclude(pk=home.pk).filter(slug="home", depth=2):
        page.delete()
    return home
