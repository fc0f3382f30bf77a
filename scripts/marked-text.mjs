import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./prepare.mjs";

const tableOf = (heads, rules, rows) => [heads, rules, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Writes a table of texts. */
export const textTable = (heads, rows) =>
  tableOf(
    heads,
    heads.map(() => "---"),
    rows,
  );

/** Writes a table of numbers, before which a column of names stands. */
export const numberTable = (heads, rows) =>
  tableOf(
    heads,
    heads.map((_, i) => (i === 0 ? "---" : "---:")),
    rows,
  );

/** Replaces the text between two marks of a page of the repository; both marks must be there. */
export function putBetween(file, marks, text) {
  const { path, page, from, to } = readMarked(file, marks);
  writeFileSync(path, `${page.slice(0, from)}\n\n${text.trim()}\n\n${page.slice(to)}`);
}

function readMarked(file, [begin, end]) {
  const path = join(root, file);
  const page = readFileSync(path, "utf8");
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end, from);
  if (from < begin.length || to < 0) throw new Error(`${file} lacks its marks ${begin} and ${end}`);
  return { path, page, from, to };
}

/** Returns the text between two marks of a page of the repository. */
export function textBetween(file, marks) {
  const { page, from, to } = readMarked(file, marks);
  return page.slice(from, to).trim();
}

/**
 * Puts a part of a section into a text of sections (`## `) of parts (`### `): in place of the part of that name where it
 * is there, else behind the section's last, and in a new section at the end where there is none.
 */
export function putPart(text, section, part, body) {
  const sections = partsOf(text, "## ");
  const parts = partsOf(sections.get(section) ?? "", "### ");
  parts.set(part, body.trim());
  sections.set(section, joined(parts, "### "));
  return joined(sections, "## ");
}

/** Takes a text apart at its headings of one level: what stands below each, by its heading. */
function partsOf(text, mark) {
  const pieces = `\n${text}`.split(`\n${mark}`).slice(1);
  return new Map(
    pieces.map((piece) => {
      const [heading, ...lines] = piece.split("\n");
      return [heading.trim(), lines.join("\n").trim()];
    }),
  );
}

const joined = (parts, mark) => [...parts].map(([heading, body]) => `${mark}${heading}\n\n${body}`).join("\n\n");
