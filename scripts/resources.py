# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the documents that a new site offers, out of real packages: assembly notices, and a workshop's examples.

    python scripts/resources.py

They lie in cms/demo_pages/files and are committed: a new site has them without a worker. Run it after a model's new revision.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "cms/demo_pages/files"
MACHINE = ROOT / "examples/machines/router-2500.toml"

#: Name in the package → what it is called here, of each model and of the one that is shown as an example.
OF_EACH = {"notice-de-montage.pdf": "notice.pdf"}
OF_EXAMPLE = {"sheets.pdf": "panneaux.pdf", "cut-list.csv": "liste-de-debit.csv", "coupon.dxf": "coupon.dxf"}
EXAMPLE = "chariot"


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from designs.catalogue import identifiers

    FILES.mkdir(exist_ok=True)
    for design in identifiers():
        wanted = OF_EACH | (OF_EXAMPLE if design == EXAMPLE else {})
        with tempfile.TemporaryDirectory() as folder:
            run = "import sys; from treteau.cli import main; sys.exit(main())"
            treteau = [sys.executable, "-c", run, "cut", design, "--machine", str(MACHINE), "--out", folder]
            subprocess.run(treteau, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            [archive] = Path(folder).glob("*.zip")
            with zipfile.ZipFile(archive) as package:
                for name, ours in wanted.items():
                    (FILES / f"{design}-{ours}").write_bytes(package.read(f"{archive.stem}/{name}"))
                    print(f"{design}-{ours}")


if __name__ == "__main__":
    main()
