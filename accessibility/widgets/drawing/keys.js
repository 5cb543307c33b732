// Keys that draw, only while the drawing area has focus (WCAG 2.1.4). All of them are buttons too.

export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const NAMES = {
  Enter: "point",
  " ": "part",
  Escape: "cancel",
  "+": "bigger",
  "=": "bigger",
  "-": "smaller",
  Backspace: "back",
  Delete: "delete",
  PageUp: "zoomIn",
  PageDown: "zoomOut",
  Home: "whole",
  n: "next",
  N: "previous",
  l: "label",
  p: "proposals",
  r: "ready",
  g: "grid",
};

/** The command and its value for a key, or nothing. A digit takes a suggestion while these are shown, else it goes to a part of the grid. */
export function commandOf({ key }, { chosen, proposals, pen, pending }) {
  if (/^[1-9]$/.test(key)) {
    if (chosen !== null) return [];
    return proposals.open && proposals.seen.length ? ["take", key] : ["cell", key];
  }
  const name = NAMES[key] ?? NAMES[key.toLowerCase()];
  if (name === "delete" && chosen === null) return [];
  if (name === "back" && chosen === null && !pen.level && !pending.length) return [];
  return name ? [name] : [];
}

/** What each command does to an editor; keys and buttons share them. */
export const commands = {
  arrow: (editor, value, event) => editor.arrow(ARROWS[value], event),
  undo: (editor) => editor.undo(),
  redo: (editor) => editor.redo(),
  zoomIn: (editor) => editor.zoom(1),
  zoomOut: (editor) => editor.zoom(-1),
  whole: (editor) => editor.zoom(-Infinity),
  pan: (editor, value) => editor.view.pan(...ARROWS[value]),
  bigger: (editor) => editor.setStep(editor.pen.step * 2),
  smaller: (editor) => editor.setStep(editor.pen.step / 2),
  point: (editor) => (editor.chosen === null ? editor.place(editor.pen.at) : editor.choose(null)),
  part: (editor) => (editor.chosen === null ? editor.place(editor.pen.at) : editor.nextPart()),
  ready: (editor) => editor.ready(),
  cancel: (editor) => editor.cancel(),
  back: (editor) => editor.stepBack(),
  delete: (editor) => editor.chosen !== null && editor.drop(editor.chosen),
  next: (editor) => editor.chooseNext(1),
  previous: (editor) => editor.chooseNext(-1),
  label: (editor) => editor.nextLabel(),
  grid: (editor) => editor.showGrid(),
  cell: (editor, value) => editor.toCell(Number(value)),
  proposals: (editor) => editor.proposals.toggle(),
  more: (editor) => editor.proposals.nextPage(),
  take: (editor, value) => editor.proposals.pick(value),
};
