// Follow background work: move the bar, and show the outcome when it is there.

const place = document.querySelector("[data-job]");
const bar = place?.querySelector("progress");

async function look() {
  const answer = await fetch(place.dataset.job, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const state = await answer.json();
  if (!state.running) {
    location.reload();
    return;
  }
  if (state.total) {
    bar.max = state.total;
    bar.value = state.done;
  }
}

if (place) setInterval(() => look().catch(() => {}), 1500);
