# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a stranger's script may try. Each attack fails, and the job after it is as quick and as right as ever."""

from __future__ import annotations

import json
import os
import pickle
import platform
import socket
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from designs.jail import JailError, Limits, places
from tests.jailed import MARK, Cell
from tests.kernel_calls import CALLS

#: An honest job: a box of 2 × 3 × 4 with nothing left over from anybody.
HONEST = """
import cadquery, threading, signal, os, builtins, sys
answer = [
    round(cadquery.Workplane().box(2, 3, 4).val().Volume(), 6),
    threading.active_count(), signal.getitimer(signal.ITIMER_REAL)[0], signal.getsignal(signal.SIGTERM) == signal.SIG_DFL,
    len(os.sched_getaffinity(0)) > 0, hasattr(builtins, "left"), "left" in sys.modules, round(__import__("random").random(), 6),
]
"""
EXPECTED = [24.0, 1, 0.0, True, True, False, False, 0.844422]


@pytest.fixture(autouse=True)
def the_next_job_is_quick_and_right(cell: Cell) -> Iterator[None]:
    before = cell.processes
    yield
    answer = cell.run(HONEST)
    assert json.loads(answer.output) == EXPECTED
    assert answer.said == ""
    assert answer.seconds < 5  # 0.02 on a quiet machine
    assert cell.processes == before or not before, "the zygote lives on"


def answered(cell: Cell, script: str, **limits: float) -> Any:
    return json.loads(cell.run(textwrap.dedent(script), **limits).output)


def refused(cell: Cell, script: str, **limits: float) -> JailError:
    with pytest.raises(JailError) as caught:
        cell.run(textwrap.dedent(script), **limits)
    return caught.value


#: Tries each call and keeps what came of it.
TRIES = """
def tried(*attempts):
    found = []
    for attempt in attempts:
        try:
            attempt()
            found.append("done")
        except BaseException as error:
            found.append(type(error).__name__)
    return found
"""


def test_no_file_of_the_site_the_system_or_a_home_can_be_read(cell: Cell) -> None:
    places.var().mkdir(parents=True, exist_ok=True)
    database = places.var() / "treteau.sqlite3"
    kept = not database.exists()
    if kept:
        database.write_text(MARK)
    with (
        tempfile.NamedTemporaryFile(dir=places.var(), suffix=".secret") as ours,
        tempfile.NamedTemporaryFile(dir=Path.home(), suffix=".secret") as at_home,
        tempfile.NamedTemporaryFile(dir="/tmp", suffix=".secret") as passing,
    ):
        paths = [
            ours.name, at_home.name, passing.name, str(database), "/etc/passwd", "/etc/hostname", "/proc/self/environ",
            "/proc/1/environ", "/proc/self/mem", "/dev/mem", "/sys/kernel/notes", "/var/log", "/run", "/root", "/home",
            str(places.PROJECT / "manage.py"), str(places.PROJECT / ".git" / "config"), "/../../etc/passwd",
            "/proc/self/root/etc/passwd", "/proc/self/fd", "/dev/fd/0", "/project/cms", "/project/designs/models",
        ]  # fmt: skip
        assert all(Path(path).exists() for path in paths[:5])
        found = answered(cell, f"import os\nanswer = [path for path in {paths!r} if os.path.lexists(path)]")
    if kept:
        database.unlink()
    assert found == []


def test_what_can_be_seen_is_a_python_its_packages_and_plain_code(cell: Cell) -> None:
    found = answered(cell, "import os\nanswer = [sorted(os.listdir(p)) for p in ('/', '/etc', '/dev', '/project')]")
    assert set(found[0]) <= {"dev", "etc", "lib", "lib64", "packages", "project", "python", "trial", "usr"}
    assert found[1:] == [["ld.so.cache"], ["null"], ["designs", "fablabs", "fabrication"]]
    assert (
        answered(cell, TRIES + "answer = tried(lambda: __import__('django'), lambda: __import__('cms'))")
        == ["ModuleNotFoundError"] * 2
    )


def test_the_environment_says_nothing(cell: Cell) -> None:
    assert os.environ["TRETEAU_TEST_MARK"] == MARK
    found = answered(cell, "import os\nanswer = dict(os.environ)")
    assert MARK not in json.dumps(found)
    assert not any("TRETEAU" in name or "SECRET" in name or name in ("PATH", "USER") for name in found)
    assert found["PYTHONHASHSEED"] == "0"


def test_a_socket_cannot_be_opened_and_nothing_arrives(cell: Cell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        script = f"""
        import ctypes, socket
        library = ctypes.CDLL(None, use_errno=True)
        answer = tried(
            lambda: socket.create_connection(("127.0.0.1", {port}), timeout=1),
            lambda: socket.socket(socket.AF_UNIX),
            lambda: socket.socketpair(),
            lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        ) + [library.socket(2, 1, 0), ctypes.get_errno()]
        """
        found = answered(cell, TRIES + textwrap.dedent(script))
        with pytest.raises(TimeoutError):
            listener.accept()
    assert found == ["PermissionError"] * 4 + [-1, 1]


def test_a_fork_bomb_has_no_second_process(cell: Cell) -> None:
    script = """
    import os, subprocess, multiprocessing
    answer = tried(*[os.fork] * 3, lambda: subprocess.run(["/usr/bin/true"]), lambda: os.execv("/usr/lib/x", ["x"]),
                   lambda: os.posix_spawn("/usr/bin/true", ["true"], {}))
    """
    assert set(answered(cell, TRIES + textwrap.dedent(script))) <= {"PermissionError", "FileNotFoundError"}


def test_threads_are_bounded_and_end_with_their_job(cell: Cell) -> None:
    script = """
    import threading, time, signal
    def forever():
        while True:
            time.sleep(0.01)
    answer = 0
    try:
        while answer < 1000:
            threading.Thread(target=forever, daemon=answer % 2 == 0).start()
            answer += 1
    except RuntimeError:
        pass
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    """
    assert 1 <= answered(cell, script) <= Limits().threads


@pytest.mark.parametrize(
    "script",
    [
        "answer = len(bytearray(10 * 10**9))",
        "held = []\nwhile True:\n    held.append(bytearray(50_000_000))",
        "import numpy\nanswer = float(numpy.ones(10**10).sum())",
    ],
)
def test_ten_gigabytes_of_memory_are_not_given(cell: Cell, script: str) -> None:
    assert refused(cell, script).kind == "memory"


@pytest.mark.parametrize(
    "script",
    [
        "while True:\n    print('x' * 10**6)",
        "import os\nwhile True:\n    os.write(4, bytes(10**6))",
        "answer = bytes(2 * 10**6)",
    ],
)
def test_ten_gigabytes_of_output_are_not_taken(cell: Cell, script: str) -> None:
    error = refused(cell, script, output_bytes=10**6)
    assert error.kind == "output"
    assert len(error.said) <= 64_000


def test_an_endless_loop_is_ended_by_the_clock(cell: Cell) -> None:
    script = """
    import signal, time
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    print("en route", flush=True)
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
    """
    error = refused(cell, script, seconds=0.3)
    assert error.kind == "time"
    assert error.said == "en route\n"
    assert "0,3 s" in error.french


def test_a_busy_loop_is_ended_by_the_processor_even_if_it_ignores_signals(cell: Cell) -> None:
    script = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    assert refused(cell, script, seconds=20, cpu_seconds=1).kind == "time"


@pytest.mark.parametrize(
    "script",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "raise SystemExit",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.closerange(0, 64)",
        "import os; os.write(4, (10).to_bytes(8, 'big') + b'short'); os._exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import sys; sys.setrecursionlimit(10**8)\ndeep = lambda _: sorted([0], key=deep)\ndeep(0)",
    ],
)
def test_who_leaves_without_an_answer_has_crashed(cell: Cell, script: str) -> None:
    assert refused(cell, script).kind == "crash"


def test_no_other_process_can_be_reached(cell: Cell) -> None:
    script = """
    import fcntl, os, resource, signal
    parent = os.getppid()
    answer = tried(
        lambda: os.kill(parent, signal.SIGKILL), lambda: os.kill(1, signal.SIGKILL), lambda: os.kill(0, signal.SIGKILL),
        lambda: os.kill(-1, signal.SIGKILL), lambda: os.killpg(0, signal.SIGKILL), lambda: os.pidfd_open(parent),
        lambda: resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1)),
        lambda: fcntl.fcntl(1, fcntl.F_SETOWN, parent), lambda: fcntl.fcntl(1, fcntl.F_SETSIG, signal.SIGKILL),
        lambda: fcntl.fcntl(1, fcntl.F_SETFL, os.O_ASYNC), lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
        lambda: os.sched_setaffinity(parent, {0}), lambda: os.nice(-5), lambda: os.setuid(0), lambda: os.waitpid(-1, 0),
        lambda: resource.setrlimit(resource.RLIMIT_AS, (10**10, 10**10)),
    )
    """
    found = answered(cell, TRIES + textwrap.dedent(script))
    assert set(found) <= {"PermissionError", "ValueError", "OSError"}, found


def test_nothing_can_be_written_linked_or_renamed(cell: Cell) -> None:
    script = """
    import os
    from pathlib import Path
    answer = []
    for folder in ("/", "/project/designs", "/packages/cadquery", "/python/lib", "/trial", "/dev", "/usr/lib", "/tmp", "/dev/shm"):
        answer += tried(
            lambda: Path(folder, "written").write_text("x"), lambda: os.symlink("/etc/passwd", folder + "/link"),
            lambda: os.mkdir(folder + "/folder"), lambda: os.mkfifo(folder + "/pipe"), lambda: os.link("/dev/null", folder + "/hard"),
        )
    answer += tried(
        lambda: Path("/trial/trial.py").write_text("x"), lambda: os.unlink("/trial/trial.py"), lambda: os.truncate("/trial/trial.py", 0),
        lambda: os.rename("/project", "/elsewhere"), lambda: os.chmod("/trial/trial.py", 0o777), lambda: os.memfd_create("x"),
        lambda: os.utime("/trial/trial.py"), lambda: os.chroot("/project"), lambda: os.truncate("/project/designs/errors.py", 0),
    )
    """
    found = answered(cell, TRIES + textwrap.dedent(script))
    assert "done" not in found
    assert set(found) <= {"PermissionError", "OSError", "FileNotFoundError"}


def test_descriptors_run_out_for_the_job_alone(cell: Cell) -> None:
    script = """
    import os
    answer = []
    try:
        while True:
            answer.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        answer = [len(answer), error.errno]
    """
    opened, number = answered(cell, script)
    assert opened < Limits().descriptors
    assert number == 24  # EMFILE


def test_a_job_has_its_request_its_answer_and_its_print_and_no_other_descriptor(cell: Cell) -> None:
    script = """
    import os, stat
    answer = []
    for number in range(64):
        try:
            answer.append([number, stat.S_ISSOCK(os.fstat(number).st_mode)])
        except OSError:
            pass
    """
    assert answered(cell, script) == [[0, False], [1, False], [2, False], [4, False]]


def test_a_script_of_a_hundred_megabytes_is_not_even_begun(cell: Cell) -> None:
    jobs = cell.pool.zygotes[0].jobs if cell.pool.zygotes else 0
    error = refused(cell, "#" * 100_000_000)
    assert error.kind == "refused"
    assert "25,2\u00a0Mo au plus" in error.french
    assert (cell.pool.zygotes[0].jobs if cell.pool.zygotes else 0) == jobs


class Trap:
    """Writes a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self._path, "sprung")


def test_what_comes_out_is_never_unpickled(cell: Cell, tmp_path: Path) -> None:
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    assert cell.run(f"answer = {trap!r}").output == trap
    assert not (tmp_path / "sprung").exists()
    # … and it is not an answer either that an object pretends to be bytes.
    assert refused(cell, f"import pickle\nanswer = pickle.loads({trap!r})").kind == "crash"
    assert not (tmp_path / "sprung").exists()
    sources = [path.read_text() for path in (places.PROJECT / "designs" / "jail").glob("*.py")]
    assert len(sources) > 20
    assert not any("pickle" in line and "import" in line for source in sources for line in source.splitlines())


def test_what_one_job_changes_in_cadquery_the_next_does_not_see(cell: Cell) -> None:
    script = """
    import builtins, cadquery, json, os, random, sys, types
    cadquery.Workplane.box = lambda *a, **k: cadquery.Workplane().sphere(1)
    cadquery.Shape.Volume = lambda self: 42
    builtins.left = builtins.round = lambda *a: 42
    sys.modules["left"] = types.ModuleType("left")
    sys.path.insert(0, "/dev")
    json.dumps = lambda *a, **k: '"other"'
    random.random = lambda: 0.5
    os.environ["left"] = "x"
    answer = b'"%d"' % cadquery.Workplane().box(2, 3, 4).val().Volume()
    """
    assert answered(cell, script) == "42"


def test_two_jobs_begin_with_the_same_chance_and_order(cell: Cell) -> None:
    script = """
    import numpy, random
    answer = [random.random(), float(numpy.random.random()), list({"a", "bb", "porte", "tenon"}), hash("porte")]
    """
    assert answered(cell, script) == answered(cell, script)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of x86_64's system calls")
def test_no_door_of_the_kernel_opens_to_machine_code(cell: Cell) -> None:
    script = f"""
    import ctypes
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    answer = {{}}
    for name, (number, *arguments) in {CALLS!r}.items():
        result = library.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
        answer[name] = [result, ctypes.get_errno()]
    result = library.syscall(ctypes.c_long(435), ctypes.c_long(0), ctypes.c_long(0))
    answer["clone3"] = [result, ctypes.get_errno()]
    """
    found = answered(cell, script)
    assert found.pop("clone3") == [-1, 38]  # ENOSYS: the C library then uses clone
    assert {name: result for name, result in found.items() if result != [-1, 1]} == {}  # EPERM
    assert len(found) == len(CALLS)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x86_64's second set of numbers")
def test_the_second_set_of_numbers_ends_the_job(cell: Cell) -> None:
    assert refused(cell, "import ctypes\nctypes.CDLL(None).syscall(0x40000000 + 39)").kind == "crash"


def test_memory_that_is_run_as_code_is_under_the_same_filter(cell: Cell) -> None:
    """A process that loads its own machine code has no more than one that calls the library."""
    script = """
    import ctypes, mmap
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(bytes.fromhex("b839000000" "0f05" "c3"))  # mov eax, 57 (fork); syscall; ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    answer = ctypes.CFUNCTYPE(ctypes.c_long)(address)()
    """
    if platform.machine() == "x86_64":
        assert answered(cell, script) == -1
    assert refused(cell, "import os\nos.fork()").kind == "crash"
