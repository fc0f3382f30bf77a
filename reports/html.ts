import { createHash } from "node:crypto";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as the inside of an element or of a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

/** What a page has beside its body. */
export interface HtmlHead {
  readonly title: string;
  readonly style: string;
  /** A module, run once the body is there. */
  readonly script?: string;
  /** Seconds after which a browser loads the page again. */
  readonly refresh?: number;
}

/** A page that stands alone: the browser is told to load nothing, and to run no script other than the page's own. */
export function htmlPage({ title, style, script, refresh }: HtmlHead, body: string): string {
  const policy = [
    "default-src 'none'; style-src 'unsafe-inline'",
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
