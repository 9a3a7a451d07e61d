# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``manage.py import_makers FILE``: the same as the page for coordinators, from a shell."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from fablabs.imports.reading import UnreadableFileError
from fablabs.imports.services import WRONG, apply, drop, preview


class Command(BaseCommand):
    help = "Read a list of makers or places in: our template (CSV, XLSX) or a public list (docs/imports.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--as", dest="actor", required=True, metavar="EMAIL", help="the coordinator who answers for it"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--strict", action="store_true", help="import nothing if any line is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = User.objects.filter(email__iexact=options["actor"], is_active=True).first()
        if actor is None:
            raise CommandError(f"nobody has the address {options['actor']}")
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: can't be read: {error.strerror}") from error
        try:
            run = preview(data, options["file"].name, actor=actor)
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        except PermissionDenied as error:
            raise CommandError(f"{actor.email} is no coordinator") from error
        wrong = run.counts.get(WRONG, 0)
        refused = options["strict"] and wrong
        if options["dry_run"] or refused:
            drop(run, actor=actor)
        else:
            run = apply(run, actor=actor)
        for row in run.report:
            if row["words"] or options["verbosity"] > 1:
                self.stdout.write(f"{row['number']:>6}  {row['status']:<9}  {row['label']}  {row['words']}")
        self.stdout.write(", ".join(f"{status} {count}" for status, count in sorted(run.counts.items())))
        if refused:
            raise CommandError(f"nothing imported: {wrong} wrong lines")
