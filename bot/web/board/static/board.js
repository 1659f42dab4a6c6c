// Keeps an open page of the board up to date. Without it the page reloads itself (noscript).
//
// The server says over an event stream which version is the newest; when ours is another, the page
// is fetched again and only the parts that differ are replaced. Where the stream does not get
// through, the page asks every POLL_MS. What cannot be refreshed says so, in words.
"use strict";
(() => {
  const POLL_MS = 10_000;
  const REDRAW_MS = 60_000; // deadlines pass without anything being recorded
  const main = document.getElementById("main");
  const news = document.getElementById("news");
  const offline = document.getElementById("offline");
  const offlineWhy = document.getElementById("offline-why");
  if (!main || !main.dataset.events) return;

  let stream = null;
  let fetching = false;
  let wanted = null; // the version the server last named
  let lastGood = new Date();

  const clock = (date) => date.toISOString().slice(11, 19) + " UTC";

  function showStale(why) {
    const text = `${why} What you see was read at ${clock(lastGood)}.`;
    if (offline.hidden || offlineWhy.textContent !== text) {
      offlineWhy.textContent = text;
      offline.hidden = false;
      news.textContent = `Stale. ${text}`;
    }
  }

  function showFresh() {
    lastGood = new Date();
    offline.hidden = true;
  }

  // --- replacing what has changed -------------------------------------------------------------

  function replacePart(here, fresh) {
    const open = [...here.querySelectorAll("details[open][id]")].map((one) => one.id);
    const focused = here.contains(document.activeElement) ? document.activeElement.id : "";
    const scrolled = [...here.querySelectorAll(".scroll[id]")].map((one) => [one.id, one.scrollLeft]);
    here.replaceWith(fresh);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    for (const [id, left] of scrolled) {
      const region = document.getElementById(id);
      if (region) region.scrollLeft = left;
    }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  // Relative times differ at every look; they are no news.
  function comparable(part) {
    const copy = part.cloneNode(true);
    for (const time of copy.querySelectorAll("[data-away]")) time.textContent = "";
    for (const details of copy.querySelectorAll("details")) details.removeAttribute("open");
    return copy.innerHTML;
  }

  function merge(fresh) {
    const freshMain = fresh.getElementById("main");
    if (!freshMain || !freshMain.dataset.version) return false;
    const ids = (root) => [...root.querySelectorAll("main [data-part]")].map((one) => one.id);
    const changed = [];
    if (ids(document).join() !== ids(fresh).join()) {
      // A section has come or gone: take all of them.
      replaceChildren(main, freshMain);
      changed.push("page");
    }
    for (const part of fresh.querySelectorAll("[data-part][id]")) {
      if (part.id === "main") continue;
      const here = document.getElementById(part.id);
      if (here && comparable(here) !== comparable(part)) {
        replacePart(here, document.importNode(part, true));
        if (part.id !== "fresh") changed.push(part.id);
      }
    }
    main.dataset.version = freshMain.dataset.version;
    document.title = fresh.title;
    return changed;
  }

  function replaceChildren(here, fresh) {
    const focused = here.contains(document.activeElement) ? document.activeElement.id : "";
    const open = [...here.querySelectorAll("details[open][id]")].map((one) => one.id);
    here.replaceChildren(...[...fresh.childNodes].map((one) => document.importNode(one, true)));
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  async function refresh() {
    if (fetching) return;
    fetching = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(8_000) });
      if (answer.status === 401 || answer.status === 404) return location.reload();
      if (!answer.ok) return showStale("The record cannot be read right now.");
      const changed = merge(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if (changed === false) return location.reload();
      showFresh();
      retime();
      if (changed.length) news.textContent = `Updated at ${clock(new Date())}: ${changed.join(", ")}.`;
    } catch {
      showStale("The server cannot be reached.");
    } finally {
      fetching = false;
    }
    if (wanted && wanted !== main.dataset.version && offline.hidden) setTimeout(refresh, 500);
  }

  // --- hearing of changes ---------------------------------------------------------------------

  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource(main.dataset.events);
    stream.addEventListener("version", (event) => {
      wanted = event.data;
      if (wanted !== main.dataset.version) refresh();
      else if (!offline.hidden) refresh();
    });
    stream.addEventListener("stale", () => showStale("The record cannot be read right now."));
    stream.addEventListener("gone", () => location.reload());
  }

  function streaming() {
    return stream !== null && stream.readyState === EventSource.OPEN;
  }

  setInterval(() => {
    if (document.hidden || streaming()) return;
    if (stream && stream.readyState === EventSource.CLOSED) stream = null;
    refresh();
    listen();
  }, POLL_MS);

  setInterval(() => { if (!document.hidden && offline.hidden) refresh(); }, REDRAW_MS);

  // A hidden page holds no connection: browsers allow a handful per server.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = null; return; }
    refresh();
    listen();
  });
  addEventListener("pagehide", () => { stream?.close(); stream = null; });

  // --- relative times -------------------------------------------------------------------------

  function span(seconds) {
    const left = Math.floor(seconds);
    if (left < 60) return `${left} s`;
    const days = Math.floor(left / 86_400), hours = Math.floor((left % 86_400) / 3_600);
    const minutes = Math.floor((left % 3_600) / 60);
    const parts = [[days, "d"], [hours, "h"], [minutes, "min"]];
    const first = parts.findIndex(([number]) => number > 0);
    return parts.slice(first, first + 2).filter(([number]) => number > 0)
      .map(([number, unit]) => `${number} ${unit}`).join(" ");
  }

  function retime() {
    const now = Date.now();
    for (const time of document.querySelectorAll("[data-away]")) {
      const seconds = (Date.parse(time.dateTime) - now) / 1000;
      const text = seconds <= 0 ? `${span(-seconds)} ago` : `in ${span(seconds)}`;
      if (time.textContent !== text) time.textContent = text;
    }
  }

  setInterval(retime, 1_000);
  listen();
})();
