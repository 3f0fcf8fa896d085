// Parts of other pages of ours, fetched and put into this one.

import { trusted } from "./trusted.js";

/** Fetch a page of ours and return the element that a selector finds in it, or null. */
export async function fetchPart(address, selector) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const page = new DOMParser().parseFromString(trusted(await answer.text()), "text/html");
  const found = page.querySelector(selector);
  return found ? document.importNode(found, true) : null;
}

/** Take the ids out of an element whose like may stand in the page already. */
export function withoutIds(element) {
  for (const each of [element, ...element.querySelectorAll("[id]")]) each.removeAttribute("id");
  for (const each of element.querySelectorAll("[aria-labelledby]")) each.removeAttribute("aria-labelledby");
  return element;
}
