// The inspector: traffic as it happens, and faults at one press.

import { attempt, post, toast } from "./api.js";
import { follow } from "./live.js";
import { onDrawn, refresh, remember } from "./parts.js";

const kind = document.getElementById("kind");
const onlyBad = document.getElementById("only-bad");

function filter() {
  for (const row of document.querySelectorAll(".entries > li")) {
    const fits = !kind.value || row.dataset.kind === kind.value;
    row.hidden = !fits || (onlyBad.checked && !row.classList.contains("bad"));
  }
}
kind.addEventListener("change", filter);
onlyBad.addEventListener("change", filter);

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const fault = { ...JSON.parse(form.dataset.fault), ...Object.fromEntries(new FormData(form)) };
  if (await attempt(() => post("/_control/faults", fault))) {
    toast(`Set: ${form.querySelector("strong").textContent}.`);
    refresh("faults");
  }
});
document.getElementById("faults").addEventListener("click", async (event) => {
  if (!event.target.closest("[data-clear-faults]")) return;
  await attempt(() => post("/_control/faults", null, "DELETE"));
  refresh("faults");
});

const drawAll = () => ["traffic", "faults"].forEach(refresh);

remember();
onDrawn("traffic", filter);
follow(
  { types: "traffic,faults,socket.connected,socket.closed", after: document.body.dataset.seq },
  (type) => (type === "traffic" ? refresh("traffic") : refresh("faults")),
  drawAll,
);
