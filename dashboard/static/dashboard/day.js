// The note of a day: a form beside the journal, saved without leaving the page.

import { LoggedOut, askOne, send } from "./net.js";
import { find, make, write } from "./page.js";
import { startShots } from "./shots.js";
import { stamp } from "./format.js";

const names = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
export const dayDate = (day) => names.format(Date.parse(day));
const today = () => new Date().toISOString().slice(0, 10);

// Gives a function that opens a day's note in the form.
export function startDay() {
  const form = find("day-form");
  const state = { day: "", saved: null, drafts: new Map() };
  const shots = startShots("day-shots", () => ({ day: state.day }));
  const texts = () => ({ note: form.elements.note.value, tags: form.elements.tags.value, rating: form.elements.rating.value });
  const dirty = () => state.saved !== null && JSON.stringify(texts()) !== JSON.stringify(state.saved);

  function put(values) {
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    keep();
  }

  // What was written about a day stays with it while one looks at another.
  function keep() {
    if (dirty()) state.drafts.set(state.day, texts());
    else state.drafts.delete(state.day);
    find("day-save").disabled = !dirty();
  }

  function show(body) {
    state.saved = { note: body.note, tags: body.tags.join(", "), rating: String(body.rating ?? "") };
    put(state.drafts.get(state.day) ?? state.saved);
    shots.show(body.screenshots);
    write("day-note", body.updated_at ? `edited ${stamp(body.updated_at)}, ${body.revision} ${body.revision === 1 ? "edit" : "edits"}` : "nothing written yet");
    find("day-history").hidden = body.revisions.length === 0;
    find("day-edits").replaceChildren(...body.revisions.map((edit) => make("li", {},
      make("p", { className: "small", text: `${stamp(edit.at)}, ${edit.user ?? "nobody logged in"} (${edit.by})` }),
      ...Object.keys(edit.new).map((name) => make("p", { className: "small quiet", text: `${name}: ${edit.old[name] || "nothing"} → ${edit.new[name] || "nothing"}` })))));
  }

  // Nothing can be written while it is not known what stands there.
  const ready = (yes) => { for (const name of ["note", "tags", "rating"]) form.elements[name].disabled = !yes; };

  async function open(day) {
    keep();
    state.day = day;
    state.saved = null;
    ready(false);
    find("day").value = day;
    write("day-saved", "");
    try {
      const body = await askOne(`/api/days/${day}`);
      if (state.day !== day) return;
      ready(true);
      show(body);
    } catch (error) {
      write("day-saved", error instanceof LoggedOut ? "Your login has ended." : error.message);
    }
  }

  async function save() {
    const [day, values] = [state.day, texts()];
    find("day-save").disabled = true;
    write("day-saved", "Saving …");
    try {
      const body = await send("PATCH", `/api/days/${day}`, {
        note: values.note, rating: values.rating ? Number(values.rating) : null,
        tags: values.tags.split(",").map((word) => word.trim()).filter(Boolean),
      });
      state.drafts.delete(day);
      if (state.day !== day) return;
      if (JSON.stringify(texts()) === JSON.stringify(values)) show(body);
      else state.saved = values;
      write("day-saved", "Saved.");
    } catch (error) {
      write("day-saved", `Not saved: ${error.message} Your text stays here; try again.`, { tone: "loss" });
      find("day-save").disabled = false;
    }
  }

  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
  });
  find("day").addEventListener("change", ({ target }) => { if (target.value) open(target.value); });
  addEventListener("beforeunload", (event) => {
    if (dirty()) event.preventDefault();
  });
  open(today());
  return async (day) => {
    await open(day);
    form.scrollIntoView({ block: "nearest" });
    form.elements.note.focus();
  };
}
