// What the forms of readers do alike: they are sent without leaving the page, errors stand beside
// their fields, and what was typed is never lost.

import { trusted } from "./trusted.js";

/** Take away what was said about the last try. */
export function clearErrors(form) {
  for (const error of form.querySelectorAll(".error")) error.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const about = (field.getAttribute("aria-describedby") ?? "").split(" ");
    field.setAttribute("aria-describedby", about.filter((id) => id && !id.endsWith("-error")).join(" "));
  }
}

/** Say beside each field what is wrong with it, and lead there. */
export function showErrors(form, errors) {
  clearErrors(form);
  let first = null;
  for (const [name, message] of Object.entries(errors)) {
    const field = [name, "text", "reason"].map((each) => form.elements.namedItem(each)).find(Boolean);
    const error = document.createElement("p");
    error.className = "error";
    error.id = `${field.id}-error`;
    error.setAttribute("role", "alert");
    error.textContent = message;
    field.after(error);
    field.setAttribute("aria-invalid", "true");
    const about = field.getAttribute("aria-describedby");
    field.setAttribute("aria-describedby", about ? `${about} ${error.id}` : error.id);
    first ??= field;
  }
  first?.focus();
}

/** Show what the server made of the words. */
export function showPreview(form, html) {
  let preview = form.querySelector(".preview");
  if (!preview) {
    preview = document.createElement("section");
    preview.className = "preview";
    preview.tabIndex = -1;
    preview.setAttribute("aria-label", "Preview");
    form.querySelector(".field").before(preview);
  }
  const heading = document.createElement("h4");
  heading.textContent = "Preview";
  const said = document.createElement("div");
  said.className = "said";
  said.dir = "auto";
  said.innerHTML = trusted(html);
  preview.replaceChildren(heading, said);
  preview.focus();
}

/** Say before a form that what was sent from it waits. */
export function showHeld(form, html) {
  const holder = document.createElement("div");
  holder.innerHTML = trusted(html);
  const told = holder.firstElementChild;
  form.before(told);
  told.focus();
}

/** Show what changed while the reader wrote; sent again, the form says that it was seen. */
export function showChanged(form, { changed, seen_version: version, seen_edition: edition }) {
  form.querySelector(".changed")?.remove();
  if (!changed) return;
  for (const [name, value] of [["seen_version", version], ["seen_edition", edition]]) {
    if (value === null) continue;
    let input = form.elements.namedItem(name);
    if (!input) {
      input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      form.append(input);
    }
    input.value = value;
  }
  const holder = document.createElement("div");
  holder.innerHTML = trusted(changed);
  form.prepend(...holder.children);
}

/** Let a form say whether its writer was asked to look again: then it is taken, sent once more. */
export function tellOnce(form, wasTold) {
  form.querySelector("[name=was_told]")?.remove();
  if (!wasTold) return;
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = "was_told";
  input.value = "1";
  form.append(input);
}

/** Post a form and return what the server says: {ok, body}. Throws when it cannot be reached. */
export async function send(form, button, key) {
  const data = new FormData(form, button);
  data.set("key", key);
  for (const each of form.querySelectorAll("button")) each.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(data),
      headers: { Accept: "application/json" },
    });
    const type = answer.headers.get("Content-Type") ?? "";
    if (!type.includes("json")) throw new Error(`status ${answer.status}`);
    return { ok: answer.ok, body: await answer.json() };
  } finally {
    for (const each of form.querySelectorAll("button")) each.disabled = false;
  }
}
