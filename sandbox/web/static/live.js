// The feed of changes, and looking every few seconds while the feed is not there.

const POLL_MS = 3000;
const TYPES = [
  "message", "message.changed", "message.deleted", "message.ephemeral", "reaction.added",
  "reaction.removed", "pin.added", "pin.removed", "bookmark", "channel.created",
  "channel.changed", "channel.joined", "channel.left", "view.opened", "view.updated",
  "view.closed", "home", "notice", "usergroup", "socket.connected", "socket.closed", "traffic",
  "faults",
];

function say(state, words) {
  const live = document.getElementById("live");
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.querySelector("[data-words]").textContent = words;
}

// `onChange(type, data)` for each change; `drawAll()` when changes may have been missed.
export function follow(query, onChange, drawAll) {
  let failures = 0;
  let polling = null;
  let missed = false;

  function connect() {
    const source = new EventSource(`/_control/events?${new URLSearchParams(query)}`);
    source.onopen = () => {
      failures = 0;
      clearInterval(polling);
      polling = null;
      say("live", "Live");
      if (missed) drawAll();
      missed = false;
    };
    source.onerror = () => {
      missed = true;
      failures += 1;
      if (failures < 2 && source.readyState !== EventSource.CLOSED) {
        say("waiting", "Reconnecting…");
        return;
      }
      source.close();
      say("polling", `Looking every ${POLL_MS / 1000} s`);
      polling ??= setInterval(drawAll, POLL_MS);
      setTimeout(connect, 5000);
    };
    for (const type of TYPES) {
      source.addEventListener(type, (event) => onChange(type, JSON.parse(event.data)));
    }
  }
  connect();
}
