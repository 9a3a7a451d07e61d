// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the site does not have yet is kept in this browser: a crash, a dead battery or a train's tunnel loses nothing.
// Each window keeps its own: two windows on one draft would else write over each other here too.

const PREFIX = "treteau-studio";

export class Keeper {
  // `draft`: which one, as an address has it.
  constructor(draft) {
    this.draft = draft;
    this.window = "";
    this.works = true;
  }

  // Settles which window this is. A copied tab copies its memory: the lock says whose it was.
  async open() {
    let name = attempt(() => sessionStorage.getItem(PREFIX)) || crypto.getRandomValues(new Uint32Array(2)).join("");
    if (!(await alone(`${PREFIX}:${name}`))) {
      name = crypto.getRandomValues(new Uint32Array(2)).join("");
      await alone(`${PREFIX}:${name}`);
    }
    this.window = name;
    attempt(() => sessionStorage.setItem(PREFIX, name));
  }

  key(window = this.window) {
    return `${PREFIX}:${this.draft}:${window}`;
  }

  keep(basedOn, fields) {
    const text = JSON.stringify({ basedOn, fields, at: Date.now() });
    this.works = attempt(() => (localStorage.setItem(this.key(), text), true)) === true;
  }

  forget() {
    attempt(() => localStorage.removeItem(this.key()));
  }

  // What this window left, or one that is not open any more: the newest. → { basedOn, fields, at } or null
  async left() {
    const open = await openWindows();
    const found = [];
    for (const key of attempt(() => Object.keys(localStorage)) ?? []) {
      if (!key.startsWith(this.key(""))) continue;
      const window = key.slice(this.key("").length);
      if (window !== this.window && open.has(`${PREFIX}:${window}`)) continue;
      const kept = attempt(() => JSON.parse(localStorage.getItem(key)));
      if (kept?.fields) found.push({ key, ...kept });
      else attempt(() => localStorage.removeItem(key));
    }
    found.sort((a, b) => b.at - a.at);
    return found[0] ?? null;
  }

  drop(left) {
    attempt(() => localStorage.removeItem(left.key));
  }
}

function attempt(act) {
  try {
    return act();
  } catch {
    return null; // a browser that keeps nothing, or is full
  }
}

// Nobody else has this name: held until the window closes. Without locks (no HTTPS) everybody is alone.
function alone(name) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise(() => {}) : null;
      })
      .catch(() => resolve(true));
  });
}

async function openWindows() {
  const held = (await navigator.locks?.query().catch(() => null))?.held ?? [];
  return new Set(held.map(({ name }) => name));
}
