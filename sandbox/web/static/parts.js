// Parts of a page are drawn by the server; here they are fetched again and merged in, so that
// focus, open menus, scroll position and half-filled inputs survive.

import { carryValues } from "./values.js";

const drawnFrom = new WeakMap(); // element -> the HTML it was made from
const waiting = new Map(); // part -> {again, running}
const listeners = new Map();

export function remember(root = document) {
  for (const part of root.querySelectorAll("[data-part]")) {
    drawnFrom.set(part, part.innerHTML);
    for (const child of part.querySelectorAll("[data-key]")) drawnFrom.set(child, child.outerHTML);
  }
}

export function onDrawn(id, listener) {
  listeners.set(id, listener);
}

// Draw a part again soon; calls that come close together become one.
export function refresh(id) {
  const part = document.getElementById(id);
  if (!part) return;
  const state = waiting.get(id) ?? { again: false, running: false };
  waiting.set(id, state);
  if (state.running) {
    state.again = true;
    return;
  }
  state.running = true;
  setTimeout(async () => {
    await draw(part).catch(() => {});
    state.running = false;
    if (state.again) {
      state.again = false;
      refresh(id);
    }
  }, 30);
}

async function draw(part) {
  if (part.dataset.ts === "") return; // a thread that is not open
  const response = await fetch(part.dataset.part + encodeURIComponent(part.dataset.ts ?? ""));
  if (!response.ok) return;
  merge(part, await response.text());
  listeners.get(part.id)?.(part);
}

export function merge(part, html) {
  const fresh = document.createElement(part.tagName === "OL" ? "ol" : "div");
  fresh.innerHTML = html;
  const source = fresh.innerHTML;
  if (part.tagName === "OL") {
    mergeKeyed(part, fresh);
  } else if (sameShape(part, fresh) && part.querySelector(":scope > [data-keyed]")) {
    for (const old of [...part.children]) mergeChild(old, fresh.children[0]);
  } else if (drawnFrom.get(part) !== source) {
    swap(part, fresh, () => part.replaceChildren(...fresh.childNodes));
    for (const child of part.querySelectorAll("[data-key]")) drawnFrom.set(child, child.outerHTML);
  }
  drawnFrom.set(part, source);
}

function sameShape(part, fresh) {
  const shape = (box) => [...box.children].map((c) => `${c.tagName}.${c.className}`).join(" ");
  return part.children.length > 0 && shape(part) === shape(fresh);
}

// `fresh` is always the first one left, because a used one moves into the page or is dropped.
function mergeChild(old, fresh) {
  if ("keyed" in old.dataset) {
    mergeKeyed(old, fresh);
    fresh.remove();
  } else if (old.outerHTML === fresh.outerHTML) {
    fresh.remove();
  } else {
    swap(old, fresh, () => old.replaceWith(fresh));
  }
}

function mergeKeyed(list, fresh) {
  const have = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let at = list.firstElementChild;
  for (const node of [...fresh.children]) {
    const html = node.outerHTML;
    const old = have.get(node.dataset.key);
    have.delete(node.dataset.key);
    if (old && drawnFrom.get(old) === html) {
      if (old === at) at = at.nextElementSibling;
      else list.insertBefore(old, at);
      continue;
    }
    drawnFrom.set(node, html);
    if (old) {
      if (old === at) at = at.nextElementSibling;
      swap(old, node, () => old.remove(), () => list.insertBefore(node, at));
    } else {
      list.insertBefore(node, at);
    }
  }
  for (const gone of have.values()) gone.remove();
}

// Put `fresh` in the place of `old`, keeping inputs, open menus and the focus.
function swap(old, fresh, ...steps) {
  const focused = old.contains(document.activeElement) ? marksOf(document.activeElement) : null;
  carryValues(old, fresh);
  const opened = [...old.querySelectorAll("details")].map((one) => one.open);
  const menus = [...fresh.querySelectorAll("details")];
  const home = fresh.isConnected ? fresh : null;
  for (const step of steps) step();
  if (menus.length === opened.length) menus.forEach((one, n) => (one.open = opened[n]));
  if (focused) {
    const root = home ?? (fresh.isConnected ? fresh : old);
    root.querySelector(focused)?.focus({ preventScroll: true });
  }
}

function marksOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const { actionId, blockId } = element.dataset;
  if (actionId) {
    return `[data-block-id="${CSS.escape(blockId)}"][data-action-id="${CSS.escape(actionId)}"]`;
  }
  return element.tagName.toLowerCase();
}
