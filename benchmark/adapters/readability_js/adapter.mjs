// Mozilla's Readability.js, on the two DOMs that Node has for it.

import { Readability } from "@mozilla/readability";
import { JSDOM } from "jsdom";
import { parseHTML } from "linkedom";

export function extract(page) {
  return parse(page)?.textContent;
}

export function extract_html(page) {
  return parse(page)?.content;
}

export function extract_linkedom(page) {
  return new Readability(parseHTML(page.text).document).parse()?.textContent;
}

function parse(page) {
  const { window } = new JSDOM(page.text, { url: page.url ?? undefined });
  return new Readability(window.document).parse(); // null where it finds no article
}
