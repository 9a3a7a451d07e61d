// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The piece taken apart: every part goes straight away from the middle, and a board a little more along the way it faces,
// so that sides go sideways and shelves part upwards. Nothing sinks into the floor.

import { Box3, Vector3 } from "three";

const ALL = 0.75; // of a part's distance from the middle, at 100 %
const FACING = 0.35; // of that distance along the board's own normal, besides

export class Apart {
  // `bodies`: objects whose parent is the piece's own frame (metres, +Y up).
  constructor(bodies) {
    const boxes = bodies.map((body) => new Box3().setFromObject(body));
    const whole = boxes.reduce((all, box) => all.union(box), new Box3());
    const middle = whole.getCenter(new Vector3());
    middle.y = whole.min.y;
    this.moves = bodies.map((body, index) => {
      const away = boxes[index].getCenter(new Vector3()).sub(middle);
      const facing = new Vector3(0, 0, 1).applyQuaternion(body.quaternion); // a board is thin along its own Z
      const by = away.clone().multiplyScalar(ALL);
      if (body.userData.isBoard) by.addScaledVector(facing, FACING * away.dot(facing));
      by.y = Math.max(by.y, 0);
      return { body, home: body.position.clone(), by };
    });
  }

  // `share` from 0 (as it stands) to 1.
  set(share) {
    for (const { body, home, by } of this.moves) body.position.copy(home).addScaledVector(by, share);
  }
}
