/**
 * Tells whether a text is a well-formed XML 1.0 document without a document type, comments, sections or single quotes,
 * which JUnit files have no need of: tags that match, text within them, attributes once each, only the five named entities
 * and `&#39;`, no character that XML does not have.
 */
export function isWellFormed(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML does not have
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text)) return false;
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  const value = '(?:[^<&"]|&(?:lt|gt|amp|quot|apos|#39);)*';
  const token = new RegExp(
    `<(/?)([a-z-]+)((?: [a-z]+="${value}")*)(/?)>|((?:[^<&]|&(?:lt|gt|amp|quot|apos|#39);)+)`,
    "y",
  );
  const open: string[] = [];
  let roots = 0;
  while (token.lastIndex < body.length) {
    const found = token.exec(body);
    if (found === null) return false;
    const [, closing, name, attributes = "", empty, text] = found;
    if (text !== undefined && text.trim() !== "" && open.length === 0) return false;
    if (name === undefined) continue;
    const names = [...attributes.matchAll(/ ([a-z]+)="/g)].map((one) => one[1]);
    if (new Set(names).size < names.length) return false;
    if (closing) {
      if (open.pop() !== name) return false;
      continue;
    }
    if (open.length === 0) roots++;
    if (!empty) open.push(name);
  }
  return open.length === 0 && roots === 1;
}
