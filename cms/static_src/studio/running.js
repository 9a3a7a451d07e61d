// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The model is run as it was saved: view, figures, parts, checks and messages are those of the newest run, never of an older one.

import { showMessages } from "../configurator/messages.js";
import { Newest, pause } from "../configurator/newest.js";
import { openViewer } from "../configurator/opening.js";
import { Parts } from "../configurator/parts.js";
import { enhanceSizes, valueOf } from "../configurator/sizes.js";
import { asMarks, Problems } from "./problems.js";

const REST = 120; // ms after the last change of a size
const SLOW = 400; // ms after which a wait is worth a word
const BUSY = 3000; // ms, where many others wait
const DOWN = "Le site n’a pas répondu. Exécutez à nouveau quand la connexion est revenue.";

export class Runner {
  views = new Newest();
  sums = new Newest();
  timer = null;

  constructor(root, saver, files) {
    Object.assign(this, { root, saver, files });
    this.stage = root.querySelector("[data-stage]");
    this.state = root.querySelector("[data-view-state]");
    this.checks = root.querySelector("[data-checks]");
    this.waiting = root.querySelector("[data-checks-wait]");
    this.problems = new Problems(root, (...where) => files.goTo(...where));
    this.parts = new Parts(root);
    this.opened = openViewer(root).then((viewer) => {
      if (viewer.needsMesh) this.parts.join(viewer);
      return viewer;
    });
    this.follow();
  }

  // The sizes to try: a form that comes anew with other parameters.
  follow() {
    this.trial = this.root.querySelector("[data-trial]");
    enhanceSizes(this.trial, () => this.later());
    this.trial.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
  }

  values() {
    const found = {};
    for (const field of this.trial.querySelectorAll("[data-field]")) found[field.dataset.field] = valueOf(field) ?? "";
    return found;
  }

  later() {
    clearTimeout(this.timer);
    this.outdated(true);
    this.timer = setTimeout(() => this.run(), REST);
  }

  outdated(is) {
    for (const box of this.root.querySelectorAll("[data-of-run]")) {
      box.classList.toggle("c-outdated", is);
      box.setAttribute("aria-busy", String(is));
    }
  }

  say(words, busy = false) {
    this.state.textContent = words;
    this.stage.toggleAttribute("aria-busy", busy);
  }

  async run() {
    clearTimeout(this.timer);
    const turn = this.views.begin();
    this.sums.begin(); // checks on their way are of an older run
    this.waiting.hidden = true;
    this.checks.classList.toggle("c-outdated", Boolean(this.checks.dataset.shown));
    this.outdated(true);
    const slow = setTimeout(() => turn.isNewest() && this.say("Exécution du modèle…", true), SLOW);
    try {
      if (!(await this.saver.settled())) {
        if (turn.isNewest()) this.say("Le modèle sera exécuté dès que le brouillon sera enregistré.");
        return;
      }
      const asked = await this.ask(turn);
      if (!asked) return;
      this.renew(asked);
      const found = asked.url ? await this.views.ask(asked.url, turn) : asked;
      if (found) await this.show(found, turn);
      if (found?.check_url && turn.isNewest()) this.askChecks(found.check_url);
    } catch (error) {
      if (error.name === "AbortError" || !turn.isNewest()) return;
      this.say(DOWN);
      this.stage.dataset.shown = "failed";
    } finally {
      clearTimeout(slow);
      if (turn.isNewest()) this.stage.removeAttribute("aria-busy");
    }
  }

  async ask(turn) {
    for (;;) {
      const response = await fetch(this.root.dataset.runUrl, {
        method: "POST",
        signal: turn.signal,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.saver.token },
        body: JSON.stringify({ based_on: this.saver.id, values: this.values(), trial: this.trial.dataset.trial }),
      });
      const answer = await response.json();
      if (!turn.isNewest()) return null;
      if (answer.state !== "busy") return answer;
      this.say(answer.reason, true);
      await pause(BUSY);
      if (!turn.isNewest()) return null;
    }
  }

  // Other parameters than before: their fields come with the answer, what was typed into the old ones stays.
  renew({ trial }) {
    if (!trial) return;
    const typed = this.values();
    const at = document.activeElement?.closest("[data-field]")?.dataset.field;
    this.trial.outerHTML = trial;
    this.trial = this.root.querySelector("[data-trial]");
    for (const field of this.trial.querySelectorAll("[data-field]")) {
      const value = typed[field.dataset.field];
      for (const input of value === undefined ? [] : field.querySelectorAll("input[name]:not([type=hidden])")) {
        if (input.type === "radio") input.checked = input.value === value;
        else if (input.type === "checkbox") input.checked = value === "oui";
        else input.value = value;
      }
    }
    this.follow();
    if (at) this.trial.querySelector(`[data-field="${CSS.escape(at)}"] input:not([type=hidden])`)?.focus();
  }

  async show(found, turn) {
    showMessages(this.trial, found.messages ?? {}, found.remedies ?? {});
    const errors = found.errors ?? [];
    this.files.mark(asMarks(errors));
    if (found.state !== "ready") {
      this.problems.show(errors, found.state === "invalid" ? "" : (found.reason ?? ""));
      this.say(found.state === "invalid" ? "Vue en attente de dimensions possibles" : "La vue est celle de la dernière exécution réussie.");
      if (!this.stage.dataset.shown?.startsWith("/") && found.state !== "invalid") this.say("Pas encore de vue\u00a0: lisez les messages.");
      this.stage.dataset.run = found.state;
      return;
    }
    const viewer = await this.opened;
    if (!turn.isNewest()) return;
    const mesh = viewer.needsMesh ? await fetch(found.view, { signal: turn.signal }) : null;
    const content = await mesh?.arrayBuffer();
    if (!turn.isNewest()) return;
    await viewer.show(content, found.parts, found.picture);
    if (!turn.isNewest()) return;
    this.problems.show(errors);
    for (const name of ["figures", "measures", "facts"]) {
      const box = this.root.querySelector(`[data-${name}]`);
      box.innerHTML = found[name];
    }
    this.root.querySelector("[data-parts-box]").hidden = false;
    this.outdated(false);
    this.parts.enhance();
    this.say("");
    this.stage.dataset.shown = found.view;
    this.stage.dataset.run = "ready";
  }

  async askChecks(url) {
    const turn = this.sums.begin();
    this.checks.setAttribute("aria-busy", "true");
    this.waiting.hidden = false;
    this.checks.hidden = !this.checks.dataset.shown; // what they are need not be said while they come
    try {
      const found = await this.sums.ask(url, turn);
      if (!found) return;
      this.checks.innerHTML = found.checks;
      this.checks.classList.remove("c-outdated");
      this.checks.dataset.shown = this.stage.dataset.shown;
    } catch (error) {
      if (error.name !== "AbortError" && turn.isNewest()) this.checks.dataset.shown = "failed";
    } finally {
      if (turn.isNewest()) {
        this.checks.removeAttribute("aria-busy");
        this.waiting.hidden = true;
        this.checks.hidden = false;
      }
    }
  }
}
