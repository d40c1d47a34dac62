// Tables of the ledger that sort by their headers; those of claims also show one verdict only.

const VERDICTS = ["supported", "qualified", "refuted", "inconclusive", "untestable", "untested"];
const SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

// What a cell is sorted by: data-order if it has one, else its text; and the number that it begins with, if any.
function key(cell) {
  const text = (cell.dataset.order ?? cell.querySelector("[data-order]")?.dataset.order ?? cell.textContent).trim();
  const plain = text.replace(/[\u2212\u207b]/g, "-").replace(/\u202f/g, "");
  const ascii = plain.replace(/[\u2070-\u2079\u00b9\u00b2\u00b3]/g, (digit) => SUPERSCRIPTS.indexOf(digit));
  const found = /^(-?\d[\d.]*)(?:\s\u00d7\s10(-?\d+))?/.exec(ascii);
  const rank = VERDICTS.indexOf(text.toLowerCase());
  return { text, number: rank >= 0 ? rank : found ? Number(`${found[1]}e${found[2] ?? 0}`) : NaN };
}

// By number where every cell has one, else by text; what is empty stands last either way.
function comparison(rows, column, direction) {
  const keys = new Map(rows.map((row) => [row, key(row.cells[column])]));
  const numeric = [...keys.values()].every(({ text, number }) => !text || !Number.isNaN(number));
  return (one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (!a.text || !b.text) return Number(!a.text) - Number(!b.text);
    return direction * (numeric ? a.number - b.number : a.text.localeCompare(b.text, "en", { numeric: true }));
  };
}

// Rows with nothing but their first cell head those below them: they show in the table's own order, above shown rows.
function arrange({ body, rows, headers, column, direction, verdict }) {
  const heads = (row) => [...row.cells].slice(1).every((cell) => !cell.textContent.trim());
  const plain = rows.filter((row) => !heads(row));
  for (const row of rows) row.hidden = heads(row) || Boolean(verdict && row.dataset.verdict !== verdict);
  if (column === null) {
    rows.forEach((row, index) => {
      const next = rows.slice(index + 1).findIndex(heads);
      const own = rows.slice(index + 1, next < 0 ? rows.length : index + 1 + next);
      if (heads(row)) row.hidden = own.every((one) => one.hidden);
    });
  }
  body.append(...(column === null ? rows : plain.sort(comparison(plain, column, direction))));
  const order = direction > 0 ? "ascending" : "descending";
  headers.forEach((cell, index) => cell.setAttribute("aria-sort", index === column ? order : "none"));
}

// A header sorts upwards, then downwards, then puts the rows back.
function sortable(state) {
  state.headers.forEach((cell, index) => {
    const button = element("button", [...cell.childNodes], { type: "button", class: "sort" });
    button.addEventListener("click", () => {
      const again = state.column === index;
      state.column = again && state.direction < 0 ? null : index;
      state.direction = again ? -state.direction : 1;
      arrange(state);
    });
    cell.replaceChildren(button);
  });
}

function filterable(state, table) {
  const column = state.headers.findIndex((cell) => cell.textContent.trim().toLowerCase() === "verdict");
  if (column < 0) return;
  for (const row of state.rows) row.dataset.verdict = row.cells[column]?.textContent.trim().toLowerCase() ?? "";
  const count = (verdict) => state.rows.filter((row) => row.dataset.verdict === verdict).length;
  const chips = VERDICTS.filter(count).map((verdict) => {
    const chip = element("button", element("span", `${verdict} ${count(verdict)}`), { type: "button", "aria-pressed": "false" });
    chip.className = `chip ${verdict}`;
    chip.addEventListener("click", () => {
      state.verdict = state.verdict === verdict ? "" : verdict;
      for (const one of chips) one.setAttribute("aria-pressed", String(one === chip && state.verdict === verdict));
      arrange(state);
    });
    return chip;
  });
  table.before(element("div", chips, { class: "chips", role: "group", "aria-label": "Show claims of one verdict only" }));
}

for (const table of document.querySelectorAll(".ledger.claims table, .ledger.sortable table, .ledger table.sortable")) {
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  const headers = [...(table.tHead?.rows[0]?.cells ?? [])];
  const state = { body: table.tBodies[0], rows, headers, column: null, direction: 1, verdict: "" };
  if (!rows.length || !headers.length) continue;
  if (table.closest(".claims")) filterable(state, table);
  sortable(state);
}
