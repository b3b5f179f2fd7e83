// What the report's first page does: sorts and filters its tables, swaps in slices, draws charts, follows deep links.
// Everything foreign is put in by textContent; nothing here is ever read as markup or run as code.

const DASH = "–";
const read = (id) => {
  const found = document.getElementById(id);
  return found ? JSON.parse(found.textContent) : null;
};

// tables ---------------------------------------------------------------------------------------------------------

/** What a cell sorts by: its leading figure where the column holds figures, else its text; null goes last. */
function sortKey(cell, numeric) {
  const text = cell.textContent.trim();
  if (text === DASH || text === "") return null;
  if (!numeric) return text;
  const number = parseFloat(text);
  return Number.isNaN(number) ? null : number;
}

function compare(one, other) {
  return typeof one === "number" ? one - other : one.localeCompare(other, "en", { numeric: true });
}

/** Sort by a column, the other way round where it is sorted by it already; rows without a value stay last. */
function sortBy(button) {
  const head = button.closest("th");
  const table = head.closest("table");
  const column = [...head.parentNode.children].indexOf(head);
  const body = table.tBodies[0];
  const descending = head.getAttribute("aria-sort") === "ascending";
  const keys = new Map();
  for (const row of body.rows) keys.set(row, sortKey(row.cells[column], head.classList.contains("number")));
  const rows = [...body.rows].sort((one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (a === null || b === null) return (a === null) - (b === null);
    return descending ? compare(b, a) : compare(a, b);
  });
  for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  body.append(...rows);
}

/** Hide the rows of a corpus' tables whose extractor is not asked for, and say how many are left. */
function filterRows(section) {
  const wanted = section.querySelector(".by-name").value.trim().toLowerCase();
  const oneEach = section.querySelector(".by-tool").checked;
  for (const table of section.querySelectorAll("table.figures, table.by-extractor")) {
    for (const row of table.tBodies[0].rows) {
      const fits = row.cells[0].textContent.toLowerCase().includes(wanted);
      row.hidden = !fits || (oneEach && row.classList.contains("alias"));
    }
  }
  const first = section.querySelector("table.sortable").tBodies[0].rows;
  const shown = [...first].filter((row) => !row.hidden).length;
  section.querySelector(".shown").textContent = `${shown} of ${first.length} shown`;
}

/** Write a figure with its interval in small letters behind it. */
function fill(cell, text) {
  const [figure, interval] = text.split(" [", 2);
  cell.textContent = figure;
  if (interval !== undefined) {
    const small = document.createElement("small");
    small.textContent = `[${interval}`;
    cell.append(" ", small);
  }
}

/** What each table with slices shows of all pages: its rows in their first order, their cells, notes of its heads. */
const whole = new Map();
for (const table of document.querySelectorAll("table.figures")) {
  const slices = read(`${table.id}-slices`);
  if (!slices) continue;
  const text = (cell) => cell.textContent.trim();
  const rows = [...table.tBodies[0].rows];
  const notes = [...table.tHead.rows[0].cells].slice(1).map((head) => head.querySelector("small")?.textContent ?? "");
  whole.set(table, { rows, slices, notes, cells: rows.map((row) => [...row.cells].slice(1).map(text)) });
}

/** Show one slice, by its number, in every table of a corpus that has slices; the empty one stands for all pages. */
function showSlice(section, number) {
  for (const [table, { rows, slices, notes, cells }] of whole) {
    if (!section.contains(table)) continue;
    const shown = number === "" ? { rows: cells, notes } : slices[Number(number)];
    rows.forEach((row, line) => {
      for (let place = 1; place < row.cells.length; place += 1) {
        fill(row.cells[place], shown.rows[line][place - 1] ?? DASH);
      }
    });
    [...table.tHead.rows[0].cells].slice(1).forEach((head, place) => {
      const note = head.querySelector("small");
      if (note) note.textContent = shown.notes[place] ?? notes[place];
    });
    for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort"); // by the figures of before
  }
}

// differences to one extractor -----------------------------------------------------------------------------------

const VERDICTS = { s: null, n: "not separated", e: "equivalent", "?": "not tested" };

/** Rows of the chart of differences: every other extractor less the one chosen. */
function differences(data, measure, chosen) {
  const { names, steps } = data;
  const rows = [];
  for (let other = 0; other < names.length; other += 1) {
    if (other === chosen) continue;
    const [first, second] = [Math.min(chosen, other), Math.max(chosen, other)];
    const place = first * names.length - (first * (first + 1)) / 2 + second - first - 1;
    if (measure.d[place] === null) continue;
    const x = ((other === first ? 1 : -1) * measure.d[place]) / steps;
    const half = measure.h[place] === null ? null : measure.h[place] / steps;
    const [low, high] = half === null ? [null, null] : [x - half, x + half];
    const good = measure.better === "higher" ? x > 0 : x < 0;
    const verdict = VERDICTS[measure.v[place]] ?? (good ? "better" : "worse");
    const signed = (value) => (value < 0 ? "" : "+") + value.toFixed(3);
    const told = signed(x) + (half === null ? "" : ` [${signed(low)}, ${signed(high)}]`);
    rows.push({ adapter: names[other], x, low, high, told, verdict });
  }
  return rows.sort((one, other) => (measure.better === "higher" ? other.x - one.x : one.x - other.x));
}

function drawForest(controls) {
  const key = controls.dataset.forest;
  const data = read(`${key}-forest-data`);
  const chosen = Number(controls.querySelector(".chosen").value);
  const measure = data.measures[Number(controls.querySelector(".measure").value)];
  const rows = differences(data, measure, chosen);
  const table = document.getElementById(`${key}-forest-table`);
  table.caption.firstElementChild.textContent = `${measure.name} less that of ${data.names[chosen]}; ${measure.about}`;
  table.tBodies[0].replaceChildren(
    ...rows.map((row) => {
      const line = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = row.adapter;
      line.append(head);
      for (const text of [row.told, row.verdict]) fill(line.insertCell(), text);
      line.cells[1].className = "number";
      return line;
    }),
  );
  const spec = read(`${key}-forest-spec`);
  if (!spec) return undefined;
  spec.data = { values: rows };
  spec.description = table.caption.textContent;
  for (const layer of spec.layer) {
    if (layer.encoding.x) layer.encoding.x.axis = { ...layer.encoding.x.axis, tickCount: 8 };
    if (layer.encoding.x) layer.encoding.x.title = `${measure.name} less that of ${data.names[chosen]}`;
    if (layer.encoding.y) layer.encoding.y.sort = rows.map((row) => row.adapter);
  }
  return draw(document.querySelector(`#${key}-forest .plot`), spec);
}

// charts ---------------------------------------------------------------------------------------------------------

const darkness = window.matchMedia("(prefers-color-scheme: dark)");
const themes = read("themes");

/** On a phone a chart gives way, and names beside it to the chart; one with a cell for each kind scrolls sideways. */
const narrow = window.matchMedia("(max-width: 40rem)");

function fitted(spec, config, room) {
  if (typeof spec.width !== "number") return { ...spec, config };
  const rows = spec.layer.find((one) => Array.isArray(one.encoding.y?.sort))?.encoding.y.sort.length;
  const layer = spec.layer.map((one) => ({ ...one, encoding: fittedEncoding(one.encoding, room) }));
  return {
    ...spec,
    layer,
    width: room,
    height: spec.height.step ? spec.height.step * rows : spec.height,
    autosize: { type: "fit-x", contains: "padding" },
    config: { ...config, legend: { ...config.legend, columns: 2 } },
    ...(spec.title && { title: { ...spec.title, limit: room } }),
  };
}

/** Names take two fifths of the room at most; a long title stands in several lines. */
function fittedEncoding({ x, y, ...rest }, room) {
  const lines = (title) => (title?.length > 40 ? title.split(/(?<=[,:]) /) : title);
  return {
    ...rest,
    ...(x && { x: { ...x, title: lines(x.title) } }),
    ...(y && { y: y.axis?.labelLimit ? { ...y, axis: { ...y.axis, labelLimit: room * 0.4 } } : y }),
  };
}

/** A specification whose data are written as objects again. */
function unpacked(part) {
  if (Array.isArray(part)) return part.map(unpacked);
  if (part === null || typeof part !== "object") return part;
  if (Array.isArray(part.keys) && Array.isArray(part.rows)) {
    return part.rows.map((row) => Object.fromEntries(row.map((value, place) => [part.keys[place], value])));
  }
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, unpacked(value)]));
}

/** Draw a chart in the colours of the page; the library's interpreter reads its expressions, so none is evaluated. */
async function draw(plot, spec) {
  plot.spec = spec;
  const config = themes[darkness.matches && !plot.printed ? "dark" : "light"];
  const shown = narrow.matches && !plot.printed ? fitted(spec, config, plot.clientWidth) : { ...spec, config };
  await window.vegaEmbed(plot, { ...shown, background: "transparent" }, {
    ast: true,
    renderer: "svg",
    actions: false,
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  });
  plot.classList.add("drawn");
}

/** One chart that cannot be drawn costs no other; its figures stand in a table. */
async function attempt(drawing) {
  try {
    await drawing();
  } catch (error) {
    console.error(error);
  }
}

async function drawAll() {
  for (const controls of document.querySelectorAll(".forest-controls")) await attempt(() => drawForest(controls));
  for (const plot of document.querySelectorAll(".plot")) {
    const spec = plot.spec ? null : read(`${plot.closest("figure").id}-spec`);
    if (spec) await attempt(() => draw(plot, unpacked(spec)));
  }
  document.documentElement.dataset.drawn = "all";
}

function redraw(printed) {
  for (const plot of document.querySelectorAll(".plot")) {
    plot.printed = printed;
    if (plot.spec) attempt(() => draw(plot, plot.spec));
  }
}

/** What is folded away would never be printed: it is opened for as long as that takes. */
let unfolded = [];
function unfold() {
  unfolded = [...document.querySelectorAll("main details:not([open])")];
  for (const fold of unfolded) fold.open = true;
}

function foldAgain() {
  for (const fold of unfolded) fold.open = false;
}

/** A sheet cuts off what is too wide for it: wide tables stand in pieces for as long as printing takes. */
const COLUMNS = 16;
function breakTables() {
  for (const table of document.querySelectorAll("table.figures")) {
    const columns = table.tHead.rows[0].cells.length;
    if (columns <= COLUMNS + 1) continue;
    for (let first = 1; first < columns; first += COLUMNS) table.before(piece(table, first));
    table.classList.add("in-pieces");
  }
}

/** A copy of a table with its first column and some of the others. */
function piece(table, first) {
  const made = table.cloneNode(true);
  made.removeAttribute("id");
  made.classList.add("piece");
  for (const row of made.rows) {
    [...row.cells].forEach((cell, place) => {
      if (place > 0 && (place < first || place >= first + COLUMNS)) cell.remove();
    });
  }
  return made;
}

function joinTables() {
  for (const made of document.querySelectorAll("table.piece")) made.remove();
  for (const table of document.querySelectorAll("table.in-pieces")) table.classList.remove("in-pieces");
}

// links into the report ------------------------------------------------------------------------------------------

/** `#page=…&adapter=…` goes on to the view of that page; any other place on the page is opened and shown. */
function follow() {
  const place = window.location.hash.slice(1);
  if (!place) return;
  const wanted = new URLSearchParams(place);
  if (wanted.has("page")) return openPage(wanted);
  const target = document.getElementById(decoded(place));
  for (let around = target?.closest("details"); around; around = around.parentElement.closest("details")) {
    around.open = true;
  }
  target?.scrollIntoView();
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % stands for itself
  }
}

function openPage(wanted) {
  const views = new Map(Object.entries(read("views")));
  const found = (views.get(wanted.get("page")) ?? []).filter(
    ([corpus]) => !wanted.has("corpus") || corpus === wanted.get("corpus"),
  );
  if (found.length) {
    wanted.delete("page");
    wanted.delete("corpus");
    const rest = wanted.toString();
    window.location.replace(found[0][1] + (rest ? `#${rest}` : ""));
    return;
  }
  const notice = document.getElementById("notice");
  notice.textContent = `This report has no view of the page ${wanted.get("page")}. For views of all pages type: boilerbench report --pages all`;
  notice.hidden = false;
}

// ----------------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("thead button");
  if (button) sortBy(button);
});
for (const section of document.querySelectorAll("section[data-corpus]")) {
  section.querySelector(".by-name").addEventListener("input", () => filterRows(section));
  section.querySelector(".by-tool").addEventListener("change", () => filterRows(section));
  const slices = section.querySelector(".by-slice");
  slices?.addEventListener("change", () => showSlice(section, slices.value));
}
for (const controls of document.querySelectorAll(".forest-controls")) {
  controls.addEventListener("change", () => attempt(() => drawForest(controls)));
}
window.addEventListener("hashchange", follow);
darkness.addEventListener("change", () => redraw(false));
narrow.addEventListener("change", () => redraw(false));
window.addEventListener("beforeprint", () => {
  unfold();
  breakTables();
  redraw(true);
});
window.addEventListener("afterprint", () => {
  foldAgain();
  joinTables();
  redraw(false);
});
drawAll();
follow();
