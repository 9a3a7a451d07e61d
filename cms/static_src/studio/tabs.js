// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Tabs as ARIA describes them: arrows go from one to the next, what is shown is chosen.

export class Tabs {
  onSelect = () => {};

  constructor(list) {
    this.list = list;
    list.setAttribute("role", "tablist");
    list.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (tab) this.select(tab);
    });
  }

  get tabs() {
    return [...this.list.querySelectorAll("[role=tab]")];
  }

  get chosen() {
    return this.list.querySelector("[role=tab][aria-selected=true]");
  }

  // `panel` needs an id.
  add(panel, words) {
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", className: "s-tab", id: `${panel.id}-onglet`, textContent: words });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    this.list.append(tab);
    this.select(this.chosen ?? tab);
    return tab;
  }

  remove(panel) {
    const tab = this.tabOf(panel);
    const wasChosen = tab === this.chosen;
    const beside = tab.nextElementSibling ?? tab.previousElementSibling;
    tab.remove();
    if (wasChosen && beside) this.select(beside);
  }

  clear() {
    this.list.replaceChildren();
  }

  tabOf(panel) {
    return this.tabs.find((tab) => tab.getAttribute("aria-controls") === panel.id);
  }

  select(chosen) {
    for (const tab of this.tabs) {
      const is = tab === chosen;
      tab.setAttribute("aria-selected", String(is));
      tab.tabIndex = is ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !is;
    }
    this.onSelect(chosen);
  }

  key(event) {
    const { tabs } = this;
    const at = tabs.indexOf(event.target.closest("[role=tab]"));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    this.select(tab);
    tab.focus();
  }
}
