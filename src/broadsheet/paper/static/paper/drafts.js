// Drafts are kept in this browser only, one for each story and each comment that is answered.

import { bound, forget, keep, recall, recallAll } from "./memory.js";

const MONTH = 30 * 24 * 3600 * 1000;
const MOST = 50; // drafts
const LONGEST = 20_000; // characters of one that are kept; no comment may have as many

/** A key that no other form has; randomUUID is missing where the page is not served securely. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keep what is typed into a form; `key` goes with it, so that sending it twice posts once. `to` is the
    name of who is answered. */
export function keepDraft(form, place, to = "") {
  const name = `draft:${place}`;
  const saved = recall(name) ?? {};
  const reader = recall("reader") ?? {};
  const text = form.elements.namedItem("text");
  const disclosure = form.elements.namedItem("disclosure");
  const draft = {
    key: saved.key ?? newKey(),
    done() {
      forget(name);
      text.value = "";
      if (disclosure) disclosure.value = "";
      draft.key = newKey();
    },
  };
  if (!text.value && saved.text) text.value = saved.text;
  if (disclosure && !disclosure.value && saved.disclosure) {
    disclosure.value = saved.disclosure;
    disclosure.closest("details").open = true;
  }
  for (const field of ["name", "email"]) {
    const input = form.elements.namedItem(field);
    if (input && !input.value && reader[field]) input.value = reader[field];
  }
  form.addEventListener("input", () => {
    const said = { text: text.value.slice(0, LONGEST), disclosure: disclosure?.value ?? "" };
    if (said.text.trim()) keep(name, { ...said, key: draft.key, at: Date.now(), to });
    else forget(name);
    keep("reader", {
      name: form.elements.namedItem("name")?.value ?? reader.name,
      email: form.elements.namedItem("email")?.value ?? reader.email,
    });
  });
  return draft;
}

/** The replies to comments of a story that were begun and not sent: [{parent, to, discard()}]. */
export function unsentReplies(story) {
  const prefix = `draft:${story}:`;
  return recallAll(prefix)
    .filter(([name, { text }]) => text && name.length > prefix.length)
    .map(([name, { to }]) => ({ parent: name.slice(prefix.length), to: to || "", discard: () => forget(name) }));
}

bound("draft:", { age: MONTH, most: MOST });
