// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Offers pages while one types in a search box: the combobox pattern of ARIA 1.2 (list, manual selection). Choosing an offer
// opens it; Enter without one searches. Without this file the form does all of it.

const WAIT = 180; // ms of quiet before the site is asked
const SHORTEST = 3; // letters that are a beginning of something

let count = 0;

function combobox(form) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let timer;
  let asked = null; // the request on its way
  let offered = [];
  let active = -1;

  list.id = `offres-${++count}`;
  list.className = "t-offers";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Propositions");
  list.hidden = true;
  status.className = "fr-sr-only";
  status.setAttribute("role", "status");
  form.append(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const question = () => input.value.trimStart().slice(0, 200);

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === index));
      if (place === index) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  }

  function show() {
    list.replaceChildren(
      ...offered.map((offer, index) => {
        const option = document.createElement("li");
        const kind = document.createElement("small");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        kind.textContent = offer.kind;
        option.append(offer.title, " ", kind);
        option.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
        option.addEventListener("click", () => location.assign(offer.address));
        return option;
      }),
    );
    list.hidden = offered.length === 0;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", String(!list.hidden));
    const found = offered.length;
    status.textContent =
      found === 0 ? "Aucune proposition" : found === 1 ? "Une proposition" : `${found} propositions`;
  }

  async function ask() {
    const text = question();
    asked?.abort();
    if (text.trim().length < SHORTEST) {
      offered = [];
      close();
      return;
    }
    asked = new AbortController();
    try {
      const address = `${form.dataset.url}?${new URLSearchParams({ q: text })}`;
      const response = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const answer = await response.json();
      // An answer to what is no longer there is nobody's.
      if (document.activeElement !== input || question() !== text) return;
      offered = answer.suggestions;
      show();
    } catch {
      close(); // typed on, or the site is away: the form still works
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    asked?.abort();
    close();
  });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) ask();
      else if (event.key === "ArrowDown") mark(active + 1 < offered.length ? active + 1 : 0);
      else mark(active > 0 ? active - 1 : offered.length - 1);
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      location.assign(offered[active].address);
    } else if (event.key === "Escape" && open) {
      event.preventDefault(); // the first one closes the list, the second one empties the field
      close();
    }
  });
}

document.querySelectorAll("[data-search]").forEach(combobox);
