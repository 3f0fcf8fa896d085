// The one place where markup becomes part of the page: fragments that our server cleaned.

const policy = globalThis.trustedTypes?.createPolicy("broadsheet", { createHTML: (html) => html });

export function trusted(html) {
  return policy ? policy.createHTML(html) : html;
}
