// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The workshops on a map: outlines that the site ships, no request to anybody else unless an address of tiles is set.
// Without this file the list says the same.

import L from "leaflet";
import "leaflet/dist/leaflet.css";

const atlas = document.querySelector("[data-atlas]");
const places = JSON.parse(document.getElementById("lieux").textContent);
const PIN = 24; // px: what a finger hits
const SLICE = 12; // outlines that are drawn without a pause
const MOST_CARDS = 8; // of contacts in one popup: the list has them all
const OVERSEAS_CODE = 3; // letters of an overseas département's code; the others have two
const pins = new Map(); // a workshop's address → its marker
const chosen = document.querySelector("[data-chosen]");
let chosenPin = null;
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const element = (name, text, className = "") => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};

function workshopCard(workshop) {
  const card = element("div");
  const name = element("p");
  const link = element("a", `${workshop.number}. ${workshop.name}`);
  link.href = workshop.url + places.near;
  name.append(link);
  card.append(name, element("p", workshop.place), element("p", workshop.note));
  return card;
}

function contactCard(contact) {
  const card = element("div");
  card.append(element("p", contact.name), element("p", contact.place), element("p", "Machines inconnues : à contacter"));
  return card;
}

function popup(cards) {
  const box = element("div", "", "t-popup");
  box.append(...cards);
  return box;
}

// Contacts of one commune share its point: one dot for all of them.
function grouped(entries) {
  const groups = new Map();
  for (const entry of entries) {
    const key = entry.at.map((degrees) => degrees.toFixed(3)).join(" ");
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

// Pins that would lie on one another at this zoom are one pin: each can be hit by a finger.
function apart(map, entries) {
  const groups = [];
  for (const entry of entries) {
    const point = map.latLngToLayerPoint(entry.at);
    const near = groups.find(({ at }) => Math.max(Math.abs(at.x - point.x), Math.abs(at.y - point.y)) < PIN + 1);
    if (near) near.entries.push(entry);
    else groups.push({ at: point, entries: [entry] });
  }
  return groups.map(({ entries: together }) => together);
}

function pin(entries, small) {
  const names = entries.map((entry) => `${entry.number}. ${entry.name}`).join(", ");
  const where = [...new Set(entries.map((entry) => entry.place))].join(" ; ");
  const label = entries.length > 1 ? `${entries[0].number}+` : String(entries[0].number);
  const marker = L.marker(entries[0].at, {
    icon: L.divIcon({ className: "t-pin", html: label, iconSize: [PIN, PIN] }),
    title: names,
    alt: names,
    riseOnHover: true,
  });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", `${names}, ${where}`));
  const cards = () => popup(entries.map(workshopCard));
  if (!small) return marker.bindPopup(cards, { maxWidth: 260, maxHeight: 240 });
  // A popup is larger than a small map: what it would say stands below the maps.
  const show = () => {
    chosen.replaceChildren(cards());
    chosen.querySelector("a").focus();
    chosenPin = marker;
  };
  return marker.on("click", show).on("keypress", (event) => event.originalEvent.key === "Enter" && show());
}

chosen?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  chosen.replaceChildren();
  chosenPin?.getElement()?.focus();
});

function dot(entries, renderer, small) {
  const look = { radius: 4, weight: 1.5, color: "#6a6156", fillColor: "#fff", fillOpacity: 1 };
  const marker = L.circleMarker(entries[0].at, { ...look, pane: "contacts", renderer });
  const cards = () => popup(entries.slice(0, MOST_CARDS).map(contactCard));
  return small ? marker.on("click", () => chosen.replaceChildren(cards())) : marker.bindPopup(cards, { maxWidth: 260 });
}

// Lets the browser answer a finger between two pieces of work.
const pause = () => new Promise((resume) => setTimeout(resume));

function lay(map, entries, small) {
  let shown = [];
  let known = "";
  function again() {
    const groups = apart(map, entries);
    const now = groups.map((together) => together.map((entry) => entry.number).join("+")).join(" ");
    if (now === known) return;
    known = now;
    for (const marker of shown) marker.remove();
    shown = groups.map((together) => {
      const marker = pin(together, small).addTo(map);
      for (const entry of together) pins.set(entry.url, marker);
      return marker;
    });
  }
  again();
  map.on("zoomend", again);
}

async function draw(box, features) {
  const small = box.dataset.map.length === OVERSEAS_CODE;
  const map = L.map(box, {
    attributionControl: Boolean(atlas.dataset.tiles),
    dragging: !L.Browser.mobile, // one finger scrolls the page, two move the map
    fadeAnimation: !calm,
    markerZoomAnimation: !calm,
    maxZoom: atlas.dataset.tiles ? 17 : 10,
    scrollWheelZoom: false,
    zoomAnimation: !calm,
    zoomControl: false,
    zoomSnap: 0.1,
  });
  if (!small) L.control.zoom({ zoomInTitle: "Rapprocher", zoomOutTitle: "Éloigner" }).addTo(map);
  if (atlas.dataset.tiles) {
    map.attributionControl.setPrefix(false);
    L.tileLayer(atlas.dataset.tiles, { attribution: atlas.dataset.credit, maxZoom: 17 }).addTo(map);
  }
  const renderer = L.canvas({ padding: 0.5 });
  const style = { renderer, color: "#8f8577", weight: 0.8, fillColor: "#fffdf9", fillOpacity: atlas.dataset.tiles ? 0 : 1 };
  const outlines = [];
  for (let from = 0; from < features.length; from += SLICE) {
    outlines.push(L.geoJSON({ type: "FeatureCollection", features: features.slice(from, from + SLICE) }, { interactive: false, style }));
    await pause();
  }
  const home = L.latLngBounds();
  for (const some of outlines) home.extend(some.getBounds());
  map.fitBounds(home, { padding: small ? [4, 4] : [8, 8], animate: false });
  map.setMaxBounds(home.pad(0.3));
  map.setMinZoom(map.getZoom());
  for (const some of outlines) {
    some.addTo(map);
    await pause();
  }
  // By keys: Enter opens and leads to the link, Escape closes and leads back.
  map.on("popupopen", ({ popup: opened }) => opened.getElement().querySelector("a[href]:not([role])")?.focus());
  if (!small) box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const pinned = [...pins.values()].find((marker) => marker.isPopupOpen());
    map.closePopup();
    pinned?.getElement()?.focus();
  });
  const inside = (entry) => home.pad(0.05).contains(entry.at);
  map.createPane("contacts").style.zIndex = 450; // above the outlines, below the pins
  const contacts = L.canvas({ padding: 0.5, pane: "contacts" });
  for (const entries of grouped(places.contacts.filter(inside))) {
    dot(entries, contacts, small).addTo(map);
  }
  lay(map, places.workshops.filter(inside), small);
  if (places.origin && inside(places.origin)) {
    const icon = L.divIcon({ className: "t-pin t-pin--origin", html: "", iconSize: [16, 16] });
    const words = `Votre commune : ${places.origin.name}`;
    L.marker(places.origin.at, { icon, alt: words, interactive: false, keyboard: false, zIndexOffset: 500 }).addTo(map);
    if (!small && places.workshops.some(inside)) {
      const nearest = places.workshops.filter(inside).slice(0, 6).map((entry) => entry.at);
      map.fitBounds(L.latLngBounds([places.origin.at, ...nearest]).pad(0.25), { maxZoom: 9, animate: false });
    }
  }
}

async function start() {
  let outlines;
  try {
    const response = await fetch(atlas.dataset.outlines);
    if (!response.ok) return;
    outlines = await response.json();
  } catch {
    return; // the list is there
  }
  atlas.classList.remove("t-hidden");
  document.querySelector("[data-numbers]")?.classList.remove("t-hidden");
  for (const box of atlas.querySelectorAll("[data-map]")) {
    const wanted = box.dataset.map;
    await pause();
    await draw(
      box,
      outlines.features.filter(({ properties: { code } }) =>
        wanted.length === OVERSEAS_CODE ? code === wanted : code.length < OVERSEAS_CODE,
      ),
    );
  }
  // A look at a line of the list shows where it is.
  for (const line of document.querySelectorAll("[data-place]")) {
    const mark = (on) => pins.get(line.dataset.place)?.getElement()?.classList.toggle("t-pin--near", on);
    line.addEventListener("pointerenter", () => mark(true));
    line.addEventListener("pointerleave", () => mark(false));
    line.addEventListener("focusin", () => mark(true));
    line.addEventListener("focusout", () => mark(false));
  }
}

if (atlas) start();
