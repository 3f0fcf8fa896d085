// Where a comment is: an address that names one leads to it, also when the page of the thread it
// stood on has no more room for it.

const COMMENT = /^#c-(\d+)$/;

/** Note a comment that was just posted in the address, so that a reload leads to it. */
export function noteAddress(comment) {
  history.replaceState(history.state, "", `#${comment.id}`);
}

/** Go to the comment that the address names where this page does not hold it. */
export async function seekAddressed() {
  const id = location.hash.match(COMMENT)?.[1];
  if (!id || document.getElementById(`c-${id}`)) return;
  try {
    const { ok, url } = await fetch(`/c/${id}/`, { headers: { Accept: "text/html" } });
    // The same page again: it is older than the comment and will hold it soon.
    if (ok && url.split("#")[0] !== location.href.split("#")[0]) location.replace(`${url.split("#")[0]}#c-${id}`);
  } catch {
    // Without the server this page stays as it is.
  }
}
