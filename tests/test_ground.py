# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What all pages stand on: the part of DSFR that is served, its weight, its colours, whose marks appear."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders

from scripts import style

ROOT = Path(__file__).resolve().parents[1]
BUNDLE = ROOT / "cms/static/bundle"
SOURCES = ROOT / "cms/static_src"
built = pytest.mark.skipif(not (BUNDLE / "neutral.css").exists(), reason="no bundle yet: make test builds it")

TEMPLATES = [
    path for folder in ("cms", "accounts", "orders") for path in sorted((ROOT / folder).glob("**/templates/**/*.html"))
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> str:
    used = style.Used(style.sources())
    return style.used_part(tmp_path_factory.mktemp("style"), used)


def _classes_of_templates() -> set[str]:
    """Whole names in class attributes, read in another way than the script does."""
    found: set[str] = set()
    for path in TEMPLATES:
        for attribute in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8")):
            plain = re.sub(r"\{[{%].*?[%}]\}", "\0", attribute)
            found.update(name for name in plain.split() if name.startswith("fr-") and "\0" not in name)
    return found


def test_every_class_of_the_design_system_that_a_template_uses_is_served(served: str) -> None:
    whole = "".join((style.dsfr() / name).read_text() for name in ("dsfr.main.min.css", "utility/utility.main.min.css"))
    drawn = set(re.findall(r"\.(fr-[a-zA-Z0-9_-]+)", whole))
    wanted = _classes_of_templates() & drawn
    assert len(wanted) > 100
    kept = set(re.findall(r"\.(fr-[a-zA-Z0-9_-]+)", served)) | {"fr-logo"}  # the State's
    assert wanted - kept == set()
    # A class that a template puts together may be any of its kind.
    assert {"fr-badge--success", "fr-badge--error", "fr-alert--warning"} <= kept


def test_a_class_that_nobody_names_is_not_served(served: str) -> None:
    assert ".fr-transcription" not in served and ".fr-tabs" not in served and "fr-icon-ancient" not in served
    assert "data-fr-theme" not in served and "-ms-high-contrast" not in served and "@font-face" not in served


def test_a_property_that_is_read_is_declared(served: str) -> None:
    read = set(re.findall(r"var\((--[a-zA-Z0-9_-]+)\)", served))
    whole = (style.dsfr() / "dsfr.main.min.css").read_text()
    declared = set(re.findall(r"(--[a-zA-Z0-9_-]+):", served))
    assert len(read) > 50
    # Some are never declared by the design system itself, which then falls back.
    assert {name for name in read - declared if f"{name}:" in whole} == set()


def test_an_unused_part_changes_nothing() -> None:
    used = style.Used(["fr-btn fr-badge--", "var(--text-title-grey)"])
    assert used.holds("fr-btn") and used.holds("fr-badge--new") and used.holds("anything-else")
    assert not used.holds("fr-btn--sm") and not used.holds("fr-badge")
    rules = style._kept(
        style._rules(
            "a{x:y}.fr-btn,.fr-card{x:y}.fr-card .fr-btn{x:y}.fr-btn:not(.fr-card){x:y}"
            "@media print{.fr-card{x:y}}@media screen{.fr-btn{x:y}}:root[data-fr-theme=dark]{x:y}"
        ),
        used,
    )
    assert (
        "".join(style._text(rule) for rule in rules)
        == "a{x:y}.fr-btn{x:y}.fr-btn:not(.fr-card){x:y}@media screen{.fr-btn{x:y}}"
    )
    assert style._without_unread_properties("a{--x:1;--y:var(--x);--z:2;color:var(--y)}b{--w:3}", {"--z"}) == (
        "a{--x:1;--y:var(--x);--z:2;color:var(--y)}"
    )


@built
def test_the_style_of_all_pages_weighs_little() -> None:
    for name in ("neutral.css", "state.css"):
        assert len(gzip.compress((BUNDLE / name).read_bytes(), 9)) < 32_000, name
    assert len(brotli.compress((BUNDLE / "neutral.css").read_bytes())) < 25_000
    faces = set(re.findall(r"url\(\"?\.?/?([a-z0-9-]+\.woff2)", (BUNDLE / "neutral.css").read_text()))
    assert len(faces) == 3
    assert sum((BUNDLE / face).stat().st_size for face in faces) <= 60_000
    assert len((BUNDLE / "site.js").read_bytes()) < 2_000


@built
def test_the_marks_of_the_state_are_in_its_own_sheet_alone() -> None:
    neutral, state = (BUNDLE / "neutral.css").read_text(), (BUNDLE / "state.css").read_text()
    assert (
        "Marianne-" not in neutral
        and ".fr-logo" not in neutral
        and "#000091" not in neutral.split(":root[data-fr-scheme]")[-1]
    )
    assert "Marianne-Regular" in state and ".fr-logo" in state and "Figtree" not in state
    for sheet in (neutral, state):
        assert (
            all(re.match(r"url\([\"']?(data:|\./)", address) for address in re.findall(r"url\(.{9}", sheet))
            and "@import" not in sheet
        )


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio of two colours written #rrggbb."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_from_white_paper_and_tints() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    sheets = (SOURCES / "style/colours.css").read_text() + (SOURCES / "style/ground.css").read_text()
    colours = dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{6});", sheets))
    texts = [name for name in colours if name.startswith("--text-")] + ["--t-wood-ink", "--blue-france-sun-113-625"]
    assert len(texts) >= 9
    for name in texts:
        for ground in ("#ffffff", colours["--t-paper"], colours["--blue-france-975-75"]):
            assert contrast(colours[name], ground) >= 7, f"{name} on {ground}"
    # White on the green of buttons, also under the pointer and pressed.
    assert contrast("#ffffff", colours["--blue-france-sun-113-625"]) >= 7
    assert contrast("#ffffff", colours["--blue-france-sun-113-625-hover"]) >= 4.5
    assert contrast("#ffffff", colours["--blue-france-sun-113-625-active"]) >= 4.5
    for name in ("--t-focus", "--t-wood"):
        assert contrast(colours[name], "#ffffff") >= 3 and contrast(colours[name], colours["--t-paper"]) >= 3


def test_every_static_file_that_a_template_names_exists() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"\{% static ['\"]([^'\"]+)['\"] %\}", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    missing = {name for name in named if not finders.find(name)}
    if not BUNDLE.exists():
        missing = {name for name in missing if not name.startswith("bundle/")}
    assert missing == set()


def test_collected_files_are_named_by_their_content_and_kept_for_ever(tmp_path: Path) -> None:
    """In a process of its own: settings are read once."""
    asked = (
        "from django.conf import settings as s; print(s.STORAGES['staticfiles']['BACKEND'], s.WHITENOISE_USE_FINDERS)"
    )
    environment = {**os.environ, "TRETEAU_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
    environment.pop("TRETEAU_STATIC_ROOT", None)
    for more, expected in (
        (
            {"TRETEAU_STATIC_ROOT": str(tmp_path / "collected")},
            "whitenoise.storage.CompressedManifestStaticFilesStorage False",
        ),
        ({}, "django.contrib.staticfiles.storage.StaticFilesStorage True"),
    ):
        said = subprocess.run(
            [sys.executable, "-c", asked], cwd=ROOT, env=environment | more, capture_output=True, text=True, check=True
        ).stdout
        assert said.strip() == expected


def test_of_the_design_systems_package_only_its_favicon_is_collected() -> None:
    collected = {path for finder in finders.get_finders() for path, _ in finder.list(None)}
    assert {path.split("/")[2] for path in collected if path.startswith("dsfr/")} == {"favicon"}
    assert any(path.startswith("wagtailadmin/") for path in collected) and any(
        path.startswith("site/") for path in collected
    )
