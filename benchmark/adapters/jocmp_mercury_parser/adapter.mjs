// The maintained fork of Mercury Parser: generic rules, and rules for some hundred sites.

import Parser from "@jocmp/mercury-parser";

export async function extract(page) {
  return parse(page, {});
}

export async function extract_text(page) {
  return parse(page, { contentType: "text" });
}

async function parse(page, options) {
  // It works for no page without an address; this one is reserved, so that no rules for a site apply.
  const url = page.url ?? "https://example.com/";
  const html = page.text || " "; // given an empty string it would fetch the address
  const result = await Parser.parse(url, { html, fetchAllPages: false, ...options });
  if (result.error) throw new Error(result.message); // it returns most of its errors
  return result.content;
}
