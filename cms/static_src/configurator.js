// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The configurator: view, figures, parts, sheets and price follow the sizes in the form.
// Without this file the page works all the same, by its buttons.

import { communeOf, offerCopy, remember, sizesOf } from "./configurator/link.js";
import { settled, showMessages, wrongNow } from "./configurator/messages.js";
import { Newest, pause } from "./configurator/newest.js";
import { openViewer } from "./configurator/opening.js";
import { Parts } from "./configurator/parts.js";
import { enhanceSizes, setValue } from "./configurator/sizes.js";

const DEBOUNCE = 80; // ms after the last change
const IN_FLIGHT = 250; // ms that an earlier question may still take before a newer one is asked beside it
const SLOW = 400; // ms after which a wait is worth a word
const REST = 250; // ms of quiet before sheets and price are asked for: the view goes first

const form = document.getElementById("modele");
const stage = form.querySelector("[data-stage]");
const state = form.querySelector("[data-view-state]");
const figures = form.querySelector("[data-figures]");
const measures = form.querySelector("[data-measures]");
const needs = form.querySelector("[data-needs]");
const facts = form.querySelector("[data-facts]");

const parts = new Parts(form);
const opened = openViewer(form).then((viewer) => {
  if (viewer.needsMesh) parts.join(viewer);
  return viewer;
});
const views = new Newest();
const sums = new Newest();
let timer = null;
let resting = null;
let inFlight = null;
let isTouched = false; // until then the page says what it was sent with

function say(text, busy = false) {
  state.textContent = text;
  stage.toggleAttribute("aria-busy", busy);
}

// From the change to its answer, what stands there belongs to other sizes, and looks like it.
function outdated(which, is) {
  for (const box of which) {
    box.classList.toggle("c-outdated", is);
    box.setAttribute("aria-busy", String(is));
  }
}

function address(base, parameters) {
  const search = parameters.toString();
  return base + (search ? "?" + search : "");
}

function changed() {
  isTouched = true;
  outdated([figures, measures, needs, facts], true);
  clearTimeout(timer);
  clearTimeout(resting);
  sums.begin(); // whatever is on its way about other sizes comes too late
  const turn = views.turn();
  timer = setTimeout(async () => {
    // One worker draws one view after the other: asking for each size that a slider passes would only make the last one wait.
    if (inFlight) await Promise.race([inFlight, pause(IN_FLIGHT)]);
    if (turn.isNewest()) refresh();
  }, DEBOUNCE);
}

function refresh() {
  const mine = answer().finally(() => {
    if (inFlight === mine) inFlight = null;
  });
  inFlight = mine;
}

async function answer() {
  const turn = views.begin();
  const slow = setTimeout(() => {
    say("Calcul de l’aperçu…", true);
    if (isTouched) showMessages(form, {}); // wrong sizes are refused at once: what takes time is being computed
  }, SLOW);
  try {
    const found = await views.ask(address(form.dataset.stateUrl, sizesOf(form)), turn);
    if (found) await show(found, turn);
  } catch (error) {
    if (error.name === "AbortError" || !turn.isNewest()) return;
    say("L’aperçu n’a pas pu être calculé. Modifiez une dimension pour réessayer.");
    stage.dataset.shown = "failed";
  } finally {
    clearTimeout(slow);
    if (turn.isNewest()) stage.removeAttribute("aria-busy");
  }
}

async function show(found, turn) {
  if (found.state === "invalid") {
    showMessages(form, found.messages, found.remedies);
    remember(form, found.wrong);
    say("Aperçu en attente de dimensions possibles");
    stage.dataset.shown = "invalid";
    return;
  }
  showMessages(form, {});
  remember(form);
  if (found.state !== "ready") {
    say(found.reason || "L’aperçu n’a pas pu être calculé.");
    stage.dataset.shown = found.state;
    return;
  }
  const viewer = await opened;
  if (!turn.isNewest()) return;
  const mesh = viewer.needsMesh ? await fetch(found.view, { signal: turn.signal }) : null;
  const content = await mesh?.arrayBuffer();
  if (!turn.isNewest()) return;
  await viewer.show(content, found.parts, found.picture);
  if (!turn.isNewest()) return;
  figures.innerHTML = found.figures;
  measures.innerHTML = found.measures;
  facts.innerHTML = found.facts;
  outdated([figures, measures, facts], false);
  parts.enhance();
  say("");
  stage.dataset.shown = found.view;
  clearTimeout(resting);
  resting = setTimeout(askNeeds, REST);
}

async function askNeeds() {
  const turn = sums.begin();
  outdated([needs], true);
  const parameters = sizesOf(form);
  const commune = communeOf(form);
  if (commune) parameters.set("commune", commune);
  try {
    const known = ({ needs: html }) => {
      if (!html) return;
      needs.innerHTML = html;
      outdated([needs], false);
    };
    const found = await sums.ask(address(form.dataset.needsUrl, parameters), turn, known);
    if (!found || found.state !== "ready") return;
    known(found);
    needs.dataset.shown = parameters.toString();
  } catch (error) {
    if (error.name !== "AbortError" && turn.isNewest()) needs.dataset.shown = "failed";
  }
}

enhanceSizes(form, changed);
offerCopy(form);
form.addEventListener("change", ({ target }) => {
  const { name, value, validity } = target;
  if (name === "atelier" || name === "commune" || (name === "quantite" && value && validity.valid)) settled(form, name);
  if (["atelier", "quantite", "commune", "commune_insee"].includes(name)) remember(form, wrongNow(form));
  if (["commune", "commune_insee"].includes(name)) askNeeds();
});
form.addEventListener("input", ({ target }) => {
  const { name, value, validity } = target;
  if (name === "quantite" && value && validity.valid) {
    settled(form, name);
    remember(form, wrongNow(form));
  }
});
const button = form.querySelector("[data-refresh]");
button.classList.add("t-hidden"); // it stays the button that Enter presses
button.addEventListener("click", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  refresh();
});
form.querySelector("[data-reset-all]").addEventListener("click", (event) => {
  event.preventDefault();
  for (const field of form.querySelectorAll("[data-field]")) setValue(field, field.dataset.default);
  changed();
});
const summary = document.getElementById("erreurs");
if (summary) {
  summary.focus({ preventScroll: true });
  summary.scrollIntoView();
}
refresh();
