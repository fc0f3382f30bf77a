import { count, shownJson } from "../../datasets/shown.ts";
import type { ModelDescription } from "../../models/description.ts";
import type { TextCount } from "../../models/text-counter.ts";
import type { TaskResult } from "../../runners/results/result.ts";
import { byGravity } from "../../tasks/findings/describe.ts";
import { findingKinds } from "../../tasks/findings/kinds.ts";
import type { Facet } from "../../tasks/slices.ts";
import { differencesOf } from "../comparison/comparable.ts";
import type { Sided } from "./examine.ts";
import type { Hub } from "./ranked.ts";

/** What a model makes of the texts of a task: of each unit all of its texts. */
export interface CountedTexts {
  /** Longest input in tokens. */
  readonly maxTokens: number;
  /** Of the longest text of each unit, [units]. */
  readonly counts: readonly TextCount[];
}

/** What is known about a run, beside its samples. */
export interface Known {
  /** Name of the row. */
  readonly model: string;
  readonly result: TaskResult;
  /** Of the model's files; absent where they cannot be seen. */
  readonly description?: ModelDescription;
  readonly texts?: CountedTexts;
  readonly hubs?: readonly Hub[];
}

/** Something that may explain how the units fare. */
export interface Cause {
  readonly what: string;
  /** How sure it is that it is there: `seen` in files and texts, or `likely` by its signs. */
  readonly certainty: "seen" | "likely";
}

const seen = (what: string): Cause => ({ what, certainty: "seen" });
const likely = (what: string): Cause => ({ what, certainty: "likely" });

/** Tells whether a text says the same twice, as a prompt does that was put before texts which have it. */
const isDoubled = (text: string): boolean => {
  const plain = text.trim();
  const half = plain.slice(0, plain.length / 2).trim();
  return half.length > 2 && `${half} ${half}`.replace(/\s+/g, " ") === plain.replace(/\s+/g, " ");
};

/** Compares the prompts of two runs, role by role. */
function promptCauses({ base, candidate }: Sided<Known>): Cause[] {
  const [was, is] = [base.result.run?.prompts, candidate?.result.run?.prompts];
  if (was === undefined || is === undefined) return [];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((role) => {
    const [before, after] = [was[role] ?? "", is[role] ?? ""];
    if (before === after) return [];
    if (after === "") return [seen(`the candidate puts no prompt before ${role}, the base ${shownJson(before)}`)];
    if (before === "") return [seen(`the candidate puts ${shownJson(after)} before ${role}, the base nothing`)];
    const twice = isDoubled(after) && !isDoubled(before);
    return [
      seen(
        `the candidate puts ${shownJson(after)} before ${role}${twice ? ", which is a prompt twice" : ""}, the base ${shownJson(before)}`,
      ),
    ];
  });
}

/** Finds prompts that the texts begin with already. */
function doubledPrompts(known: Known, side: string, texts: readonly Readonly<Record<string, string>>[]): Cause[] {
  const prompts = Object.values(known.result.run?.prompts ?? {}).filter((prompt) => prompt.trim().length > 2);
  return prompts.flatMap((prompt) => {
    const begun = texts.filter((unit) => Object.values(unit).some((text) => text.startsWith(prompt.trim()))).length;
    return begun * 2 <= texts.length
      ? []
      : [seen(`${side} puts ${shownJson(prompt)} before texts that begin with it already: it is there twice`)];
  });
}

/** Writes the modules behind the first as `Pooling (modes cls), Normalize`. */
const moduleText = ({ modules }: ModelDescription): string =>
  modules
    .slice(1)
    .map(({ type, ...settings }) => {
      const told = Object.entries(settings).map(
        ([key, value]) => `${key} ${Array.isArray(value) ? value.join("+") : value}`,
      );
      return told.length === 0 ? type : `${type} (${told.join(", ")})`;
    })
    .join(", ") || "none";

function endsText({ tokenizer }: ModelDescription): string | undefined {
  const ends = tokenizer?.ends;
  if (!ends) return undefined;
  const tokens = (side: "before" | "after"): string => ends[side].map(({ token }) => token).join(" ") || "nothing";
  return `${tokens("before")} before, ${tokens("after")} after`;
}

/** Parts of a description, for people. */
type Parts = Readonly<Record<string, (model: ModelDescription) => string | number | null | undefined>>;

/** By which two models are no versions of one another. */
const families: Parts = {
  "kind of model": ({ kind }) => kind,
  family: ({ architecture, modules }) => architecture?.modelType ?? modules[0]?.type,
  layers: ({ architecture }) => architecture?.layers,
  "values of a token": ({ architecture }) => architecture?.hidden,
};

/** By which two versions of a model differ. */
const settings: Parts = {
  "modules behind the first": moduleText,
  "what a token sees": ({ architecture }) => architecture?.attention?.sees,
  "values of a vector": ({ dims }) => dims,
  similarity: ({ similarity }) => similarity,
  "class of the tokenizer": ({ tokenizer }) => tokenizer?.className,
  "what is put around a text": endsText,
  "side from which texts are cut": ({ tokenizer }) => tokenizer?.truncationSide,
};

/** Compares what the files of two models say. Of two that are not of one family, that is all that is told. */
function settingCauses({ base, candidate }: Sided<Known>): Cause[] {
  const [was, is] = [base.description, candidate?.description];
  if (was === undefined || is === undefined) return [];
  const differing = (parts: Parts): Cause[] =>
    Object.entries(parts).flatMap(([name, read]) => {
      const [before, after] = [read(was) ?? "none", read(is) ?? "none"];
      return before === after ? [] : [seen(`${name}: ${before} in the base, ${after} in the candidate`)];
    });
  const others = differing(families);
  return others.length > 0 ? others : differing(settings);
}

const isCut = ({ maxTokens }: CountedTexts, { tokens }: TextCount): boolean => tokens > maxTokens;

/** How many units have a text that a model cuts, or undefined where its tokenizer was not seen. */
const cutUnits = (texts: CountedTexts): number => texts.counts.filter((one) => isCut(texts, one)).length;

function cutCauses({ base, candidate }: Sided<Known>): Cause[] {
  const [was, is] = [base.texts, candidate?.texts];
  if (was === undefined) return [];
  const of = count(was.counts.length, "unit");
  if (is === undefined) {
    const cut = cutUnits(was);
    return cut === 0 ? [] : [seen(`${cut} of ${of} have a text that is cut after ${was.maxTokens} tokens`)];
  }
  const more = is.counts.filter((one, u) => isCut(is, one) && !isCut(was, was.counts[u] as TextCount)).length;
  return more === 0
    ? []
    : [seen(`the candidate cuts texts after ${is.maxTokens} tokens, in ${more} of ${of} where the base cuts none`)];
}

function tokenizerCauses({ base, candidate }: Sided<Known>): Cause[] {
  const [was, is] = [base.texts, candidate?.texts];
  if (was === undefined) return [];
  const share = ({ counts }: CountedTexts): number => {
    const [unknown, all] = counts.reduce(([u, t], one) => [u + one.unknown, t + one.tokens], [0, 0]);
    return all === 0 ? 0 : unknown / all;
  };
  const percent = (texts: CountedTexts): string => `${(100 * share(texts)).toFixed(1)} %`;
  const unknown = [
    ...(share(was) > 0.02 ? [likely(`${percent(was)} of the base's tokens are unknown to its vocabulary`)] : []),
    ...(is && share(is) > 0.02
      ? [likely(`${percent(is)} of the candidate's tokens are unknown to its vocabulary`)]
      : []),
  ];
  const areKin = base.description?.architecture?.modelType === candidate?.description?.architecture?.modelType;
  if (is === undefined || !areKin) return unknown;
  const other = is.counts.filter((one, u) => one.tokens !== was.counts[u]?.tokens).length;
  return other === 0
    ? unknown
    : [
        ...unknown,
        seen(`the tokenizers differ: ${count(other, "unit")} of ${is.counts.length} have other numbers of tokens`),
      ];
}

const hubCauses = ({ hubs = [] }: Known, side: string): Cause[] =>
  hubs
    .slice(0, 3)
    .map(({ id, queries, of, text }) =>
      likely(
        `${side} finds document ${shownJson(id)} near everything: among the first ten of ${queries} of ${of} queries that it ` +
          `is not relevant to: ${shownJson(text, 60)}`,
      ),
    );

/** Most findings in the data that are told, the gravest first; `pramana check` lists all. */
const mostFindings = 3;

const dataCauses = ({ base }: Sided<Known>): Cause[] =>
  byGravity(base.result.findings ?? [])
    .slice(0, mostFindings)
    .map(({ kind, count: times }) => seen(`in the data: ${findingKinds[kind].title}: ${times}`));

/** What of the results' own records differs, but for prompts, which have lines of their own. */
const recordCauses = ({ base, candidate }: Sided<Known>): Cause[] =>
  candidate === undefined
    ? []
    : differencesOf(base.result, candidate.result)
        .filter(({ text }) => !text.startsWith("prompt before"))
        .map(({ text }) => seen(text));

/** Variants that a row's name says: `32d`, `estimator=ml`; not its limit, which both have. */
function variantsOf(model: string): readonly string[] {
  const [, dims, others = ""] = /^[^@[]*(?:@(\d+d))?(?:\[(.*)\])?$/.exec(model) ?? [];
  const listed = others.split(",").filter((one) => one !== "" && !one.startsWith("limit="));
  return dims === undefined ? listed : [dims, ...listed];
}

/** Compares the variants of two models that their rows' names say, but for those that a cause tells already. */
function variantCauses({ base, candidate }: Sided<Known>, told: readonly Cause[]): Cause[] {
  if (candidate === undefined) return [];
  const [was, is] = [variantsOf(base.model), variantsOf(candidate.model)];
  const only = (own: readonly string[], other: readonly string[]): string[] =>
    own.filter((one) => !other.includes(one) && !told.some(({ what }) => what.includes(one)));
  return [
    ...only(was, is).map((one) => seen(`the base is the variant ${one} of its model, the candidate is not`)),
    ...only(is, was).map((one) => seen(`the candidate is the variant ${one} of its model, the base is not`)),
  ];
}

/** Lists what may explain how the units fare, the most telling first. */
export function causesOf(known: Sided<Known>, texts: readonly Readonly<Record<string, string>>[]): readonly Cause[] {
  const { base, candidate } = known;
  const recorded = recordCauses(known);
  return [
    ...promptCauses(known),
    ...doubledPrompts(base, "the base", texts),
    ...(candidate ? doubledPrompts(candidate, "the candidate", texts) : []),
    ...settingCauses(known),
    ...cutCauses(known),
    ...recorded,
    ...variantCauses(known, recorded),
    ...tokenizerCauses(known),
    ...hubCauses(base, "the base"),
    ...(candidate ? hubCauses(candidate, "the candidate") : []),
    ...dataCauses(known),
  ];
}

/** Returns what units are told apart by through the models' tokenizers. */
export function tokenFacets({ base, candidate }: Sided<Known>): readonly Facet[] {
  const [was, is] = [base.texts, candidate?.texts];
  const last = is ?? was;
  if (last === undefined || was === undefined) return [];
  const cut = last.counts.map((one) => (isCut(last, one) ? `cut after ${last.maxTokens} tokens` : "whole"));
  const unknown = last.counts.map(({ unknown: times }) => (times > 0 ? "with unknown tokens" : "all tokens known"));
  return [
    { name: "cut", values: cut },
    { name: "vocabulary", values: unknown },
  ];
}
