# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau design``: options of what a designer does with a folder, an own editor and git (docs/concevoir.md).

The work is in the modules beside this one; nothing heavy is imported before a command is chosen.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from treteau.fitness import SEED, samples_option, seed_option

_JAIL_OR_HERE = "run the script in this process, without the jail: only one that you wrote or read yourself"


def add_options(parser: argparse.ArgumentParser, setting: Callable[[str], tuple[str, str]]) -> None:
    """``setting`` reads NAME=VALUE."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    new = actions.add_parser("new", help="start a design: a table that works at once, or a copy", allow_abbrev=False)
    new.add_argument("folder", metavar="NAME", type=Path, help="a new folder; its name is the design's, e.g. banc-long")
    new.add_argument(
        "--from", dest="origin", metavar="DESIGN|FOLDER", default="",
        help="begin with a published design, e.g. porte or porte@1, or with another folder",
    )  # fmt: skip

    check = actions.add_parser("check", help="draw it in the jail, and every check of it", allow_abbrev=False)
    check.add_argument("folder", metavar="FOLDER", type=Path, help="a design's folder, or a ZIP of it")
    check.add_argument("--quick", action="store_true", help="only the sizes given: no far ones, no random ones")
    check.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", type=setting, action="append", default=[],
        help="a parameter; only these sizes are checked then",
    )  # fmt: skip
    check.add_argument("--machine", metavar="FILE", type=Path, help="on this workshop's sheet, with its tools")
    check.add_argument(
        "--samples", metavar="N", type=samples_option, help="check N random sets of parameters, e.g. 200"
    )
    check.add_argument(
        "--seed", metavar="N", type=seed_option, default=SEED, help=f"of the random sets (default {SEED})"
    )

    diff = actions.add_parser("diff", help="what changed: parts, joints, figures, version", allow_abbrev=False)
    diff.add_argument("folder", metavar="FOLDER", type=Path, help="the new state")
    diff.add_argument(
        "other", metavar="OTHER", nargs="?", default="",
        help="the old one: a folder, a ZIP, or DESIGN[@NUMBER] (default: the revision that FOLDER was exported from)",
    )  # fmt: skip
    diff.add_argument(
        "--git", metavar="REV", default="", help="the old one: FOLDER as it was at this revision, e.g. HEAD"
    )

    publish = actions.add_parser(
        "publish", help="save it at the site, submit it, publish it where you may", allow_abbrev=False
    )
    bring = actions.add_parser("import", help="save it at the site as a draft", allow_abbrev=False)
    for action in (publish, bring):
        action.add_argument("folder", metavar="FOLDER", type=Path, help="a design's folder, or a ZIP of it")
        action.add_argument(
            "--as", dest="email", metavar="EMAIL", required=True, help="who does it: an account's address"
        )
        action.add_argument(
            "--organisation", metavar="NAME", default="", help="whose draft a new one is, where you design for several"
        )  # fmt: skip
    publish.add_argument("--wait", metavar="SECONDS", type=_seconds, default=300, help="for the checks (default 300)")

    export = actions.add_parser("export", help="a published revision as a folder", allow_abbrev=False)
    export.add_argument("design", metavar="DESIGN[@NUMBER]", help="e.g. porte, or porte@1")
    export.add_argument("folder", metavar="FOLDER", type=Path, help="a new folder, or a new file that ends in .zip")

    for action in (check, diff):
        action.add_argument("--here", action="store_true", help=_JAIL_OR_HERE)
    for action in (new, check, diff, publish, bring, export):
        action.add_argument("--json", action="store_true", help="print one JSON object")


def run(
    arguments: argparse.Namespace, settings: Callable[..., Mapping[str, str]], parser: argparse.ArgumentParser
) -> int:
    """0 done; 1 faults found; 2 bad input; 3 can't be made on this machine."""
    from designs.folder_files import FolderError

    try:
        return _run(arguments, settings, parser)
    except FolderError as error:
        return _refused(arguments, error)


def _run(
    arguments: argparse.Namespace, settings: Callable[..., Mapping[str, str]], parser: argparse.ArgumentParser
) -> int:
    if arguments.action == "new":
        from treteau.designing_folders import new

        return new(arguments.folder, arguments.origin, as_json=arguments.json)
    if arguments.action == "export":
        from treteau.designing_folders import export

        return export(arguments.design, arguments.folder, as_json=arguments.json)
    if arguments.action == "check":
        from treteau.designing_check import Asked, check

        if arguments.samples and arguments.quick:
            parser.error("argument --quick: not with --samples")
        given = settings(arguments.settings, parser)
        asked = Asked(given, arguments.machine, arguments.samples, arguments.seed, arguments.quick)
        return check(arguments.folder, asked, here=arguments.here, as_json=arguments.json)
    if arguments.action == "diff":
        from treteau.designing_diff import diff

        if arguments.other and arguments.git:
            parser.error("argument --git: not with OTHER")
        return diff(arguments.folder, arguments.other, arguments.git, here=arguments.here, as_json=arguments.json)
    from treteau.designing_site import bring, publish

    if arguments.action == "import":
        return bring(arguments.folder, arguments.email, arguments.organisation, as_json=arguments.json)
    return publish(
        arguments.folder, arguments.email, arguments.organisation, seconds=arguments.wait, as_json=arguments.json
    )


def _refused(arguments: argparse.Namespace, error: object) -> int:
    """``FOLDER/modele.toml:12: sentence``, as compilers say it and editors find it."""
    import sys

    from treteau.exits import BAD_INPUT
    from treteau.oneline import one_line

    file, line = getattr(error, "file", ""), getattr(error, "line", 0)
    place = str(arguments.folder / file) if file else f"treteau design {arguments.action}"
    print(f"{one_line(place)}:{f'{line}:' if line else ''} {one_line(error)}", file=sys.stderr)
    return BAD_INPUT


def _seconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 86_400:
        raise argparse.ArgumentTypeError(f"seconds, from 1 to 86400, not {text!r}")
    return int(text)
