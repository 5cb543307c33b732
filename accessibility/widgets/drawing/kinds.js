// What can be drawn. Every way of drawing ends in the same geometry: of a box its sides, of an outline or a line its points.
import { allowed, boundsOf, boxAround, clampPoint, corners, fitted, resized, shifted, simplified } from "widgets/drawing/geometry.js";

const FREEHAND_PX = 2; // how far, on the screen, a path drawn by hand may be straightened

/** { x, y, width, height }, given by two corners, or by its highest, lowest, leftmost and rightmost point. */
export const BOX = {
  closed: true,
  hasSides: true,
  wanted: (way) => (way === "extremes" ? 4 : 2),
  made: (points, area) => boxAround(points, area),
  dragged: (path, area) => boxAround([path[0], path.at(-1)], area),
  preview: (points, pen, area, way) => (points.length > (way === "extremes" ? 1 : 0) ? boxAround(way === "extremes" ? points : [...points, pen], area) : null),
  bounds: ({ x, y, width, height }) => ({ x, y, width, height }),
  outline: corners,
  typed: (values, area) => fitted(values, area),
  proposed: (proposal, area) => fitted(proposal, area),

  moved(box, dx, dy, area) {
    const by = allowed(box, dx, dy, area);
    return shifted(box, by.dx, by.dy);
  },

  resized,

  /** One corner goes elsewhere; its opposite stays put. */
  handleTo(box, at, to, area) {
    return boxAround([corners(box)[(at + 2) % 4], to], area);
  },
};

const pairs = (points) => points.map(({ x, y }) => [x, y]);
const places = ({ points }) => points.map(([x, y]) => ({ x, y }));

/** { points: [[x, y], …] }. A closed one is an outline and closes by itself. */
function path({ closed, least }) {
  const made = (points, area) => (points.length >= least ? { points: pairs(points.map((one) => clampPoint(one, area))) } : null);
  return {
    closed,
    least,
    hasSides: false,
    wanted: () => Infinity,
    made,
    dragged: (drawn, area, px) => made(simplified(drawn, FREEHAND_PX * px), area),
    preview: () => null,
    bounds: (row) => boundsOf(places(row)),
    outline: places,
    typed: ({ points }, area) => made(points ?? [], area),
    proposed: (proposal, area) => made(places(proposal), area),

    moved(row, dx, dy, area) {
      const by = allowed(boundsOf(places(row)), dx, dy, area);
      return { points: pairs(places(row).map((one) => shifted(one, by.dx, by.dy))) };
    },

    handleTo(row, at, to, area) {
      const { x, y } = clampPoint(to, area);
      return { points: row.points.map((point, place) => (place === at ? [x, y] : point)) };
    },

    /** Without one of its points; null when too few would be left. */
    without: (row, at) => (row.points.length > least ? { points: row.points.filter((_, place) => place !== at) } : null),
  };
}

export const OUTLINE = path({ closed: true, least: 3 });
export const LINE = path({ closed: false, least: 2 });
