// A partner's inbox: it waits for changes, and lets the partner be driven by hand.

import { attempt, post, toast } from "./api.js";
import { refresh, remember } from "./parts.js";

const { partner } = document.body.dataset;
let revision = document.body.dataset.revision;
const live = document.getElementById("live");

function say(state, words) {
  live.dataset.state = state;
  live.querySelector("[data-words]").textContent = words;
}

function open(item) {
  const query = item ? `?item=${item}` : "";
  for (const id of ["items", "item"]) {
    const part = document.getElementById(id);
    part.dataset.part = `/inbox/${partner}/part/${id}${query}`;
    refresh(id);
  }
  history.replaceState(null, "", `/inbox/${partner}${query}`);
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-item]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    open(link.dataset.item);
    document.getElementById("main").focus();
  }
  const button = event.target.closest("[data-answer]");
  if (button) {
    const body = {
      notice_id: button.closest("[data-notice]").dataset.notice,
      answer: button.dataset.answer,
      again: "again" in button.dataset,
    };
    button.setAttribute("aria-busy", "true");
    await attempt(() => post(`/_control/partners/${partner}/answer`, body));
    button.removeAttribute("aria-busy");
    drawAll();
  }
  if (event.target.closest("[data-clear]")) {
    await attempt(() => post("/_control/partners/clear", { partner }));
    open("");
  }
});

document.getElementById("behaviour").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  const after = fields.ack_after_seconds.trim().replace(",", ".");
  const body = {
    ack_after_seconds: after === "" ? null : Number(after),
    answer: fields.answer,
    via: fields.via,
    mail: { mode: fields.mail },
  };
  if (fields.webhook !== "keep") body.webhook_replies = JSON.parse(fields.webhook);
  const done = await attempt(() => post(`/_control/partners/${partner}/behaviour`, body, "PATCH"));
  if (done) toast("Applied from the next notice on.");
});

const drawAll = () => ["partners", "items", "item"].forEach(refresh);

async function watch() {
  let wait = 0; // the first look only finds out whether the sandbox is there
  for (;;) {
    try {
      const asked = `since=${revision}&wait=${wait}&brief=1`;
      const response = await fetch(`/partners/${partner}/inbox?${asked}`);
      const inbox = await response.json();
      say("live", "Live");
      if (String(inbox.revision) !== String(revision)) drawAll();
      revision = inbox.revision;
      wait = 20;
    } catch {
      say("waiting", "Reconnecting…");
      wait = 0;
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
}

remember();
watch();
