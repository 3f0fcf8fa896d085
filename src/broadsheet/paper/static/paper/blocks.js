// The canonical text of the story in the page: which letter stands in which node.
//
// The server counts passages in the canonical text (broadsheet/passages/canonical.py); here the same
// text is made of what stands in the page, block by block, each unit with its node and offset. A
// block whose text does not come out as long as the server says is left alone.

const SPACE = /[ \t\f\v\r]/;

/** The lines of a block as the server takes them: each a list of nodes. */
function linesOf(block) {
  if (block.matches("ul, ol")) return [...block.querySelectorAll(":scope > li")].map((item) => [item]);
  if (block.matches("blockquote")) return [...block.children].map((part) => [part]);
  if (block.matches("figure.embed")) return [[block.querySelector("a")]];
  if (block.matches("figure")) {
    const caption = block.querySelector("figcaption");
    if (!caption) return [];
    const credit = caption.querySelector(".credit");
    const before = [...caption.childNodes].filter((node) => node !== credit);
    return credit ? [before, [credit]] : [before];
  }
  return [[block]];
}

/** Collect the letters of nodes: [letter, node, offset]; a line break in a list item is a space. */
function collect(nodes, letters, { breaks }) {
  for (const node of nodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      for (let offset = 0; offset < node.length; offset += 1) {
        const letter = node.data[offset];
        letters.push([letter === "\n" && !breaks ? " " : letter, node, offset]);
      }
    } else if (node.nodeName === "BR") {
      const place = [...node.parentNode.childNodes].indexOf(node);
      letters.push([breaks ? "\n" : " ", node.parentNode, place]);
    } else {
      collect(node.childNodes, letters, { breaks });
    }
  }
}

/** Make white space as the canonical text has it. */
function squeezed(letters) {
  const kept = [];
  for (const entry of letters) {
    const [letter] = entry;
    const last = kept.at(-1)?.[0];
    if (letter === "\n") {
      while (kept.at(-1)?.[0] === " ") kept.pop();
      if (kept.length && kept.at(-1)[0] !== "\n") kept.push(entry);
    } else if (SPACE.test(letter)) {
      if (kept.length && last !== " " && last !== "\n") kept.push([" ", entry[1], entry[2]]);
    } else {
      kept.push(entry);
    }
  }
  while (kept.length && /[ \n]/.test(kept.at(-1)[0])) kept.pop();
  return kept;
}

/** Read a block: its text, and the node and offset of each unit. */
function read(block) {
  const letters = [];
  const isList = block.matches("ul, ol");
  for (const line of linesOf(block)) {
    const own = [];
    collect(line, own, { breaks: !isList });
    const words = squeezed(own);
    if (!words.length) continue;
    if (letters.length) letters.push(["\n", words[0][1], words[0][2]]);
    letters.push(...words);
  }
  return letters;
}

export class StoryText {
  /** `places`: [id, start, end] of each block, in UTF-16 units of the canonical text. */
  constructor(root, places) {
    this.root = root;
    this.places = places;
    this.refresh();
  }

  /** Read the page anew, after marks were put into it or taken out. */
  refresh() {
    this.blocks = [];
    for (const [id, start, end] of this.places) {
      const element = this.root.querySelector(`#b-${CSS.escape(id)}`);
      if (!element) continue;
      const letters = read(element);
      if (letters.length === end - start) this.blocks.push({ id, start, end, element, letters });
    }
  }

  /** The range of a passage in the page, block by block; empty where nothing fits. */
  ranges(start, end) {
    const found = [];
    for (const block of this.blocks) {
      const from = Math.max(start, block.start) - block.start;
      const to = Math.min(end, block.end) - block.start;
      if (from >= to) continue;
      const [, first, offset] = block.letters[from];
      const [, last, lastOffset] = block.letters[to - 1];
      const range = new Range();
      range.setStart(first, offset);
      range.setEnd(last, lastOffset + 1);
      found.push(range);
    }
    return found;
  }

  /** The canonical place of a range of the page, or null: {start, end, words, block}. */
  select(range) {
    let start = null;
    let end = null;
    let words = "";
    let lastBlock = null;
    for (const block of this.blocks) {
      if (!range.intersectsNode(block.element)) continue;
      const inside = block.letters.map(([, node, offset]) => {
        const isText = node.nodeType === Node.TEXT_NODE;
        return range.comparePoint(node, offset) >= 0 && range.comparePoint(node, isText ? offset + 1 : offset) <= 0;
      });
      const first = inside.indexOf(true);
      if (first < 0) continue;
      const last = inside.lastIndexOf(true);
      start ??= block.start + first;
      end = block.start + last + 1;
      const text = block.letters.slice(first, last + 1).map(([letter]) => letter).join("");
      words += (words ? "\n\n" : "") + text;
      lastBlock = block;
    }
    if (start === null || !words.trim()) return null;
    const lead = words.length - words.trimStart().length;
    return { start: start + lead, end, words: words.trim(), block: lastBlock };
  }

  /** The place in the canonical text at a point of the page, or null. */
  at(node, offset) {
    for (const block of this.blocks) {
      if (!block.element.contains(node)) continue;
      const place = block.letters.findIndex(([, letterNode, letterOffset]) => letterNode === node && letterOffset >= offset);
      if (place >= 0) return block.start + place;
    }
    return null;
  }
}
