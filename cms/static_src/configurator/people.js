// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Two people for scale, from the file that the models' pictures are made with: one of 1.75 m standing, one in a wheelchair.

import { Group } from "three";

const GAP = { standing: 0.45, wheelchair: 0.55 }; // m, from the piece's side to the person's middle

export class People {
  constructor(loader, address) {
    this.group = new Group();
    this.loader = loader;
    this.address = address;
    this.found = null; // name → object, once they were asked for
    this.shown = new Set();
    this.box = null;
  }

  async show(name, is) {
    if (is) this.shown.add(name);
    else this.shown.delete(name);
    if (is) this.found ??= this.fetch();
    const people = await (this.found ?? {});
    for (const person of Object.keys(GAP)) {
      if (people[person]) people[person].visible = this.shown.has(person);
    }
    this.place();
  }

  async fetch() {
    const { scene } = await this.loader.loadAsync(this.address);
    const people = {};
    for (const name of Object.keys(GAP)) {
      const person = scene.getObjectByName(name);
      person.traverse((object) => {
        if (!object.isMesh) return;
        object.geometry.computeVertexNormals(); // bodies are round: the file has no normals, and would look cut
        object.material.flatShading = false;
        object.castShadow = object.receiveShadow = true;
      });
      person.visible = false;
      people[name] = person;
    }
    this.people = people;
    this.group.add(...Object.values(people));
    return people;
  }

  // Beside the piece: who stands on its left, who sits on its right, turned a little towards it.
  place(box = this.box) {
    this.box = box;
    if (!this.people || !box) return;
    const middle = (box.min.z + box.max.z) / 2;
    const { standing, wheelchair } = this.people;
    standing.position.set(box.min.x - GAP.standing, box.min.y, middle);
    standing.rotation.y = 0.35;
    wheelchair.position.set(box.max.x + GAP.wheelchair, box.min.y, middle);
    wheelchair.rotation.y = -0.6;
  }
}
