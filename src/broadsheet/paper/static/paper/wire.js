// What happens to a story while its page is open, as events with a number each. The tabs of a browser
// share one stream: the tab that has the lock holds it and tells the others. Where there is no stream
// the page asks every half minute, in a way that costs an answer without a body.

const HIDDEN = 60_000; // milliseconds after which a page that nobody looks at gives its stream up
const POLL = 30_000; // milliseconds between two questions
const OPEN_WITHIN = 30_000; // milliseconds in which a stream opens, or else the page also asks
const REOPEN = 60_000; // milliseconds before a stream that was refused is tried again; doubled each time
const REOPEN_AT_MOST = 900_000;
const OPEN = 1; // of a stream
const CLOSED = 2;
const KINDS = ["comment", "edition", "note", "removal", "restoration", "version", "answer", "withdrawal", "reset"];

export class Wire {
  /** `after` is the number of the last event that the page knows; `tell(kind, data, number)` is called
      with each later one, once and in order; "tally" has no number. "state" tells all at once what is true: some were missed. */
  constructor({ name, address, state, after, tell }) {
    this.name = name;
    this.address = address;
    this.state = state;
    this.last = after;
    this.tell = tell;
    this.isAttending = false;
    this.isSynced = false;
    this.failures = 0;
    this.timers = {};
    this.asking = null;
    // Locks are only there where the page came over a secure connection.
    this.isShared = "BroadcastChannel" in globalThis && Boolean(navigator.locks);
  }

  start() {
    if (this.isShared) {
      this.channel = new BroadcastChannel(this.name);
      this.channel.addEventListener("message", ({ data }) => this.#hear(data));
    }
    const heed = () => {
      clearTimeout(this.timers.hidden);
      if (!document.hidden) this.#attend();
      else if (this.isAttending) this.timers.hidden = setTimeout(() => this.#leave(), HIDDEN);
    };
    document.addEventListener("visibilitychange", heed);
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", heed);
    heed();
  }

  /** Give up for good: nothing more happens to this story. */
  end() {
    this.isOver = true;
    this.#leave();
  }

  #attend() {
    if (this.isAttending || this.isOver) return;
    this.isAttending = true;
    this.isSynced = false;
    if (!this.isShared) {
      this.#open();
      return;
    }
    const leaving = new AbortController();
    this.leaving = leaving;
    navigator.locks
      .request(this.name, { signal: leaving.signal }, () => {
        if (leaving.signal.aborted) return null;
        this.#open();
        return new Promise((release) => leaving.signal.addEventListener("abort", release));
      })
      .catch(() => {
        // The page was left before its turn came.
      });
    this.channel.postMessage({ hello: true });
  }

  #leave() {
    this.isAttending = false;
    this.leaving?.abort();
    this.leaving = null;
    this.#close();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
  }

  #close() {
    this.isLeading = false;
    this.source?.close();
    this.source = null;
  }

  #open() {
    this.isLeading = true;
    this.isSynced = true;
    this.channel?.postMessage({ at: this.last });
    if (!("EventSource" in globalThis)) {
      this.#poll();
      return;
    }
    const source = new EventSource(`${this.address}?after=${this.last}`);
    this.source = source;
    const wait = () => {
      clearTimeout(this.timers.open);
      this.timers.open = setTimeout(() => this.#poll(), OPEN_WITHIN);
    };
    wait();
    source.addEventListener("open", () => {
      this.failures = 0;
      clearTimeout(this.timers.open);
      clearTimeout(this.timers.poll);
    });
    source.addEventListener("error", () => {
      if (source !== this.source) return;
      if (source.readyState !== CLOSED) {
        // The browser tries again by itself, from the last event on.
        wait();
        return;
      }
      clearTimeout(this.timers.open);
      this.source = null;
      this.#poll();
      const pause = Math.min(REOPEN * 2 ** this.failures, REOPEN_AT_MOST);
      this.failures += 1;
      this.timers.reopen = setTimeout(() => this.#open(), pause);
    });
    source.addEventListener("tally", (event) => {
      // It has no number: it says what is true now.
      const said = { kind: "tally", data: JSON.parse(event.data) };
      this.channel?.postMessage({ said });
      this.#take(said);
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        const said = { kind, number: Number(event.lastEventId), data: JSON.parse(event.data) };
        this.channel?.postMessage({ said });
        this.#take(said);
      });
    }
  }

  /** Hear what another tab says. */
  #hear({ hello, said, at }) {
    if (hello && this.isLeading) this.channel.postMessage({ at: this.last });
    if (said) {
      // Until it is known where the other tab stood, something may lie between.
      if (this.isSynced) this.#take(said);
      else this.#ask();
    }
    if (at === undefined || this.isLeading) return;
    if (at > this.last) this.#ask();
    else this.isSynced = true;
  }

  #take({ kind, number, data }) {
    if (kind === "tally") {
      this.tell(kind, data);
    } else if (kind === "reset") {
      // A store that was restored from a copy counts from further back.
      this.last = Math.min(this.last, number - 1);
      this.#ask();
    } else if (number > this.last) {
      this.last = number;
      this.tell(kind, data, number);
    }
  }

  async #poll() {
    clearTimeout(this.timers.poll);
    await this.#ask();
    if (!this.isLeading || this.source?.readyState === OPEN) return;
    this.channel?.postMessage({ at: this.last });
    clearTimeout(this.timers.poll);
    this.timers.poll = setTimeout(() => this.#poll(), POLL);
  }

  /** Ask what is true now; those who ask meanwhile get the same answer. */
  #ask() {
    this.asking ??= this.#state().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  async #state() {
    try {
      const answer = await fetch(this.state, { cache: "no-cache", headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const state = await answer.json();
      this.isSynced = true;
      if (state.sequence <= this.last) return;
      this.last = state.sequence;
      this.tell("state", state, state.sequence);
    } catch {
      // Not to be reached: asked again in its time.
    }
  }
}
