// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later

// An address that ends in #q-… opens that answer. Browsers that unfold what an address leads to do it by themselves.

function openAnswer() {
  const answer = location.hash.startsWith("#q-") && document.getElementById(location.hash.slice(1));
  const fold = answer && answer.closest("details");
  if (!fold) return;
  fold.open = true;
  fold.scrollIntoView({ block: "start" });
}

addEventListener("hashchange", openAnswer);
openAnswer();
