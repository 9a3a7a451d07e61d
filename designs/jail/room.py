# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The folders that the jail's Python is run from: hard links where the file system lets us, copies elsewhere.

A room is made once for a state of its files, beside others, under a name that says which, and is never changed; so a
zygote may run in it while the next one is made. What nobody uses any more is removed when a new one is made.
"""

from __future__ import annotations

import compileall
import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from designs.jail import places
from designs.jail.errors import unavailable
from designs.jail.room_files import File, library_files, library_key, own_files, own_key, python_name

#: Changes when rooms are made differently.
_FORM = "1"
#: No room is made for so long.
_MAKING_S = 3600
#: What a zygote imports whatever its entries are; also what a new room's byte code is written by.
IMPORTED = ("cadquery", "shapely", "ezdxf", "numpy.random", "ctypes", "json", "OCP.BRepGProp", "OCP.GProp")

Finish = Callable[[Path], None]


@dataclass(frozen=True)
class Room:
    #: Holds python/ and packages/.
    library: Path
    #: Holds project/.
    own: Path

    @property
    def python(self) -> str:
        """The interpreter, as the jail sees it."""
        return f"/python/bin/{python_name()}"


@contextlib.contextmanager
def room() -> Iterator[Room]:
    """A room for this Python, these packages and our code as they are now; it is kept while somebody is inside.
    Raises JailError (unavailable) where it can't be made."""
    with contextlib.ExitStack() as held:
        try:
            parent = places.rooms()
            _open_to_all(parent)
            files = own_files()
            library = held.enter_context(_made(parent, "library", library_key(), library_files(), _write_byte_code))
            own = held.enter_context(_made(parent, "own", own_key(files), files, _compile))
        except (OSError, LookupError, subprocess.SubprocessError) as error:
            raise unavailable(
                f"no room for the jail: {error}", "L’espace protégé du site n’a pas pu être préparé sur ce serveur."
            ) from error
        yield Room(library, own)


def _open_to_all(folder: Path) -> None:
    """The folder, and those above it that aren't there yet."""
    for one in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        one.mkdir(exist_ok=True)
        one.chmod(0o755)


@contextlib.contextmanager
def _made(parent: Path, kind: str, key: str, files: Iterable[File], finish: Finish) -> Iterator[Path]:
    """The folder of this kind and key, made if it isn't there yet; locked against removal inside the context."""
    name = f"{kind}-{hashlib.sha256(f'{_FORM} {key}'.encode()).hexdigest()[:16]}"
    folder = parent / name
    with _locked(parent / f"{kind}.lock", fcntl.LOCK_EX):
        if not folder.exists():
            _make(folder, files, finish)
            _tidy(parent, kind, keep=folder)
        used = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(used, fcntl.LOCK_SH)
    try:
        yield folder
    finally:
        os.close(used)


def _make(folder: Path, files: Iterable[File], finish: Finish) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix="making-", dir=folder.parent))
    try:
        made: set[Path] = set()
        for source, inner in files:
            target = unfinished / inner
            if target.parent not in made:
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
                made.add(target.parent)
            _put(source.resolve(), target)
        finish(unfinished)
        for path in unfinished.rglob("*"):  # whatever this process's mask makes of new files
            mode = path.stat().st_mode
            if path.is_dir():
                path.chmod(0o755)
            elif not mode & stat.S_IROTH:
                path.chmod(mode | 0o444)
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _put(source: Path, target: Path) -> None:
    """Our own code is copied, since an editor may write into the file itself."""
    readable = source.stat().st_mode & stat.S_IROTH
    if readable and source.suffix != ".py":
        with contextlib.suppress(FileExistsError):
            try:
                os.link(source, target)
                return
            except OSError as error:
                if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EACCES, errno.ENOTSUP):
                    raise
    shutil.copy2(source, target)
    target.chmod(target.stat().st_mode | 0o444)


def _write_byte_code(folder: Path) -> None:
    """Imports once what every zygote imports: nothing can be written inside the jail, and without byte code each
    start would compile for seconds. It also shows that the room is whole."""
    subprocess.run(
        [folder / "python" / "bin" / python_name(), "-S", "-s", "-P", "-c", f"import {', '.join(IMPORTED)}"],
        env=environment(folder / "python", [folder / "packages"]),
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=300,
    )


def _compile(folder: Path) -> None:
    compileall.compile_dir(folder, quiet=2, stripdir=folder / "project", prependdir="/project")


def environment(python: Path, packages: list[Path]) -> dict[str, str]:
    """All environment variables that Python has in a room. Libraries that would make threads of their own make none:
    a process with threads can't be forked safely."""
    return {
        "PYTHONPATH": os.pathsep.join(map(str, packages)),
        "LD_LIBRARY_PATH": str(python / "lib"),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "HOME": "/",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _tidy(parent: Path, kind: str, keep: Path) -> None:
    """Removes rooms that nobody is in, and what a making that was interrupted has left."""
    for folder in parent.glob(f"{kind}-*"):
        if folder != keep and folder.is_dir():
            with contextlib.suppress(OSError), _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(folder, ignore_errors=True)
    for folder in parent.glob("making-*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _MAKING_S:
                shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    flags = os.O_RDONLY | os.O_CLOEXEC
    descriptor = os.open(path, flags if path.is_dir() else flags | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
