// Asking the API: everything at once, each answer kept with its ETag, none waited for for ever.

const PATIENCE = 10_000; // milliseconds
const MOST = 60; // answers kept
const kept = new Map(); // address -> {etag, body}

export class LoggedOut extends Error {}
// No answer at all, or one that is no answer of this site.
export class Away extends Error {}
// The site understood and said no; the message says why.
export class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail || problem.title || `The site answered ${status}`);
    this.status = status;
  }
}

async function reach(address, options) {
  try {
    return await fetch(address, { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch {
    throw new Away("The site does not answer.");
  }
}

async function read(response) {
  if (response.status === 401) throw new LoggedOut("Your login has ended.");
  if (response.status === 204) return null;
  let body;
  try {
    body = await response.json();
  } catch {
    throw new Away(`The site answered ${response.status} and nothing more.`);
  }
  if (!response.ok) throw new Refused(body, response.status);
  return body;
}

async function ask(address) {
  const held = kept.get(address);
  const response = await reach(address, {
    headers: { Accept: "application/json", ...(held?.etag && { "If-None-Match": held.etag }) },
  });
  if (response.status === 304 && held) return { body: held.body, fresh: false };
  // A code from a device is asked for: the login page's way leads there.
  if (response.status === 403) throw new LoggedOut();
  const body = await read(response);
  kept.delete(address);
  kept.set(address, { etag: response.headers.get("ETag"), body });
  if (kept.size > MOST) kept.delete(kept.keys().next().value);
  return { body, fresh: true };
}

// {name: address} -> {name: {body, fresh}}; rejects with the first trouble.
export async function askAll(addresses) {
  const names = Object.keys(addresses);
  const found = await Promise.all(names.map((name) => ask(addresses[name])));
  return Object.fromEntries(names.map((name, index) => [name, found[index]]));
}

// One answer, whatever else is on the page.
export const askOne = async (address) => (await ask(address)).body;

const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value;

// Sends JSON or a form; the answer's body. Throws as `askAll` does.
export async function send(method, address, content) {
  const form = content instanceof FormData;
  const response = await reach(address, {
    method,
    headers: { Accept: "application/json", "X-CSRFToken": token(), ...(!form && { "Content-Type": "application/json" }) },
    body: form ? content : JSON.stringify(content),
    ...(form && { signal: AbortSignal.timeout(6 * PATIENCE) }),
  });
  return read(response);
}
