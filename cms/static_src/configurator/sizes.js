// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A slider beside every number, each following the other, and a way back to the model's own value.

const WORDS = { mm: " mm", "°": "°" };

function shown(value, unit) {
  return Number(value).toLocaleString("fr-FR", { maximumFractionDigits: 3 }) + (WORDS[unit] ?? "");
}

// The value that would be sent: of a ticked box, what comes after its hidden "non".
export function valueOf(field) {
  const name = field.dataset.field;
  const values = new FormData(field.closest("form")).getAll(name);
  return values[values.length - 1];
}

export function isDefault(field) {
  const value = valueOf(field);
  const { default: own, min } = field.dataset;
  if (value === undefined || value === own) return true;
  return min !== undefined && value.trim() !== "" && Number(value) === Number(own);
}

export function setValue(field, value) {
  for (const input of field.querySelectorAll("input[name]")) {
    if (input.type === "radio") input.checked = input.value === value;
    else if (input.type === "checkbox") input.checked = value === "oui";
    else if (input.type !== "hidden") input.value = value;
  }
  follow(field);
}

// Slider, spoken value and way back follow what the field holds.
export function follow(field) {
  const slider = field.querySelector("[data-slider]");
  const value = valueOf(field);
  if (slider && value && Number.isFinite(Number(value))) {
    slider.value = value;
    slider.setAttribute("aria-valuetext", shown(value, field.dataset.unit));
    const { min, max } = slider;
    slider.style.setProperty("--c-done", `${(100 * (slider.value - min)) / (max - min)}%`);
  }
  field.querySelector("[data-reset]")?.toggleAttribute("hidden", isDefault(field));
}

function labelOf(field) {
  const label = field.querySelector(".fr-label, .fr-segmented__legend");
  return label.firstChild.textContent.trim();
}

function addSlider(field, changed) {
  const { min, max, step } = field.dataset;
  const number = field.querySelector("input[name]");
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", className: "c-slider" });
  // As fine as the number is, so that what was typed between two steps stands where it is; keys move by the step.
  Object.assign(slider, { min, max, step });
  slider.dataset.slider = "";
  slider.setAttribute("aria-label", `${labelOf(field)}, curseur`);
  slider.addEventListener("input", () => {
    number.value = slider.value;
    follow(field);
    changed(field);
  });
  number.closest(".t-field__row").prepend(slider);
}

function addReset(field, changed) {
  const { default: own, min, unit } = field.dataset;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "c-reset", hidden: true });
  button.dataset.reset = "";
  const chosen = field.querySelector(`input[type=radio][value="${CSS.escape(own)}"]`);
  const name = min !== undefined ? shown(own, unit) : (chosen?.labels[0].textContent.trim() ?? (own || "rien"));
  button.textContent = `Revenir à ${field.querySelector("input[type=checkbox]") ? "ce que prévoit le modèle" : name}`;
  const told = document.createElement("span");
  told.className = "fr-sr-only";
  told.textContent = ` (${labelOf(field)})`;
  button.append(told);
  button.addEventListener("click", () => {
    setValue(field, own);
    changed(field);
    field.querySelector("input:not([type=hidden], [type=radio]:not(:checked))").focus(); // the button goes
  });
  field.querySelector(".fr-messages-group").before(button);
}

// `changed(field)` is called whenever one of them is another than before.
export function enhanceSizes(form, changed) {
  for (const field of form.querySelectorAll("[data-field]")) {
    if (field.dataset.min !== undefined) addSlider(field, changed);
    addReset(field, changed);
    follow(field);
    field.addEventListener("click", (event) => {
      const value = event.target.closest("[data-remedy] a")?.dataset.value;
      if (value === undefined) return;
      event.preventDefault();
      setValue(field, value);
      changed(field);
      field.querySelector("input[name]").focus();
    });
  }
  form.addEventListener("input", (event) => {
    const field = event.target.closest("[data-field]");
    if (!field || event.target.matches("[data-slider]")) return;
    follow(field);
    changed(field);
  });
}
