// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The view in volume: one GLB at a time, turned by mouse, finger, keys or buttons; taken apart, measured, beside people.
// Draws only when something moved, and moves nothing by itself.

import {
  Box3,
  CircleGeometry,
  DirectionalLight,
  EdgesGeometry,
  Group,
  HemisphereLight,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  PCFShadowMap,
  PerspectiveCamera,
  Raycaster,
  Scene,
  ShadowMaterial,
  Sphere,
  Spherical,
  Vector2,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

import { Apart } from "./apart.js";
import { Measures } from "./measures.js";
import { People } from "./people.js";
import { light, plywood } from "./wood.js";

const START = new Spherical(1, 1.18, 0.6); // radius is set from the piece's size
const TURN = Math.PI / 12;
const MARGIN = 0.97; // the box's corners are mostly empty
const CORNERS = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => [x, y, z])));
const EDGE_ANGLE = 25; // degrees between faces that share a drawn edge
const STILL = 6; // px that a finger or a mouse may move and still mean what is under it
const LINE = new LineBasicMaterial({ color: 0x4a3a22, transparent: true, opacity: 0.5 });
// What is lit is seen through what stands before it.
const LIT_LINE = new LineBasicMaterial({ color: 0x0a47b0, depthTest: false, transparent: true });

export class Viewer {
  needsMesh = true;

  onPoint = () => {}; // (code of the part under the mouse, or null)
  onChoose = () => {}; // (code of the part that was clicked or tapped, or null)

  constructor(stage, tools, peopleUrl) {
    this.stage = stage;
    const renderer = new WebGLRenderer({ antialias: true, alpha: true });
    this.renderer = renderer;
    renderer.shadowMap.enabled = true;
    renderer.shadowMap.type = PCFShadowMap;
    renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));

    this.scene = new Scene();
    this.scene.add(new HemisphereLight(0xffffff, 0xcdbb9c, 1.55));
    this.sun = new DirectionalLight(0xfff6e6, 1.75);
    this.sun.castShadow = true;
    this.sun.shadow.mapSize.set(2048, 2048);
    this.sun.shadow.bias = -0.0006;
    this.sun.shadow.normalBias = 0.004;
    this.sun.shadow.radius = 4;
    this.scene.add(this.sun, this.sun.target);
    this.floor = new Mesh(new CircleGeometry(1, 64), new ShadowMaterial({ color: 0x6b5638, opacity: 0.22 }));
    this.floor.rotation.x = -Math.PI / 2;
    this.floor.receiveShadow = true;
    this.scene.add(this.floor);

    this.camera = new PerspectiveCamera(28, 4 / 3, 0.05, 100);
    const canvas = renderer.domElement;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Vue en volume du meuble. Flèches : tourner. Plus et moins : rapprocher, éloigner.");
    this.controls = new OrbitControls(this.camera, canvas);
    canvas.style.touchAction = "pan-y"; // the controls set "none": a finger could not scroll the page past the view
    this.controls.enablePan = false;
    this.controls.enableZoom = false; // the wheel scrolls the page; buttons and keys zoom
    this.controls.maxPolarAngle = Math.PI / 2 - 0.02;
    this.controls.addEventListener("change", () => this.draw());

    this.loader = new GLTFLoader();
    this.people = new People(this.loader, peopleUrl);
    this.measures = new Measures(stage);
    this.scene.add(this.people.group, this.measures.group);
    this.piece = null;
    this.bodies = []; // every copy of every part, and what is bought
    this.apart = null;
    this.share = 0; // 0 as it stands … 1 taken apart
    this.lit = null;
    this.fitted = null; // the piece's sphere
    this.box = null;
    this.zoom = 1;

    canvas.addEventListener("keydown", (event) => this.key(event));
    this.followPointer(canvas);
    tools.addEventListener("click", ({ target }) => {
      const turn = target.closest("[data-turn]")?.dataset.turn;
      if (turn) this.turn(turn);
      const button = target.closest("[data-show]");
      if (button) this.toggle(button);
    });
    tools.querySelector("[data-explode]").addEventListener("input", ({ target }) => this.explode(target));
    this.tools = tools;
    this.canvas = canvas;
    stage.dataset.kind = "volume";
    new ResizeObserver(() => this.resize()).observe(stage);
  }

  // `parts`: { P01: { name, grain }, … }
  async show(content, parts) {
    const { scene } = await this.loader.parseAsync(content, "");
    const edges = new Map(); // copies of a part share their geometry, and their material
    const materials = new Map();
    const bodies = [];
    scene.traverse((object) => object.isMesh && bodies.push(object));
    for (const mesh of bodies) {
      const [code] = mesh.name.split("-");
      mesh.userData = { code, isBoard: code in parts };
      if (!materials.has(code)) {
        materials.set(code, this.materialOf(mesh.material, parts[code], materials.size));
        edges.set(code, new EdgesGeometry(mesh.geometry, EDGE_ANGLE));
      }
      mesh.material = materials.get(code);
      mesh.castShadow = mesh.receiveShadow = true;
      const lines = new LineSegments(edges.get(code), LINE);
      lines.raycast = () => {};
      mesh.add(lines);
    }
    this.forget();
    this.piece = new Group();
    this.piece.add(scene);
    this.bodies = bodies;
    this.scene.add(this.piece);
    this.piece.updateMatrixWorld(true);
    const box = exactBox(bodies);
    this.measures.set(box);
    this.people.place(box);
    this.apart = new Apart(bodies);
    this.apart.set(this.share);
    this.light(this.lit);
    this.fit();
    if (!this.canvas.isConnected) {
      this.stage.replaceChildren(this.canvas);
      this.tools.classList.remove("t-hidden");
      this.resize();
    }
    this.draw();
  }

  materialOf(material, part, seed) {
    if (part) return plywood(material, part.grain === "across", seed);
    const own = material.clone();
    own.flatShading = true;
    return own;
  }

  forget() {
    if (!this.piece) return;
    this.scene.remove(this.piece);
    this.piece.traverse((object) => {
      object.geometry?.dispose();
      if (object.isMesh) object.material.dispose();
    });
  }

  light(code) {
    this.lit = code;
    for (const body of this.bodies) {
      if (!body.userData.isBoard) continue;
      const isLit = body.userData.code === code;
      light(body.material, isLit);
      const [lines] = body.children;
      lines.material = isLit ? LIT_LINE : LINE;
      lines.renderOrder = isLit ? 1 : 0;
    }
    this.stage.dataset.lit = code ?? "";
    this.draw();
  }

  explode(slider) {
    this.share = Number(slider.value) / 100;
    slider.setAttribute("aria-valuetext", `${slider.value} %`);
    slider.style.setProperty("--c-done", `${slider.value}%`);
    this.stage.dataset.apart = slider.value;
    this.apart?.set(this.share);
    this.showMeasures();
    if (this.piece) this.fit();
  }

  async toggle(button) {
    const is = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(is));
    const { show } = button.dataset;
    if (show === "measures") this.showMeasures(is);
    else {
      await this.people.show(show, is);
      if (this.piece) this.fit();
    }
    const shown = [...this.tools.querySelectorAll("[data-show][aria-pressed=true]")].map((b) => b.dataset.show);
    this.stage.dataset.shows = shown.join(" ");
    this.draw();
  }

  // Of the piece as it stands: apart it has none.
  showMeasures(wanted = this.wantsMeasures) {
    this.wantsMeasures = wanted;
    this.measures.show(Boolean(wanted) && this.share === 0);
  }

  followPointer(canvas) {
    let down = null;
    let waiting = false;
    canvas.addEventListener("pointerdown", (event) => (down = { x: event.clientX, y: event.clientY }));
    canvas.addEventListener("pointerup", (event) => {
      const still = down && Math.hypot(event.clientX - down.x, event.clientY - down.y) < STILL;
      down = null;
      if (still) this.onChoose(this.codeAt(event));
    });
    canvas.addEventListener("pointercancel", () => (down = null));
    canvas.addEventListener("pointerleave", () => this.onPoint(null));
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "mouse" || event.buttons || waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        this.onPoint(this.codeAt(event));
      });
    });
  }

  codeAt(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const at = new Vector2(((event.clientX - left) / width) * 2 - 1, 1 - ((event.clientY - top) / height) * 2);
    const ray = new Raycaster();
    ray.setFromCamera(at, this.camera);
    const [hit] = ray.intersectObjects(this.bodies, false);
    return hit?.object.userData.code ?? null;
  }

  // The same direction of view as before, from as far as the new size needs.
  fit() {
    const box = new Box3().setFromObject(this.piece);
    for (const person of this.people.group.children) if (person.visible) box.expandByObject(person);
    const sphere = box.getBoundingSphere(new Sphere());
    this.box = box;
    const direction = this.fitted
      ? this.camera.position.clone().sub(this.controls.target).normalize()
      : new Vector3().setFromSpherical(START);
    this.fitted = sphere;
    this.floor.position.y = box.min.y - 0.001;
    this.floor.scale.setScalar(sphere.radius * 4);
    this.sun.position.copy(sphere.center).add(new Vector3(0.7, 1.5, 0.9).multiplyScalar(sphere.radius * 2));
    this.sun.target.position.copy(sphere.center);
    const shadow = this.sun.shadow.camera;
    shadow.left = shadow.bottom = -sphere.radius * 1.6;
    shadow.right = shadow.top = sphere.radius * 1.6;
    shadow.near = 0.01;
    shadow.far = sphere.radius * 8;
    shadow.updateProjectionMatrix();
    this.place(direction);
  }

  place(direction) {
    const distance = this.distance(direction) * this.zoom;
    this.controls.target.copy(this.fitted.center);
    this.camera.position.copy(this.fitted.center).addScaledVector(direction, distance);
    this.camera.near = distance / 50;
    this.camera.far = distance * 10;
    this.camera.updateProjectionMatrix();
    this.controls.update();
    this.draw();
  }

  // From how far the whole piece is seen at this height of the eye, however it is turned.
  distance(direction) {
    const tall = Math.tan((this.camera.fov * Math.PI) / 360);
    const wide = tall * this.camera.aspect;
    const eye = new Spherical().setFromVector3(direction);
    const size = this.box.getSize(new Vector3()).multiplyScalar(0.5);
    let farthest = 0;
    for (let theta = 0; theta < Math.PI; theta += Math.PI / 8) {
      const towards = new Vector3().setFromSphericalCoords(1, eye.phi, theta);
      const right = new Vector3(Math.cos(theta), 0, -Math.sin(theta));
      const up = towards.clone().cross(right);
      for (const [x, y, z] of CORNERS) {
        const corner = new Vector3(x * size.x, y * size.y, z * size.z);
        const needed = Math.max(Math.abs(corner.dot(right)) / wide, Math.abs(corner.dot(up)) / tall);
        farthest = Math.max(farthest, needed + corner.dot(towards));
      }
    }
    return farthest * MARGIN;
  }

  turn(how) {
    if (!this.fitted) return;
    const where = new Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
    if (how === "left") where.theta -= TURN;
    if (how === "right") where.theta += TURN;
    if (how === "up") where.phi = Math.max(0.05, where.phi - TURN);
    if (how === "down") where.phi = Math.min(Math.PI / 2 - 0.02, where.phi + TURN);
    if (how === "in") this.zoom = Math.max(0.35, this.zoom / 1.2);
    if (how === "out") this.zoom = Math.min(2, this.zoom * 1.2);
    if (how === "home") {
      this.zoom = 1;
      where.copy(START);
    }
    where.radius = 1;
    this.place(new Vector3().setFromSpherical(where));
  }

  key(event) {
    const turns = {
      ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
      "+": "in", "=": "in", "-": "out", Home: "home",
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in turns)) return;
    event.preventDefault();
    this.turn(turns[event.key]);
  }

  resize() {
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth || !clientHeight) return;
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.camera.aspect = clientWidth / clientHeight;
    this.camera.updateProjectionMatrix();
    if (this.fitted) this.place(this.camera.position.clone().sub(this.controls.target).normalize());
    else this.draw();
  }

  draw() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      this.renderer.render(this.scene, this.camera);
      this.measures.follow(this.camera);
      this.stage.dataset.frames = String(Number(this.stage.dataset.frames || 0) + 1);
    });
  }
}

// Over all corners: a turned part's own box would reach beyond it.
function exactBox(bodies) {
  const box = new Box3();
  const corner = new Vector3();
  for (const { geometry, matrixWorld } of bodies) {
    const { position } = geometry.attributes;
    for (let index = 0; index < position.count; index++) {
      box.expandByPoint(corner.fromBufferAttribute(position, index).applyMatrix4(matrixWorld));
    }
  }
  return box;
}
