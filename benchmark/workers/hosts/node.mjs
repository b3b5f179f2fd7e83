// Runs inside a competitor's environment: loads one adapter module and answers pages over two pipes.
//
// Started as `node node.mjs CONFIG`, with CONFIG a JSON object:
//   adapter       path of the adapter module
//   function      name of the function in it that extracts; it may be asynchronous
//   distribution  npm package whose version is reported, or null
//   manifest      folder whose node_modules holds that package
// Requests come in on file descriptor 3, answers go out on 4, in the frames of benchmark/workers/frames.py. The adapter
// gets bytes, URL and declared charset of a page and nothing else. No dependencies; Node 18 or later. This is the
// counterpart of benchmark/workers/child.py, which says why things are as they are.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const PROTOCOL = 1;
const REQUESTS = 3;
const ANSWERS = 4;
const ERROR_LENGTH = 500; // characters
const TICK_NS = 1e7; // times in /proc are in hundredths of a second on every common Linux
// What Python's str.strip() takes for white space, so that "empty" means the same in every runtime.
const NOT_BLANK = /[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const config = JSON.parse(process.argv[2]);

/** Serve pages until the supervisor closes the pipe. */
async function main() {
  const extract = await introduce();
  while (extract) {
    const [header, text] = await answer(extract, receive());
    // A promise that nobody waited for fails now, as a crash on its own page, and not in the middle of the next one.
    await new Promise(setImmediate);
    send(header, text);
  }
}

/** Load the adapter and say hello: version and import time, or why it cannot be loaded. */
async function introduce() {
  const start = process.hrtime.bigint();
  try {
    const extract = (await import(pathToFileURL(config.adapter)))[config.function];
    const importNs = Number(process.hrtime.bigint() - start);
    if (typeof extract !== "function") throw new TypeError(`the adapter exports no function ${config.function}`);
    const runtime = `Node ${process.versions.node}`;
    send({ protocol: PROTOCOL, version: installedVersion(), runtime, import_ns: importNs });
    return extract;
  } catch (error) {
    send({ error: describe(error) });
    return null;
  }
}

function installedVersion() {
  if (config.distribution === null) return null;
  const manifest = path.join(config.manifest, "node_modules", config.distribution, "package.json");
  return JSON.parse(fs.readFileSync(manifest, "utf8")).version;
}

/** Run one extraction: a header with outcome and costs, and the text as UTF-8 bytes. */
async function answer(extract, { url, charset, html, request }) {
  let pageText;
  let decodeNs = 0;
  const page = {
    html,
    url,
    charset,
    get text() {
      if (pageText === undefined) {
        const start = cpuNs();
        pageText = decode(html, charset);
        decodeNs = cpuNs() - start;
      }
      return pageText;
    },
  };
  let text = null;
  let error = null;
  let outcome = "ok";
  const children = childrenNs();
  const cpu = cpuNs();
  const wall = process.hrtime.bigint();
  try {
    text = checked(await extract(page));
  } catch (reason) {
    error = describe(reason);
    outcome = isOutOfMemory(reason) ? "oom" : "error";
  }
  const wallNs = Number(process.hrtime.bigint() - wall);
  const ownNs = cpuNs() - cpu;
  if (outcome === "ok" && !NOT_BLANK.test(text ?? "")) outcome = "empty";
  const header = {
    request,
    outcome,
    error,
    none: text === null,
    wall_ns: wallNs,
    cpu_ns: ownNs + childrenNs() - children,
    decode_ns: decodeNs,
    input: pageText === undefined ? "bytes" : "text",
    // V8 gives memory back when it likes, so the peak of a call would tell of the calls before; see speed/stage.py.
    peak_rss_bytes: null,
  };
  return [header, Buffer.from(text ?? "")]; // half of a surrogate pair becomes U+FFFD
}

/** The answer, if it is one. */
function checked(text) {
  if (text !== null && text !== undefined && typeof text !== "string") {
    throw new TypeError(`extract() returned ${typeof text}, not string or null`);
  }
  return text ?? null;
}

/** Type and message on one line, without what changes from run to run (addresses, scratch folders). */
function describe(error) {
  const isError = error instanceof Error || typeof error?.message === "string";
  const type = isError ? typeName(error) : typeof error;
  let message = String(isError ? error.message : error)
    .split(/\s+/)
    .filter(Boolean)
    .join(" ")
    .replace(/0x[0-9a-fA-F]{6,}/g, "0x…");
  for (const folder of [process.cwd(), config.manifest].filter(Boolean)) message = message.replaceAll(folder, "…");
  const short = Array.from(`${type}: ${message}`).slice(0, ERROR_LENGTH).join("");
  return Buffer.from(short).toString(); // without half surrogate pairs, which cannot be stored
}

/** The class of an error, where it has not given itself a better name. */
function typeName(error) {
  return error.name && error.name !== "Error" ? error.name : (error.constructor?.name ?? "Error");
}

/** Whether memory ran out in a way that Node survives, as it does where a buffer is too large; else it dies. */
function isOutOfMemory(error) {
  return (
    error?.code === "ERR_MEMORY_ALLOCATION_FAILED" || (error instanceof RangeError && /allocat/.test(error.message))
  );
}

// Costs -------------------------------------------------------------------------------------------------------

function cpuNs() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** CPU time of children that have been waited for: cutime and cstime of proc(5). */
function childrenNs() {
  try {
    const fields = fs.readFileSync("/proc/self/stat", "latin1").split(") ").pop().split(" ");
    return (Number(fields[13]) + Number(fields[14])) * TICK_NS;
  } catch {
    return 0; // not Linux
  }
}

// Frames ------------------------------------------------------------------------------------------------------

function send(header, payload = Buffer.alloc(0)) {
  const text = Buffer.from(JSON.stringify({ ...header, bytes: payload.length }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const frame = Buffer.concat([length, text, payload]);
  let at = 0;
  while (at < frame.length) at += patiently(() => fs.writeSync(ANSWERS, frame, at));
}

function receive() {
  const { bytes, ...header } = JSON.parse(read(read(4).readUInt32BE()));
  return { ...header, html: read(bytes) };
}

/** Exactly that many bytes, in a buffer of their own. The end of the requests is the end of the process. */
function read(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0, got; at < size; at += got) {
    got = patiently(() => fs.readSync(REQUESTS, bytes, at, size - at, null));
    if (got === 0) process.exit(0); // whatever timers are left
  }
  return bytes;
}

/** Repeat a call on a pipe that is set not to block until it goes through. */
function patiently(call) {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // one millisecond
    }
  }
}

// Decoding ----------------------------------------------------------------------------------------------------
//
// The steps of `decode` in benchmark/text.py, so that a page reads the same in every runtime.
// Node's converters (ICU's) do the work where they agree with the Encoding standard. Node 18, 20 and 22 differ from it
// and from each other in what is set right here: labels, windows-1252, a few bytes of other encodings, GBK, and the
// syllables of Korean pages beyond KS X 1001. Not set right, for want of a table: the Hong Kong characters of Big5,
// which become U+FFFD. How many U+FFFD a broken sequence becomes may differ from Python.

const PRESCAN_BYTES = 1024;
const MARKS = { "\xef\xbb\xbf": "utf-8", "\xfe\xff": "utf-16be", "\xff\xfe": "utf-16le" };

// Labels that some Node does not know, beside those that name what it cannot decode.
const LABELS = new Map(
  Object.entries({
    "utf-8": "unicode11utf8 unicode20utf8 x-unicode20utf8",
    "utf-16le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff",
    "utf-16be": "unicodefffe",
    "iso-8859-16": "iso-8859-16",
    "x-user-defined": "x-user-defined",
    replacement: "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement",
  }).flatMap(([name, labels]) => labels.split(" ").map((label) => [label, name])),
);

// Encodings in which a character can be several bytes; EUC-KR is not left to Node.
const SEQUENCES = new Set("utf-8 utf-16be utf-16le gbk gb18030 big5 euc-jp iso-2022-jp shift_jis".split(" "));

// What Node makes of bytes that stand for nothing, where that is not U+FFFD.
const STRAYS = {
  big5: /[\x80-\x9f\ue000-\uf8ff]/g,
  "euc-jp": /[\x80-\x9f]/g,
};

// Where Node and the standard's index of a single-byte encoding differ: first byte, characters from there on.
const CORRECTIONS = {
  "iso-8859-16": [
    [0xa0, "\xa0ĄąŁ€„Š§š©Ș«Ź\xadźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ"],
  ],
  "koi8-u": [
    [0xae, "ў"],
    [0xbe, "Ў"],
  ],
  "windows-874": [
    [0xdb, "\ufffd".repeat(4)],
    [0xfc, "\ufffd".repeat(4)],
  ],
  "windows-1252": [[0x80, "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"]],
  "windows-1253": [[0xaa, "\ufffd"]],
  "windows-1255": [[0xca, "\u05ba"]],
};

/** The text of a page; `charset` is the label that the server declared, or null. Never throws. */
function decode(html, charset) {
  const name = encoding(html, charset);
  const body = html.subarray(markOf(html).length);
  if (SEQUENCES.has(name)) {
    const converter = name === "gbk" ? "gb18030" : name; // the standard decodes both with the larger one
    const text = new TextDecoder(converter, { ignoreBOM: true }).decode(body);
    return name in STRAYS ? text.replace(STRAYS[name], "\ufffd") : text;
  }
  if (name === "replacement") return body.length ? "\ufffd" : "";
  if (name === "euc-kr") return korean(body);
  const upper = upperHalf(name);
  return body.toString("latin1").replace(/[\x80-\xff]/g, (byte) => upper[byte.charCodeAt(0) - 0x80]);
}

/** The name of a page's encoding; the docstring of `encoding` in benchmark/text.py gives the steps and their reasons. */
function encoding(html, charset) {
  return (
    MARKS[markOf(html)] ??
    labelled(charset ?? "") ??
    prescan(html.toString("latin1", 0, PRESCAN_BYTES)) ??
    (isUtf8(html) ? "utf-8" : declaredInMeta(html.toString("latin1"))) ??
    "windows-1252"
  );
}

function markOf(html) {
  const head = html.toString("latin1", 0, 3);
  return Object.keys(MARKS).find((mark) => head.startsWith(mark)) ?? "";
}

function labelled(label) {
  const plain = label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "");
  if (!/^[!-~]+$/.test(plain)) return null; // Node would strip or fold more than the standard does
  try {
    return LABELS.get(plain.toLowerCase()) ?? new TextDecoder(plain).encoding;
  } catch {
    return null;
  }
}

// The prescan reads the page as a string of one character for each byte.
function prescan(head) {
  if (head.startsWith("<\0?\0x\0")) return "utf-16le";
  if (head.startsWith("\0<\0?\0x")) return "utf-16be";
  return declaredInMeta(head) ?? declaredInXml(head);
}

function declaredInMeta(html) {
  for (let at = html.indexOf("<"); at >= 0; at = html.indexOf("<", at)) {
    const tag = matchAt(/<\/?[a-zA-Z][^\t\n\f\r >]*/y, html, at);
    if (html.startsWith("<!--", at)) {
      at = html.indexOf("-->", at + 2) + 1; // the dashes may be those of the opening: `<!-->` is a whole comment
      if (at === 0) return null;
    } else if (tag) {
      const meta = matchAt(/<meta(?=[\t\n\f\r /])/iy, html, at);
      const [found, end] = attributes(html, at + (meta ?? tag)[0].length);
      const name = meta && namedBy(found);
      if (name) return name;
      at = end;
    } else if ("!/?".includes(html[at + 1] ?? " ")) {
      at = html.indexOf(">", at);
      if (at < 0) return null;
    } else at += 1;
  }
  return null;
}

/** Attributes, the first of each name, and where they end; none when the bytes run out first. */
function attributes(html, at) {
  const found = new Map();
  const gap = /[\t\n\f\r /]*/y;
  // An unclosed quote runs to the end, which counts as running out of bytes.
  const attribute =
    /([^\t\n\f\r />][^\t\n\f\r />=]*)(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"?|'([^']*)'?|([^\t\n\f\r >"'][^\t\n\f\r >]*)?))?/y;
  for (;;) {
    at += matchAt(gap, html, at)[0].length;
    const match = matchAt(attribute, html, at);
    if (!match) return [at === html.length ? new Map() : found, at];
    at += match[0].length;
    const name = match[1].toLowerCase();
    if (!found.has(name)) found.set(name, match[2] || match[3] || match[4] || "");
  }
}

function namedBy(meta) {
  let label = meta.get("charset");
  if (label === undefined && meta.get("http-equiv")?.toLowerCase() === "content-type") {
    const content = /charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r ;]*))/i;
    const match = content.exec(meta.get("content") ?? "");
    label = match?.slice(1).find(Boolean);
  }
  const name = label === undefined ? null : labelled(label);
  // A page whose `meta` could be read is not UTF-16; the other substitution is the standard's for old pages.
  return { "utf-16be": "utf-8", "utf-16le": "utf-8", "x-user-defined": "windows-1252" }[name] ?? name;
}

function declaredInXml(head) {
  const declaration = /^<\?xml(?:(?!encoding)[^>])*encoding[\0-\x20]*=[\0-\x20]*(["'])([^\0-\x20>]*?)\1[^>]*>/;
  const name = labelled(declaration.exec(head)?.[2] ?? "");
  return name?.startsWith("utf-16") ? "utf-8" : name;
}

function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function isUtf8(html) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(html, { stream: true });
    const isCutOff = Buffer.byteLength(text) < html.length;
    return !isCutOff || /[^\0-\x7f]/.test(text);
  } catch {
    return false;
  }
}

const tables = new Map();

/** What the bytes 0x80 to 0xFF of a single-byte encoding stand for. */
function upperHalf(name) {
  if (!tables.has(name)) {
    const bytes = Buffer.from(Array.from({ length: 128 }, (_, index) => 0x80 + index));
    const isNamed = name !== "x-user-defined" && name !== "iso-8859-16"; // of which Node knows no more than the name
    const upper = Array.from(isNamed ? new TextDecoder(name).decode(bytes) : bytes.toString("latin1"));
    for (const [first, characters] of CORRECTIONS[name] ?? []) {
      upper.splice(first - 0x80, characters.length, ...characters);
    }
    if (name === "x-user-defined") bytes.forEach((byte, index) => (upper[index] = String.fromCharCode(0xf700 + byte)));
    tables.set(name, upper);
  }
  return tables.get(name);
}

/** EUC-KR as the standard has it, with the syllables of Windows code page 949; Node's converter reads KS X 1001 only. */
function korean(body) {
  if (!tables.has("euc-kr")) tables.set("euc-kr", koreanPairs());
  const pairs = tables.get("euc-kr");
  return body
    .toString("latin1")
    .replace(
      /[\x81-\xfe][A-Za-z\x81-\xfe]|[\x80-\xff]/g,
      (pair) => pairs.get(pair) ?? `\ufffd${pair.match(/[A-Za-z]?$/)[0]}`,
    );
}

function koreanPairs() {
  const range = (first, last) =>
    Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index));
  const standard = range(0xa1, 0xfe).flatMap((lead) => range(0xa1, 0xfe).map((trail) => lead + trail));
  const characters = new TextDecoder("euc-kr").decode(Buffer.from(standard.join("\n"), "latin1")).split("\n");
  const pairs = new Map(
    standard.map((pair, index) => [pair, characters[index]]).filter(([, one]) => !/[\ue000-\uf8ff]/.test(one)),
  );
  pairs.set("\xa2\xe6", "€").set("\xa2\xe7", "®"); // younger than Node's table
  // The code page holds every other Hangul syllable, in order, where KS X 1001 has nothing.
  const rest = range(0xac00, 0xd7a3).filter((syllable) => !characters.includes(syllable));
  const letters = [...range(0x41, 0x5a), ...range(0x61, 0x7a)];
  const spare = range(0x81, 0xc6).flatMap((lead) =>
    [...letters, ...range(0x81, lead < "\xa1" ? 0xfe : 0xa0)].map((trail) => lead + trail),
  );
  rest.forEach((syllable, index) => pairs.set(spare[index], syllable));
  return pairs;
}

await main();
process.exit(0);
