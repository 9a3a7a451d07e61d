// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Sheets are ticked as cut by one tap. In a hall without network the tap waits in the telephone and is sent again until the
// site has it. Without this file every button is a form of its own.

const AGAIN = 5_000; // ms, then twice as long each time
const SLOWEST = 60_000;

const page = document.querySelector("[data-ticks]");
const KEY = `treteau-ticks-${page?.dataset.ticks}`;
let sending = false;
let asked = false; // to send while something was on its way
let wait = AGAIN;
let timer;

function waiting() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

// The last tap on a sheet is the one that counts.
function put(name, tap) {
  const all = waiting();
  if (tap) all[name] = tap;
  else delete all[name];
  try {
    if (Object.keys(all).length) localStorage.setItem(KEY, JSON.stringify(all));
    else localStorage.removeItem(KEY);
    return true;
  } catch {
    return false; // nothing is kept in a private window: the form is sent as it is
  }
}

function show(form, isCut, words) {
  form.closest("[data-sheet]").classList.toggle("m-sheet--done", isCut);
  form.querySelector("button").setAttribute("aria-pressed", String(isCut));
  form.querySelector("[data-tick-label]").textContent = isCut ? "Coupé" : "Marquer coupé";
  form.querySelector('[name="coupe"]').value = isCut ? "0" : "1";
  form.querySelector("[data-tick-words]").textContent = words;
}

function count(production, sentence) {
  const forms = [...page.querySelectorAll(`[data-tick^="${production}-"]`)];
  const cut = forms.filter((form) => form.querySelector("button").getAttribute("aria-pressed") === "true").length;
  const bar = page.querySelector(`[data-cut-progress="${production}"]`);
  const line = page.querySelector(`[data-cut-sentence="${production}"]`);
  if (bar) bar.value = cut;
  // Which revision is cut is chosen before the first sheet.
  const choice = forms[0]?.closest(".m-line")?.querySelector("[data-uncut]");
  if (choice) choice.hidden = cut > 0;
  if (!line) return;
  const noun = `${cut}\u00a0${cut > 1 ? "panneaux" : "panneau"} sur ${forms.length} ${cut > 1 ? "coupés" : "coupé"}`;
  const some = cut === forms.length ? `Tous les panneaux sont coupés (${cut})` : noun;
  line.textContent = sentence ?? (cut ? some : `Aucun panneau coupé sur ${forms.length}`);
}

function form_of(name) {
  return page.querySelector(`[data-tick="${CSS.escape(name)}"]`);
}

async function send(name, tap) {
  const token = page.querySelector('[name="csrfmiddlewaretoken"]')?.value ?? "";
  const body = new URLSearchParams({ coupe: tap.cut ? "1" : "0", touche: tap.at, csrfmiddlewaretoken: token });
  const response = await fetch(tap.url, { method: "POST", body, headers: { Accept: "application/json" } });
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  if (response.status === 409 && isJson) return { refused: (await response.json()).refused };
  if (response.status === 404) return { refused: "Ce panneau n’est plus dans cette commande. Rechargez la page." };
  // A sign-in page, an expired form, a proxy of the hall: the tap goes on waiting.
  if (!response.ok || response.redirected || !isJson) return null;
  return response.json();
}

async function flush() {
  asked = sending;
  if (sending) return;
  clearTimeout(timer);
  sending = true;
  try {
    for (;;) {
      const [name, tap] = Object.entries(waiting())[0] ?? [];
      if (!name) break;
      let answer = null;
      try {
        answer = await send(name, tap);
      } catch {
        answer = null;
      }
      if (!answer) {
        if (asked) {
          asked = false; // the network may have come back meanwhile
          continue;
        }
        later();
        return;
      }
      wait = AGAIN;
      if (waiting()[name]?.at === tap.at) put(name, null); // else it was tapped again meanwhile
      tell(name, tap, answer);
    }
  } finally {
    sending = false;
  }
}

function tell(name, tap, answer) {
  const form = form_of(name);
  if (answer.refused) {
    const place = form?.querySelector("[data-tick-words]") ?? page.querySelector("[data-cut-sentence]");
    if (form) show(form, !tap.cut, "");
    if (place) place.textContent = answer.refused;
    if (form) count(name.split("-")[0]);
    return;
  }
  if (answer.version && page.dataset.version) page.dataset.version = answer.version;
  if (!form || waiting()[name]) return;
  show(form, answer.cut, answer.words);
  if (!Object.keys(waiting()).length) count(name.split("-")[0], answer.sentence);
}

function later() {
  for (const [name, tap] of Object.entries(waiting())) {
    const form = form_of(name);
    if (form) show(form, tap.cut, "Gardé dans ce téléphone, pas encore envoyé.");
  }
  clearTimeout(timer);
  timer = setTimeout(flush, wait);
  wait = Math.min(wait * 2, SLOWEST);
}

if (page) {
  page.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-tick]");
    if (!form) return;
    const cut = form.querySelector('[name="coupe"]').value === "1";
    if (!put(form.dataset.tick, { url: form.getAttribute("action"), cut, at: new Date().toISOString() })) return;
    event.preventDefault();
    show(form, cut, "Envoi…");
    count(form.dataset.tick.split("-")[0]);
    flush();
  });
  window.addEventListener("online", () => {
    wait = AGAIN;
    flush();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) flush();
  });
  // What an earlier visit could not send.
  for (const [name, tap] of Object.entries(waiting())) {
    const form = form_of(name);
    if (form) {
      show(form, tap.cut, "Envoi…");
      count(name.split("-")[0]);
    }
  }
  flush();
}
