/** A link of a `Link` header. */
interface Link {
  /** Address, relative or not, as it stands there. */
  readonly target: string;
  /** Values of parameters by their names in lower case; of one that comes twice the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const firstTarget = /[\s,]*<([^<>]*)>/y;
const nextTarget = /\s*,[\s,]*<([^<>]*)>/y;
// A value is a token or stands in quotes; one that should be quoted and is not ends at the next separator.
const parameter = /[ \t]*;[ \t]*(?:([^\s",;=<>]+)[ \t]*(?:=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",;<>]*)))?)?/y;
const rest = /[\s,]*$/y;

/**
 * Reads a `Link` header (RFC 8288), also one that several headers were joined to.
 *
 * @throws Error that says where it is none
 */
export function parseLinks(header: string): readonly Link[] {
  const links: Link[] = [];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (next(rest) === null) {
    const found = next(links.length === 0 ? firstTarget : nextTarget);
    if (found === null) throw new Error(`its header Link has no link at character ${at + 1}`);
    const parameters = new Map<string, string>();
    for (let one = next(parameter); one !== null; one = next(parameter)) {
      const [, name, quoted, token = ""] = one;
      if (name === undefined || parameters.has(name.toLowerCase())) continue;
      parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? token);
    }
    links.push({ target: found[1], parameters });
  }
  return links;
}

/**
 * Returns the address of the page that follows a page by its `Link` header; undefined where none does.
 *
 * @param page Address of the page.
 * @throws Error for a header that cannot be read, and for one that names two pages
 */
export function nextPage(header: string | null, page: URL): URL | undefined {
  const isAbout = (anchor: string | undefined): boolean =>
    anchor === undefined || new URL(anchor, page).href.replace(/#.*/s, "") === page.href;
  const following = parseLinks(header ?? "")
    .filter(({ parameters }) => /(?:^|\s)next(?:\s|$)/i.test(parameters.get("rel") ?? ""))
    .filter(({ parameters }) => isAbout(parameters.get("anchor")))
    .map((link) => new URL(link.target, page).href);
  const [first, second] = new Set(following);
  if (second !== undefined) throw new Error("its header Link names two next pages");
  return first === undefined ? undefined : new URL(first);
}
