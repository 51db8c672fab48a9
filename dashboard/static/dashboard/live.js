// Keeping a page true: asks for everything at once every 15 seconds, seldomer while the site is
// away, not at all while nobody looks. What was last known stays, greyed, with its age.

import { span } from "./format.js";
import { Away, LoggedOut, Refused, askAll } from "./net.js";
import { find, make, write } from "./page.js";
import { onChange } from "./view.js";

const EVERY = 15_000;
const SLOWEST = 120_000;

// `addresses()` gives {name: address}; `show(answers)` draws them; `trouble()` words for the strip
// when all went well; `tick(asked)` is called every second.
export function live({ addresses, show, trouble = () => "", tick = () => {} }) {
  const state = { asked: null, failures: 0, trouble: "", ended: false, timer: null, turn: 0, drawn: null, refused: false };

  async function refresh() {
    clearTimeout(state.timer);
    const turn = (state.turn += 1);
    try {
      const asked = addresses();
      const view = JSON.stringify(asked);
      const answers = await askAll(asked);
      if (turn !== state.turn) return; // the view has changed meanwhile: this is no answer to it
      // Held already, but never drawn, or under another view: as good as new.
      if (state.drawn !== view) for (const answer of Object.values(answers)) answer.fresh = true;
      state.drawn = null;
      await show(answers);
      if (turn !== state.turn) return;
      state.drawn = view;
      state.asked = Date.now();
      state.failures = 0;
      state.refused = false;
    } catch (error) {
      if (turn !== state.turn) return;
      state.drawn = null;
      state.failures += 1;
      state.ended = error instanceof LoggedOut;
      state.trouble = error.message;
      state.refused = error instanceof Refused && error.status < 500;
      if (!(error instanceof Away || error instanceof Refused || state.ended)) {
        state.trouble = "This page has a fault and could not draw what came.";
        console.error(error);
      }
    }
    find("main").classList.toggle("stale", state.failures > 0);
    say();
    if (!state.ended && !document.hidden) {
      state.timer = setTimeout(refresh, Math.min(SLOWEST, EVERY * 2 ** Math.min(3, state.failures)));
    }
  }

  function say() {
    tick(state.asked);
    const age = state.asked === null ? "" : span((Date.now() - state.asked) / 1000);
    if (find("age") && age) write("age", `figures ${age} old`);
    const strip = find("warning");
    if (state.ended) {
      if (!strip.querySelector("a")) strip.replaceChildren("Your login has ended. ", make("a", { text: "Log in again", href: `/login/?next=${encodeURIComponent(location.pathname + location.search)}` }), ".");
      strip.hidden = false;
      return;
    }
    const kept = age ? ` Figures are ${age} old.` : "";
    if (state.refused) {
      // Asking again gives the same answer: the way out is another view.
      if (strip.dataset.said === state.trouble) return;
      strip.dataset.said = state.trouble;
      strip.replaceChildren(`${state.trouble}. `, make("a", { text: "Show everything", href: location.pathname }));
      strip.hidden = false;
      return;
    }
    delete strip.dataset.said;
    const text = state.failures ? `${state.trouble}${kept} Trying again.` : trouble();
    write("warning", text);
    strip.hidden = !text;
  }

  onChange(refresh);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(state.timer);
    else refresh();
  });
  setInterval(say, 1000);
  refresh();
  return refresh;
}

// Said to a screen reader when it has time.
export function announce(text) {
  write("announce", text);
}
