import { createHash } from "node:crypto";
import type { Tree } from "./page/browser/tree.mjs";
import type { ChartSvg } from "./vega.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for the inside of an element or of a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

/** Elements that have no end tag. */
const withoutEnd: readonly string[] = ["br", "input", "wbr"];

/** Writes a tree as HTML or SVG; all its texts are escaped. */
export function treeHtml(tree: Tree): string {
  if (typeof tree === "string") return escapeHtml(tree);
  const { tag, attributes, children } = tree;
  const given = Object.entries(attributes).map(([name, value]) =>
    value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`,
  );
  const start = `<${tag}${given.join("")}>`;
  return withoutEnd.includes(tag) ? start : `${start}${children.map(treeHtml).join("")}</${tag}>`;
}

/** Shows a chart in two sizes, of which the page's style hides one. */
export function chartFigures(caption: string, { wide, narrow }: ChartSvg): string {
  const label = escapeHtml(caption);
  return `<figure class="chart broad" role="group" aria-label="${label}">${wide}</figure>
<figure class="chart narrow" role="group" aria-label="${label}">${narrow}</figure>`;
}

/** The parts of a page beside its body. */
export interface HtmlHead {
  readonly title: string;
  readonly style: string;
  /** A module, run once the body is there. */
  readonly script?: string;
  /** Seconds after which a browser loads the page again. */
  readonly refresh?: number;
}

/** Makes a page that stands alone: its policy lets the browser load nothing, and run no script but the page's own. */
export function htmlPage({ title, style, script, refresh }: HtmlHead, body: string): string {
  const policy = [
    "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'",
    ...(script === undefined ? [] : [`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`]),
    "img-src data:",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">${refresh === undefined ? "" : `\n<meta http-equiv="refresh" content="${Math.ceil(refresh)}">`}
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}${script === undefined ? "" : `\n<script type="module">${script}</script>`}
</body>
</html>
`;
}
