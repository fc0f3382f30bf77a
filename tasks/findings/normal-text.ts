import { strip } from "../../datasets/strip.ts";

/** Writing without spaces between words: each character counts as a word. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const eachUnspaced = new RegExp(unspaced, "gu");

/** What tells no texts apart: punctuation, white space, control characters; but signs that stand for something. */
const between = /[^\p{L}\p{M}\p{N}\p{S}#%&@]+/gu;

const plainAscii = /^[\n\r\t -~]*$/;
const betweenAscii = /[^a-z0-9$+<=>^`|~#%&@]+/g;

/**
 * Returns a text without what mostly tells no texts apart: case, punctuation, white space, forms of letters that are
 * compatible (Unicode's NFKC). Apostrophes and hyphens within words go too. A text of nothing else is only stripped.
 */
export function normalText(text: string): string {
  const plain = plainAscii.test(text)
    ? text.toLowerCase().replaceAll("'", "").replace(betweenAscii, " ")
    : text.normalize("NFKC").toLowerCase().replace(/['’]/g, "").replace(between, " ");
  const normal = plain.trim();
  return normal === "" ? strip(text) : normal;
}

/** Lists the words of a normal text. */
export function wordsOf(normal: string): string[] {
  const spaced = unspaced.test(normal) ? normal.replace(eachUnspaced, " $& ") : normal;
  return spaced.split(" ").filter((word) => word !== "");
}
