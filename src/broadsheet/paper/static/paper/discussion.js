// Writing in place: the forms work without this; with it the page stays, drafts survive a reload,
// and a reply is written beneath what it answers.

import { keepDraft } from "./drafts.js";
import { trusted } from "./trusted.js";

const discussion = document.querySelector("[data-document]");
const thread = discussion?.querySelector("[data-thread]");
const status = discussion?.querySelector("[data-status]");
const mainForm = discussion?.querySelector("[data-write]");

let whoAmI = null;

/** Ask once who is signed in, only when somebody is about to write. */
function me() {
  whoAmI ??= fetch("/me/", { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : { name: null }))
    .catch(() => ({ name: null }));
  return whoAmI;
}

async function showWriter(form) {
  const { name } = await me();
  const guest = form.querySelector("[data-guest]");
  if (!name || !guest) return;
  const line = document.createElement("p");
  line.className = "writer";
  line.textContent = `You write as ${name}.`;
  guest.replaceWith(line);
}

function clearErrors(form) {
  for (const error of form.querySelectorAll(".error")) error.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const about = (field.getAttribute("aria-describedby") ?? "").split(" ");
    field.setAttribute("aria-describedby", about.filter((id) => id && !id.endsWith("-error")).join(" "));
  }
}

/** Say beside each field what is wrong with it, and lead there. */
function showErrors(form, errors) {
  clearErrors(form);
  let first = null;
  for (const [name, message] of Object.entries(errors)) {
    const field = form.elements.namedItem(name) ?? form.elements.namedItem("text");
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

function showPreview(form, html) {
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

/** Put a comment where the server says it belongs: beneath its parent, or at the end. */
function place(answer) {
  const present = document.getElementById(`c-${answer.id}`);
  if (present) return present;
  const item = document.createElement("li");
  item.innerHTML = trusted(answer.html);
  const parent = answer.parent && document.getElementById(`c-${answer.parent}`)?.parentElement;
  if (!parent) {
    thread.append(item);
  } else if (answer.level > levelOf(parent)) {
    let replies = parent.querySelector(":scope > ol");
    if (!replies) {
      replies = document.createElement("ol");
      parent.append(replies);
    }
    replies.append(item);
  } else {
    parent.parentElement.append(item);
  }
  const comment = item.querySelector(".comment");
  comment.classList.add("fresh");
  comment.tabIndex = -1;
  return comment;
}

function levelOf(item) {
  let level = 0;
  for (let list = item.closest("ol"); list; list = list.parentElement.closest("ol")) level += 1;
  return level;
}

function showCount(count) {
  const words = `${count} comment${count === 1 ? "" : "s"}`;
  for (const element of document.querySelectorAll("[data-count]")) element.textContent = words;
  discussion.querySelector("[data-empty]")?.remove();
  status.textContent = `Your comment is posted. ${words}.`;
}

async function send(form, button, draft) {
  const data = new FormData(form, button);
  data.set("key", draft.key);
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

function enhance(form, { parent = "", onDone = null } = {}) {
  const draft = keepDraft(form, `${discussion.dataset.document}:${parent}`);
  form.addEventListener("focusin", () => showWriter(form), { once: true });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button.main");
    try {
      const { ok, body } = await send(form, button, draft);
      if (!ok) {
        showErrors(form, body.errors ?? { text: "This did not work. Your words are kept." });
      } else if (button.value === "preview") {
        clearErrors(form);
        showPreview(form, body.html);
      } else {
        clearErrors(form);
        form.querySelector(".preview")?.remove();
        draft.done();
        const comment = place(body);
        showCount(body.count);
        onDone?.();
        comment.focus();
      }
    } catch {
      showErrors(form, {
        text: "The page could not be reached. Your words are kept here; please try again.",
      });
    }
  });
}

let openReply = null;

/** Open the form for a reply beneath the comment it answers; the link leads back when it closes. */
function reply(link) {
  openReply?.close();
  const id = link.dataset.reply;
  const form = mainForm.cloneNode(true);
  for (const element of form.querySelectorAll("[id]")) {
    const old = element.id;
    element.id = `${old}-${id}`;
    form.querySelector(`label[for="${old}"]`)?.setAttribute("for", element.id);
  }
  const text = form.elements.namedItem("text");
  text.setAttribute("aria-describedby", `text-help-${id}`);
  text.value = "";
  clearErrors(form);
  form.querySelector(".preview")?.remove();
  form.querySelector(".write-heading").textContent = link.textContent;
  const parent = document.createElement("input");
  parent.type = "hidden";
  parent.name = "parent";
  parent.value = id;
  form.append(parent);
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = "Cancel";
  form.querySelector(".row").append(cancel);
  document.getElementById(`c-${id}`).after(form);
  const close = () => {
    form.remove();
    openReply = null;
    if (!document.activeElement || document.activeElement === document.body) link.focus();
  };
  cancel.addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  openReply = { close };
  enhance(form, { parent: id, onDone: close });
  text.focus();
}

if (discussion && mainForm) {
  enhance(mainForm);
  thread.addEventListener("click", (event) => {
    const link = event.target.closest("[data-reply]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    reply(link);
  });
}
