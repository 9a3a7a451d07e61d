// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
// Read DXF files with npm's dxf-parser; print one JSON object, path → header and entities.
const fs = require("fs");
const DxfParser = require("dxf-parser");
const result = {};
for (const path of process.argv.slice(2)) {
  const dxf = new DxfParser().parseSync(fs.readFileSync(path, "latin1"));
  result[path] = { header: dxf.header, entities: dxf.entities };
}
process.stdout.write(JSON.stringify(result));
