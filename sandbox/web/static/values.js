// Reading and writing what a person has entered in a Block Kit widget, as plain values.

const SILENT = new Set(["button", "link", "overflow", "image", "unknown"]);

const boxes = (widget) => [...widget.querySelectorAll("input[type=checkbox], input[type=radio]")];
const ticked = (widget) => boxes(widget).filter((box) => box.checked).map((box) => box.value);
const chips = (widget) => [...widget.querySelectorAll(".chip")].map((chip) => chip.dataset.value);

export function read(widget) {
  switch (widget.dataset.kind) {
    case "many":
    case "checks":
      return ticked(widget);
    case "radios":
      return ticked(widget)[0] ?? null;
    case "search":
      return "multiple" in widget.dataset ? chips(widget) : (chips(widget)[0] ?? null);
    case "field":
      if (widget.dataset.type === "datetimepicker" && widget.value) {
        return Math.floor(Date.parse(`${widget.value}Z`) / 1000);
      }
      return widget.value === "" ? null : widget.value;
    default:
      return widget.value === "" ? null : widget.value;
  }
}

export function values(surface) {
  const all = {};
  for (const widget of surface.querySelectorAll("[data-widget]")) {
    if (SILENT.has(widget.dataset.kind)) continue;
    (all[widget.dataset.blockId] ??= {})[widget.dataset.actionId] = read(widget);
  }
  return all;
}

// What the person touched in `before` and is still asked for in `after` stays as they left it.
export function carryValues(before, after) {
  for (const old of before.querySelectorAll("[data-widget][data-touched]")) {
    const { blockId, actionId, kind } = old.dataset;
    const fresh = after.querySelector(
      `[data-widget][data-block-id="${CSS.escape(blockId)}"][data-action-id="${CSS.escape(actionId)}"][data-kind="${kind}"]`,
    );
    if (!fresh) continue;
    fresh.dataset.touched = "";
    if (kind === "many" || kind === "checks" || kind === "radios") {
      const chosen = new Set(ticked(old));
      for (const box of boxes(fresh)) box.checked = chosen.has(box.value);
      summarise(fresh);
    } else if (kind === "search") {
      fresh.querySelector(".chips").replaceChildren(...old.querySelector(".chips").children);
    } else {
      fresh.value = old.value;
    }
  }
}

// The closed list of a multi-select shows what is chosen in it.
export function summarise(widget) {
  const shown = widget.querySelector("[data-chosen]");
  if (!shown) return;
  const words = boxes(widget)
    .filter((box) => box.checked)
    .map((box) => box.closest("label").querySelector("span").firstChild.textContent.trim());
  shown.textContent = words.join(", ") || shown.dataset.placeholder;
}
