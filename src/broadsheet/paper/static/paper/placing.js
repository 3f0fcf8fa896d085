// Where a comment belongs that the page did not have when it was made: beneath its parent, or at the end.

/** Put a comment’s item into the thread, and return the comment. */
export function place(thread, item, { parent, level }) {
  const answered = parent ? document.getElementById(`c-${parent}`)?.closest("li") : null;
  if (!answered) {
    if (thread.dataset.order === "newest") thread.prepend(item);
    else thread.append(item);
  } else if (level > levelOf(answered)) {
    let replies = answered.querySelector(":scope > ol");
    if (!replies) {
      replies = document.createElement("ol");
      answered.append(replies);
    }
    putLast(replies, item);
  } else {
    putLast(answered.parentElement, item);
  }
  const comment = item.querySelector(".comment");
  comment.classList.add("fresh");
  comment.tabIndex = -1;
  return comment;
}

/** Put an item at the end of a list, before the link to what the list leaves out. */
function putLast(list, item) {
  list.insertBefore(item, list.querySelector(":scope > .more-replies"));
}

function levelOf(item) {
  let level = 0;
  for (let list = item.closest("ol"); list; list = list.parentElement.closest("ol")) level += 1;
  return level;
}
