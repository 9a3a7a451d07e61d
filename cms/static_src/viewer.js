// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The view in volume, as a file of its own: three.js weighs more than all else, and is fetched after the text.

import { Viewer } from "./configurator/scene.js";

// Throws where no WebGL is to be had.
window.treteauViewer = (stage, tools, peopleUrl) => new Viewer(stage, tools, peopleUrl);
