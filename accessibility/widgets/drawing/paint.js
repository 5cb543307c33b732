// Draws what the editor knows over the picture. Hidden from assistive technology: the list says the same in words.
import { cell } from "widgets/drawing/geometry.js";

const SVG = "http://www.w3.org/2000/svg";

function add(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

/** Two lines, dark and light: one of them shows on any picture. */
function stroke(svg, d, kind) {
  add(svg, "path", { d, class: `outline outline--under ${kind}` });
  add(svg, "path", { d, class: `outline ${kind}` });
}

const pathOf = (points, closed) => `M${points.map(({ x, y }) => `${x} ${y}`).join("L")}${closed ? "Z" : ""}`;
const rectangle = ({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}Z`;

/** Where the number of a shape stands: above it, or inside where there is no room above. */
export function tagPlace(bounds, text, px, area) {
  const [width, height] = [(text.length * 12 + 16) * px, 30 * px];
  const x = Math.max(area.x, Math.min(bounds.x, area.x + area.width - width));
  return { x, y: bounds.y - height >= area.y ? bounds.y - height : bounds.y, width, height };
}

function tag(svg, bounds, text, { px, area }, kind = "") {
  const place = tagPlace(bounds, text, px, area);
  add(svg, "rect", { ...place, class: `tag ${kind}` });
  add(svg, "text", { x: place.x + 8 * px, y: place.y + 22 * px, "font-size": 20 * px, class: "tag__text" }, text);
}

function grid(svg, area, px) {
  for (let digit = 1; digit <= 9; digit += 1) {
    const one = cell(area, digit);
    stroke(svg, rectangle(one), "grid");
    const size = Math.min(28 * px, one.height * 0.6);
    const at = { x: one.x + one.width / 2, y: one.y + one.height / 2 + size / 3, "font-size": size, "text-anchor": "middle" };
    add(svg, "text", { ...at, class: "grid__digit" }, String(digit));
  }
}

function cross(svg, { x, y }, { area }) {
  stroke(svg, `M${area.x} ${y}h${area.width}M${x} ${area.y}v${area.height}`, "cross");
}

function shape(svg, { points, bounds, number, chosen }, state) {
  stroke(svg, pathOf(points, state.closed), chosen ? "chosen" : "");
  tag(svg, bounds, String(number), state);
}

function handles(svg, points, spot, px) {
  points.forEach(({ x, y }, at) => add(svg, "circle", { cx: x, cy: y, r: (at === spot ? 15 : 10) * px, class: `handle ${at === spot ? "handle--on" : ""}` }));
}

/**
 * @param svg overlay whose viewBox is the area in the picture's own pixels
 * @param state {area, px, closed, shapes, handles, spot, proposals, pending, trail, band, grid, pen}
 */
export function draw(svg, state) {
  svg.replaceChildren();
  const { px } = state;
  for (const one of state.proposals) {
    stroke(svg, pathOf(one.points, state.closed), "proposal");
    tag(svg, one.bounds, String(one.number), state, "tag--proposal");
  }
  for (const one of state.shapes) shape(svg, one, state);
  if (state.grid) grid(svg, state.grid, px);
  if (state.pen) cross(svg, state.pen, state);
  if (state.band) stroke(svg, rectangle(state.band), "band");
  if (state.trail.length > 1) stroke(svg, pathOf(state.trail, false), "band");
  for (const { x, y } of state.pending) add(svg, "circle", { cx: x, cy: y, r: 7 * px, class: "handle" });
  handles(svg, state.handles, state.spot, px);
}
