# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A designer's files become modules of the ``designs`` package for as long as they run: ``table_legs.py`` is what
``from designs.table_legs import …`` finds, also where our own code has a file of that name. So an adapted model runs as it is."""

from __future__ import annotations

import contextlib
import importlib
import linecache
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

PACKAGE = "designs"


class _Sources(MetaPathFinder, Loader):
    def __init__(self, codes: Mapping[str, CodeType]) -> None:
        self.codes = codes  # module's full name → compiled file

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return ModuleSpec(name, self, origin=self.codes[name].co_filename) if name in self.codes else None

    def exec_module(self, module: ModuleType) -> None:
        code = self.codes[module.__name__]
        module.__file__ = code.co_filename
        exec(code, module.__dict__)


def compiled(name: str, text: str) -> CodeType:
    """Under the file's own name, which is what tracebacks then show. Raises SyntaxError, ValueError."""
    return compile(text, name, "exec", dont_inherit=True)


@contextlib.contextmanager
def importable(sources: Mapping[str, str], codes: Mapping[str, CodeType]) -> Iterator[None]:
    """The files can be imported within; afterwards everything is as it was."""
    modules = {f"{PACKAGE}.{name.removesuffix('.py')}": code for name, code in codes.items()}
    package: Any = importlib.import_module(PACKAGE)
    finder = _Sources(modules)
    hidden = {name: sys.modules.pop(name) for name in modules if name in sys.modules}
    absent = object()
    attributes = {name: getattr(package, name.rpartition(".")[2], absent) for name in modules}
    for name, text in sources.items():
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in modules:
            sys.modules.pop(name, None)
        sys.modules.update(hidden)
        for name, value in attributes.items():
            last = name.rpartition(".")[2]
            if value is not absent:
                setattr(package, last, value)
            elif hasattr(package, last):
                delattr(package, last)
        for name in sources:
            linecache.cache.pop(name, None)


def module_of(main: str) -> ModuleType:
    """The main file, executed. Raises whatever it raises."""
    return importlib.import_module(f"{PACKAGE}.{main.removesuffix('.py')}")
