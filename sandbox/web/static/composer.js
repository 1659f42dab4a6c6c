// Writing messages and slash commands, with hints for commands and people.

import { attempt, control } from "./api.js";

const { user, channel } = document.body.dataset;
const SHOWN = 8;

class Composer {
  constructor(form) {
    this.form = form;
    this.text = form.querySelector("textarea");
    this.list = form.querySelector("[role=listbox]");
    this.hints = [...this.list.children];
    this.note = form.querySelector(".composer-note");
    this.inThread = "inThread" in form.dataset;
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => this.offer([]));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    for (const hint of this.hints) {
      hint.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.take(hint);
      });
    }
  }

  changed() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 220)}px`;
    this.note.textContent = "";
    const before = this.text.value.slice(0, this.text.selectionStart);
    const word = before.match(/(?:^\/\S*|(?:^|\s)@[^@\n]*)$/)?.[0].trim().toLowerCase();
    if (!word) return this.offer([]);
    this.word = word;
    const fits = (hint) => {
      const name = hint.dataset.match.toLowerCase();
      return name.startsWith(word) || (word[0] === "@" && name.includes(` ${word.slice(1)}`));
    };
    this.offer(this.hints.filter(fits).slice(0, SHOWN));
  }

  offer(hints) {
    const exact = hints.length === 1 && hints[0].dataset.match === this.text.value;
    for (const hint of this.hints) {
      hint.hidden = !hints.includes(hint);
      hint.setAttribute("aria-selected", "false");
    }
    this.offered = hints;
    this.list.hidden = hints.length === 0;
    this.text.setAttribute("aria-expanded", String(hints.length > 0));
    if (hints.length && !exact) this.select(0);
    else this.select(-1);
  }

  select(n) {
    this.at = n;
    this.offered.forEach((hint, i) => hint.setAttribute("aria-selected", String(i === n)));
    if (n < 0) this.text.removeAttribute("aria-activedescendant");
    else this.text.setAttribute("aria-activedescendant", this.offered[n].id);
  }

  take(hint) {
    const cursor = this.text.selectionStart;
    const start = cursor - this.text.value.slice(0, cursor).match(/[/@][^/@]*$/)[0].length;
    this.text.setRangeText(hint.dataset.insert, start, cursor, "end");
    this.text.focus();
    this.changed();
    this.offer([]);
  }

  key(event) {
    const open = !this.list.hidden && this.offered.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.select((this.at + step + this.offered.length) % this.offered.length);
    } else if (open && this.at >= 0 && (event.key === "Tab" || event.key === "Enter")) {
      // A command typed in full is sent by Enter; a beginning of one is completed.
      event.preventDefault();
      if (event.key === "Enter" && this.isWhole()) this.send();
      else this.take(this.offered[this.at]);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      this.offer([]);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  }

  isWhole() {
    const typed = this.text.value.trim();
    return this.hints.some((hint) => hint.dataset.match === typed);
  }

  async send() {
    const text = this.text.value.trim();
    if (!text || this.busy) return;
    if (text.startsWith("/") && this.inThread) {
      this.note.textContent = "Slash commands do not work in threads. Type it in the room.";
      return;
    }
    this.busy = true;
    this.offer([]);
    this.form.setAttribute("aria-busy", "true");
    const isCommand = text.startsWith("/");
    const body = { user, channel, text: isCommand ? this.handles(text) : this.encoded(text) };
    if (this.inThread) body.thread_ts = document.getElementById("thread").dataset.ts;
    this.text.value = "";
    this.changed();
    const answer = await attempt(
      () => control(isCommand ? "command" : "message", body),
      (words) => {
        this.text.value = text;
        this.changed();
        this.note.textContent = words;
      },
    );
    if (answer?.seen?.notice) this.note.textContent = answer.seen.notice;
    this.busy = false;
    this.form.removeAttribute("aria-busy");
  }

  // In a command a person is named as they would type it: by their handle.
  handles(text) {
    return this.swapped(text, "handle");
  }

  // Slack escapes three characters and writes mentions as ids.
  encoded(text) {
    const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    return this.swapped(escaped, "token");
  }

  swapped(text, form) {
    const people = this.hints.filter((hint) => hint.dataset[form]);
    people.sort((a, b) => b.dataset.match.length - a.dataset.match.length);
    return people.reduce((t, hint) => t.replaceAll(hint.dataset.match, hint.dataset[form]), text);
  }
}

export function compose() {
  for (const form of document.querySelectorAll("form.composer")) new Composer(form);
}
