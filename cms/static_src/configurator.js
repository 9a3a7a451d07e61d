// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A model's page: the view in volume, the figures and the parts follow the sizes in the form.
// Without this file the page works all the same, by its buttons.

import { createViewer } from "./viewer.mjs";

const DEBOUNCE = 150; // ms after the last change
const AGAIN = 400; // ms before asking again for what is still computed

const form = document.getElementById("modele");
const stage = form.querySelector("[data-stage]");
const state = form.querySelector("[data-view-state]");
const figures = form.querySelector("[data-figures]");
const facts = document.querySelector("[data-facts]");

const viewer = createViewer(stage, form.querySelector("[data-tools]"));

// Every request has a number; only the answer to the last one is ever shown.
let latest = 0;
let running = null;
let timer = null;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function query() {
  const parameters = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-field]")) {
    const name = field.dataset.field;
    const values = new FormData(form).getAll(name);
    const value = values[values.length - 1]; // a ticked box comes after its hidden "non"
    if (value !== undefined && value !== field.dataset.default) parameters.set(name, value);
  }
  return parameters;
}

// What can be typed again from the address: all but the fields that are wrong by themselves.
function remember(wrong = []) {
  const parameters = query();
  for (const name of wrong) parameters.delete(name);
  const quantity = form.elements.quantite;
  if (quantity.value !== "1" && quantity.validity.valid && quantity.value) parameters.set("quantite", quantity.value);
  const workshop = form.querySelector("[name=atelier]:checked");
  if (workshop) parameters.set("atelier", workshop.value);
  const search = parameters.toString();
  history.replaceState(null, "", location.pathname + (search ? "?" + search : "") + location.hash);
}

// The summary above the form names what is still wrong; it goes with its last line.
function summarise(name, text) {
  const summary = document.getElementById("erreurs");
  const line = summary?.querySelector(`[data-error="${name}"]`);
  if (!line) return;
  if (text) line.querySelector("[data-text]").textContent = text;
  else line.remove();
  if (!summary.querySelector("li")) summary.remove();
}

function settled(name) {
  summarise(name, "");
  document.getElementById(name + "-messages").replaceChildren();
  for (const input of form.querySelectorAll(`[name=${name}]`)) {
    input.removeAttribute("aria-invalid");
    input.closest(".fr-input-group--error")?.classList.remove("fr-input-group--error");
  }
}

function showMessages(messages) {
  for (const field of form.querySelectorAll("[data-field]")) {
    const text = messages[field.dataset.field] || "";
    const box = field.querySelector(".fr-messages-group");
    const shown = box.textContent.trim();
    if (shown !== text) {
      box.replaceChildren();
      if (text) {
        const line = document.createElement("p");
        line.className = "fr-message fr-message--error";
        line.textContent = text;
        box.append(line);
      }
    }
    for (const kind of ["fr-input-group", "fr-checkbox-group", "fr-fieldset"]) {
      field.querySelector("." + kind)?.classList.toggle(kind + "--error", Boolean(text));
    }
    for (const input of field.querySelectorAll("input:not([type=hidden])")) {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    summarise(field.dataset.field, text);
  }
}

function wrongNow() {
  return [...form.querySelectorAll("[data-field]")]
    .filter((field) => field.querySelector("[aria-invalid]"))
    .map((field) => field.dataset.field);
}

function say(text, busy = false) {
  state.textContent = text;
  stage.toggleAttribute("aria-busy", busy);
}

async function refresh() {
  const number = ++latest;
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const parameters = query();
  const search = parameters.toString();
  const slow = setTimeout(() => {
    say("Calcul de l’aperçu…", true);
    showMessages({}); // wrong sizes are refused at once: what takes time is being computed
  }, 400);
  try {
    for (;;) {
      const response = await fetch(form.dataset.stateUrl + (search ? "?" + search : ""), {
        signal,
        headers: { Accept: "application/json" },
      });
      const answer = await response.json();
      if (number !== latest) return;
      if (answer.state === "computing" || answer.state === "busy") {
        await pause(answer.state === "busy" ? 3000 : AGAIN);
        if (number !== latest) return;
        continue;
      }
      await show(answer, number, signal);
      return;
    }
  } catch (error) {
    if (error.name === "AbortError" || number !== latest) return;
    say("L’aperçu n’a pas pu être calculé. Modifiez une dimension pour réessayer.");
    stage.dataset.shown = "failed";
  } finally {
    clearTimeout(slow);
    if (number === latest) stage.removeAttribute("aria-busy");
  }
}

async function show(answer, number, signal) {
  if (answer.state === "invalid") {
    showMessages(answer.messages);
    remember(answer.wrong);
    say("Aperçu en attente de dimensions possibles");
    stage.dataset.shown = "invalid";
    return;
  }
  showMessages({});
  remember();
  if (answer.state !== "ready") {
    say(answer.reason || "L’aperçu n’a pas pu être calculé.");
    stage.dataset.shown = answer.state;
    return;
  }
  const content = viewer.needsMesh ? await (await fetch(answer.view, { signal })).arrayBuffer() : null;
  if (number !== latest) return;
  await viewer.show(content, answer.picture);
  if (number !== latest) return;
  figures.innerHTML = answer.figures;
  facts.innerHTML = answer.facts;
  say("");
  stage.dataset.shown = answer.view;
}

function changed(event) {
  const { name, value, validity } = event.target;
  if (name === "atelier" || (name === "quantite" && value && validity.valid)) settled(name);
  if (name === "atelier" || name === "quantite") remember(wrongNow());
  if (!event.target.closest("[data-field]")) return;
  clearTimeout(timer);
  timer = setTimeout(refresh, DEBOUNCE);
}

form.addEventListener("input", changed);
form.addEventListener("change", changed);
form.querySelector("[name=actualiser]").addEventListener("click", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  refresh();
});
const summary = document.getElementById("erreurs");
if (summary) {
  summary.focus({ preventScroll: true });
  summary.scrollIntoView();
}
refresh();
