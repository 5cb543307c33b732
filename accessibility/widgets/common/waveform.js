// A waveform from the server's peaks: pairs of signed bytes, lowest and highest. For who sees; hidden from all else.

/** Draw the peaks of an address on a canvas, as wide as it is shown. */
export async function drawWave(canvas, address) {
  let peaks;
  try {
    const reply = await fetch(address);
    if (!reply.ok) return;
    peaks = new Int8Array(await reply.arrayBuffer());
  } catch {
    return; // the line stays plain
  }
  const draw = () => paint(canvas, peaks);
  new ResizeObserver(draw).observe(canvas);
  draw();
}

function paint(canvas, peaks) {
  const pairs = peaks.length / 2;
  const [width, height] = [canvas.clientWidth * devicePixelRatio, canvas.clientHeight * devicePixelRatio].map(Math.round);
  if (!width || !height || !pairs) return;
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(canvas).color;
  for (let x = 0; x < width; x += 1) {
    const [first, last] = [Math.floor((x * pairs) / width), Math.max(Math.floor(((x + 1) * pairs) / width), Math.floor((x * pairs) / width) + 1)];
    let [low, high] = [127, -128];
    for (let pair = first; pair < last && pair < pairs; pair += 1) {
      low = Math.min(low, peaks[2 * pair]);
      high = Math.max(high, peaks[2 * pair + 1]);
    }
    const [top, bottom] = [((127 - high) / 255) * height, ((127 - low) / 255) * height];
    context.fillRect(x, top, 1, Math.max(bottom - top, 1));
  }
  canvas.dataset.drawn = String(pairs);
}
