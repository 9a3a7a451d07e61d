# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shell: arguments, exit codes and refusals. The work is in the modules beside this one.

Exit codes: 0 done; 1 a package or a design has faults; 2 bad input (one line on standard error, nothing
written); 3 this design can't be made on this machine; 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from fabrication.choices import SCALES
from fabrication.plan import MAX_QUANTITY
from treteau import assigning, corrections, designing, fitness, matching, nesting, quoting
from treteau.exits import BAD_INPUT, DONE, FAULTY, INTERRUPTED, NOT_MAKEABLE, TERMINATED
from treteau.oneline import one_line

# Nothing heavier than argparse here: `treteau --help` answers at once. CadQuery alone takes seconds.


class _Parser(argparse.ArgumentParser):
    """Usage errors are one line too."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {one_line(message)} (see {self.prog} --help)\n")


def _quantity(text: str) -> int:
    # int() would take "1_0", " 5 " and Arabic digits too; an exponent is no count of pieces.
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MAX_QUANTITY:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MAX_QUANTITY}, not {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) or not 0 < float(text) <= 3600:
        raise argparse.ArgumentTypeError(f"seconds, over 0 and up to 3600, not {text!r}")
    return float(text)


def _scale(text: str) -> int:
    known = {f"1:{scale}": scale for scale in SCALES}
    if text not in known:
        raise argparse.ArgumentTypeError(f"{' or '.join(known)}, not {text!r}")
    return known[text]


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name.strip() or not equals:
        raise argparse.ArgumentTypeError(f"write name=value, not {text!r}")
    return name.strip(), value


def _settings(pairs: Sequence[tuple[str, str]], parser: argparse.ArgumentParser) -> dict[str, str]:
    given = dict(pairs)
    if len(given) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        parser.error(f"argument --set: {twice} is given twice")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="treteau",
        description="From a parametric piece of furniture to a verified cut package.",
        epilog="Exit codes: 0 done; 1 faults found; 2 bad input; 3 can't be made on this machine.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    designs = commands.add_parser("designs", help="list the published designs", allow_abbrev=False)

    show = commands.add_parser("show", help="parameters, bounds, defaults and parts of a design", allow_abbrev=False)
    show.add_argument("design", metavar="DESIGN", help="its identifier, e.g. chariot")

    cut = commands.add_parser("cut", help="write the verified cut package of a design", allow_abbrev=False)
    cut.add_argument("design", metavar="DESIGN", help="its identifier, e.g. chariot")
    cut.add_argument("--machine", metavar="FILE", type=Path, required=True, help="machine file (docs/machines.md)")
    cut.add_argument(
        "--set",
        dest="settings",
        metavar="NAME=VALUE",
        type=_setting,
        action="append",
        default=[],
        help="a parameter of the design; may be repeated",
    )
    cut.add_argument(
        "--quantity", metavar="N", type=_quantity, default=1, help=f"pieces to cut, 1 to {MAX_QUANTITY} (default 1)"
    )
    cut.add_argument(
        "--scale", metavar="1:N", type=_scale, default=1, help="1:1, or 1:5 for a model in 3 or 4 mm sheet (a laser)"
    )
    cut.add_argument("--out", metavar="DIR", type=Path, default=Path(), help="where the archive goes (default: here)")
    cut.add_argument(
        "--part",
        dest="parts",
        metavar="CODE",
        action="append",
        default=[],
        help="only this part, e.g. P07, --quantity copies of it; may be repeated",
    )
    cut.add_argument("--layout", metavar="FILE", type=Path, help="lay parts as in this package or manifest.json")
    cut.add_argument("--locked", metavar="FILE", type=Path, help="the same form, with the placements that are to stay")
    cut.add_argument(
        "--time", metavar="SECONDS", dest="seconds", type=_seconds, help="look so long for a better layout, up to 3600"
    )

    check = commands.add_parser("check", help="is a piece fit for use? (docs/fitness.md)", allow_abbrev=False)
    fitness.add_options(check)
    check.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", type=_setting, action="append", default=[], help="a parameter"
    )

    verify = commands.add_parser("verify", help="read a cut package back and check it", allow_abbrev=False)
    verify.add_argument("archive", metavar="ARCHIVE", type=Path, help="the .zip that `treteau cut` wrote")

    okh = commands.add_parser("okh", help="read somebody's Open Know-How manifest (docs/okh.md)", allow_abbrev=False)
    okh.add_argument("path", metavar="FILE|FOLDER", type=Path, help="its .toml or .json, or the folder that it lies in")

    quote = commands.add_parser(
        "quote", help="what an order costs, line by line, at your prices (docs/quotes.md)", allow_abbrev=False
    )
    quoting.add_options(quote)
    quote.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", type=_setting, action="append", default=[], help="a parameter"
    )
    quote.add_argument(
        "--quantity", metavar="N", type=_quantity, default=1, help=f"pieces, 1 to {MAX_QUANTITY} (default 1)"
    )

    nest = commands.add_parser(
        "nest", help="lay a strip-packing instance's items (docs/nesting.md)", allow_abbrev=False
    )
    nesting.add_options(nest)

    match = commands.add_parser(
        "match", help="who can make each demand, ranked, with reasons (docs/matching.md)", allow_abbrev=False
    )
    matching.add_options(match)

    assign = commands.add_parser(
        "assign", help="all demands over all makers at once (docs/assignment.md)", allow_abbrev=False
    )
    assigning.add_options(assign)

    calibrate = commands.add_parser(
        "calibrate", help="write what was measured into a machine file (docs/calibration.md)", allow_abbrev=False
    )
    corrections.add_calibrate_options(calibrate)

    remark = commands.add_parser(
        "remark", help="keep a remark on a part with the design's revision", allow_abbrev=False
    )
    corrections.add_remark_options(remark)
    remark.add_argument(
        "--set", dest="settings", metavar="NAME=VALUE", type=_setting, action="append", default=[],
        help="a parameter of the design; may be repeated",
    )  # fmt: skip

    design = commands.add_parser(
        "design", help="start, check, compare and publish a design of your own (docs/concevoir.md)", allow_abbrev=False
    )
    designing.add_options(design, _setting)

    for command in (designs, show, cut, check, verify, okh, quote, nest, match, assign, calibrate, remark):
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if arguments.command == "designs":
        from treteau.listing import list_designs

        return list_designs(as_json=arguments.json)
    if arguments.command == "show":
        from treteau.listing import show_design

        return show_design(arguments.design, as_json=arguments.json)
    if arguments.command == "verify":
        from treteau.checking import verify_package

        return verify_package(arguments.archive, as_json=arguments.json)
    if arguments.command == "check":
        return fitness.check_design(
            arguments.design,
            _settings(arguments.settings, parser),
            arguments.machine,
            samples=arguments.samples,
            seed=arguments.seed,
            as_json=arguments.json,
        )
    if arguments.command == "calibrate":
        return corrections.run_calibrate(arguments)
    if arguments.command == "remark":
        return corrections.run_remark(arguments, _settings(arguments.settings, parser))
    if arguments.command == "match":
        return matching.run(arguments)
    if arguments.command == "assign":
        return assigning.run(arguments)
    if arguments.command == "quote":
        return quoting.run(arguments, _settings(arguments.settings, parser))
    if arguments.command == "design":
        return designing.run(arguments, _settings, parser)
    if arguments.command == "nest":
        return nesting.run(arguments, parser)
    if arguments.command == "okh":
        from treteau.okh import show_okh

        return show_okh(arguments.path, as_json=arguments.json)
    from treteau.cutting import cut_package
    from treteau.laying import Wishes

    return cut_package(
        arguments.design,
        _settings(arguments.settings, parser),
        arguments.machine,
        quantity=arguments.quantity,
        folder=arguments.out,
        scale=arguments.scale,
        as_json=arguments.json,
        wishes=Wishes(tuple(arguments.parts), arguments.layout, arguments.locked, arguments.seconds),
    )


def _refused(arguments: argparse.Namespace, code: int, error: object) -> int:
    print(f"treteau {arguments.command}: {one_line(error)}", file=sys.stderr)
    return code


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """What the commands count on, undone afterwards for whoever called ``main`` from Python."""
    # A file name need not be printable, and a terminal need not speak UTF-8.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    before: Any = None
    with contextlib.suppress(ValueError):  # not in the main thread
        # Being told to stop is cleaned up after like Ctrl-C.
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:  # a library's warning is no answer to the person who typed the command
                warnings.simplefilter("ignore")
            yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (argparse exits by itself with 0 or 2)."""
    parser = _parser()
    arguments = parser.parse_args(argv)

    from designs.errors import DesignError, SheetError
    from fablabs.errors import MachineFileError
    from fabrication.errors import ChoiceError, FabricationError, NotFlatError, NotMakeableError

    try:
        with _surroundings():
            code = _run(arguments, parser)
            sys.stdout.flush()
            return code
    except ChoiceError as error:
        return _refused(arguments, BAD_INPUT, error)
    except (NotMakeableError, NotFlatError, SheetError) as error:
        return _refused(arguments, NOT_MAKEABLE, error)
    except (DesignError, MachineFileError) as error:
        return _refused(arguments, BAD_INPUT, error)
    except FabricationError as error:  # a fault of ours: said in a line all the same
        return _refused(arguments, FAULTY, error)
    except BrokenPipeError:
        # The reader (`| head`) has left: nobody to tell, and the last flush must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        return _refused(arguments, BAD_INPUT, f"{name}{error.strerror or error}")
    except KeyboardInterrupt:
        return _refused(arguments, INTERRUPTED, "interrupted, nothing written")
