// A form that was fetched into the page: sent in place, and then on to what came of it.

import { keepDraft } from "./drafts.js";
import { clearErrors, send as post, showChanged, showErrors, showHeld, showPreview, tellOnce } from "./forms.js";

const LOST = "The page could not be reached. Your words are kept here; please try again.";

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function send(form) {
  const text = form.elements.namedItem("text");
  const place = `${location.pathname}:${form.elements.namedItem("exact")?.value ?? ""}`.slice(0, 200);
  const draft = text ? keepDraft(form, place) : { key: form.elements.namedItem("key")?.value || newKey(), done() {} };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button.main");
    try {
      const { ok, body } = await post(form, button, draft.key);
      clearErrors(form);
      if (button.value !== "preview") tellOnce(form, body.was_told);
      if (!ok) {
        showChanged(form, body);
        showErrors(form, body.errors ?? { text: LOST });
      } else if (button.value === "preview") {
        showPreview(form, body.html);
      } else {
        draft.done();
        if (body.held) {
          showHeld(form, body.html);
          form.remove();
          return;
        }
        const here = location.pathname + location.search;
        location.assign(body.url);
        // The address of a comment is in this page: it is loaded anew to have the comment in it.
        if (body.url.split("#")[0] === here) location.reload();
      }
    } catch {
      showErrors(form, { [text ? "text" : "reason"]: LOST });
    }
  });
}
