/** Columns before which the text of a line begins, where a dash stands in front, or a label with two blanks behind it. */
const labelled = /^\s*(?:- |\S+(?: \S+)*\s{2,})(?=\S)/;

/** Returns the columns by which the further lines of a wrapped line are indented. */
function indentOf(line: string, width: number): number {
  const label = labelled.exec(line)?.[0].length ?? 0;
  const own = line.length - line.trimStart().length;
  return label > 0 && label <= width / 2 ? label : own;
}

function wrapLine(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const indent = indentOf(line, width);
  const lines: string[] = [];
  let rest = line;
  for (;;) {
    // The last blank that leaves at most `width` columns before it; a word that is longer stays whole.
    const before = rest.lastIndexOf(" ", width);
    const at = before > indent ? before : rest.indexOf(" ", Math.max(indent, width));
    if (rest.length <= width || at < 0) return [...lines, rest];
    lines.push(rest.slice(0, at).trimEnd());
    rest = `${" ".repeat(indent)}${rest.slice(at).trimStart()}`;
  }
}

/**
 * Wraps lines at words to `width` columns; as they are where there is no width. Further lines are indented as the first one,
 * or stand below its text where a label is before that. A word that is longer than the room, such as a path, stays whole.
 */
export const wrapText = (text: string, width: number | undefined): string =>
  width === undefined
    ? text
    : text
        .split("\n")
        .flatMap((line) => wrapLine(line, width))
        .join("\n");

/** A command of an example, which the shell takes in several lines. */
const example = /^\s+(?:\S[^|]* \| )?pramana /;

/** Breaks a command before options, so that it can be copied as it stands. */
function wrapExample(line: string, width: number): readonly string[] {
  if (line.length <= width || !example.test(line)) return wrapLine(line, width);
  const [command, ...options] = line.trim().split(/ (?=--?[a-z])/);
  const lines: string[] = [];
  let current = `${" ".repeat(line.length - line.trimStart().length)}${command}`;
  for (const [i, word] of options.entries()) {
    const mark = i === options.length - 1 ? "" : " \\";
    if (`${current} ${word}${mark}`.length <= width) current += ` ${word}`;
    else {
      lines.push(`${current} \\`);
      current = `    ${word}`;
    }
  }
  return [...lines, current];
}

/**
 * Wraps the text of a help to `width` columns: lines that begin without a blank are one paragraph, as long as they follow
 * each other, and others stay lines of their own.
 */
export const wrapHelp = (text: string, width: number): string =>
  text
    .replace(/(?<=^|\n)(\S.*)\n(?=\S)/g, "$1 ")
    .split("\n")
    .flatMap((line) => wrapExample(line, width))
    .join("\n");
