import { count, plainText } from "../datasets/shown.ts";
import type { ReadsCheck } from "../runners/verify/check-reads.ts";
import type { UnitDifference } from "../runners/verify/compare-units.ts";
import type { HowMuch } from "../runners/verify/recompute.ts";
import type { RecomputedTask } from "../runners/verify/recompute-run.ts";
import type { Verification } from "../runners/verify/verification.ts";
import { shortRevision } from "./columns.ts";
import { fitTable, grouped, left, linesText, right } from "./table.ts";
import { wrapText } from "./wrap.ts";

/** Most units that are shown of a task, and most numbers of a unit. */
const mostUnits = 5;
const mostNumbers = 4;

/** Writes what was found out about folders of results as lines of text. */
export function verificationText(all: readonly Verification[], width: number): string {
  const blocks = all.map((one) => blockOf(one, width));
  return linesText(blocks.flatMap((lines, i) => (i === 0 ? lines : ["", ...lines])).map(plainText));
}

function blockOf(one: Verification, width: number): readonly string[] {
  const { model, revision, faults, unknown, recomputed } = one;
  const row = `${model} at ${shortRevision(revision)}`;
  const wrap = (line: string): string[] => wrapText(line, width).split("\n");
  return [
    `${verdictOn(one)}: ${row}, ${findingsOn(one)}`,
    ...faults.flatMap(({ what, told, isOpen }) => wrap(`  ${isOpen ? "?" : "✗"} ${what}: ${told}`)),
    ...(recomputed?.tasks ?? []).flatMap(differenceLines).flatMap(wrap),
    "",
    ...[...receiptLines(one), ...sampleLines(one)].flatMap((line) => wrap(`  ${line}`)),
    ...(recomputed === undefined
      ? ["  not computed again: --recompute 1% draws units and computes them with the model and the data"]
      : recomputedLines(recomputed, width)),
    ...(unknown.length === 0 ? [] : ["", "  Not known:", ...unknown.flatMap((line) => wrap(`  - ${line}`))]),
  ];
}

const isOpen = ({ faults }: Verification): boolean => faults.every((fault) => fault.isOpen);

function verdictOn(one: Verification): "right" | "wrong" | "not verified" {
  if (one.right) return "right";
  return isOpen(one) ? "not verified" : "wrong";
}

function findingsOn(one: Verification): string {
  if (one.right) return "as far as it was looked at";
  if (isOpen(one)) return "of which not all could be looked at that was asked for";
  return count(one.faults.filter((fault) => !fault.isOpen).length, "fault");
}

const mark = (isRight: boolean): string => (isRight ? "✓" : "✗");

function receiptLines({ receipt, faults }: Verification): readonly string[] {
  if (receipt === undefined) {
    return ["· no receipt: nothing says whether the files are those that a run wrote (pramana receipt makes one)"];
  }
  const { made, files, signer, isSignerKnown } = receipt;
  const isRefused = faults.some(({ what }) => what === "the signature");
  const isUnsigned = signer === undefined && !isRefused;
  const whose = isRefused ? "" : "; only --key PUBLIC tells whether that is whom you trust";
  return [
    `· the receipt of ${made.slice(0, 16).replace("T", " ")} UTC names ${count(files, "file")}`,
    ...(isUnsigned ? ["· it is not signed: whoever changed the results may have made it anew"] : []),
    ...(signer === undefined
      ? []
      : [
          isSignerKnown ? `✓ it is signed by the key that was given, ${signer}` : `· it is signed by ${signer}${whose}`,
        ]),
  ];
}

function sampleLines({ samples }: Verification): readonly string[] {
  const given = samples.filter(({ units, wrong }) => units > 0 && wrong === undefined);
  const none = samples.filter(({ units, wrong }) => units === 0 && wrong === undefined).map(({ task }) => task);
  return [
    `${mark(given.length + none.length === samples.length)} the samples give the main score of ${given.length} of ${count(samples.length, "task")}`,
    ...(none.length === 0 ? [] : [`· no samples, so that nothing tells what the score is made of: ${none.join(", ")}`]),
  ];
}

const howMuchText = (howMuch: HowMuch): string =>
  "share" in howMuch ? `${Number((100 * howMuch.share).toPrecision(6))} % of the units` : count(howMuch.units, "unit");

const chanceText = (chance: number): string => {
  const percent = 100 * chance;
  // A chance that is not quite certain is not told as if it were.
  if (percent > 99.99 && percent < 100) return "more than 99.99 %";
  return percent === 100 ? "100 %" : `${percent.toFixed(percent >= 99 ? 2 : 1)} %`;
};

/** Tells whether the files that the run read are here; nothing where it read none of a repository. */
function readLines({ same, other }: ReadsCheck): readonly string[] {
  if (same + other.length === 0) return [];
  const have = same === 1 ? "has" : "have";
  return [
    `  ${mark(other.length === 0)} ${count(same, "file")} of model and data ${have} the checksum that the run read`,
  ];
}

type WithUnits = Extract<RecomputedTask, { readonly units: unknown }>;

const chanceOf = ({ units }: WithUnits): number => units.chances.find(({ altered }) => altered === 0.05)?.chance ?? 0;

function recomputedLines({ tasks, seed, howMuch, reads }: NonNullable<Verification["recomputed"]>, width: number) {
  const done = tasks.filter((one): one is WithUnits => "units" in one);
  const whole = tasks.filter((one) => "scores" in one);
  const reasons = tasks.flatMap((one) => ("reason" in one && one.byNature ? [`${one.task}: ${one.reason}`] : []));
  const notes = [...new Set(tasks.flatMap((one) => one.notes))];
  const wrap = (line: string): string[] => wrapText(line, width).split("\n");
  const rows = done.map((one) => {
    const { of, drawn, same, rounded, differing } = one.units;
    return [
      one.task,
      grouped(of),
      grouped(drawn),
      grouped(same),
      grouped(rounded),
      grouped(differing.length),
      chanceText(chanceOf(one)),
    ];
  });
  const columns = [
    left("task"),
    right("units"),
    right("drawn"),
    right("same"),
    right("by rounding"),
    right("other"),
    right("5 % found"),
  ];
  return [
    ...wrap(
      `  · computed again: ${howMuchText(howMuch)} of each task, drawn with the seed ${seed} (--seed ${seed} draws the same)`,
    ),
    ...readLines(reads).flatMap(wrap),
    ...(rows.length === 0
      ? []
      : [
          "",
          ...fitTable(columns, rows, width - 2).lines.map((line) => `  ${line}`),
          "",
          ...wrap(`  ${chances(done)}`),
        ]),
    ...whole.map(({ task }) => `  · ${task}: computed again as a whole`),
    ...notes.flatMap((note) => wrap(`  · ${note}`)),
    ...(reasons.length === 0
      ? []
      : ["", "  Not computed again by a share:", ...reasons.flatMap((line) => wrap(`  - ${line}`))]),
    ...reads.missing.flatMap(({ repository, reason }) => wrap(`  - ${repository}: not compared, ${reason}`)),
  ];
}

/** Says in words how likely altered units would have been found. */
function chances(done: readonly WithUnits[]): string {
  const [least, ...others] = done.toSorted((a, b) => chanceOf(a) - chanceOf(b)) as [WithUnits, ...WithUnits[]];
  const one = `If 5 % of the units of ${least.task} had been altered by more than rounding, this check would have found it with a probability of ${chanceText(chanceOf(least))}`;
  if (others.length === 0) return `${one}.`;
  const missed = done.reduce((product, each) => product * (1 - chanceOf(each)), 1);
  const together = missed === 0 ? 1 : Math.min(1 - missed, 1 - Number.EPSILON);
  return `${one}; of any other task, with that or a higher one. If it were 5 % of every task: ${chanceText(together)}.`;
}

const valuesText = (values: readonly (number | string)[] | undefined): string => {
  if (values === undefined) return "nothing";
  const shown = values
    .slice(0, mostNumbers)
    .map((one) => (typeof one === "number" ? String(Number(one.toPrecision(6))) : one || "none"));
  return values.length > mostNumbers ? `${shown.join(", ")} and ${values.length - mostNumbers} more` : shown.join(", ");
};

function unitLine(task: string, { split, subset, unit, what, stored, found }: UnitDifference): string {
  const outcome =
    stored === undefined && found === undefined
      ? ""
      : ` the samples have ${valuesText(stored)}, computed again ${valuesText(found)}`;
  return `      ${task}, ${split}/${subset}, ${unit}:${what === undefined ? "" : ` ${what}${outcome === "" ? "" : ";"}`}${outcome}`;
}

function differenceLines(one: RecomputedTask): readonly string[] {
  if (!("units" in one)) return [];
  const { differing } = one.units;
  const more = differing.length - mostUnits;
  return [
    ...differing.slice(0, mostUnits).map((unit) => unitLine(one.task, unit)),
    ...(more > 0 ? [`      and ${count(more, "more unit")}; --format json has all`] : []),
  ];
}
