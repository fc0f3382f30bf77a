import type { KeyObject } from "node:crypto";
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { InputError } from "../../datasets/errors.ts";
import { groupBy } from "../../datasets/group-by.ts";
import type { StoredRevision } from "../results/read-results.ts";
import { samplesBeside } from "../results/stored-run.ts";
import type { World } from "../world.ts";
import { checkReads, type ReadsCheck } from "./check-reads.ts";
import { checkSamples, type SamplesCheck } from "./check-samples.ts";
import { type Receipt, readReceipt, signedText } from "./receipt.ts";
import { type RecomputeChoice, type RecomputedTask, recomputeRun } from "./recompute-run.ts";
import { fingerprintOf, isSignatureOf, signerOf } from "./signature.ts";
import { type StatedFolder, type Statement, stateFolder, unrecorded } from "./statement.ts";

/** Something that is not as it should be: a file, a task or the receipt, and what of it. */
export interface Fault {
  readonly what: string;
  readonly told: string;
  /** True of what was asked for and could not be looked at, as for want of data: nothing says that it is wrong. */
  readonly isOpen?: boolean;
}

/** All that was found out about a folder of results. */
export interface Verification {
  readonly model: string;
  readonly revision: string;
  readonly folder: string;
  /** Absent where there is none, or none that can be read. */
  readonly receipt?: {
    readonly made: string;
    readonly files: number;
    /** Fingerprint of the signer's key; absent where the receipt is not signed. */
    readonly signer?: string;
    /** The signer's key is the one that was given. */
    readonly isSignerKnown: boolean;
  };
  readonly faults: readonly Fault[];
  readonly samples: readonly SamplesCheck[];
  readonly recomputed?: {
    readonly seed: number;
    readonly howMuch: RecomputeChoice["howMuch"];
    readonly tasks: readonly RecomputedTask[];
    readonly reads: ReadsCheck;
  };
  /** What the results do not say, or the receipt does not speak of, a line each. */
  readonly unknown: readonly string[];
  /** True where nothing is wrong of what could be looked at. */
  readonly right: boolean;
}

export interface VerifyChoice {
  /** The public key that the receipt is to be signed with. */
  readonly key?: KeyObject;
  readonly recompute?: RecomputeChoice;
}

const short = (hash: string): string => hash.slice(0, 12);

/** Names what differs in two records, a fault each. */
function differences<Value>(
  was: Readonly<Record<string, Value>>,
  is: Readonly<Record<string, Value>>,
  tell: (name: string, was: Value | undefined, is: Value | undefined) => Fault,
): Fault[] {
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .sort()
    .filter((name) => !isDeepStrictEqual(was[name], is[name]))
    .map((name) => tell(name, was[name], is[name]));
}

/** A value as JSON gives it back. */
const asRead = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** Names what of a folder is not as its receipt says. */
function changesSince(receipt: Statement, now: Statement): readonly Fault[] {
  const [was, is] = [receipt, asRead(now)];
  if (was.model !== is.model || was.revision !== is.revision) {
    const told = `it is that of another run, ${was.model} at ${was.revision}; here is ${is.model} at ${is.revision}`;
    return [{ what: "the receipt", told }];
  }
  const files = differences(was.files, is.files, (what, old, now) => ({
    what,
    told:
      old === undefined
        ? "it was added; the receipt does not name it"
        : now === undefined
          ? "it is missing; the receipt names it"
          : `it was changed: its SHA-256 is ${short(now)}…, the receipt has ${short(old)}…`,
  }));
  const tasks = differences(was.tasks, is.tasks, (task, old, now) => ({
    what: task,
    told:
      old === undefined || now === undefined
        ? `the receipt ${old === undefined ? "has no such task" : "has this task, and no result of it can be read"}`
        : differenceIn(old, now),
  }));
  const read = differences(was.read, is.read, (repository, old = {}, now = {}) => ({
    what: repository,
    told: `the receipt has other files of it than the results: ${differences(old, now, (what) => ({ what, told: "" }))
      .map(({ what }) => what)
      .join(", ")}`,
  }));
  // What follows from a file that was changed is no further fault, but for a score, which people ask for.
  if (files.length === 0) return [...tasks, ...read];
  const scores = tasks.filter(({ what }) => was.tasks[what] !== undefined && is.tasks[what] !== undefined);
  return [...files, ...scores];
}

/** Says what of a task a receipt has otherwise than its result. */
function differenceIn(was: Statement["tasks"][string], is: Statement["tasks"][string]): string {
  const percent = (score: number | null): string => (score === null ? "undefined" : (100 * score).toFixed(4));
  if (was.score !== is.score) return `its score is ${percent(is.score)}, the receipt has ${percent(was.score)}`;
  const keys = ["data", "program", "options", "inputs"] as const;
  const other = keys.filter((key) => !isDeepStrictEqual(was[key], is[key]));
  return `the receipt says otherwise of its ${other.join(", ")}`;
}

/** Looks at the signature of a receipt. */
function signatureFaults({ signature, ...receipt }: Receipt, key: KeyObject | undefined): readonly Fault[] {
  const what = "the signature";
  if (signature === undefined) return key === undefined ? [] : [{ what, told: "the receipt is not signed" }];
  if (!isSignatureOf(signedText(receipt), signature)) {
    return [{ what, told: "it is not that of the receipt: the receipt was changed after it was signed" }];
  }
  if (key === undefined || fingerprintOf(key) === signerOf(signature)) return [];
  return [{ what, told: `another key signed: ${signerOf(signature)}, and --key is ${fingerprintOf(key)}` }];
}

interface ReceiptCheck {
  readonly faults: readonly Fault[];
  readonly receipt?: Verification["receipt"];
}

async function checkReceipt({ folder, statement }: StatedFolder, key: KeyObject | undefined): Promise<ReceiptCheck> {
  const what = "the receipt";
  let receipt: Receipt | undefined;
  try {
    receipt = await readReceipt(folder);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { faults: [{ what, told: error.message.replace(/^receipt: /, "") }] };
  }
  if (receipt === undefined)
    return { faults: key === undefined ? [] : [{ what, told: "there is none; --key asks for a signed one" }] };
  const { made, signature } = receipt;
  const faults = [...signatureFaults(receipt, key), ...changesSince(receipt.statement, statement)];
  const isSigned = signature !== undefined && isSignatureOf(signedText(receipt), signature);
  return {
    faults,
    receipt: {
      made,
      files: Object.keys(receipt.statement.files).length,
      ...(isSigned && { signer: signerOf(signature) }),
      isSignerKnown: isSigned && key !== undefined && fingerprintOf(key) === signerOf(signature),
    },
  };
}

/** Names what came out otherwise where it was computed again. */
function recomputedFaults(tasks: readonly RecomputedTask[], { other }: ReadsCheck): readonly Fault[] {
  const reasonOf = (one: RecomputedTask): string => ("reason" in one && !one.byNature ? one.reason : "");
  const left = tasks.filter((one) => reasonOf(one) !== "");
  return [
    ...[...groupBy(left, reasonOf)].map(([reason, group]) => ({
      what: group.map(({ task }) => task).join(", "),
      told: `not computed again: ${reason}`,
      isOpen: true,
    })),
    ...other.map(({ file, recorded, found }) => ({
      what: file,
      told: `the run read it with the checksum ${short(recorded)}…, here it has ${short(found)}…`,
    })),
    ...tasks.flatMap((one): Fault[] => {
      const what = one.task;
      if ("wrong" in one) return [{ what, told: one.wrong }];
      if ("units" in one && one.units.differing.length > 0) {
        return [
          {
            what,
            told: `${one.units.differing.length} of ${one.units.drawn} units that were computed again came out otherwise`,
          },
        ];
      }
      if (!("scores" in one)) return [];
      return one.scores
        .filter(({ isSame }) => !isSame)
        .map(({ split, subset, stored, found }) => ({
          what,
          told: `its score of ${split}/${subset} is ${(100 * stored).toFixed(4)}, computed again ${(100 * found).toFixed(4)}`,
        }));
    }),
  ];
}

/** Verifies a folder of results: by its receipt, by its samples, and by computing some of it again. */
export async function verifyRun(
  revision: StoredRevision,
  { key, recompute }: VerifyChoice,
  world: World,
): Promise<Verification> {
  const stated = await stateFolder(revision, { now: world.now(), signal: world.signal });
  const { results, damaged, besides, statement } = stated;
  const checked = await checkReceipt(stated, key);
  const samples: SamplesCheck[] = [];
  for (const one of results) samples.push(await checkSamples(one));
  const broken = damaged.map(({ file, reason }) => ({ what: basename(file), told: reason.replace(/^result: /, "") }));
  const others = samples.flatMap(({ task, wrong }) => (wrong === undefined ? [] : [{ what: task, told: wrong }]));
  const isWrong = new Set(others.map(({ what }) => what));
  const recomputed = recompute && {
    ...{ seed: recompute.seed, howMuch: recompute.howMuch },
    reads: await checkReads(statement.read, world.hub),
    // Of samples that do not give the score there is nothing more to be asked.
    tasks: await recomputeRun(
      { ...revision, results: results.filter(({ result }) => !isWrong.has(result.task)), samplesOf: samplesBeside },
      recompute,
      world,
    ),
  };
  const isEmpty = results.length === 0 && damaged.length === 0;
  const faults = [
    ...(isEmpty ? [{ what: "the folder", told: "it holds no result" }] : []),
    ...checked.faults,
    ...broken,
    ...others,
    ...(recomputed === undefined ? [] : recomputedFaults(recomputed.tasks, recomputed.reads)),
  ];
  return {
    ...{ model: revision.model, revision: revision.revision, folder: revision.folder },
    ...(checked.receipt && { receipt: checked.receipt }),
    ...{ faults, samples },
    ...(recomputed && { recomputed }),
    unknown: [
      ...unrecorded(results),
      ...(besides.length === 0 ? [] : [`files that no receipt speaks of: ${besides.join(", ")}`]),
    ],
    right: faults.length === 0,
  };
}
