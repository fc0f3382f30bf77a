import { createHash } from "node:crypto";
import { count, plainLines, plainText } from "../../datasets/shown.ts";
import type { Gated } from "./gated.ts";
import { headline, runText, signedPoints, verdictText } from "./wording.ts";

/** Most characters of a comment (GitHub's own limit). */
export const commentLimit = 65_536;

/** Most bytes that a step may add to its job's summary: GitHub shows none of a longer one. */
export const summaryLimit = 1024 * 1024;

/** Most annotations of one level that GitHub shows of a step. */
const mostAnnotations = 10;

type Level = "error" | "warning" | "notice";

/** Escapes the text of a workflow command, which is one line. Source: `command.ts` of actions/toolkit. */
const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/** Escapes a property of a workflow command. */
const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** Writes a workflow command that annotates the job, without its end of line. */
export const annotation = (level: Level, title: string, text: string): string =>
  `::${level} title=${escapeProperty(plainText(title))}::${escapeData(plainLines(text))}`;

/** Lists the annotations of a comparison, its candidate named in front where there are several. */
function annotationsOfOne({ comparison, gate: { trips } }: Gated, whose: string): string[] {
  const { incomparable } = comparison;
  const shown = trips.length > mostAnnotations ? trips.slice(0, mostAnnotations - 1) : trips;
  const hidden = trips.slice(shown.length).map(({ rule }) => rule.text);
  return [
    ...shown.map(({ rule, reasons }) => annotation("error", `${whose}Tripped: ${rule.text}`, reasons.join("\n"))),
    ...(hidden.length > 0
      ? [annotation("error", `${whose}Tripped: ${hidden.length} more rules`, hidden.join("\n"))]
      : []),
    ...(incomparable.length > 0
      ? [
          annotation(
            "warning",
            `${whose}${count(incomparable.length, "task")} not compared`,
            incomparable.map(({ task, reason }) => `${task}: ${reason}`).join("\n"),
          ),
        ]
      : []),
    annotation("notice", `${whose}${verdictText(comparison)}`, headline(comparison)),
  ];
}

/** Lists the annotations of comparisons: an error for each rule that tripped, what was not compared, the verdict. */
export const annotationsOf = (gated: readonly Gated[]): string[] =>
  gated.flatMap((one) => annotationsOfOne(one, gated.length === 1 ? "" : `${runText(one.comparison.candidate)}: `));

/**
 * Returns what later steps of a job may read: `passed`, `verdict`, and `difference`, that of Mean (Task) in points; of several
 * candidates whether all passed, and the others in their order, with commas between.
 */
export function outputsOf(gated: readonly Gated[]): Readonly<Record<string, string>> {
  const overall = gated.map(({ comparison }) => comparison.overall);
  const points = overall.map((one) => (one === undefined ? "" : signedPoints(one.difference).replace("−", "-")));
  return {
    passed: String(gated.every(({ gate }) => gate.trips.length === 0)),
    verdict: overall.map((one) => one?.verdict ?? "nothing compared").join(","),
    difference: points.join(","),
  };
}

/** Characters of a hash that tells comments apart. */
const markLength = 12;

/** Returns the line that no reader sees and by which a comment is found again: one for each text that names it. */
export function markerOf(...names: readonly string[]): string {
  const hash = createHash("sha256").update(names.join("\0")).digest("hex").slice(0, markLength);
  return `<!-- pramana compare ${hash} -->`;
}

/**
 * Cuts Markdown at the end of a line, so that it is not larger than a limit; what is left out is told, and a part that is
 * folded away is closed.
 *
 * @param sizeOf Of a text in the unit of the limit.
 */
export function cutMarkdown(text: string, limit: number, sizeOf = (part: string): number => part.length): string {
  if (sizeOf(text) <= limit) return text;
  const end = "\n</details>\n\nThe rest of this report did not fit here.\n";
  const lines = text.split("\n");
  let room = limit - sizeOf(end);
  const kept = lines.findIndex((line) => {
    room -= sizeOf(line) + 1;
    return room < 0;
  });
  const head = lines.slice(0, kept).join("\n");
  const isOpen = head.lastIndexOf("<details>") > head.lastIndexOf("</details>");
  return `${head}${isOpen ? end : end.replace("\n</details>\n", "\n")}`;
}
