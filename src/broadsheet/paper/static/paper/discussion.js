// Writing in place: the forms work without this; with it the page stays, drafts survive a reload,
// and a reply is written beneath what it answers.

import { noteAddress, seekAddressed } from "./address.js";
import { keepDraft, unsentReplies } from "./drafts.js";
import { reveal, startFolds } from "./folds.js";
import { clearErrors, send, showChanged, showErrors, showHeld, showPreview, tellOnce } from "./forms.js";
import { beKnown } from "./memory.js";
import { showMore } from "./more.js";
import { heedDeletions, heedEdits, Own } from "./own.js";
import { place } from "./placing.js";
import { heedReactions } from "./reacting.js";
import { trusted } from "./trusted.js";
import { Visits } from "./visits.js";

const discussion = document.querySelector("[data-document]");
const thread = discussion?.querySelector("[data-thread]");
const status = discussion?.querySelector("[data-status]");
const mainForm = discussion?.querySelector("[data-write]");

const own = discussion?.dataset.mine ? new Own(discussion) : null;

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
  if (name) beKnown();
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

function enhance(form, { parent = "", to = "", onDone = null } = {}) {
  const draft = keepDraft(form, `${discussion.dataset.document}:${parent}`, to);
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
        const asks = form.elements.namedItem("is_question");
        const isQuestion = Boolean(asks?.checked);
        if (asks) asks.checked = false;
        if (body.held) {
          beKnown();
          showHeld(form, body.html);
          onDone?.();
          return;
        }
        const comment = placeAnswer(body);
        showCount(body.count);
        own?.add(body.id, isQuestion);
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
  form.elements.namedItem("is_question").checked = false;
  clearErrors(form);
  form.querySelector(".preview")?.remove();
  form.querySelector(".changed")?.remove();
  tellOnce(form, false);
  form.querySelector(".write-heading").textContent = link.textContent;
  showPace(form, link);
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
  const who = document.querySelector(`#c-${id} .who`)?.textContent ?? "";
  enhance(form, { parent: id, to: who, onDone: close });
  text.focus();
}

/** Say in the form of a reply how slow its branch is, where it is. */
function showPace(form, link) {
  const item = [...(link.closest("[data-thread]")?.children ?? [])].find((each) => each.contains(link));
  const slow = item?.querySelector(":scope > .comment > .pace");
  if (!slow) return;
  form.querySelector("[data-pace]")?.remove();
  const words = document.createElement("p");
  words.className = "openness";
  words.textContent = slow.textContent;
  form.querySelector(".row").before(words);
}

/** Tell of replies that were begun and not sent, before the form that everybody sees. */
function offerUnsent() {
  for (const { parent, to, discard } of unsentReplies(discussion.dataset.document)) {
    const note = document.createElement("p");
    note.className = "unsent";
    const name = document.createElement("bdi");
    name.textContent = to || `comment ${parent}`;
    const open = document.createElement("button");
    open.type = "button";
    open.textContent = "Open it";
    open.addEventListener("click", () => {
      const link = thread.querySelector(`[data-reply="${parent}"]`);
      note.remove();
      if (!link) {
        location.assign(`/c/${parent}/`);
        return;
      }
      reveal(link);
      reply(link);
    });
    const drop = document.createElement("button");
    drop.type = "button";
    drop.textContent = "Discard it";
    drop.addEventListener("click", () => {
      discard();
      note.remove();
      mainForm.elements.namedItem("text").focus();
    });
    note.append("You have an unsent reply to ", name, ". ", open, " ", drop);
    mainForm.before(note);
  }
}

if (discussion && thread) {
  showMore(discussion, thread, status);
  startFolds(discussion, thread);
  seekAddressed();
}
if (own && thread) {
  heedReactions(discussion);
  heedEdits(discussion, own);
  heedDeletions(discussion, own);
  if (discussion.dataset.sequence) new Visits(discussion, thread, own).start();
  else own.ask();
  // Comments that are put into the page later are dressed as well.
  new MutationObserver(() => own.dress()).observe(thread, { childList: true, subtree: true });
}
if (discussion && mainForm) {
  enhance(mainForm);
  offerUnsent();
  thread.addEventListener("click", (event) => {
    const link = event.target.closest("[data-reply]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    reply(link);
  });
}
