// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What the site says of a size stands beside its field, with what would do; the summary above goes with its last line.

function summarise(name, text) {
  const summary = document.getElementById("erreurs");
  const line = summary?.querySelector(`[data-error="${name}"]`);
  if (!line) return;
  const said = line.querySelector("[data-text]");
  if (text && said) said.textContent = text;
  else line.remove();
  if (!summary.querySelector("li")) summary.remove();
}

// A field beside the sizes was put right.
export function settled(form, name) {
  summarise(name, "");
  document.getElementById(name + "-messages")?.replaceChildren();
  for (const input of form.querySelectorAll(`[name=${name}]`)) {
    input.removeAttribute("aria-invalid");
    input.closest(".fr-input-group--error")?.classList.remove("fr-input-group--error");
  }
}

function offer(field, remedy) {
  const box = field.querySelector("[data-remedy]");
  if (!box) return;
  const shown = box.querySelector("a")?.dataset.value;
  if (shown === remedy?.value) return;
  box.replaceChildren();
  if (!remedy) return;
  const link = document.createElement("a");
  link.className = "fr-link fr-link--sm";
  link.href = "?" + remedy.query;
  link.dataset.value = remedy.value;
  link.textContent = `Mettre ${remedy.label}`;
  box.append(link);
}

export function showMessages(form, messages, remedies = {}) {
  for (const field of form.querySelectorAll("[data-field]")) {
    const name = field.dataset.field;
    const text = messages[name] || "";
    const box = field.querySelector(".fr-messages-group");
    if (box.textContent.trim() !== text) {
      box.replaceChildren();
      if (text) {
        const line = document.createElement("p");
        line.className = "fr-message fr-message--error";
        line.textContent = text;
        box.append(line);
      }
    }
    offer(field, text ? remedies[name] : null);
    for (const kind of ["fr-input-group", "fr-checkbox-group", "fr-fieldset"]) {
      field.querySelector("." + kind)?.classList.toggle(kind + "--error", Boolean(text));
    }
    for (const input of field.querySelectorAll("input[name]:not([type=hidden])")) {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    summarise(name, text);
  }
}

export function wrongNow(form) {
  return [...form.querySelectorAll("[data-field]")]
    .filter((field) => field.querySelector("[aria-invalid]"))
    .map((field) => field.dataset.field);
}
