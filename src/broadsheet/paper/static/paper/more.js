// What a page of a thread leaves out, put in its place when a reader asks; without this the links
// lead to pages of their own.

import { fetchPart } from "./parts.js";

const idOf = (item) => item.querySelector(":scope > .comment")?.id;

/** Put the items of a list into another; what stands there already only takes up its new replies. */
function merge(into, from, added) {
  for (const item of [...from.children]) {
    const id = idOf(item);
    const present = id ? document.getElementById(id)?.closest("li") : null;
    if (!present) {
      into.append(item);
      if (id) added.push(item.querySelector(".comment"));
      continue;
    }
    const replies = item.querySelector(":scope > ol");
    if (!replies) continue;
    let list = present.querySelector(":scope > ol");
    if (!list) {
      list = document.createElement("ol");
      present.append(list);
    }
    merge(list, replies, added);
  }
}

/** Show more of a thread in place. The first new comment gets the focus, and the status says how many. */
export function showMore(discussion, thread, status) {
  discussion.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-more], [data-next] a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.ariaBusy === "true") return;
    event.preventDefault();
    link.ariaBusy = "true";
    status.textContent = "Loading …";
    try {
      const part = await fetchPart(link.getAttribute("href"), ".discussion");
      const holder = link.closest("li, [data-next]");
      const isNext = "next" in holder.dataset;
      holder.remove();
      const added = [];
      merge(thread, part.querySelector("[data-thread]"), added);
      const next = isNext ? part.querySelector("[data-next]") : null;
      if (next) thread.after(next);
      status.textContent = `${added.length} more comment${added.length === 1 ? "" : "s"}.`;
      if (!added.length) return;
      added[0].tabIndex = -1;
      added[0].focus();
    } catch {
      location.assign(link.href);
    }
  });
}
