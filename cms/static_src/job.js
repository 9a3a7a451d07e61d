// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A job's page: shows how far the work is, and the result as soon as it is there.
// Without this file the page reloads itself.

const page = document.querySelector("[data-job-url]");
const bar = page.querySelector("[data-progress]");
const sentence = page.querySelector("[data-sentence]");
const stages = page.querySelectorAll("[data-stages] li");
const EVERY = 700; // ms

async function look() {
  try {
    const response = await fetch(page.dataset.jobUrl, { headers: { Accept: "application/json" } });
    if (response.ok) {
      const job = await response.json();
      if (job.finished) {
        location.reload();
        return;
      }
      bar.value = job.progress;
      if (sentence.textContent !== job.sentence) sentence.textContent = job.sentence;
      stages.forEach((stage, index) => {
        stage.dataset.state = job.stages[index];
        if (job.stages[index] === "current") stage.setAttribute("aria-current", "step");
        else stage.removeAttribute("aria-current");
      });
    }
  } catch {
    // The site may be restarting: ask again.
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
