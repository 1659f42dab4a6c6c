// The workspace page: what a person does to messages and rooms, and what changes meanwhile.

import "./acts.js";
import { attempt, control, toast } from "./api.js";
import { compose } from "./composer.js";
import { follow } from "./live.js";
import { refreshModal } from "./modal.js";
import { onDrawn, refresh, remember } from "./parts.js";

const { user, channel, page, seq } = document.body.dataset;
const scroll = document.getElementById("scroll");
const thread = document.getElementById("thread");

remember();
compose();

// ------------------------------------------------------------------------------ scrolling
let stick = true;
function toEnd() {
  if (scroll && stick) scroll.scrollTop = scroll.scrollHeight;
}
scroll?.addEventListener("scroll", () => {
  stick = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
});
new ResizeObserver(toEnd).observe(scroll ?? document.body);
onDrawn("messages", toEnd);
if (location.hash.startsWith("#m-")) stick = false;
else toEnd();

// -------------------------------------------------------------------------------- unread
const seenKey = `seen:${user}`;
const seen = JSON.parse(localStorage.getItem(seenKey) ?? "null") ?? { first: true, rooms: {} };
function markUnread() {
  for (const link of document.querySelectorAll("[data-room]")) {
    const { room, last } = link.dataset;
    if (room === channel || seen.first) seen.rooms[room] = last;
    const fresh = last > (seen.rooms[room] ?? "");
    link.classList.toggle("has-unread", fresh);
    link.querySelector(".unread").hidden = !fresh;
  }
  seen.first = false;
  localStorage.setItem(seenKey, JSON.stringify(seen));
}
onDrawn("rooms", markUnread);
markUnread();

// -------------------------------------------------------------------------------- thread
function openThread(ts) {
  thread.dataset.ts = ts;
  thread.replaceChildren();
  document.getElementById("thread-pane").hidden = !ts;
  document.body.classList.toggle("with-thread", Boolean(ts));
  history.replaceState(null, "", ts ? `?thread=${ts}` : location.pathname);
  refresh("thread");
  if (ts) document.getElementById("reply-text").focus();
  else document.getElementById("compose-text").focus();
}

// --------------------------------------------------------------------- acts on a message
const placeOf = (element) => JSON.parse(element.closest("[data-place]").dataset.place);

function messageAct(target) {
  const { react, shortcut, pin } = target.dataset;
  const where = { user, ...placeOf(target) };
  if (react) {
    const remove = target.getAttribute("aria-pressed") === "true";
    return control("reaction", { ...where, name: react, ...(remove ? { remove } : {}) });
  }
  if (shortcut) return control("shortcut", { ...where, callback_id: shortcut });
  if (pin) return control("pin", { ...where, ...(pin === "remove" ? { remove: true } : {}) });
  return control("message/delete", where);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("a, button");
  if (!target) return;
  if (target.dataset.openThread) {
    event.preventDefault();
    openThread(target.dataset.openThread);
  } else if ("closeThread" in target.dataset) {
    openThread("");
  } else if (target.matches("[data-react], [data-shortcut], [data-pin], [data-delete]")) {
    const menu = target.closest("details.menu");
    attempt(() => messageAct(target));
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  } else if (target.dataset.globalShortcut) {
    target.closest("details.menu").open = false;
    attempt(() => control("shortcut", { user, callback_id: target.dataset.globalShortcut }));
  } else if (target.dataset.roomAct) {
    attempt(() => control(`channel/${target.dataset.roomAct}`, { user, channel }));
  } else if ("drawer" in target.dataset) {
    const open = document.body.classList.toggle("drawer-open");
    for (const button of document.querySelectorAll("[aria-controls=rooms-nav]")) {
      button.setAttribute("aria-expanded", String(open));
    }
    document.querySelector(open ? "#rooms-nav a, .drawer-close" : ".drawer")?.focus();
  }
});

document.getElementById("rooms").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(event.target);
  const body = { user, name: fields.get("name"), is_private: fields.has("is_private") };
  const made = await attempt(() => control("channel/create", body));
  if (made) location.href = `/u/${user}/c/${made.channel.id}`;
});

document.getElementById("act-as").addEventListener("change", (event) => {
  const who = encodeURIComponent(event.target.value);
  location.href = page === "home" ? `/u/${who}/home` : `/u/${who}?channel=${channel}`;
});

// ---------------------------------------------------------------------------------- live
function drawAll() {
  for (const id of ["rooms", "head", "messages", "thread", "home"]) refresh(id);
  refreshModal();
}

function changed(type, data) {
  const kind = type.split(".")[0];
  if (kind === "view") refreshModal();
  else if (kind === "home") refresh("home");
  else if (kind === "notice") toast(data.text);
  else if (kind === "socket") refresh("rooms");
  else if (kind === "traffic" || kind === "faults") return;
  else {
    if (kind === "channel" || data.channel !== channel || type === "message") refresh("rooms");
    if (data.channel !== channel && kind !== "channel") return;
    if (kind === "channel" || kind === "pin" || kind === "bookmark") refresh("head");
    refresh("messages");
    if (thread?.dataset.ts) refresh("thread");
  }
}

follow({ user, after: seq }, changed, drawAll);
refreshModal();
if (page === "home") attempt(() => control("home", { user })).then(() => refresh("home"));
