import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./prepare.mjs";

/** Replaces the text between two marks of a page of the repository; both marks must be there. */
export function putBetween(file, [begin, end], text) {
  const path = join(root, file);
  const page = readFileSync(path, "utf8");
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end, from);
  if (from < begin.length || to < 0) throw new Error(`${file} lacks its marks ${begin} and ${end}`);
  writeFileSync(path, `${page.slice(0, from)}\n\n${text.trim()}\n\n${page.slice(to)}`);
}
