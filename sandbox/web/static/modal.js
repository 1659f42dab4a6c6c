// The modal on top of the person's stack, in a real <dialog>: focus goes in and comes back.

import { attempt, control } from "./api.js";
import { merge } from "./parts.js";
import { values } from "./values.js";

const user = document.body.dataset.user;
const dialog = document.getElementById("modal");
let drawing = Promise.resolve();
let opener = null;

export function refreshModal() {
  drawing = drawing.then(draw).catch(() => {});
  return drawing;
}

async function draw() {
  const response = await fetch(dialog.dataset.part);
  if (!response.ok) return;
  const html = (await response.text()).trim();
  if (!html) return close();
  const before = dialog.querySelector("form");
  const shown = before?.dataset.viewId;
  if (!dialog.open) opener = document.activeElement;
  const next = new DOMParser().parseFromString(html, "text/html").querySelector("form");
  if (shown !== next.dataset.viewId) dialog.replaceChildren(); // another view: nothing to carry
  merge(dialog, html);
  if (!dialog.open) dialog.showModal();
  if (shown !== next.dataset.viewId) focusFirst();
  else if (!dialog.contains(document.activeElement)) focusFirst();
}

function focusFirst() {
  const first = dialog.querySelector(
    ".modal-body :is(input, select, textarea, summary):not([disabled])",
  );
  (first ?? dialog.querySelector("h2"))?.focus();
}

function close() {
  if (dialog.open) dialog.close();
  dialog.replaceChildren();
  merge(dialog, "");
  if (opener?.isConnected) opener.focus();
}

function explain(errors, summary) {
  dialog.querySelector(".form-error").textContent = summary;
  for (const line of dialog.querySelectorAll(".field-error")) {
    line.textContent = errors[line.dataset.errorFor] ?? "";
    const field = line.closest(".block").querySelector("[data-widget]");
    field.toggleAttribute("aria-invalid", line.textContent !== "");
    if (line.textContent) field.setAttribute("aria-invalid", "true");
  }
  const first = [...dialog.querySelectorAll("[aria-invalid=true]")][0];
  (first?.matches("input, select, textarea") ? first : first?.querySelector("input, summary"))?.focus();
}

dialog.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("[type=submit]");
  if (!button || button.disabled) return;
  button.disabled = true;
  form.setAttribute("aria-busy", "true");
  const body = { user, view_id: form.dataset.viewId, values: values(form) };
  const answer = await attempt(
    () => control("view/submit", body),
    (text) => explain({}, text),
  );
  button.disabled = false;
  form.removeAttribute("aria-busy");
  if (!answer) return;
  if (answer.result === "trouble") {
    return explain({}, answer.seen?.notice || "The app had trouble with this. Try again.");
  }
  await refreshModal();
  if (answer.result === "errors" || answer.result === "invalid") {
    explain(answer.errors ?? {}, "Please correct what is marked below.");
  }
});

function leave(all) {
  const form = dialog.querySelector("form");
  if (!form) return;
  const body = all ? { user, all: true } : { user, view_id: form.dataset.viewId };
  attempt(() => control("view/close", body)).then(refreshModal);
}

dialog.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-view]")) leave(false);
  if (event.target.closest("[data-close-all]")) leave(true);
});
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  leave(false);
});
