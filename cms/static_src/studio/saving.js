// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Saved as one types: after a pause, one at a time, from the state that one has seen. What the site did not take yet is
// kept here (keeping.js) and sent again; a state that somebody else saved meanwhile is never overwritten.

import { readFields, sameFields } from "./fields.js";

const PAUSE = 800; // ms after the last change
const AGAIN = 8000; // ms until a site that was away is asked again
const SLOW = 1200; // ms after which a wait is worth a word
const WORDS = {
  offline: "Non enregistré\u00a0: hors ligne. Votre travail est gardé dans ce navigateur.",
  unkept: "Non enregistré\u00a0: hors ligne. Ne fermez pas cette fenêtre.",
  invalid: "Non enregistré\u00a0: une valeur est à corriger. Votre travail est gardé dans ce navigateur.",
  conflict: "Non enregistré\u00a0: ce brouillon a changé ailleurs.",
  signedOut: "Non enregistré\u00a0: vous n’êtes plus connecté. Reconnectez-vous dans une autre fenêtre\u00a0: rien n’est perdu.",
  failed: "Non enregistré\u00a0: le site n’a pas répondu comme prévu. Votre travail est gardé dans ce navigateur.",
};

export class Saver {
  onSaved = () => {};
  onConflict = () => {}; // ({ id, at, by, fields })
  onMessages = () => {}; // ({ name: French }), {} when all is well again
  version = 0; // counts changes
  savedVersion = 0;
  partlyVersion = -1; // of which the site has all but what is to be corrected
  timer = null;
  sending = null;
  state = "saved";
  apart = false; // after a choice between two: what gives way stays in the history

  constructor(form, keeper, shown, told) {
    Object.assign(this, { form, keeper, shown, told, id: form.dataset.stateId, base: readFields(form) });
    addEventListener("online", () => this.isBehind && this.save());
    addEventListener("pagehide", () => this.leave());
    addEventListener("beforeunload", (event) => {
      if (this.isBehind && !this.keeper.works) event.preventDefault();
    });
  }

  get isBehind() {
    return this.version !== this.savedVersion;
  }

  changed() {
    this.version++;
    this.keeper.keep(this.id, readFields(this.form));
    if (this.state === "conflict") return; // it waits for a choice
    if (this.state === "saved") this.show("Modifications en cours d’enregistrement…");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // True once everything that was typed until now is with the site; false where it can't be.
  async settled() {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    if (this.isBehind && this.state !== "conflict" && this.partlyVersion !== this.version) await this.save();
    return !this.isBehind || this.partlyVersion === this.version;
  }

  async save() {
    clearTimeout(this.timer);
    if (this.sending || this.state === "conflict") return this.sending;
    const version = this.version;
    const slow = setTimeout(() => this.show("Enregistrement…"), SLOW);
    this.sending = this.send()
      .then((answer) => this.answered(answer, version))
      .finally(() => {
        clearTimeout(slow);
        this.sending = null;
      });
    await this.sending;
    if (this.state === "saved" && this.isBehind) this.timer = setTimeout(() => this.save(), PAUSE);
    return null;
  }

  request(more = {}) {
    return fetch(this.form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify({ based_on: this.id, fields: readFields(this.form), apart: this.apart }),
      ...more,
    });
  }

  get token() {
    return this.form.elements.csrfmiddlewaretoken.value;
  }

  async send() {
    try {
      this.sent = readFields(this.form);
      const response = await this.request();
      if (response.redirected || response.status === 403) return { state: "signedOut" };
      if (!response.headers.get("Content-Type")?.includes("json")) return { state: "failed" };
      return await response.json();
    } catch {
      return { state: "offline" };
    }
  }

  answered(answer, version) {
    // This very text is there already: a last try of this window (leave) arrived after all.
    if (answer.state === "conflict" && sameFields(answer.fields, this.sent)) answer = { ...answer, state: "saved" };
    this.state = answer.state;
    if (answer.state === "saved") {
      this.follow(answer.id);
      this.base = this.sent; // what this window and the site agree on
      this.apart = false;
      this.savedVersion = version;
      if (this.isBehind) this.keeper.keep(this.id, readFields(this.form));
      else this.keeper.forget();
      this.onMessages({});
      this.say(`Enregistré à ${answer.at}`);
      this.onSaved();
      return;
    }
    if (answer.state === "partly") {
      // The site has the rest: what is to be corrected stays here until it is.
      this.follow(answer.id);
      this.partlyVersion = version;
      this.keeper.keep(this.id, readFields(this.form));
      this.onMessages(answer.messages);
      this.say(`Enregistré à ${answer.at}, sauf ce qui est à corriger`);
      this.onSaved();
      return;
    }
    if (answer.state === "conflict") this.onConflict(answer);
    if (answer.state === "invalid") this.onMessages(answer.messages ?? {});
    if (["offline", "signedOut", "failed"].includes(answer.state)) this.timer = setTimeout(() => this.save(), AGAIN);
    const unkept = answer.state === "offline" && !this.keeper.works;
    this.say(answer.reason || WORDS[unkept ? "unkept" : answer.state] || WORDS.failed);
  }

  // From now on this is the state that one has seen, in every form of the page.
  follow(id) {
    this.id = this.form.dataset.stateId = id;
    for (const input of document.querySelectorAll("input[name=based_on]")) input.value = id;
  }

  // The choice was made: what the form says now follows on that state.
  resolve(id) {
    this.follow(id);
    this.apart = true;
    this.state = "saved";
    this.version++;
    this.keeper.keep(id, readFields(this.form));
    return this.save();
  }

  // A last try, without waiting; what does not arrive is found again here.
  leave() {
    if (!this.isBehind || this.state === "conflict" || this.sending) return;
    this.request({ keepalive: true }).catch(() => {}); // too large for that, or no net
  }

  show(words) {
    this.shown.textContent = words;
    this.shown.dataset.state = this.isBehind ? "behind" : "saved";
  }

  // Seen, and read out: only where it is another kind of news than before.
  say(words) {
    this.show(words);
    if (this.told.dataset.state !== this.state) this.told.textContent = words;
    this.told.dataset.state = this.state;
  }
}
