# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`treteau cut` writes one verified archive and sums it up; `treteau verify` reads it back."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from fabrication.errors import ChoiceError
from treteau.cli import main
from treteau.laying import Wishes, layout_in

ROOT = Path(__file__).parents[1]
ROUTER = str(ROOT / "examples" / "machines" / "router-2500.toml")
COMMAND = str(Path(sys.executable).with_name("treteau"))


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """The folder where `treteau cut chariot … --json` wrote, and what it printed."""
    folder = tmp_path_factory.mktemp("cut") / "build" / "deep"
    command = [COMMAND, "cut", "chariot", "--machine", ROUTER, "--set", "width=1000", "--set", "trays=1"]
    command += ["--quantity", "2", "--out", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    return folder, json.loads(done.stdout)  # one object and nothing else, or this fails


def test_cut_writes_one_archive_and_nothing_else(cut) -> None:
    folder, printed = cut
    archive = Path(printed["archive"])
    assert list(folder.iterdir()) == [archive]
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == printed["sha256"]
    assert archive.name.startswith("chariot-")


def test_the_archive_is_of_the_piece_machine_and_quantity_that_were_asked(cut) -> None:
    manifest = cut[1]["manifest"]
    with zipfile.ZipFile(cut[1]["archive"]) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("manifest.json")]
        assert json.loads(archive.read(name)) == manifest
    assert manifest["design"] == "chariot"
    assert manifest["parameters"]["width"] == 1000
    assert manifest["parameters"]["trays"] == 1
    assert manifest["machine"]["name"] == "Routeur 2500"
    assert all(check["ok"] for check in manifest["checks"])
    assert all(part["quantity"] % 2 == 0 for part in manifest["parts"])


def test_the_figures_are_the_manifest_s(cut) -> None:
    printed, manifest = cut[1], cut[1]["manifest"]
    placed = [p["part"] for sheet in manifest["sheets"] for p in sheet["placements"]]
    parts = {p["code"]: p for p in manifest["parts"]}
    assert printed["sheets"] == len(manifest["sheets"])
    assert printed["parts"] == len(placed)
    assert printed["cut_m"] == pytest.approx(sum(parts[code]["perimeter_mm"] for code in placed) / 1000, abs=0.01)
    net = sum(parts[code]["area_mm2"] for code in placed)
    assert printed["utilisation"] == pytest.approx(net / (len(manifest["sheets"]) * 2500 * 1250), abs=1e-4)


def test_cut_ends_with_a_table_and_the_archive_s_path(cut, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["cut", "chariot", "--machine", ROUTER, "--set=width=1000", "--set=trays=1", "--quantity=2"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    out, err = capfd.readouterr()
    assert err == ""  # no bar: not a terminal
    lines = out.splitlines()
    assert lines[0].split() == ["sheet", "size", "(mm)", "utilisation", "parts", "cut", "(m)"]
    assert lines[-1] == str(tmp_path / Path(cut[1]["archive"]).name)
    (total,) = [line.split() for line in lines if " in all" in line]
    assert total == [
        *f"{cut[1]['sheets']} in all".split(),
        f"{cut[1]['utilisation']:.1%}",
        str(cut[1]["parts"]),
        f"{cut[1]['cut_m']:.2f}",
    ]
    # Another process, another folder, the same bytes.
    assert Path(lines[-1]).read_bytes() == Path(cut[1]["archive"]).read_bytes()


def test_what_stays_of_the_sheets_is_told_and_ready_for_the_machine_file(cut) -> None:
    from fablabs.machine import parse_machine

    printed, manifest = cut[1], cut[1]["manifest"]
    kept = [sheet["index"] for sheet in manifest["sheets"] if sheet["remnant_mm"]]
    assert kept
    assert [piece["sheet"] for piece in printed["leftovers"]] == kept
    pasted = "".join(piece["toml"] for piece in printed["leftovers"])
    stock = parse_machine(Path(ROUTER).read_text(encoding="utf-8") + pasted).stock
    assert [offcut.name for offcut in stock.offcuts] == [
        f"{Path(printed['archive']).stem} feuille {index}" for index in kept
    ]
    assert printed["cost_eur"] is None  # the file has no prices


def test_one_part_with_time_for_its_layout_is_cut_the_same_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    stocked = str(ROOT / "examples" / "machines" / "router-3000-stock.toml")
    again = ["cut", "porte", "--machine", stocked, "--part", "P02", "--quantity", "3", "--json"]
    assert main([*again, "--time", "0.5", "--out", str(tmp_path / "a")]) == 0
    first = json.loads(capfd.readouterr().out)
    manifest = first["manifest"]
    assert (manifest["only"], [p["quantity"] for p in manifest["parts"]]) == (["P02"], [3])
    assert manifest["layout"] is not None

    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert main([*again, "--layout", str(tmp_path / "manifest.json"), "--out", str(tmp_path / "b")]) == 0
    assert json.loads(capfd.readouterr().out)["sha256"] == first["sha256"]

    # A package says the same, and so does a bare list of its sheets.
    wishes = [Wishes(layout=path).choices().layout for path in (tmp_path / "manifest.json", Path(first["archive"]))]
    (tmp_path / "sheets.json").write_text(json.dumps(manifest["sheets"]))
    assert wishes == [Wishes(locked=tmp_path / "sheets.json").choices().locked] * 2


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--part", "P02", "--part", "P97"], "no part P97 in this piece; it has P01, "),
        (["--layout", ROUTER], "neither JSON nor a package"),
        (["--layout", str(ROOT)], "is no file"),
        (["--locked", "/nowhere/x.json"], "No such file"),
    ],
)
def test_a_part_or_a_layout_that_is_not_there_is_bad_input(
    arguments: list[str], fault: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["cut", "porte", "--machine", ROUTER, *arguments, "--out", str(tmp_path / "new")]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert fault in err
    assert not (tmp_path / "new").exists()


def test_a_layout_of_nonsense_is_bad_input_by_the_name_of_what_is_wrong(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for number, content in enumerate(("[1, 2]", '{"sheets": 3}', '[{"index": 1}]', "[" * 100_000, "null", "\ud800")):
        path = tmp_path / f"{number}.json"
        path.write_text(content, errors="surrogatepass")
        assert main(["cut", "porte", "--machine", ROUTER, "--layout", str(path), "--out", str(tmp_path / "x")]) == 2
        assert f"{number}.json: " in capfd.readouterr().err
    for seconds in ("0", "-1", "nan", "3601", "1e3", ""):
        with pytest.raises(SystemExit) as caught:
            main(["cut", "porte", "--machine", ROUTER, "--time", seconds])
        assert caught.value.code == 2


def _zip(path: Path, text: bytes, **said: int) -> Path:
    """An archive of one manifest.json, whose headers say something else if asked to."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p/manifest.json", text)
    data = bytearray(path.read_bytes())
    # Both headers hold the flags, the method and the size; the local one 2 bytes earlier than the central one.
    for start, shift in ((data.index(b"PK\x03\x04"), 0), (data.index(b"PK\x01\x02"), 2)):
        for name, at, size in (("flags", 6, 2), ("method", 8, 2), ("file_size", 22, 4)):
            if name in said:
                data[start + shift + at : start + shift + at + size] = said[name].to_bytes(size, "little")
    if "broken" in said:
        data[45] ^= 0xFF
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("list", b"[]", {}),
        ("deep", b"[" * 100_000, {}),
        ("nothing", b"", {}),
        ("no-json", b"\xff\xfe", {}),
        ("encrypted", b'{"sheets": []}', {"flags": 1}),
        ("method", b'{"sheets": []}', {"method": 77}),
        ("deflate", b'{"sheets": []}', {"broken": 1}),
        ("bomb", b" " * 60_000_000, {}),
        ("liar", b" " * 60_000_000, {"file_size": 40}),
    ],
)
def test_an_archive_of_anybody_s_is_bad_input_in_one_line(
    name: str, text: bytes, said: dict[str, int], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    import tracemalloc

    path = _zip(tmp_path / f"{name}.zip", text, **said)
    tracemalloc.start()
    with pytest.raises(ChoiceError, match=f"{name}.zip: ") as caught:
        layout_in(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000
    assert main(["cut", "porte", "--machine", ROUTER, "--layout", str(path), "--out", str(tmp_path / "x")]) == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert str(caught.value) in err


def test_verify_accepts_what_cut_wrote(cut, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", cut[1]["archive"]]) == 0
    out, err = capfd.readouterr()
    assert (out.count("\n"), err) == (1, "")
    assert out.startswith(cut[1]["archive"])
    assert "no fault" in out
    assert main(["verify", cut[1]["archive"], "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert (report["ok"], report["faults"]) == (True, [])
    assert {c["id"] for c in report["checks"]} >= {c["id"] for c in cut[1]["manifest"]["checks"]}


def test_verify_names_the_changed_file_one_line_a_fault(cut, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(cut[1]["archive"]) as source, zipfile.ZipFile(changed, "w") as target:
        victim = next(n for n in source.namelist() if n.endswith("sheet-01.dxf"))
        for name in source.namelist():
            content = bytearray(source.read(name))
            if name == victim:
                content[len(content) // 2] ^= 1
            target.writestr(name, bytes(content))
    assert main(["verify", str(changed)]) == 1
    out, err = capfd.readouterr()
    assert err == ""
    assert out.splitlines()
    assert all("sheet-01.dxf" in line for line in out.splitlines())
    assert main(["verify", str(changed), "--json"]) == 1
    report = json.loads(capfd.readouterr().out)
    assert (report["ok"], report["faults"]) == (False, out.splitlines())


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_truncated_archive_is_faulty_and_no_traceback(
    cut, tmp_path: Path, keep: float, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = Path(cut[1]["archive"]).read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: int(len(whole) * keep)])
    assert main(["verify", str(tmp_path / "half.zip")]) == 1
    out, err = capfd.readouterr()
    assert (out + err).count("\n") == 1
    assert "half.zip" in out + err


def on_a_terminal(folder: Path, until: bytes = b"") -> tuple[int, bytes, bytes]:
    """Run cut, of one part, with standard error on a terminal; interrupt it at the first sight of ``until``.

    Returns the exit code, standard output and what the terminal showed."""
    ours, theirs = pty.openpty()
    command = [COMMAND, "cut", "chariot", "--part", "P02", "--machine", ROUTER, "--out", str(folder)]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment)
    os.close(theirs)
    shown, sent, start = b"", False, time.monotonic()
    while time.monotonic() - start < 300:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
        if until and not sent and until in shown:
            process.send_signal(signal.SIGINT)
            sent = True
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    assert sent == bool(until), shown
    return process.returncode, out, shown


def test_a_terminal_sees_a_bar_with_every_stage_and_a_clean_standard_output(tmp_path: Path) -> None:
    code, out, shown = on_a_terminal(tmp_path / "build")
    assert code == 0, shown
    for stage in ("building the solids", "writing files", "verifying"):
        assert stage.encode() in shown
    assert b"%" in shown
    assert "━".encode() in shown
    assert b"%" not in out.splitlines()[0]
    assert Path(out.decode().splitlines()[-1]).is_file()


@pytest.mark.parametrize("stage", ["starting CadQuery", "building the solids", "writing files", "verifying"])
def test_an_interruption_leaves_nothing(tmp_path: Path, stage: str) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine.txt").write_text("mine")
    code, out, shown = on_a_terminal(tmp_path / "kept" / "new" / "deep", until=stage.encode())
    assert code == 130, shown
    assert out == b""
    assert b"interrupted, nothing written" in shown
    assert b"Traceback" not in shown
    assert [p.name for p in (tmp_path / "kept").rglob("*")] == ["mine.txt"]


def test_being_told_to_stop_leaves_nothing_either(tmp_path: Path) -> None:
    out = tmp_path / "new"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    command = [COMMAND, "cut", "chariot", "--machine", ROUTER, "--out", str(out), "--quantity", "3"]
    process = subprocess.Popen(command, env=os.environ | {"TMPDIR": str(temporary)}, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while not any(temporary.glob("*/*")) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.01)  # until it writes
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143, err
    assert err == b""
    assert not out.exists()
    assert list(temporary.iterdir()) == []


def test_cut_into_a_full_or_forbidden_place_is_one_line(tmp_path: Path) -> None:
    """Root may write anywhere, so the place is one where nobody can."""
    done = subprocess.run(
        [COMMAND, "cut", "chariot", "--machine", ROUTER, "--out", "/sys/treteau"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("treteau cut: /sys/treteau: ")
    assert done.stderr.count("\n") == 1


def test_sha256sum_accepts_the_archive_s_sums(cut, tmp_path: Path) -> None:
    assert shutil.which("sha256sum"), "coreutils"
    with zipfile.ZipFile(cut[1]["archive"]) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
