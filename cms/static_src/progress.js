// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Long work: says how far it is, and shows the result as soon as it is there. A page that others change meanwhile is read
// again. Nothing that is being typed is ever thrown away: then a line offers to read the page again.
// Without this file the page says so by itself (a noscript refresh, or a link).

const SOON = 700; // ms between two questions while work is being done
const LATER = 20_000; // of a page that only watches
const SLOWEST = 60_000; // where the site does not answer
const TOLD = "treteau-told"; // what is to be said once the page was read again

const touched = new Set(); // forms in which somebody typed and that were not sent
document.addEventListener("input", (event) => {
  const form = event.target.closest("form");
  if (form) touched.add(form);
});
document.addEventListener("submit", (event) => touched.delete(event.target));

// A live region is only read out if it was there before its words.
const told = document.createElement("div");
told.className = "t-told";
told.setAttribute("role", "status");
told.setAttribute("aria-live", "polite");
document.querySelector("main").prepend(told);
const kept = keep(() => sessionStorage.getItem(TOLD));
if (kept) {
  keep(() => sessionStorage.removeItem(TOLD));
  const line = Object.assign(document.createElement("p"), { className: "fr-sr-only", textContent: kept });
  setTimeout(() => told.append(line), 300);
  setTimeout(() => line.remove(), 10_000);
}

function keep(act) {
  try {
    return act();
  } catch {
    return null; // a browser that keeps nothing
  }
}

function isBusy() {
  const field = document.activeElement?.closest("input:not([type=hidden]), textarea, select");
  const holdsFile = [...document.querySelectorAll('input[type="file"]')].some((input) => input.files.length > 0);
  // What a refused form holds was typed before this page was made.
  const holdsTyped = document.querySelector("[data-holds-typed]") !== null;
  return touched.size > 0 || holdsFile || holdsTyped || Boolean(field?.closest("form"));
}

// Read the page again, or offer to.
function again(words) {
  if (told.dataset.offered) return;
  if (!isBusy()) {
    keep(() => sessionStorage.setItem(TOLD, words));
    location.reload();
    return;
  }
  told.dataset.offered = "1";
  const line = document.createElement("p");
  line.className = "t-told__line";
  line.append(`${words} `);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fr-btn fr-btn--sm";
  button.textContent = "Recharger la page";
  button.addEventListener("click", () => location.reload());
  line.append(button);
  told.append(line);
}

async function asked(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  // Signed out meanwhile, or gone: the page itself says so when it is read again.
  if (response.redirected || response.status === 404 || response.status === 403) return null;
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function follow(box) {
  const bar = box.querySelector("[data-progress]");
  const sentence = box.querySelector("[data-sentence]");
  const stages = box.querySelectorAll("[data-stages] li");
  let wait = SOON;

  async function look() {
    try {
      const work = await asked(box.dataset.progressUrl);
      if (!work) return;
      if (work.finished) {
        again(box.dataset.finished ?? "Le calcul est terminé.");
        return;
      }
      wait = SOON;
      if (bar && work.progress !== null) bar.value = work.progress;
      if (sentence && sentence.textContent !== work.sentence) sentence.textContent = work.sentence;
      stages.forEach((stage, index) => {
        stage.dataset.state = work.stages[index];
        if (work.stages[index] === "current") stage.setAttribute("aria-current", "step");
        else stage.removeAttribute("aria-current");
      });
    } catch {
      wait = Math.min(wait * 2, SLOWEST); // the site may be restarting, the hall may have no network
    }
    setTimeout(look, document.hidden ? Math.max(wait, 5_000) : wait);
  }
  setTimeout(look, wait);
}

function watch(box) {
  const usual = Number(box.dataset.watchSeconds ?? 0) * 1000 || LATER;
  let wait = usual;
  let timer;

  async function look() {
    clearTimeout(timer);
    if (!document.hidden) {
      const shown = box.dataset.version;
      try {
        const page = await asked(box.dataset.watchUrl);
        if (!page) return;
        wait = usual;
        // What this window itself noted meanwhile has changed the box's version.
        if (page.version !== shown && page.version !== box.dataset.version) again("Quelqu’un a changé cette page.");
      } catch {
        wait = Math.min(wait * 2, SLOWEST);
      }
    }
    timer = setTimeout(look, wait);
  }
  timer = setTimeout(look, wait);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
}

document.querySelectorAll("[data-progress-url]").forEach(follow);
document.querySelectorAll("[data-watch-url]").forEach(watch);
