// Asking the API: everything at once, each answer kept with its ETag, none waited for for ever.

const PATIENCE = 10_000; // milliseconds
const kept = new Map(); // address -> {etag, body}

export class LoggedOut extends Error {}

async function ask(address) {
  const held = kept.get(address);
  const response = await fetch(address, {
    headers: { Accept: "application/json", ...(held?.etag && { "If-None-Match": held.etag }) },
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.status === 304 && held) return { body: held.body, fresh: false };
  if (response.status === 401 || response.status === 403) throw new LoggedOut();
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail || body.title || `The site answered ${response.status}`);
  kept.set(address, { etag: response.headers.get("ETag"), body });
  return { body, fresh: true };
}

// {name: address} -> {name: {body, fresh}}; rejects with the first trouble.
export async function askAll(addresses) {
  const names = Object.keys(addresses);
  const found = await Promise.all(names.map((name) => ask(addresses[name])));
  return Object.fromEntries(names.map((name, index) => [name, found[index]]));
}

export function forget() {
  kept.clear();
}
