// What this browser keeps for its reader: small values by name, bounded in number and in age. Where
// nothing may be kept, everything still works and is only forgotten.

export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // No room, or not allowed.
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing is kept where storage is not allowed.
  }
}

/** All that is kept under names that begin so, as [name, value]; each value has the time `at`. */
export function recallAll(prefix) {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name, recall(name)])
      .filter(([, value]) => value);
  } catch {
    return [];
  }
}

/** Let go of what is older than `age` milliseconds, and of the oldest beyond `most`. */
export function bound(prefix, { age, most }) {
  const all = recallAll(prefix).sort(([, one], [, other]) => (other.at ?? 0) - (one.at ?? 0));
  all.forEach(([name, value], index) => {
    if (index >= most || !(value.at > Date.now() - age)) forget(name);
  });
}

const KNOWN = "known";

/** Remember that this browser did something here, so that pages ask what is its own. */
export function beKnown() {
  if (!isKnown()) keep(KNOWN, { at: Date.now() });
}

export function isKnown() {
  return Boolean(recall(KNOWN));
}
