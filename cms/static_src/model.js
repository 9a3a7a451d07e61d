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
  }
  if (!Object.keys(messages).length) document.getElementById("erreurs")?.remove();
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
  const slow = setTimeout(() => say("Calcul de l’aperçu…", true), 250);
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
      await show(answer, number, signal, search);
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

async function show(answer, number, signal, search) {
  if (answer.state === "invalid") {
    showMessages(answer.messages);
    say("Aperçu en attente de dimensions possibles");
    stage.dataset.shown = "invalid";
    return;
  }
  showMessages({});
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
  history.replaceState(null, "", location.pathname + (search ? "?" + search : "") + location.hash);
}

function changed(event) {
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
document.getElementById("erreurs")?.scrollIntoView();
refresh();
