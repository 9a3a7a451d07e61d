// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Width, depth and height over all, as arrows beside the piece with figures that stay upright.

import { BufferGeometry, Float32BufferAttribute, Group, LineBasicMaterial, LineSegments, Vector3 } from "three";

const HEAD = 0.03; // m, of an arrow's head
const COLOUR = 0x1e1e1e;

export class Measures {
  constructor(stage) {
    this.group = new Group();
    this.group.visible = false;
    this.material = new LineBasicMaterial({ color: COLOUR });
    this.stage = stage;
    this.labels = ["Largeur", "Profondeur", "Hauteur"].map((name) => {
      const label = document.createElement("span");
      label.className = "c-measure";
      label.title = name;
      label.hidden = true;
      return label;
    });
    this.middles = [];
  }

  set(box) {
    const gap = 0.07 + 0.04 * box.getSize(new Vector3()).length();
    const { min, max } = box;
    const lines = [
      [new Vector3(min.x, min.y, max.z + gap), new Vector3(max.x, min.y, max.z + gap), new Vector3(0, 0, 1)],
      [new Vector3(max.x + gap, min.y, min.z), new Vector3(max.x + gap, min.y, max.z), new Vector3(1, 0, 0)],
      [new Vector3(min.x - gap, min.y, max.z), new Vector3(min.x - gap, max.y, max.z), new Vector3(1, 0, 0)],
    ];
    this.group.traverse((object) => object.geometry?.dispose());
    this.group.clear();
    this.middles = lines.map(([from, to]) => from.clone().lerp(to, 0.5));
    lines.forEach(([from, to, side], index) => {
      this.group.add(new LineSegments(arrow(from, to, side), this.material));
      const length = Math.round(from.distanceTo(to) * 1000);
      this.labels[index].textContent = `${length.toLocaleString("fr-FR")} mm`;
    });
  }

  show(is) {
    this.group.visible = is;
    for (const label of this.labels) label.hidden = !is;
    if (is && !this.labels[0].isConnected) this.stage.append(...this.labels);
  }

  // The figures stand where their lines' middles are seen.
  follow(camera) {
    if (!this.group.visible) return;
    this.middles.forEach((middle, index) => {
      const { x, y } = middle.clone().project(camera);
      const label = this.labels[index];
      label.style.left = `${50 + 50 * x}%`;
      label.style.top = `${50 - 50 * y}%`;
    });
  }
}

function arrow(from, to, side) {
  const along = to.clone().sub(from).normalize();
  const points = [from, to];
  for (const [end, way] of [[from, 1], [to, -1]]) {
    for (const turn of [1, -1]) {
      points.push(end, end.clone().addScaledVector(along, way * HEAD).addScaledVector(side, turn * HEAD * 0.4));
    }
    points.push(end.clone().addScaledVector(side, HEAD), end.clone().addScaledVector(side, -HEAD));
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(points.flatMap((p) => [p.x, p.y, p.z]), 3));
  return geometry;
}
