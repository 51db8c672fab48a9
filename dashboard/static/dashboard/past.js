// Time travel: the page as things stood at a moment, and what was known then.

import { stamp, utc } from "./format.js";
import { askOne } from "./net.js";
import { find, make } from "./page.js";
import { MONEY, go, onChange, query, said } from "./view.js";

const DAY = 86_400_000;
const MINUTE = 60_000;
const plain = (at) => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

// A field's local time, "2026-03-03T14:00", and back.
const toField = (iso) => {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
};

// A demo and a replay have a clock of their own: their now is their newest candle.
let present = null;

async function newest() {
  const before = find("past-at").value;
  try {
    const { bots, mode } = await askOne(`/api/status${query({}, MONEY)}`);
    const bot = bots.find((one) => one.mode === mode);
    present = ["demo", "replay"].includes(mode) && bot?.last_candle_at ? Date.parse(bot.last_candle_at) : null;
  } catch {
    present = null; // the wall's clock then
  }
  // Whoever was quicker has said when already.
  if (!moment() && find("past-at").value === before) find("past-at").value = toField(present ?? Date.now());
}

const moment = () => said("as_of") || said("known_at");

function show() {
  const at = moment();
  const known = Boolean(said("known_at"));
  find("past-open").textContent = at ? stamp(at) : "Now";
  find("past-open").classList.toggle("set", Boolean(at));
  find("past-at").value = toField(at || Date.now());
  find("past-known").checked = known;
  const strip = find("past");
  strip.hidden = !at;
  if (!at) return;
  const words = known
    ? "You see what was known at " : "You see the account as it stood at ";
  const rest = known ? ": nothing recorded later counts. " : ", with what is known today. ";
  const back = make("button", { text: "Back to now", type: "button", className: "plain" });
  back.addEventListener("click", () => go({ as_of: "", known_at: "", after: "" }));
  strip.replaceChildren(words, make("strong", { text: stamp(at), title: utc(at) }), rest, back);
}

function travel(at) {
  if (Number.isNaN(at)) return;
  const iso = plain(Math.min(at, Date.now()));
  go({ as_of: iso, known_at: find("past-known").checked ? iso : "", after: "" });
}

export function startPast() {
  const box = find("past-box");
  find("past-form").addEventListener("submit", (event) => {
    event.preventDefault();
    travel(new Date(find("past-at").value).getTime());
    box.hidePopover();
  });
  for (const button of box.querySelectorAll("button[data-days]")) {
    button.addEventListener("click", () => {
      const from = moment() ? Date.parse(moment()) : present ?? Date.now();
      travel(from + Number(button.dataset.days) * DAY);
    });
  }
  find("past-now").addEventListener("click", () => {
    go({ as_of: "", known_at: "", after: "" });
    box.hidePopover();
  });
  box.addEventListener("toggle", ({ newState }) => { if (newState === "open") newest(); });
  onChange(show);
  show();
}
