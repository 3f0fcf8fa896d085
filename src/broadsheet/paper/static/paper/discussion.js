// Writing in place: the forms work without this; with it the page stays, drafts survive a reload,
// and a reply is written beneath what it answers.

import { noteAddress, seekAddressed } from "./address.js";
import { keepDraft } from "./drafts.js";
import { clearErrors, send, showChanged, showErrors, showHeld, showPreview, tellOnce } from "./forms.js";
import { showMore } from "./more.js";
import { place } from "./placing.js";
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

/** Put a comment where the server says that it belongs. */
function placeAnswer(answer) {
  const present = document.getElementById(`c-${answer.id}`);
  if (present) return present;
  const item = document.createElement("li");
  item.innerHTML = trusted(answer.html);
  return place(thread, item, answer);
}

function showCount(count) {
  const words = `${count} comment${count === 1 ? "" : "s"}`;
  for (const element of document.querySelectorAll("[data-count]")) element.textContent = words;
  discussion.querySelector("[data-empty]")?.remove();
  status.textContent = `Your comment is posted. ${words}.`;
}

function enhance(form, { parent = "", onDone = null } = {}) {
  const draft = keepDraft(form, `${discussion.dataset.document}:${parent}`);
  form.addEventListener("focusin", () => showWriter(form), { once: true });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button.main");
    try {
      const { ok, body } = await send(form, button, draft.key);
      if (button.value !== "preview") tellOnce(form, body.was_told);
      if (!ok) {
        showChanged(form, body);
        showErrors(form, body.errors ?? { text: "This did not work. Your words are kept." });
      } else if (button.value === "preview") {
        clearErrors(form);
        showPreview(form, body.html);
      } else {
        clearErrors(form);
        form.querySelector(".preview")?.remove();
        draft.done();
        if (body.held) {
          showHeld(form, body.html);
          onDone?.();
          return;
        }
        const comment = placeAnswer(body);
        showCount(body.count);
        onDone?.();
        comment.focus();
        noteAddress(comment);
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
  form.querySelector(".changed")?.remove();
  tellOnce(form, false);
  form.querySelector(".write-heading").textContent = link.textContent;
  const parent = document.createElement("input");
  parent.type = "hidden";
  parent.name = "parent";
  parent.value = id;
  const version = document.createElement("input");
  version.type = "hidden";
  version.name = "seen_version";
  version.value = link.dataset.version;
  form.append(parent, version);
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

if (discussion && thread) {
  showMore(discussion, thread, status);
  seekAddressed();
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
