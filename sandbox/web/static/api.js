// Talking to the sandbox's own HTTP surface, and telling the person what came of it.

export class Refused extends Error {}

export async function post(path, body, method = "POST") {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body ?? {}),
    });
  } catch {
    throw new Refused("The sandbox does not respond. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.ok === false) {
    throw new Refused(answer.detail || answer.error || `The sandbox answered ${response.status}.`);
  }
  return answer;
}

export const control = (what, body) => post(`/_control/${what}`, body);

export function toast(text) {
  const line = document.createElement("p");
  line.textContent = text;
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), 9000);
}

// Runs an act; a refusal is shown, not thrown. Resolves to the answer or null.
export async function attempt(act, show = toast) {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    show(error.message);
    return null;
  }
}

// The confirm dialog of a Block Kit element, or of a dangerous act of our own.
export function confirmed({ title, text, yes, no, style }) {
  const dialog = document.getElementById("confirm");
  const [noButton, yesButton] = dialog.querySelectorAll("button");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("#confirm-text").textContent = text;
  noButton.textContent = no;
  yesButton.textContent = yes;
  yesButton.className = `btn ${style === "danger" ? "danger" : "primary"}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
