// Paints what became of the page's words in one answer. Text of the page is only ever moved as text.
const STATES = { k: "kept", l: "lost", e: "leaked", o: "left out", r: "repeated", d: "doubtful" };
const MARKS = { l: "del", e: "mark", r: "u", d: "i" };
const SHOWN = { wrong: /[lerd]/, leaked: /e/, lost: /l/ };
const WIDTH = 400;
const MOST_ON_MAP = 40000;

const at = (id) => document.getElementById(id);
const answers = JSON.parse(at("answers").textContent);
const names = answers.map((one) => one.name);
const lines = at("lines");
const parts = [...lines.querySelectorAll("ol")];
let states = "";
let painted = null;

function element(tag, text, kind) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

// "k12le3" -> one letter for each passage of the page
function letters(runs) {
  return runs.replace(/([a-z])(\d*)/g, (_, letter, count) => letter.repeat(count || 1));
}

// For screen readers; with a direction of its own it does not decide that of the line
function spoken(state) {
  const made = element("span", state + ": ", "unseen");
  made.dir = "ltr";
  return made;
}

function marked(text, state) {
  const tag = MARKS[state];
  if (!tag) return document.createTextNode(text);
  const made = element(tag, "", STATES[state]);
  const words = text.trimEnd();
  made.append(spoken(STATES[state]), words);
  const both = document.createDocumentFragment();
  both.append(made, text.slice(words.length));
  return both;
}

function paintRow(row, own) {
  const source = row.querySelector("p");
  let out = row.querySelector(".out");
  if (!out) {
    out = element("p", "", "out");
    out.dir = "auto";
    row.append(out);
  }
  const made = document.createDocumentFragment();
  let seen = "";
  let text = "";
  const flush = (state) => {
    if (state === "o") made.append(text.trim() ? element("span", " … ", "left") : text);
    else if (state) made.append(marked(text, state));
    text = "";
  };
  let last = "";
  [...source.children].forEach((passage, number) => {
    const state = own[number];
    if (state !== last) flush(last);
    last = state;
    text += passage.textContent;
    if (!seen.includes(state)) seen += state;
  });
  if (seen === "o") text = "";
  else flush(last);
  out.replaceChildren(made);
  out.dataset.s = seen;
  note(row, seen);
}

// What is in a line or a part, for the filter
function note(place, seen) {
  place.dataset.s = seen;
  place.toggleAttribute("data-w", SHOWN.wrong.test(seen));
}

// Of a long page only the parts that are open are painted; of the others it is said what is in them.
function paintParts() {
  let from = 0;
  for (const part of parts) {
    const own = states.slice(from, (from += Number(part.dataset.passages)));
    const fold = part.closest("details");
    part.dataset.painted = "";
    if (fold) {
      const seen = [...new Set(own)];
      note(fold, seen.join(""));
      const bad = seen.filter((state) => SHOWN.wrong.test(state)).map((state) => STATES[state]);
      fold.querySelector("summary span").textContent = bad.length ? `: ${bad.join(", ")}` : "";
    }
    part.own = own;
    if (!fold || fold.open) paintPart(part);
  }
}

function paintPart(part) {
  if (part.dataset.painted) return;
  part.dataset.painted = "yes";
  let passage = 0;
  for (const row of part.children) {
    const count = row.querySelector("p").children.length;
    paintRow(row, part.own.slice(passage, (passage += count)));
  }
}

// Two stripes along the page: above what is there, below what became of it. A stripe's width is text.
function paintMap() {
  const NS = "http://www.w3.org/2000/svg";
  at("strip").hidden = states.length > MOST_ON_MAP;
  if (at("strip").hidden) return;
  const spans = [...lines.querySelectorAll("li > p:first-of-type > span")];
  const sizes = spans.map((span) => span.textContent.length);
  const whole = sizes.reduce((sum, size) => sum + size, 0) || 1;
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} 20`);
  svg.setAttribute("preserveAspectRatio", "none");
  const stripe = (y, height, kinds) => {
    let from = 0, x = 0, last = "";
    const draw = (to) => {
      if (!last || to <= from) return;
      const rect = document.createElementNS(NS, "rect");
      const place = { x: from, y, width: Math.max(to - from, 0.6), height };
      for (const [name, value] of Object.entries(place)) rect.setAttribute(name, value);
      rect.setAttribute("class", last);
      svg.append(rect);
    };
    kinds.forEach((kind, number) => {
      if (kind !== last) {
        draw(x);
        from = x;
        last = kind;
      }
      x += (sizes[number] / whole) * WIDTH;
    });
    draw(x);
  };
  stripe(0, 7, spans.map((span) => "m-" + (span.className || span.parentNode.parentNode.className).split(" ")[0]));
  stripe(8, 12, [...states].map((state) => (state === "o" ? "" : "m-" + STATES[state])));
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    let left = ((event.clientX - box.left) / box.width) * whole;
    const hit = spans.find((_, number) => (left -= sizes[number]) <= 0);
    if (hit) change({ line: hit.closest("li").id.slice(1) });
  });
  at("map").replaceChildren(svg);
}

function paintAbout(answer) {
  at("head").textContent = answer.head;
  at("whose").textContent = answer.name;
  at("scores").textContent = answer.scores;
  const told = answer.tallies.map(([state, text]) => element("li", text, state));
  at("tallies").replaceChildren(...(told.length ? told : [element("li", "nothing lost, leaked, printed again or invented")]));
  at("extra").hidden = !answer.invented.length;
  at("invented").replaceChildren(...answer.invented.map(inventedLine));
  at("more").textContent = answer.left ? `and ${answer.left.toLocaleString("en")} more lines` : "";
  for (const row of at("table").tBodies[0].rows) {
    const chosen = row.dataset.name === answer.name;
    row.classList.toggle("chosen", chosen);
    const link = row.querySelector("a");
    if (chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function inventedLine([number, parts]) {
  const line = document.createElement("li");
  line.value = number;
  line.dir = "auto";
  for (const [text, invented] of parts) {
    if (!invented) {
      line.append(text);
      continue;
    }
    const mark = element("mark", "", "invented");
    mark.append(spoken("invented"), text.trimEnd());
    line.append(mark, text.slice(text.trimEnd().length));
  }
  return line;
}

// The address behind "#" is the only state: adapter=NAME&show=lost&line=12
function wanted() {
  const found = {};
  for (const part of location.hash.slice(1).split("&")) {
    const [name, value] = [part.split("=", 1)[0], part.slice(part.indexOf("=") + 1)];
    try {
      found[name] = decodeURIComponent(value.replaceAll("+", " ")); // as forms and the report write a space
    } catch {
      found[name] = value; // a lone % stands for itself
    }
  }
  return found;
}

function change(news) {
  const all = { ...wanted(), ...news };
  const kept = ["adapter", "show", "line"].filter((name) => all[name] && all[name] !== "all");
  history.replaceState(null, "", "#" + kept.map((name) => `${name}=${encodeURIComponent(all[name])}`).join("&"));
  follow();
}

function follow() {
  const { adapter, show, line } = wanted();
  const select = at("adapter");
  if (names.includes(adapter)) select.value = adapter;
  const missing = adapter && !names.includes(adapter);
  at("unknown").textContent = missing ? `No answer of ${adapter} here; shown is that of ${select.value}.` : "";
  const answer = answers[names.indexOf(select.value)];
  const radio = [...document.getElementsByName("show")].find((one) => one.value === show) || at("controls").elements.show[0];
  radio.checked = true;
  lines.dataset.show = radio.value;
  for (const link of document.querySelectorAll("a[data-keep]")) {
    link.hash = `adapter=${encodeURIComponent(answer.name)}` + (radio.value === "all" ? "" : `&show=${radio.value}`);
  }
  if (painted !== answer.name) {
    paintAbout(answer);
    states = letters(answer.states);
    paintParts();
    paintMap();
    painted = document.documentElement.dataset.painted = answer.name;
  }
  settle(line);
}

// Whoever comes for an answer, or chooses one in the table, is led to the text.
function lead() {
  if (wanted().adapter && !wanted().line) at("text-title").scrollIntoView();
}

function settle(line) {
  const wrong = SHOWN[lines.dataset.show];
  at("nothing").hidden = !wrong || wrong.test(states);
  for (const old of lines.querySelectorAll(".here")) old.classList.remove("here");
  const row = /^\d+$/.test(line || "") && at("L" + line);
  if (!row) return;
  const fold = row.closest("details");
  if (fold) fold.open = true;
  paintPart(row.parentNode);
  if (wrong && !wrong.test(row.dataset.s)) {
    lines.dataset.show = "all";
    at("controls").elements.show[0].checked = true;
  }
  row.classList.add("here");
  row.tabIndex = -1;
  row.scrollIntoView({ block: "center" });
  row.focus({ preventScroll: true });
}

function step(by) {
  const select = at("adapter");
  select.selectedIndex = (select.selectedIndex + by + names.length) % names.length;
  change({ adapter: select.value });
}

if (answers.length) {
  document.documentElement.classList.add("js");
  at("controls").addEventListener("submit", (event) => event.preventDefault());
  at("adapter").addEventListener("change", (event) => change({ adapter: event.target.value }));
  at("back").addEventListener("click", () => step(-1));
  at("on").addEventListener("click", () => step(1));
  for (const radio of document.getElementsByName("show")) {
    radio.addEventListener("change", () => change({ show: radio.value, line: "" }));
  }
  for (const part of parts) part.closest("details")?.addEventListener("toggle", () => paintPart(part));
  addEventListener("hashchange", () => {
    if (location.hash === "#lines") return; // the skip link
    follow();
    lead();
  });
  // What is folded away would never be printed
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("main details:not([open])")];
    for (const fold of unfolded) {
      fold.open = true;
      for (const part of fold.querySelectorAll("ol[data-passages]")) paintPart(part);
    }
  });
  addEventListener("afterprint", () => {
    for (const fold of unfolded) fold.open = false;
  });
  // A plain link would put its own address in the place of what is shown.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    lines.tabIndex = -1;
    lines.scrollIntoView();
    lines.focus({ preventScroll: true });
  });
  follow();
  lead();
}
