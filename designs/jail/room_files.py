# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which files the jail's Python needs, and no others: the interpreter, its library, a few packages, our plain code."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from designs.jail.places import PROJECT

#: What ``import cadquery`` loads (its assemblies load vtk), and what our plain code adds: shapely.
DISTRIBUTIONS = (
    "cadquery", "cadquery-ocp", "cadquery-ocp-proxy", "vtk", "numpy", "ezdxf", "fonttools", "pyparsing", "nlopt",
    "casadi", "multimethod", "runtype", "typing_extensions", "shapely",
)  # fmt: skip
#: Plain packages of ours. Whatever names Django in them stays outside.
OWN = ("designs", "fabrication", "fablabs")
_DJANGO = {"django", "wagtail", "celery", "cms", "orders", "accounts"}
#: Folders and modules of these names are Django's side of a package (pyproject.toml keeps plain modules off them).
_DJANGO_SIDE = {
    "migrations", "management", "models", "services", "admin", "apps", "tasks", "work", "artefacts", "leases",
    "templates", "static", "__pycache__",
}  # fmt: skip
_SKIPPED_LIBRARY = {
    "test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "site-packages", "dist-packages",
    "__pycache__", "pydoc_data",
}  # fmt: skip
_SKIPPED_PACKAGED = {"tests", "include", "__pycache__"}

#: An import statement that is not inside anything: "from" what, which names; or "import" what.
_IMPORT = re.compile(r"^(?:from (\S+) import (\([^)]*\)|.*)|import (.*))$", re.MULTILINE)

#: (where it is, its path in the room)
File = tuple[Path, Path]


def library_key() -> str:
    """One line that changes when Python or a package does."""
    python = python_file()
    versions = [f"{name}={importlib.metadata.version(name)}" for name in DISTRIBUTIONS]
    return " ".join([sys.version, str(python), str(python.stat().st_mtime_ns), *versions])


def library_files() -> Iterator[File]:
    """Python at python/, its packages at packages/. Raises LookupError where a package doesn't list its files."""
    yield from _interpreter()
    for name in DISTRIBUTIONS:
        files = importlib.metadata.files(name)
        if files is None:
            raise LookupError(f"the package {name} has no list of its files")
        for file in files:
            if ".." not in file.parts and not _SKIPPED_PACKAGED.intersection(file.parts) and file.suffix != ".pyi":
                yield Path(str(file.locate())), Path("packages", *file.parts)


def python_file() -> Path:
    return Path(sys._base_executable).resolve()  # type: ignore[attr-defined]  # the one behind a virtual environment


def python_name() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _interpreter() -> Iterator[File]:
    yield python_file(), Path("python", "bin", python_name())
    paths = sysconfig.get_paths(vars={"base": sys.base_prefix, "platbase": sys.base_exec_prefix})
    for folder in {Path(paths["stdlib"]), Path(paths["platstdlib"])}:
        for file in sorted(folder.rglob("*")):
            inner = file.relative_to(folder)
            if not _SKIPPED_LIBRARY.intersection(inner.parts[:-1]) and file.is_file() and file.suffix != ".a":
                yield file, Path("python", "lib", python_name(), inner)
    if sysconfig.get_config_var("Py_ENABLE_SHARED"):
        name = sysconfig.get_config_var("INSTSONAME")
        # Where it was built may be elsewhere than where it is.
        for folder in (Path(sys.base_prefix, "lib"), Path(sysconfig.get_config_var("LIBDIR"))):
            shared = folder / name
            if shared.is_file():
                yield shared, Path("python", "lib", name)
                return


def own_files() -> list[File]:
    """Our plain modules, at project/."""
    found = []
    for package in OWN:
        for file in sorted((PROJECT / package).rglob("*.py")):
            inner = file.relative_to(PROJECT)
            if not _DJANGO_SIDE.intersection(inner.with_suffix("").parts) and not _names_django(file):
                found.append((file, Path("project", inner)))
    return found


def own_key(files: list[File]) -> str:
    """One line that changes when one of these files does."""
    return " ".join(f"{inner}:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file, inner in files)


def _names_django(file: Path) -> bool:
    """Whether a module imports Django, its side of a package, or a floor above, as soon as it is imported itself."""
    for module, names, modules in _IMPORT.findall(file.read_text(encoding="utf-8")):
        for whole in modules.split(","):
            parts = re.findall(r"\w+", whole or module)
            if parts[:1] and parts[0] in _DJANGO:
                return True
            if parts[:1] and parts[0] in OWN and _DJANGO_SIDE.intersection(parts + re.findall(r"\w+", names)):
                return True
    return False
