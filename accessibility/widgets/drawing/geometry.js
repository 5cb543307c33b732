// Places as numbers: pixels of the upright original, one decimal. Nothing here knows a page.
// `area` is the part of the picture that is asked about: { x, y, width, height }.

const tenth = (value) => Math.round(value * 10) / 10;
const within = (value, least, most) => Math.min(Math.max(value, least), most);

/** A point inside the area. */
export function clampPoint({ x, y }, area) {
  return { x: tenth(within(x, area.x, area.x + area.width)), y: tenth(within(y, area.y, area.y + area.height)) };
}

/** The smallest box around these points. */
export function boundsOf(points) {
  const [xs, ys] = [points.map((one) => one.x), points.map((one) => one.y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: tenth(Math.max(...xs) - x), height: tenth(Math.max(...ys) - y) };
}

/** The box that these corners, or outermost points, span; null when it has no inside. */
export function boxAround(points, area) {
  const box = boundsOf(points.map((one) => clampPoint(one, area)));
  return box.width >= 1 && box.height >= 1 ? box : null;
}

/** How far a shape within these bounds may go, of what was asked: it stays inside the area as a whole. */
export function allowed(bounds, dx, dy, area) {
  return {
    dx: within(dx, area.x - bounds.x, area.x + area.width - bounds.x - bounds.width),
    dy: within(dy, area.y - bounds.y, area.y + area.height - bounds.y - bounds.height),
  };
}

/** A point that is moved by so much. */
export const shifted = ({ x, y }, dx, dy) => ({ x: tenth(x + dx), y: tenth(y + dy) });

/** The box with its right and lower edge moved. */
export function resized(box, dx, dy, area) {
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  return { ...box, width: tenth(within(box.width + dx, 1, right - box.x)), height: tenth(within(box.height + dy, 1, bottom - box.y)) };
}

/** A box as typed: made to fit the area; null when a number is missing. */
export function fitted({ x, y, width, height }, area) {
  if (![x, y, width, height].every(Number.isFinite)) return null;
  const left = within(x, area.x, area.x + area.width - 1);
  const top = within(y, area.y, area.y + area.height - 1);
  const sides = { width: within(width, 1, area.x + area.width - left), height: within(height, 1, area.y + area.height - top) };
  return { x: tenth(left), y: tenth(top), width: tenth(sides.width), height: tenth(sides.height) };
}

/** Cell 1–9 of a 3×3 grid over an area, in reading order. */
export function cell(area, digit) {
  const [column, row] = [(digit - 1) % 3, Math.floor((digit - 1) / 3)];
  const [width, height] = [area.width / 3, area.height / 3];
  return { x: area.x + column * width, y: area.y + row * height, width, height };
}

/** Which cell of that grid a point lies in, 1–9. */
export function cellOf({ x, y }, area) {
  const part = (value, from, size) => within(Math.floor(((value - from) / size) * 3), 0, 2);
  return 1 + part(x, area.x, area.width) + 3 * part(y, area.y, area.height);
}

/** The middle of an area. */
export const middle = (area) => ({ x: area.x + area.width / 2, y: area.y + area.height / 2 });

/** The four corners of a box, clockwise from the upper left. */
export function corners({ x, y, width, height }) {
  const [right, bottom] = [tenth(x + width), tenth(y + height)];
  return [{ x, y }, { x: right, y }, { x: right, y: bottom }, { x, y: bottom }];
}

/** Is the point inside the box? */
export const inside = (point, box) => point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;

/** How far two points are apart. */
export const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

/** How far a point is from the line between two others. */
function besides(point, from, to) {
  const length = distance(from, to);
  if (length === 0) return distance(point, from);
  return Math.abs((to.x - from.x) * (from.y - point.y) - (from.x - point.x) * (to.y - from.y)) / length;
}

/** The same path with fewer points, nowhere further off than `tolerance` (Ramer 1972, Douglas and Peucker 1973). */
export function simplified(points, tolerance) {
  if (points.length < 3) return points;
  const [from, to] = [points[0], points.at(-1)];
  let [worst, at] = [0, 0];
  for (let place = 1; place < points.length - 1; place += 1) {
    const off = besides(points[place], from, to);
    if (off > worst) [worst, at] = [off, place];
  }
  if (worst <= tolerance) return [from, to];
  return [...simplified(points.slice(0, at + 1), tolerance).slice(0, -1), ...simplified(points.slice(at), tolerance)];
}
