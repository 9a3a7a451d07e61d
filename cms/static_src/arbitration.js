// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The list of intentions follows what one types: only that part of the page is fetched, and only the answer to the last
// question is shown. The address always says what stands there. Without this file the form's button does the same.

const WAIT = 250; // ms of quiet before the site is asked
const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });

const form = document.querySelector("form[data-live]");
const target = document.querySelector("[data-live-target]");
const told = document.querySelector("[data-live-told]"); // for whoever doesn't see the list change

// What is ticked: how many, and what they would cost.
function count() {
  const line = target.querySelector("[data-ticked]");
  if (!line) return;
  const whole = target.querySelector("[data-whole-count]");
  const boxes = [...target.querySelectorAll('input[name="commande"]:checked')];
  let number = boxes.length;
  let cost = boxes.reduce((sum, box) => sum + Number(box.dataset.cost ?? 0), 0);
  if (whole?.checked) {
    number = Number(whole.dataset.wholeCount);
    cost = Number(whole.dataset.wholeCost);
  }
  const left = Number(line.dataset.left);
  const missing = cost > left ? `, il manquerait ${euros.format(cost - left)}` : "";
  line.textContent = number === 0 ? "" : `${number} cochée${number > 1 ? "s" : ""}\u00a0: ${euros.format(cost)} de subvention${missing}`;
}

if (form && target) {
  let timer;
  let asked = null; // the request on its way
  let question = 0;

  function words() {
    const given = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") given.append(name, value);
    return given;
  }

  async function ask(given) {
    clearTimeout(timer);
    asked?.abort();
    asked = new AbortController();
    const mine = ++question;
    target.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`${form.dataset.live}?${given}`, { signal: asked.signal, headers: { Accept: "text/html" } });
      if (response.redirected || !response.ok) {
        window.location.assign(`${form.getAttribute("action")}?${given}`); // signed out, or worse: the page says it
        return;
      }
      const text = await response.text();
      if (mine !== question) return; // an older answer
      const ticked = new Set([...target.querySelectorAll('input[name="commande"]:checked')].map((box) => box.value));
      const column = document.activeElement?.closest("a[data-live-link]")?.dataset.liveLink;
      target.innerHTML = text;
      if (column) target.querySelector(`a[data-live-link="${CSS.escape(column)}"]`)?.focus();
      if (told) told.textContent = target.querySelector("[data-live-count]")?.textContent.trim() ?? "";
      for (const box of target.querySelectorAll('input[name="commande"]')) box.checked = ticked.has(box.value);
      target.removeAttribute("aria-busy");
      history.replaceState(null, "", `${form.getAttribute("action")}?${given}`);
      count();
    } catch (error) {
      if (error.name !== "AbortError" && mine === question) target.removeAttribute("aria-busy"); // the button still works
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target.dataset.whole) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(words()), WAIT);
  });
  form.addEventListener("change", (event) => {
    if (event.target.dataset.whole) form.submit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(words());
  });
  target.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-live-link]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const given = new URLSearchParams(new URL(link.href).search);
    let sort = form.querySelector('input[name="tri"]');
    if (!sort) {
      sort = document.createElement("input");
      sort.type = "hidden";
      sort.name = "tri";
      form.prepend(sort);
    }
    sort.value = given.get("tri");
    ask(words());
  });
  target.addEventListener("change", count);
  count();
}
