# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which files the jail's Python needs, and no others: the interpreter, its library, a few packages, our plain code."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
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
_SKIPPED_FOLDERS = {"migrations", "management", "models", "services", "templates", "static", "__pycache__"}
_SKIPPED_LIBRARY = {
    "test", "tests", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "site-packages", "dist-packages",
    "__pycache__", "pydoc_data",
}  # fmt: skip
_SKIPPED_PACKAGED = {"tests", "include", "__pycache__"}

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
            if not _SKIPPED_FOLDERS.intersection(inner.parts) and not _names_django(file):
                found.append((file, Path("project", inner)))
    return found


def own_key(files: list[File]) -> str:
    """One line that changes when one of these files does."""
    return " ".join(f"{inner}:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file, inner in files)


def _names_django(file: Path) -> bool:
    """Whether a module imports Django, or a floor above it, as soon as it is imported itself."""
    text = file.read_text()
    if not any(name in text for name in _DJANGO):
        return False
    for node in ast.parse(text).body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(name.split(".")[0] in _DJANGO for name in names):
            return True
    return False
