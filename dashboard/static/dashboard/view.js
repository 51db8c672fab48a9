// What the address says: the filters and the moment looked at. Every view can be bookmarked.

export const MONEY = ["mode", "bot", "quote_asset", "account"]; // whose money it is
export const PAST = ["as_of", "known_at"];
export const FILTERS = [...MONEY, "version", "symbol", "side", "tag", "setup", "mistake", "rating", "followed_plan", "period", "since", "until", ...PAST];

export const address = () => new URLSearchParams(location.search);
export const said = (name) => address().get(name) ?? "";

// "?mode=demo&limit=10": those of `names` that the address has, with `extra` set on top.
export function query(extra = {}, names = FILTERS) {
  const text = new URLSearchParams();
  for (const name of names) if (said(name)) text.set(name, said(name));
  for (const [name, value] of Object.entries(extra)) text.set(name, value);
  return text.size ? `?${text}` : "";
}

// A link to another page that keeps the filters.
export function carried(path, names = FILTERS) {
  const [page, own = ""] = path.split("?");
  const text = new URLSearchParams(own);
  for (const name of names) if (said(name) && !text.has(name)) text.set(name, said(name));
  return text.size ? `${page}?${text}` : page;
}

const changed = new EventTarget();

export const onChange = (act) => changed.addEventListener("change", act);

// Set (or, with "", take away) what the address says, and show that.
export function go(changes) {
  const next = address();
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  history.pushState(null, "", next.size ? `?${next}` : location.pathname);
  changed.dispatchEvent(new Event("change"));
}

addEventListener("popstate", () => changed.dispatchEvent(new Event("change")));
