import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const blocks = /^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm;
const inlineCode = /(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g;
const links = /\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)|\b(?:href|src)="([^"]+)"|^\[[^\]]+\]:\s*(\S+)/gm;

/** Returns those targets of links and pictures of a page that are files or headings. Code links nowhere. */
export const linksOf = (page: string): string[] =>
  [...page.replace(blocks, "").replace(inlineCode, "code").matchAll(links)]
    .map(([, inline, html, reference]) => inline ?? html ?? reference)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));

/** Returns the anchors of a page's headings, as GitHub makes them: a repeated one is numbered. */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...page.replace(blocks, "").matchAll(/^#{1,6} +(.+?) *#* *$/gm)].map(([, heading]) => {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** Lists README, CONTRIBUTING, CHANGELOG and all of docs/, as paths in `root`, the folder of the project or package. */
export const pagesOf = (root: string): string[] => [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...readdirSync(join(root, "docs"), { recursive: true })
    .map((name) => join("docs", String(name)))
    .filter((path) => path.endsWith(".md"))
    .sort(),
];

/** Says why a link of a page leads nowhere; undefined where it leads somewhere. */
export function faultOf(root: string, page: string, link: string): string | undefined {
  const [path, anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (!existsSync(join(root, target))) return `${page}: ${link} leads to ${target}, which is not there`;
  if (anchor === undefined) return undefined;
  const isPage = target.endsWith(".md") && statSync(join(root, target)).isFile();
  const anchors = isPage ? anchorsOf(readFileSync(join(root, target), "utf8")) : [];
  return anchors.includes(anchor) ? undefined : `${page}: ${target} has no heading #${anchor}; it has ${anchors}`;
}

/** Lists the faults of the links of all pages. */
export const faultsIn = (root: string): string[] =>
  pagesOf(root)
    .flatMap((page) => linksOf(readFileSync(join(root, page), "utf8")).map((link) => faultOf(root, page, link)))
    .filter((fault) => fault !== undefined);
