// The upload form, with progress. Without this script the form sends itself, only without a bar.

const form = document.querySelector("form[data-upload]");
const place = form.querySelector("[data-progress]");
const words = place.querySelector("[data-words]");
const bar = place.querySelector("progress");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const request = new XMLHttpRequest();
  place.hidden = false;
  words.textContent = words.dataset.sending;
  request.upload.addEventListener("progress", (sent) => {
    if (sent.lengthComputable) bar.value = Math.round((100 * sent.loaded) / sent.total);
  });
  request.addEventListener("load", () => arrive(request));
  request.addEventListener("error", () => fail());
  request.open("POST", form.action);
  request.send(new FormData(form));
});

function arrive(request) {
  if (request.responseURL && !request.responseURL.endsWith("/upload")) {
    location.assign(request.responseURL);
    return;
  }
  // The server said what is wrong beside the fields: its own page says it best.
  HTMLFormElement.prototype.submit.call(form);
}

function fail() {
  words.textContent = words.dataset.failed;
  place.querySelector("progress").hidden = true;
  delete form.dataset.sent;
}
