// Screenshots of a trade or a day: shown small, opened whole, added by choosing, dropping or pasting.

import { stamp } from "./format.js";
import { send } from "./net.js";
import { find, make } from "./page.js";

const TYPES = ["image/png", "image/jpeg", "image/webp"];
const MOST = 8 * 1024 * 1024; // bytes; the site itself refuses more

export function pictures(shots) {
  return shots.map((shot) => make("a", { href: shot.link, className: "shot", target: "_blank", rel: "noopener" },
    make("img", { src: shot.link, alt: `Screenshot of ${stamp(shot.added_at)}`, width: shot.width, height: shot.height, loading: "lazy" })));
}

// `of()` says what the pictures are of: {bot, trade_id} or {day}.
export function startShots(id, of) {
  const box = find(id);
  const list = make("div", { className: "shots" });
  const input = make("input", { type: "file", accept: TYPES.join(","), id: `${id}-file`, className: "visually-hidden" });
  const label = make("label", { text: "Add a screenshot", for: `${id}-file`, className: "button" });
  const said = make("span", { className: "small", role: "status" });
  box.replaceChildren(make("p", { className: "row" }, input, label, make("span", { className: "small quiet", text: "or paste one" }), said), list);
  let shown = "";

  function show(shots) {
    const now = JSON.stringify(shots);
    if (now === shown) return;
    shown = now;
    list.replaceChildren(...shots.map((shot) => {
      const away = make("button", { type: "button", className: "plain small", text: "Remove", "aria-label": `Remove the screenshot of ${stamp(shot.added_at)}` });
      away.addEventListener("click", () => remove(shot, shots, away));
      return make("figure", {}, ...pictures([shot]), make("figcaption", {}, make("span", { className: "small quiet", text: stamp(shot.added_at) }), away));
    }));
  }

  // The first press asks, the second removes.
  async function remove(shot, shots, button) {
    if (button.textContent === "Remove") {
      button.textContent = "Remove it?";
      say("Press again to remove it.");
      setTimeout(() => { button.textContent = "Remove"; }, 4000);
      return;
    }
    try {
      await send("DELETE", `/api/screenshots/${shot.id}`);
      show(shots.filter((other) => other.id !== shot.id));
      say("Removed.");
    } catch (error) {
      say(`Not removed: ${error.message}`, true);
    }
  }

  function say(text, bad = false) {
    said.textContent = text;
    said.classList.toggle("loss", bad);
  }

  async function add(file) {
    if (!TYPES.includes(file.type)) return say("Not taken: a picture is a PNG, JPEG or WebP file.", true);
    if (file.size > MOST) return say("Not taken: the file is larger than 8 MB. Save it smaller, or as JPEG.", true);
    say("Sending …");
    const form = new FormData();
    form.append("file", file);
    try {
      const kept = await send("POST", `/api/screenshots?${new URLSearchParams(of())}`, form);
      show([...JSON.parse(shown || "[]"), kept]);
      say("Kept, without its metadata.");
    } catch (error) {
      say(`Not taken: ${error.message}`, true);
    }
    return undefined;
  }

  input.addEventListener("change", () => {
    if (input.files[0]) add(input.files[0]);
    input.value = "";
  });
  addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((one) => TYPES.includes(one.type));
    if (file && !box.closest("[hidden]")) add(file);
  });
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) add(event.dataTransfer.files[0]);
  });
  return { show };
}
