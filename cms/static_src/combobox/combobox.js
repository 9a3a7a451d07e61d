// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A field that offers while one types: the combobox pattern of the ARIA Authoring Practices (list, manual selection). Without
// it the form does all of it.

let count = 0;

/**
 * @param {HTMLInputElement} input what is typed into
 * @param {object} kind what this field offers:
 *   `label` of the list and its `look` (a class); `after`: the element the list comes after;
 *   `url` and the name of the `rows` in its answer; `wait`, in ms of quiet, and `shortest` text before it is asked;
 *   `words(row)`: an offer's two texts, the second one small; `choose(row)`; `said(found)`: the sentence for a screen reader.
 */
export function combobox(input, kind) {
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let timer;
  let asked = null; // the request on its way
  let offered = [];
  let active = -1;

  list.id = `offers-${++count}`;
  list.className = kind.look;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", kind.label);
  list.hidden = true;
  status.className = "fr-sr-only";
  status.setAttribute("role", "status");
  kind.after.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const question = () => input.value.trim().slice(0, 200);

  function unmark() {
    active = -1;
    input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    unmark();
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === index));
      if (place !== index) return;
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    });
  }

  function choose(index) {
    status.textContent = "";
    close();
    kind.choose(offered[index]);
  }

  function show() {
    list.replaceChildren(
      ...offered.map((row, index) => {
        const option = document.createElement("li");
        const small = document.createElement("small");
        const [words, beside] = kind.words(row);
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        small.textContent = beside;
        option.append(words, " ", small);
        option.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
        option.addEventListener("click", () => choose(index));
        return option;
      }),
    );
    list.hidden = offered.length === 0;
    unmark();
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = kind.said(offered.length);
  }

  async function ask() {
    const text = question();
    asked?.abort();
    if (text.length < kind.shortest) {
      close();
      return;
    }
    asked = new AbortController();
    try {
      const address = `${kind.url}?${new URLSearchParams({ q: text })}`;
      const response = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const rows = (await response.json())[kind.rows];
      // An answer to what is no longer there is nobody's.
      if (document.activeElement !== input || question() !== text) return;
      offered = rows;
      show();
    } catch {
      close(); // typed on, or the site is away: the form still works
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, kind.wait);
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
      event.preventDefault(); // the first one closes the list, the next one is the field's own
      close();
    }
  });
}
