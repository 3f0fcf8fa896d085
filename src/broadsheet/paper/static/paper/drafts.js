// Drafts are kept in this browser only, one for each story and each comment that is answered.

const MONTH = 30 * 24 * 3600 * 1000;

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // No room, or not allowed: the form still works, it only forgets.
  }
}

function forgetOld() {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("draft:") && !(read(name).at > Date.now() - MONTH)) localStorage.removeItem(name);
    }
  } catch {
    // Nothing is kept where storage is not allowed.
  }
}

/** A key that no other form has; randomUUID is missing where the page is not served securely. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keep what is typed into a form; `key` goes with it, so that sending it twice posts once. */
export function keepDraft(form, place) {
  const name = `draft:${place}`;
  const saved = read(name);
  const reader = read("reader");
  const text = form.elements.namedItem("text");
  const disclosure = form.elements.namedItem("disclosure");
  const draft = {
    key: saved.key ?? newKey(),
    done() {
      localStorage.removeItem(name);
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
    write(name, { text: text.value, disclosure: disclosure?.value ?? "", key: draft.key, at: Date.now() });
    write("reader", {
      name: form.elements.namedItem("name")?.value ?? reader.name,
      email: form.elements.namedItem("email")?.value ?? reader.email,
    });
  });
  return draft;
}

forgetOld();
