// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The view in volume is a third of a page's weight: it is fetched after the text, and only where it can be drawn.

function canDraw() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}

function stillPictures(stage) {
  stage.dataset.kind = "picture";
  return {
    needsMesh: false,
    light() {},
    async show(content, parts, picture) {
      const image = new Image();
      image.alt = "Le meuble dans les dimensions choisies";
      image.src = picture;
      await image.decode();
      stage.replaceChildren(image);
    },
  };
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

// A viewer: `show(content, parts, picture)`, `light(code)`. Never fails: without a graphics card there are pictures.
export async function openViewer(form) {
  const stage = form.querySelector("[data-stage]");
  if (!canDraw()) return stillPictures(stage);
  try {
    await load(form.dataset.viewerUrl);
    return window.treteauViewer(stage, form.querySelector("[data-tools]"), form.dataset.peopleUrl);
  } catch {
    return stillPictures(stage);
  }
}
