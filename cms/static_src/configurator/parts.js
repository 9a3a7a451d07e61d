// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A part lights up in the list and in the view at once: under the pointer, with the focus, or for good where it was chosen.

export class Parts {
  over = null; // code of the part under the pointer or with the focus
  chosen = null;
  viewer = null;

  constructor(form) {
    this.box = form.querySelector("[data-facts]");
    this.caption = form.querySelector("[data-lit-name]");
    this.hint = form.querySelector("[data-parts-hint]");
    this.box.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.point(codeAt(event.target)));
    this.box.addEventListener("pointerleave", () => this.point(null));
    this.box.addEventListener("focusin", (event) => this.point(codeAt(event.target)));
    this.box.addEventListener("focusout", () => this.point(null));
    this.box.addEventListener("click", (event) => {
      const code = codeAt(event.target);
      if (code) this.choose(code);
    });
    this.caption.addEventListener("click", (event) => {
      if (event.target.closest("button")) this.row(this.chosen)?.querySelector("button").focus();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.chosen) this.choose(this.chosen);
    });
    this.enhance();
  }

  // The view in volume is there: from now on it lights parts, and says which one is pointed at.
  join(viewer) {
    this.viewer = viewer;
    viewer.onPoint = (code) => this.point(this.row(code) ? code : null);
    viewer.onChoose = (code) => this.choose(this.row(code) ? code : null);
    this.hint.classList.remove("t-hidden");
    this.enhance();
    this.show();
  }

  row(code) {
    return code && this.box.querySelector(`tr[data-part="${CSS.escape(code)}"]`);
  }

  // Every row's name becomes a button, for keys and fingers. Called again when the list was replaced.
  enhance() {
    if (!this.viewer) return;
    for (const row of this.box.querySelectorAll("tr[data-part]")) {
      const name = row.querySelector("th").firstChild;
      if (name.nodeType !== Node.TEXT_NODE) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "c-part";
      button.textContent = name.textContent.trim();
      name.replaceWith(button);
    }
    if (this.chosen && !this.row(this.chosen)) this.chosen = null; // this piece has no such part any more
    this.show();
  }

  point(code) {
    if (code === this.over) return;
    this.over = code;
    this.show();
  }

  choose(code) {
    this.chosen = code === this.chosen ? null : code;
    if (this.chosen === null) this.over = null;
    this.show();
  }

  show() {
    const lit = this.over ?? this.chosen;
    for (const row of this.box.querySelectorAll("tr[data-part]")) {
      row.classList.toggle("c-lit-row", row.dataset.part === lit);
      row.querySelector(".c-part")?.setAttribute("aria-pressed", String(row.dataset.part === this.chosen));
    }
    this.viewer?.light(lit);
    this.caption.hidden = !lit;
    const row = this.row(lit);
    if (!row) return;
    const [, quantity, size] = row.querySelectorAll("td");
    const count = Number(quantity.textContent);
    const words = `${row.querySelector(".c-part").textContent}, ${lit}${count > 1 ? `, ${count} fois` : ""} – ${size.firstChild.textContent.trim()} mm`;
    this.caption.replaceChildren(words);
    if (lit === this.chosen) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "fr-link fr-link--sm", textContent: "Voir dans la liste" });
      this.caption.append(" ", button);
    }
  }
}

function codeAt(element) {
  return element.closest("tr[data-part]")?.dataset.part ?? null;
}
