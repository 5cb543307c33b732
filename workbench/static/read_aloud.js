// Reads a page aloud with the browser's own voice, the sentence that sounds marked. For who asked for it (see /account).

const button = document.querySelector("[data-read-aloud-button]");
const BLOCKS = "p, li, h1, h2, h3, h4, label, legend, button, a, summary, dt, dd, th, td, caption, figcaption, blockquote, div, section, main";
const SILENT = ".read-aloud, script, style, template, noscript, textarea, select, .visually-hidden, [aria-hidden='true']";
const marks = globalThis.CSS?.highlights;

const PATIENCE_MS = 5000; // a browser without voices may simply say nothing

let left = []; // sentences that are still to be read
let reading = false;
let waiting = 0;

const shown = (one) => one.checkVisibility?.({ visibilityProperty: true }) ?? one.getClientRects().length > 0;

/** The page's own part, sentence by sentence: { words, language, range }. */
function sentences() {
  const found = [];
  let run = null;
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest(SILENT) || !shown(parent)) continue;
    const block = parent.closest(BLOCKS);
    if (run?.block === block) run.nodes.push(node);
    else found.push((run = { block, nodes: [node] }));
  }
  return found.flatMap(ofRun);
}

/** What stands in one block, cut into sentences that know where they stand. */
function ofRun({ block, nodes }) {
  const language = block.closest("[lang]").lang;
  const whole = nodes.map((node) => node.data).join("");
  const cut = new Intl.Segmenter(language, { granularity: "sentence" }).segment(whole);
  return [...cut]
    .filter(({ segment }) => segment.trim())
    .map(({ segment, index }) => {
      const range = new Range();
      range.setStart(...at(nodes, index));
      range.setEnd(...at(nodes, index + segment.trimEnd().length));
      return { words: segment.trim().replace(/\s+/g, " "), language, range };
    });
}

/** The text node, and the place in it, of a place in all of them together. */
function at(nodes, place) {
  for (const node of nodes) {
    if (place <= node.length) return [node, place];
    place -= node.length;
  }
  return [nodes.at(-1), nodes.at(-1).length];
}

function mark(range) {
  marks?.delete("read-aloud");
  if (!range) return;
  marks?.set("read-aloud", new Highlight(range));
  range.startContainer.parentElement.scrollIntoView({ block: "nearest" });
}

function next() {
  const sentence = left.shift();
  if (!sentence) return stop();
  const spoken = new SpeechSynthesisUtterance(sentence.words);
  spoken.lang = sentence.language;
  spoken.onstart = () => clearTimeout(waiting);
  spoken.onend = () => reading && next();
  spoken.onerror = (event) => reading && !["interrupted", "canceled"].includes(event.error) && stop(button.dataset.trouble);
  mark(sentence.range);
  clearTimeout(waiting);
  waiting = setTimeout(() => stop(button.dataset.trouble), PATIENCE_MS);
  speechSynthesis.speak(spoken);
}

function start() {
  if (!globalThis.speechSynthesis) return stop(button.dataset.trouble);
  left = sentences();
  reading = true;
  button.setAttribute("aria-pressed", "true");
  next();
}

function stop(trouble = "") {
  reading = false;
  left = [];
  clearTimeout(waiting);
  mark(null);
  globalThis.speechSynthesis?.cancel();
  button.setAttribute("aria-pressed", "false");
  const place = document.querySelector("[data-read-aloud-trouble]");
  place.textContent = trouble;
  place.hidden = !trouble;
}

button.addEventListener("click", () => (reading ? stop() : start()));
addEventListener("pagehide", () => stop()); // a voice does not go on by itself over the next page
