// The upload form, with progress. Without this script the form sends itself, only without a bar.

function watch(form) {
  const place = form.querySelector("[data-progress]");
  const words = place.querySelector("[data-words]");
  const bar = place.querySelector("progress");
  const button = form.querySelector("button:not([type=button])");
  let sending = false;

  function say(text, busy) {
    sending = button.disabled = busy;
    place.hidden = false;
    words.textContent = text;
    bar.hidden = !busy;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return; // a second press is the same upload
    const request = new XMLHttpRequest();
    say(words.dataset.sending, true);
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = Math.round((100 * sent.loaded) / sent.total);
    });
    request.addEventListener("load", () => arrive(request) || say(words.dataset.failed, false));
    request.addEventListener("error", () => say(words.dataset.failed, false));
    request.open("POST", form.action);
    request.send(new FormData(form));
  });
  // Back from the next page: the browser may bring this one back as it was left.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

/** Go where the server points; or show its page, which says beside the fields what is wrong. */
function arrive(request) {
  if (request.responseURL && !request.responseURL.endsWith("/upload")) {
    location.assign(request.responseURL);
    return true;
  }
  const main = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
  if (!main) return false;
  document.querySelector("main").replaceWith(document.adoptNode(main));
  main.focus();
  begin();
  return true;
}

function begin() {
  const form = document.querySelector("form[data-upload]");
  if (form) watch(form);
}

begin();
