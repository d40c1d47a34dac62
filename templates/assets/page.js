// How each number was made: a panel opens at each. Without it, a number is a link to the row of its experiment.

function element(tag, content = [], attributes = {}) {
  const made = document.createElement(tag);
  made.append(...[content].flat());
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const made = JSON.parse(document.getElementById("made").textContent);
const panel = element("div", [], { class: "panel", role: "dialog", "aria-labelledby": "panel-head", tabindex: "-1" });
let opened = null; // the number whose panel is open

function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function shortened(number) {
  return String(number).replaceAll("-", "\u2212").replace(/e\+?/, " \u00d7 10^");
}

function inWords(value) {
  if (value.low === null) return "none: exact, or computed once";
  return `${shortened(value.low)} to ${shortened(value.high)}; it is 95 %, unless the note says otherwise`;
}

// The experiment of a number and the name of its value there; the link names the experiment, as #made-section-experiment.
function source(number) {
  return [number.hash.slice("#made-".length).replace("-", "."), number.dataset.value];
}

function lines(stage, value) {
  const facts = made.stages[stage];
  const units = facts.units ?? {};
  const settings = Object.entries(facts.settings ?? {});
  const code = (text) => element("code", text);
  return [
    ["Value", `${shortened(value.value)} ${value.unit}`],
    ["Interval", inWords(value)],
    ["Repetitions", value.n === null ? "" : `n = ${value.n}`],
    ["Note", value.note],
    ["Stage", [code(stage), ` ${facts.title}`]],
    ["Settings", settings.map(([key, of]) => `${key} = ${written(of)} ${units[key] ?? ""}`.trim()).join("; ")],
    ["Script", element("a", code(facts.script), { href: made.base + facts.script })],
    ["Artifact", code(facts.artifact)],
    ["Digest", [code(facts.digest.slice(0, 16)), " of the recipe; SHA-256 of the file ", code(facts.sha256)]],
    ["Make anew", element("code", facts.command, { class: "command" })],
    ["In the table", element("a", "all about this experiment", { href: opened.getAttribute("href") })],
  ].filter(([, told]) => told !== "");
}

function fill(stage, name) {
  const value = Object.fromEntries(made.facts.map((fact, index) => [fact, made.values[stage][name][index]]));
  const shut = element("button", "\u00d7", { type: "button", "aria-label": "Close", class: "shut" });
  const head = element("p", [value.text, " ", element("code", `${stage}.${name}`)], { id: "panel-head" });
  const list = element("dl", lines(stage, value).flatMap(([term, told]) => [element("dt", term), element("dd", told)]));
  shut.addEventListener("click", () => close(true));
  panel.replaceChildren(shut, head, list);
}

// Below the number, else above it, else over it; never off screen. On a phone, style.css makes it a sheet at the bottom.
function place() {
  const gap = 8;
  const view = document.documentElement;
  const at = opened.getClientRects()[0] ?? opened.getBoundingClientRect();
  const below = at.bottom + gap;
  const above = at.top - gap - panel.offsetHeight;
  const last = view.clientHeight - panel.offsetHeight - gap;
  const top = below <= last ? below : above >= gap ? above : Math.max(gap, last);
  const left = Math.max(gap, Math.min(at.left, view.clientWidth - panel.offsetWidth - gap));
  panel.style.top = `${top + window.scrollY}px`;
  panel.style.left = `${left + window.scrollX}px`;
}

function open(number) {
  close(false);
  opened = number;
  fill(...source(number));
  panel.hidden = false;
  place();
  panel.scrollTop = 0;
  number.setAttribute("aria-expanded", "true");
  panel.focus({ preventScroll: true });
}

function close(back) {
  if (!opened) return;
  const number = opened;
  opened = null;
  number.setAttribute("aria-expanded", "false");
  panel.hidden = true; // and not removed, as a link in it may just have been followed
  if (back) number.focus({ preventScroll: true });
}

function onClick(event) {
  const number = event.target.closest("a.num");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (number && plain) {
    event.preventDefault();
    if (opened === number) close(true);
    else open(number);
  } else if (opened && (!panel.contains(event.target) || event.target.closest('a[href^="#"]'))) {
    close(false);
  }
}

// The panel stands at the end of the page but is read after its number: leaving it by Tab leads back there.
function onKey(event) {
  if (event.key === " " && event.target.matches("a.num")) {
    event.preventDefault();
    event.target.click();
  } else if (opened && event.key === "Escape") {
    close(true);
  } else if (opened && event.key === "Tab") {
    const stops = [...panel.querySelectorAll("a, button")];
    const leaves = event.shiftKey ? [panel, stops[0]] : [stops.at(-1)];
    if (!leaves.includes(document.activeElement)) return;
    if (event.shiftKey) event.preventDefault();
    close(true);
  }
}

panel.hidden = true;
document.body.append(panel);
for (const number of document.querySelectorAll("a.num")) {
  number.setAttribute("role", "button");
  number.setAttribute("aria-haspopup", "dialog");
  number.setAttribute("aria-expanded", "false");
}
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
window.addEventListener("resize", () => opened && place());
