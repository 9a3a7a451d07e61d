# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py import_zoning KIND FILE``: an official list of zonings, or of France Services spaces."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fablabs.imports.reading import UnreadableFileError
from orders.eligibility.zoning import Kind
from orders.services.zonings import SAME, WRONG, ZoningImportError, import_list, read_list


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day; write it like 2024-07-01") from None


class Command(BaseCommand):
    help = "Read an official zoning list in: FRR, ZRR, QPV or France Services spaces (docs/eligibility.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.value for kind in Kind])
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--strict", action="store_true", help="import nothing if any line is wrong")
        parser.add_argument("--replace", action="store_true", help="remove what this vintage has and the file has not")
        parser.add_argument(
            "--valid-from", type=_day, metavar="DAY", help="default: the list's own, docs/eligibility.md"
        )
        parser.add_argument("--valid-to", type=_day, metavar="DAY", help="the last day on which it holds")
        parser.add_argument("--vintage", default="", help="2025-07-10, 2024-08 or 2024; default: what the file says")
        parser.add_argument("--source", default="", help="who published it; default: the usual one")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: can't be read: {error.strerror}") from error
        told = {name: options[name] for name in ("valid_from", "valid_to", "vintage", "source")}
        try:
            official = read_list(options["kind"], data, path.name, **told)
        except (UnreadableFileError, ZoningImportError) as error:
            raise CommandError(f"{path}: {error}") from error
        wrong = sum(bool(line.fault) for line in official.lines)
        refused = bool(options["strict"] and wrong)
        report = import_list(
            official,
            file_name=path.name,
            data=data,
            replace_all=options["replace"],
            dry_run=options["dry_run"] or refused,
        )
        for outcome in report.outcomes:
            if outcome.words or (options["verbosity"] > 1 and outcome.status != SAME) or options["verbosity"] > 2:
                self.stdout.write(f"{outcome.number:>6}  {outcome.status:<9}  {outcome.label}  {outcome.words}")
        until = f" to {official.valid_to}" if official.valid_to else ""
        self.stdout.write(
            f"{official.kind.value}, vintage {official.vintage}, in force from {official.valid_from}{until}, "
            f"source: {official.source}"
        )
        self.stdout.write(", ".join(f"{status} {count}" for status, count in sorted(report.counts.items())))
        if refused:
            raise CommandError(f"nothing imported: {wrong} wrong lines ({WRONG})")
        if options["dry_run"]:
            self.stdout.write("dry run: nothing was written")
