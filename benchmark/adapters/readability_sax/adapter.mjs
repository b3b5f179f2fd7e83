// readabilitySAX: arc90's Readability on a stream of tags, without a DOM.

import readability from "readabilitySAX";

export function extract(page) {
  let article;
  const stream = new readability.WritableStream(settings(page), (result) => (article = result));
  stream.end(page.text);
  return article.html;
}

export function extract_text(page) {
  return readability.process(page.text, { type: "text", ...settings(page) }).text;
}

function settings(page) {
  return page.url === null ? {} : { pageURL: page.url };
}
