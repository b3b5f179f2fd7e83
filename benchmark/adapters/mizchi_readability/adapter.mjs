// @mizchi/readability: a rewrite of Readability.js without a DOM.

import { extract as readability, toHTML, toMarkdown } from "@mizchi/readability";

export function extract(page) {
  return toMarkdown(root(page));
}

export function extract_html(page) {
  return toHTML(root(page));
}

function root(page) {
  return readability(page.text, { charThreshold: 100 }).root; // null where it finds no article
}
