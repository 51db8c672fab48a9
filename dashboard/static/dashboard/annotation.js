// The annotation's form: saved without leaving the page; what was written is never lost.

import { stamp } from "./format.js";
import { send } from "./net.js";
import { find, make, write } from "./page.js";
import { startShots } from "./shots.js";

const FIELDS = ["note", "tags", "setup", "mistake", "rating", "followed_plan"];

const toField = { tags: (value) => value.join(", "), rating: (value) => String(value ?? ""), followed_plan: (value) => ({ true: "yes", false: "no" })[value] ?? "" };
const fromField = { tags: (text) => text.split(",").map((word) => word.trim()).filter(Boolean), rating: (text) => (text ? Number(text) : null), followed_plan: (text) => ({ yes: true, no: false })[text] ?? null };

export function startAnnotation(which) {
  const form = find("annotation");
  const address = () => `/api/annotation?${new URLSearchParams(which())}`;
  const place = () => `draft ${new URLSearchParams(which())}`;
  const state = { saved: null, busy: false };
  const shots = startShots("shots", which);

  const texts = () => Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
  const asField = (body) => Object.fromEntries(FIELDS.map((name) => [name, (toField[name] ?? String)(body[name])]));
  const changed = () => (state.saved === null ? [] : FIELDS.filter((name) => texts()[name].trim() !== state.saved[name].trim()));

  // Until it is saved, what was written also lies in this tab, should it be reloaded.
  function keep() {
    const dirty = changed().length > 0;
    find("save").disabled = !dirty || state.busy;
    if (dirty) write("saved", "Not saved yet.");
    else if (find("saved").textContent === "Not saved yet.") write("saved", "");
    try {
      if (dirty) sessionStorage.setItem(place(), JSON.stringify(texts()));
      else sessionStorage.removeItem(place());
    } catch {
      // Storage may be refused; the form itself still holds the text.
    }
  }

  function draft() {
    try {
      return JSON.parse(sessionStorage.getItem(place()) ?? "null");
    } catch {
      return null;
    }
  }

  function show(body) {
    const first = state.saved === null;
    // Whoever began to write before the answer came keeps what he wrote.
    const writing = first ? FIELDS.filter((name) => form.elements[name].value) : changed();
    state.saved = asField(body);
    const found = first ? draft() : null;
    for (const name of FIELDS) {
      if (writing.includes(name)) continue;
      if (found) form.elements[name].value = found[name] ?? state.saved[name];
      else form.elements[name].value = state.saved[name];
    }
    keep();
    write("annotation-note", body.updated_at ? `edited ${stamp(body.updated_at)}` : "none yet");
    showEdits(body.revisions);
    shots.show(body.screenshots);
  }

  async function save() {
    const names = changed();
    if (!names.length || state.busy) return;
    const values = texts();
    state.busy = true;
    keep();
    write("saved", "Saving …");
    try {
      const body = await send("PATCH", address(), Object.fromEntries(names.map((name) => [name, (fromField[name] ?? String)(values[name])])));
      state.busy = false;
      const own = changed().filter((name) => texts()[name] === values[name]);
      const stored = asField(body);
      // What was written as saved now reads as it is kept: tags in lower case, spaces cut.
      for (const name of own) form.elements[name].value = stored[name];
      show(body);
      write("saved", "Saved.");
    } catch (error) {
      state.busy = false;
      keep();
      write("saved", `Not saved: ${error.message} Your text stays here; try again.`);
      find("saved").classList.add("loss");
    }
  }

  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
  });
  addEventListener("beforeunload", (event) => {
    if (changed().length) event.preventDefault();
  });

  return { show, offer };
}

function offer(choices) {
  for (const [id, values] of [["known-tags", choices.tags], ["known-setups", choices.setups], ["known-mistakes", choices.mistakes]]) {
    const list = find(id);
    if ([...list.children].map((option) => option.value).join("\n") !== values.join("\n")) {
      list.replaceChildren(...values.map((value) => make("option", { value })));
    }
  }
}

const said = (value) => (value === null || value === "" ? "nothing" : value === true ? "yes" : value === false ? "no" : String(value));

export function showEdits(revisions) {
  find("history").hidden = revisions.length === 0;
  write("history-summary", `${revisions.length} ${revisions.length === 1 ? "edit" : "edits"}, with who and when`);
  find("edits").replaceChildren(...revisions.map((edit) => make("li", {},
    make("p", { className: "small", text: `${stamp(edit.at)}, ${edit.user ?? "nobody logged in"} (${edit.by})` }),
    ...Object.keys(edit.new).map((name) => make("p", { className: "small quiet", text: `${name.replaceAll("_", " ")}: ${said(edit.old[name])} → ${said(edit.new[name])}` })))));
}
