// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The studio's page: the script beside its view; saved as one types, run when one wants.
// Without this file the page works all the same: a text a file, and its buttons.

import { askWhich } from "./studio/conflict.js";
import { fillForm, readFields, sameFields } from "./studio/fields.js";
import { Files } from "./studio/files.js";
import { Keeper } from "./studio/keeping.js";
import { Rows } from "./studio/rows.js";
import { Runner } from "./studio/running.js";
import { Saver } from "./studio/saving.js";
import { Tabs } from "./studio/tabs.js";

const ON_PAUSE = "treteau-studio-on-pause"; // whether a saved draft is run by itself
const NARROW = "(max-width: 61.99em)";

const root = document.getElementById("studio");
const form = root.querySelector("[data-edit]");
const conflict = root.querySelector("[data-conflict]");
const found = root.querySelector("[data-found]");
root.classList.add("s-live");
const isOpen = !form.hasAttribute("data-locked");

const keeper = new Keeper(root.dataset.draft);
const saver = new Saver(form, keeper, root.querySelector("[data-save-state]"), root.querySelector("[data-save-told]"));
const rows = new Rows(form, () => saver.changed());
const files = new Files(form, {
  nonce: root.dataset.nonce,
  describedBy: "studio-clavier",
  changed: () => saver.changed(),
  run: () => runner.run(),
  parameters: () => rows.parameters(),
});
const runner = new Runner(root, saver, files);
const sections = openSections();

function openSections() {
  const list = root.querySelector("[data-section-tabs]");
  list.classList.remove("t-hidden");
  const tabs = new Tabs(list);
  for (const section of root.querySelectorAll("[data-section]")) tabs.add(section, section.dataset.section);
  tabs.onSelect = () => files.editors.forEach((editor) => editor.view.requestMeasure());
  const wanted = location.hash ? root.querySelector(location.hash.replace(/[^#\w-]/g, ""))?.closest("[data-section]") : null;
  const first = root.querySelector(matchMedia(NARROW).matches ? "#parametres" : "#script");
  tabs.select(tabs.tabOf(wanted ?? first ?? root.querySelector("[data-section]")));
  return tabs;
}

function showSection(element) {
  const section = element?.closest("[data-section]");
  if (section) sections.select(sections.tabOf(section));
}

// The form says another draft: a choice between two, or what was found in this browser.
function fill(fields) {
  files.clear();
  fillForm(form, fields, (kind, row) => (kind === "file" ? files.made(row) : rows.made(row)));
  showFieldMessages({});
}

// What the site refused stands beside its field; the summary of the page leads there.
function showFieldMessages(messages) {
  for (const box of form.querySelectorAll(".fr-messages-group[data-of]")) {
    const text = messages[box.dataset.of] ?? "";
    if (box.textContent.trim() === text) continue;
    box.replaceChildren();
    if (text) box.append(Object.assign(document.createElement("p"), { className: "fr-message fr-message--error", textContent: text }));
    const input = form.elements[box.dataset.of];
    input?.toggleAttribute?.("aria-invalid", Boolean(text));
    if (text) input?.setAttribute?.("aria-invalid", "true");
    const row = box.closest("details");
    if (text && row) row.open = true;
  }
  for (const section of root.querySelectorAll("[data-section]")) {
    const isWrong = section.querySelector(".fr-messages-group[data-of] .fr-message--error") !== null;
    sections?.tabs.find((tab) => tab.getAttribute("aria-controls") === section.id)?.classList.toggle("s-tab--wrong", isWrong);
  }
  const general = form.querySelector("[data-general]");
  const known = new Set([...form.querySelectorAll("[data-of]")].map((box) => box.dataset.of));
  const rest = Object.entries(messages).filter(([name]) => !known.has(name));
  general.replaceChildren(...rest.map(([, text]) => Object.assign(document.createElement("p"), { className: "fr-message fr-message--error", textContent: text })));
}

function ask(other, base = saver.base) {
  askWhich(conflict, readFields(form), other, base, (fields) => {
    fill(fields);
    saver.resolve(other.id);
  });
}

saver.onMessages = showFieldMessages;
saver.onConflict = ask;
saver.onSaved = () => {
  root.querySelector("[data-page-title]").textContent = form.elements.title.value || root.dataset.draft;
  if (onPause.checked) runner.later();
  else runner.outdated(true);
};

form.addEventListener("input", (event) => {
  if (event.target.closest(".cm-editor") || event.target.type === "file") return;
  saver.changed();
});
form.addEventListener("submit", (event) => {
  const { submitter } = event;
  if (submitter?.hasAttribute("data-plain")) return;
  event.preventDefault();
  if (submitter?.hasAttribute("data-run")) runner.run();
  else saver.save();
});
for (const button of root.querySelectorAll("[data-run]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    runner.run();
  });
}
root.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  event.preventDefault();
  runner.run();
});
// What leads away from here (changes, review, export, an upload) is of what is saved: it waits for that.
root.addEventListener("click", async (event) => {
  const away = event.target.closest("[data-after-save]");
  if (!away || !saver.isBehind) return;
  event.preventDefault();
  if (!(await saver.settled())) return;
  if (away.tagName === "A") location.assign(away.href);
  else away.form.requestSubmit(away);
});

const onPause = root.querySelector("[data-on-pause]");
onPause.closest("[data-on-pause-box]").classList.remove("t-hidden");
onPause.checked = remembered() !== "non";
onPause.addEventListener("change", () => {
  try {
    localStorage.setItem(ON_PAUSE, onPause.checked ? "oui" : "non");
  } catch {
    // it holds for this window
  }
});

function remembered() {
  try {
    return localStorage.getItem(ON_PAUSE);
  } catch {
    return null;
  }
}

// What an earlier window left behind: taken up again, or laid beside what the site has by now.
async function takeUp() {
  await keeper.open();
  const left = isOpen ? await keeper.left() : null;
  if (!left || saver.isBehind) return;
  const own = readFields(form);
  keeper.drop(left);
  if (sameFields(left.fields, own)) return;
  if (left.basedOn !== saver.id) {
    const site = { id: saver.id, at: form.dataset.savedAt, by: form.dataset.savedBy, fields: own };
    saver.state = "conflict";
    fill(left.fields);
    saver.changed();
    saver.say("Non enregistré\u00a0: ce brouillon a changé ailleurs.");
    ask(site, null);
    return;
  }
  fill(left.fields);
  found.hidden = false;
  saver.changed();
}

takeUp().then(() => {
  if (saver.state === "conflict") return;
  if (root.dataset.runs !== "no") runner.run();
});
const summary = document.getElementById("erreurs");
if (summary) {
  for (const link of summary.querySelectorAll("a[href^='#']")) {
    link.addEventListener("click", () => showSection(root.querySelector(link.getAttribute("href"))));
  }
  summary.focus({ preventScroll: true });
  summary.scrollIntoView();
}
