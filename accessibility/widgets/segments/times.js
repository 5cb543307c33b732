// Times as people write them: "1:02.345", or seconds.

/** Milliseconds as "1:02.345". */
export function written(ms) {
  const [minutes, seconds, rest] = [Math.floor(ms / 60_000), Math.floor(ms / 1000) % 60, Math.round(ms) % 1000];
  return `${minutes}:${String(seconds).padStart(2, "0")}.${String(rest).padStart(3, "0")}`;
}

/** The other way round; null when it cannot be read. */
export function read(text) {
  const match = /^\s*(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d*)?)\s*$/.exec(text);
  if (!match) return null;
  const [hours, minutes, seconds] = [match[1] ?? 0, match[2] ?? 0, match[3].replace(",", ".")].map(Number);
  return Math.round(((hours * 60 + minutes) * 60 + seconds) * 1000);
}
