// @extractus/article-extractor, which wraps Readability.js on linkedom.

import { extractFromHtml } from "@extractus/article-extractor";

export async function extract(page) {
  // It finds no article in a page without an address; this one is reserved, so that it stands for no site.
  const url = page.url ?? "https://example.com/";
  return (await extractFromHtml(page.text, url))?.content; // null where it finds no article
}
