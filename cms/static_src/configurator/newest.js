// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Only the answer to the newest question counts: an older one is dropped wherever it is on its way.

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const AGAIN = 300; // ms before asking again for what is still computed
const BUSY = 3000; // ms, where many others wait

export class Newest {
  number = 0;
  running = null;

  // Something has changed: no earlier answer will be shown, though it may still come.
  turn() {
    const number = ++this.number;
    return { isNewest: () => number === this.number };
  }

  // A new question: the one before is given up.
  begin() {
    this.running?.abort();
    this.running = new AbortController();
    return { signal: this.running.signal, ...this.turn() };
  }

  // The site's final answer, or null if a newer question came in between. Throws where the site is away.
  // `meanwhile` gets what is known so far, where the site says it.
  async ask(address, turn, meanwhile = () => {}) {
    for (;;) {
      const response = await fetch(address, { signal: turn.signal, headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (!turn.isNewest()) return null;
      if (answer.state !== "computing" && answer.state !== "busy") return answer;
      meanwhile(answer);
      await pause(answer.again_ms ?? (answer.state === "busy" ? BUSY : AGAIN));
      if (!turn.isNewest()) return null;
    }
  }
}
