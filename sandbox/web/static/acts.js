// Clicks and choices in messages, App Home and modals, sent as a person's act.

import { attempt, confirmed, control } from "./api.js";
import { read, summarise, values } from "./values.js";

const user = document.body.dataset.user;
const place = (widget) => JSON.parse(widget.closest("[data-place]").dataset.place);

async function act(widget, value) {
  if (widget.dataset.confirm && !(await confirmed(JSON.parse(widget.dataset.confirm)))) return;
  const { actionId, blockId } = widget.dataset;
  const body = { user, ...place(widget), action_id: actionId, block_id: blockId };
  if (value !== undefined) body.value = value;
  body.values = values(widget.closest("[data-place]"));
  widget.setAttribute("aria-busy", "true");
  await attempt(() => control("action", body));
  widget.removeAttribute("aria-busy");
}

function closeMenu(inside) {
  const menu = inside.closest("details.menu");
  if (menu) menu.open = false;
}

document.addEventListener("click", (event) => {
  const widget = event.target.closest("[data-widget]");
  if (!widget) return;
  const kind = widget.dataset.kind;
  if (kind === "button" || kind === "link") act(widget);
  if (kind === "overflow" && event.target.closest(".menu-items button")) {
    closeMenu(event.target);
    act(widget, event.target.closest("button").value);
  }
  if (kind === "search" && event.target.closest(".chip button")) {
    event.target.closest(".chip").remove();
    touched(widget);
  }
});

document.addEventListener("input", (event) => {
  const widget = event.target.closest("[data-widget]");
  if (widget) widget.dataset.touched = "";
  if (widget?.dataset.kind === "many") summarise(widget);
  if (widget?.dataset.kind === "search") ask(widget, event.target);
});

document.addEventListener("change", (event) => {
  const widget = event.target.closest("[data-widget]");
  if (!widget || !("dispatch" in widget.dataset)) return;
  const typed = widget.matches("textarea, input[type=text], input[type=email], input[type=url]");
  const silent = ["many", "search", "button", "overflow"].includes(widget.dataset.kind);
  if (!typed && !silent) act(widget, read(widget));
});

document.addEventListener("keydown", (event) => {
  const widget = event.target.closest("[data-widget]");
  if (event.key === "Enter" && widget?.matches("input[type=text][data-dispatch]")) {
    event.preventDefault();
    act(widget, read(widget));
  }
  if (widget?.dataset.kind === "search") steer(widget, event);
});

// A multi-select is sent when its list is closed, if something changed.
document.addEventListener(
  "toggle",
  (event) => {
    const widget = event.target;
    if (widget.dataset?.kind !== "many") return;
    const now = JSON.stringify(read(widget));
    if (widget.open) widget.dataset.before = now;
    else if ("dispatch" in widget.dataset && widget.dataset.before !== now) act(widget, read(widget));
  },
  true,
);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open], details.many[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details[open].menu, details[open].many");
  if (!menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});

// ------------------------------------------------------------------ options asked from the app
let question = 0;

async function ask(widget, input) {
  const list = widget.querySelector("[role=listbox]");
  if (input.value.length < Number(widget.dataset.min)) return show(list, input, []);
  const mine = ++question;
  const { actionId, blockId } = widget.dataset;
  const body = { user, ...place(widget), action_id: actionId, block_id: blockId, query: input.value };
  const answer = await attempt(() => control("suggestions", body));
  if (mine !== question || !answer) return;
  const options = answer.options ?? (answer.option_groups ?? []).flatMap((group) => group.options);
  show(list, input, options);
}

function show(list, input, options) {
  list.replaceChildren(
    ...options.map((option, n) => {
      const line = document.createElement("li");
      line.id = `${list.id}-${n}`;
      line.role = "option";
      line.textContent = option.text.text;
      line.dataset.value = option.value;
      line.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(list.closest("[data-widget]"), line);
      });
      return line;
    }),
  );
  list.hidden = options.length === 0;
  input.setAttribute("aria-expanded", String(!list.hidden));
  input.removeAttribute("aria-activedescendant");
}

function steer(widget, event) {
  const list = widget.querySelector("[role=listbox]");
  if (list.hidden) return;
  const lines = [...list.children];
  const at = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = (at + (event.key === "ArrowDown" ? 1 : -1) + lines.length) % lines.length;
    lines.forEach((line, n) => line.setAttribute("aria-selected", String(n === next)));
    event.target.setAttribute("aria-activedescendant", lines[next].id);
  } else if (event.key === "Enter") {
    event.preventDefault();
    choose(widget, lines[Math.max(at, 0)]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    show(list, event.target, []);
  }
}

function choose(widget, line) {
  const chip = document.createElement("span");
  chip.className = "chip";
  chip.dataset.value = line.dataset.value;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "×";
  remove.setAttribute("aria-label", `Remove ${line.textContent}`);
  chip.append(`${line.textContent} `, remove);
  const chips = widget.querySelector(".chips");
  if ("multiple" in widget.dataset) chips.append(chip);
  else chips.replaceChildren(chip);
  const input = widget.querySelector("input");
  input.value = "";
  show(widget.querySelector("[role=listbox]"), input, []);
  touched(widget);
}

function touched(widget) {
  widget.dataset.touched = "";
  if ("dispatch" in widget.dataset) act(widget, read(widget));
}
