// Boxes as numbers: pixels of the upright original, one decimal. Nothing here knows a page.

const tenth = (value) => Math.round(value * 10) / 10;
const within = (value, least, most) => Math.min(Math.max(value, least), most);

/** A point inside the picture. */
export function clampPoint({ x, y }, size) {
  return { x: tenth(within(x, 0, size.width)), y: tenth(within(y, 0, size.height)) };
}

/** The box between two corners, whichever two they are; null when it has no inside. */
export function boxBetween(one, other, size) {
  const [a, b] = [clampPoint(one, size), clampPoint(other, size)];
  const box = { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: tenth(Math.abs(a.x - b.x)), height: tenth(Math.abs(a.y - b.y)) };
  return box.width >= 1 && box.height >= 1 ? box : null;
}

/** The box moved as a whole; it stays inside the picture. */
export function moved(box, dx, dy, size) {
  return { ...box, x: tenth(within(box.x + dx, 0, size.width - box.width)), y: tenth(within(box.y + dy, 0, size.height - box.height)) };
}

/** The box with its right and lower edge moved. */
export function resized(box, dx, dy, size) {
  return { ...box, width: tenth(within(box.width + dx, 1, size.width - box.x)), height: tenth(within(box.height + dy, 1, size.height - box.y)) };
}

/** A box as typed: made to fit the picture; null when a number is missing. */
export function fitted({ x, y, width, height }, size) {
  if (![x, y, width, height].every(Number.isFinite)) return null;
  const left = within(x, 0, size.width - 1);
  const top = within(y, 0, size.height - 1);
  return { x: tenth(left), y: tenth(top), width: tenth(within(width, 1, size.width - left)), height: tenth(within(height, 1, size.height - top)) };
}

/** Cell 1–9 of a 3×3 grid over an area, in reading order. */
export function cell(area, digit) {
  const [column, row] = [(digit - 1) % 3, Math.floor((digit - 1) / 3)];
  const [width, height] = [area.width / 3, area.height / 3];
  return { x: area.x + column * width, y: area.y + row * height, width, height };
}

/** The middle of an area. */
export const middle = (area) => ({ x: area.x + area.width / 2, y: area.y + area.height / 2 });

/** The four corners of a box, clockwise from the upper left. */
export function corners({ x, y, width, height }) {
  return [{ x, y }, { x: x + width, y }, { x: x + width, y: y + height }, { x, y: y + height }];
}

/** Is the point inside the box? */
export const inside = (point, box) => point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;
