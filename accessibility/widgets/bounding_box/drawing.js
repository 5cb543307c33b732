// Draws what the editor knows over the picture. Hidden from assistive technology: the list says the same in words.
import { cell, corners } from "widgets/bounding_box/geometry.js";

const SVG = "http://www.w3.org/2000/svg";

function add(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function outline(svg, box, kind) {
  const { x, y, width, height } = box;
  // Two lines, dark and light: one of them shows on any picture.
  add(svg, "rect", { x, y, width, height, class: `outline outline--under ${kind}` });
  add(svg, "rect", { x, y, width, height, class: `outline ${kind}` });
}

function tag(svg, box, text, px) {
  const [width, height] = [(text.length * 12 + 16) * px, 30 * px];
  const y = box.y >= height ? box.y - height : box.y;
  add(svg, "rect", { x: box.x, y, width, height, class: "tag" });
  add(svg, "text", { x: box.x + 8 * px, y: y + 22 * px, "font-size": 20 * px, class: "tag__text" }, text);
}

function grid(svg, area, px) {
  for (let digit = 1; digit <= 9; digit += 1) {
    const one = cell(area, digit);
    outline(svg, one, "grid");
    const size = Math.min(28 * px, one.height * 0.6);
    const at = { x: one.x + one.width / 2, y: one.y + one.height / 2 + size / 3, "font-size": size, "text-anchor": "middle" };
    add(svg, "text", { ...at, class: "grid__digit" }, String(digit));
  }
}

function cross(svg, { x, y }, size) {
  for (const kind of ["outline--under", ""]) {
    add(svg, "path", { d: `M0 ${y}H${size.width}M${x} 0V${size.height}`, class: `outline cross ${kind}` });
  }
}

/**
 * @param svg overlay whose viewBox is the picture in its own pixels
 * @param state {boxes, chosen, band, pen, area, size}
 * @param px how many picture pixels one screen pixel is
 */
export function draw(svg, state, px) {
  svg.replaceChildren();
  state.boxes.forEach((box, at) => {
    outline(svg, box, at === state.chosen ? "chosen" : "");
    tag(svg, box, String(at + 1), px);
  });
  if (state.area) grid(svg, state.area, px);
  if (state.pen) cross(svg, state.pen, state.size);
  if (state.band) outline(svg, state.band, "band");
  const chosen = state.boxes[state.chosen];
  for (const { x, y } of chosen ? corners(chosen) : []) add(svg, "circle", { cx: x, cy: y, r: 11 * px, class: "handle" });
}
