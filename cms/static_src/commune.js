// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Offers communes while one types: the combobox pattern of the ARIA Authoring Practices (list, manual selection).
// Without this file the form is submitted as typed, and the page offers the choices.

const WAIT = 120; // ms of quiet before the site is asked

let count = 0;

function combobox(field) {
  const input = field.querySelector("input[type=text]");
  const name = `${input.name}_insee`;
  const number = ++count;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let timer;
  let asked = null; // the request on its way
  let offered = [];
  let active = -1;

  list.id = `communes-${number}`;
  list.className = "t-commune__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Communes");
  list.hidden = true;
  status.className = "fr-sr-only";
  status.setAttribute("role", "status");
  input.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function code() {
    let hidden = field.querySelector(`input[type=hidden][name="${name}"]`);
    if (!hidden) {
      field.querySelector("[data-choices]")?.remove();
      hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = name;
      field.append(hidden);
    }
    return hidden;
  }

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
    if (index < 0) input.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    const commune = offered[index];
    input.value = commune.label;
    code().value = commune.insee;
    status.textContent = "";
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show() {
    list.replaceChildren(
      ...offered.map((commune, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = commune.label;
        const small = document.createElement("small");
        small.textContent = commune.postcodes[0] ?? "";
        option.append(" ", small);
        option.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
        option.addEventListener("click", () => choose(index));
        return option;
      }),
    );
    list.hidden = offered.length === 0;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", String(!list.hidden));
    const found = offered.length;
    status.textContent =
      found === 0 ? "Aucune commune" : found === 1 ? "Une commune proposée" : `${found} communes proposées`;
  }

  async function ask() {
    const text = input.value.trim();
    asked?.abort();
    if (text.length < 2) {
      close();
      return;
    }
    asked = new AbortController();
    try {
      const address = `${field.dataset.url}?${new URLSearchParams({ q: text })}`;
      const response = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!response.ok || document.activeElement !== input) return;
      offered = (await response.json()).communes;
      show();
    } catch {
      close(); // typed on, or the site is away: the form still works
    }
  }

  input.addEventListener("input", () => {
    code().value = "";
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
      choose(active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    }
  });
}

document.querySelectorAll("[data-commune]").forEach(combobox);
