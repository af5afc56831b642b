// Regions that follow the server: <div data-live-url="…" data-live-version="…">. The server is asked every two seconds
// while the page can be seen; it answers {version, html}, with html null while nothing has changed.

const EVERY_MS = 2000;
const SLOWEST_MS = 60000;

export function watchRegions() {
  for (const region of document.querySelectorAll("[data-live-url]")) watch(region);
}

function watch(region) {
  let wait = EVERY_MS;
  let timer = 0;

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await ask(region);
      if (answer === null) return; // the session is over: nothing more will come
      wait = EVERY_MS;
      if (answer.html !== null) swap(region, answer);
    } catch {
      wait = Math.min(wait * 2, SLOWEST_MS);
    }
    timer = setTimeout(look, wait);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) look();
  });
  timer = setTimeout(look, wait);
}

async function ask(region) {
  const response = await fetch(region.dataset.liveUrl, {
    method: "POST",
    headers: { "X-Launch-Token": document.body.dataset.launchToken, Accept: "application/json" },
    body: new URLSearchParams({ version: region.dataset.liveVersion }),
  });
  if (response.status === 401 || response.status === 403) {
    say("This page has expired. Open LTI Badges again from your course.");
    return null;
  }
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

// Exchanges the region's content and keeps what the person had open and where she was.
function swap(region, answer) {
  const before = earned(region);
  const open = new Set([...region.querySelectorAll("details[open]")].map((found) => found.id));
  const focused = document.activeElement && region.contains(document.activeElement) ? keyOf(document.activeElement) : "";
  region.innerHTML = answer.html;
  region.dataset.liveVersion = answer.version;
  for (const found of region.querySelectorAll("details")) found.open = found.open || open.has(found.id);
  if (focused) focusIn(region.querySelector(`[data-key="${CSS.escape(focused)}"]`));
  const fresh = [...earned(region)].filter(([id]) => !before.has(id));
  for (const [id] of fresh) region.querySelector(`[data-award="${CSS.escape(id)}"]`)?.classList.add("is-new");
  if (fresh.length) say(fresh.map(([, name]) => `You earned “${name}”.`).join(" "));
  const said = region.querySelector("[data-say]");
  if (said) say(said.dataset.say);
}

function earned(region) {
  return new Map([...region.querySelectorAll("[data-award]")].map((card) => [card.dataset.award, card.dataset.name]));
}

function focusIn(place) {
  const target = place?.matches("a, button, summary") ? place : place?.querySelector("a, button");
  target?.focus({ preventScroll: true });
}

function keyOf(element) {
  return element.closest("[data-key]")?.dataset.key ?? "";
}

// Said once: a status region speaks when its text changes.
export function say(text) {
  const status = document.getElementById("status");
  if (status && status.textContent !== text) status.textContent = text;
}
