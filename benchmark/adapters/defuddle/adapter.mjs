// Defuddle, the extractor of Obsidian's web clipper. `useAsync` would let it ask other sites for what a page lacks.

import { Defuddle } from "defuddle/node";
import { JSDOM } from "jsdom";
import { parseHTML } from "linkedom";

export async function extract(page) {
  return content(parseHTML(page.text).document, page, { markdown: true });
}

export async function extract_html(page) {
  return content(parseHTML(page.text).document, page);
}

export async function extract_jsdom(page) {
  return content(new JSDOM(page.text, { url: page.url ?? undefined }).window.document, page);
}

async function content(document, page, options) {
  return (await Defuddle(document, page.url ?? undefined, { ...options, useAsync: false })).content;
}
