// The versions page: the table, and two versions chosen in the address (?a=8.02&b=8.03).

import { showComparison } from "./comparison.js";
import { span } from "./format.js";
import { LoggedOut, askAll } from "./net.js";
import { find, make, write } from "./page.js";
import { showVersions } from "./tables.js";
import { themeSwitch } from "./theme.js";

const EVERY = 15_000;
const SLOWEST = 120_000;
const KEPT = ["bot", "mode", "quote_asset", "account"]; // filters that say whose money it is

const state = { asked: null, failures: 0, trouble: "", ended: false, timer: null };

const address = () => new URLSearchParams(location.search);

function query(extra = {}) {
  const kept = KEPT.filter((name) => address().get(name)).map((name) => [name, address().get(name)]);
  const text = new URLSearchParams([...kept, ...Object.entries(extra)]).toString();
  return text && `?${text}`;
}

async function refresh() {
  clearTimeout(state.timer);
  try {
    const { versions } = await askAll({ versions: `/api/versions${query()}` });
    const items = versions.body.items;
    showVersions(items);
    offerModes(versions.body.modes);
    await compare(items, chosen(items));
    state.asked = Date.now();
    state.failures = 0;
    find("main").classList.remove("stale");
  } catch (error) {
    state.failures += 1;
    find("main").classList.add("stale");
    state.ended = error instanceof LoggedOut;
    state.trouble = error.name === "Error" ? error.message : "The site does not answer.";
  }
  tick();
  if (!state.ended) state.timer = setTimeout(refresh, Math.min(SLOWEST, EVERY * 2 ** Math.min(3, state.failures)));
}

// What the address names; else the version that traded last against the one before it.
function chosen(items) {
  const [newest, before] = items.map((item) => item.version);
  const b = address().get("b") ?? (newest === address().get("a") ? before : newest);
  const a = address().get("a") ?? items.map((item) => item.version).find((name) => name !== b);
  return { a, b };
}

async function compare(items, { a, b }) {
  offerPair(items, { a, b });
  if (items.length < 2) {
    explain(items.length ? `Only ${items[0].version} has closed a trade. The comparison appears with the second version's first closed trade.` : "");
    return;
  }
  const unknown = [a, b].find((name) => !items.some((item) => item.version === name));
  if (unknown !== undefined) {
    explain(`No version ${unknown} has closed a trade here. Choose two of those below.`);
    return;
  }
  if (a === b) {
    explain("A version cannot be better than itself. Choose another one.");
    return;
  }
  const { found } = await askAll({ found: `/api/versions/compare${query({ a, b })}` });
  explain("");
  showComparison(found.body, items);
}

function explain(text) {
  write("comparison-why", text);
  find("comparison-why").hidden = !text;
  find("comparison").hidden = Boolean(text) || find("pair-a").options.length < 2;
}

function options(select, values, value) {
  const known = [...select.options].map((option) => option.value).join("\n");
  const wanted = [...new Set([...values, ...(value ? [value] : [])])];
  if (known !== wanted.join("\n")) {
    select.replaceChildren(...wanted.map((name) => make("option", { text: name || "Newest mode", value: name })));
  }
  select.value = value ?? "";
}

function offerPair(items, { a, b }) {
  const names = items.map((item) => item.version);
  options(find("pair-a"), names, a);
  options(find("pair-b"), names, b);
  find("pair").hidden = names.length === 0;
  for (const id of ["pair-a", "pair-b", "swap"]) find(id).disabled = names.length < 2;
}

function offerModes(modes) {
  find("filter-mode").hidden = modes.length < 2;
  options(find("filter-mode"), ["", ...modes], address().get("mode") ?? "");
}

function go(changes) {
  const next = address();
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const text = next.toString();
  history.pushState(null, "", text ? `?${text}` : location.pathname);
  refresh();
}

function tick() {
  if (state.asked) write("age", `figures ${span((Date.now() - state.asked) / 1000)} old`);
  const strip = find("warning");
  strip.hidden = !state.failures;
  if (state.ended) {
    if (strip.querySelector("a")) return;
    strip.replaceChildren("Your login has ended. ", make("a", { text: "Log in again", href: `/login/?next=${encodeURIComponent(location.pathname + location.search)}` }), ".");
    return;
  }
  const kept = state.asked ? ` Figures are ${span((Date.now() - state.asked) / 1000)} old.` : "";
  write("warning", state.failures ? `${state.trouble}${kept} Trying again.` : "");
}

find("pair").addEventListener("submit", (event) => event.preventDefault());
find("pair").addEventListener("change", () => go({ a: find("pair-a").value, b: find("pair-b").value }));
find("swap").addEventListener("click", () => go({ a: find("pair-b").value, b: find("pair-a").value }));
// Another mode has other versions.
find("filter-mode").addEventListener("change", ({ target }) => go({ mode: target.value, a: "", b: "" }));
addEventListener("popstate", refresh);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(state.timer);
  else refresh();
});
themeSwitch(() => {});
setInterval(tick, 1000);
refresh();
