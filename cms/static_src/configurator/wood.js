// SPDX-FileCopyrightText: 2026 The Tréteau authors
// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Plywood, drawn by the graphics card: grain on the faces, plies on the edges. A part's mesh lies flat in its own frame,
// so its height says face from edge, and which ply.

import { Color } from "three";

const LIT = new Color(0x2a6fdb);
const PLY = 0.0014; // m: 13 plies in 18 mm

const VERTEX = `
varying vec3 vWood;
void main() {
  vWood = position;`;

const FRAGMENT = `
varying vec3 vWood;
uniform float uAcross;
uniform float uSeed;
float woodNoise(float x) { return sin(x) + 0.5 * sin(2.3 * x + 1.7) + 0.25 * sin(5.1 * x + 0.4); }
vec3 wooden(vec3 colour) {
  vec3 normal = normalize(cross(dFdx(vWood), dFdy(vWood)));
  float face = smoothstep(0.7, 0.8, abs(normal.z));
  vec2 at = uAcross > 0.5 ? vWood.yx : vWood.xy;
  float bend = 0.02 * sin(at.x * 2.1 + uSeed) + 0.006 * sin(at.x * 7.3 + 2.0 * uSeed);
  float line = woodNoise((at.y + bend) * 95.0 + uSeed);
  float fine = woodNoise((at.y + bend) * 700.0) * (1.0 - smoothstep(0.2, 1.2, fwidth(at.y) * 700.0));
  float grain = 1.0 + 0.035 * line + 0.025 * fine;
  float turn = vWood.z / ${PLY};
  float clear = 1.0 - smoothstep(0.25, 0.9, fwidth(turn));
  float ply = 0.84 - 0.16 * clear * (step(0.5, fract(turn * 0.5)) - 0.5) * 2.0;
  return colour * mix(ply, grain, face);
}
void main() {`;

// The material of one part: `across` where the grain runs along its second side.
export function plywood(material, across, seed) {
  const wood = material.clone();
  wood.flatShading = true;
  wood.onBeforeCompile = (shader) => {
    shader.uniforms.uAcross = { value: across ? 1 : 0 };
    shader.uniforms.uSeed = { value: seed };
    shader.vertexShader = shader.vertexShader.replace("void main() {", VERTEX);
    shader.fragmentShader = shader.fragmentShader
      .replace("void main() {", FRAGMENT)
      .replace("#include <map_fragment>", "diffuseColor.rgb = wooden(diffuseColor.rgb);");
  };
  wood.customProgramCacheKey = () => "plywood";
  return wood;
}

export function light(material, isLit) {
  material.userData.own ??= material.color.clone();
  material.color.copy(material.userData.own);
  if (isLit) material.color.lerp(LIT, 0.6);
  material.emissive.copy(LIT);
  material.emissiveIntensity = isLit ? 0.25 : 0;
}
