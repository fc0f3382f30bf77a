import { existsSync } from "node:fs";
import { UsageError } from "../../datasets/errors.ts";
import { flagOf } from "../../datasets/shown.ts";
import type { Fusion, FusionRule } from "../../models/hybrid.ts";
import { isRepository, precomputedFolder, type RepositoryOptions } from "./adapters.ts";

/** Options that make one model of several, whose names stand in `model`. */
export interface FusionChoice {
  /** How the rankings of `A+B` are fused: `rrf`, with another constant than 60 `rrf:K`, or `minmax`. */
  readonly fusion?: string;
  /** Weight of each of the models in the sum. All weigh the same where it is absent. */
  readonly weights?: readonly number[];
}

/** The constant of reciprocal rank fusion where nothing else is said. Source: Cormack, Clarke and Büttcher 2009. */
const standardConstant = 60;

/**
 * Splits the name of a hybrid into those of its models. What is a folder as a whole stays whole, whatever its name holds.
 * @throws UsageError where it names fewer than two
 */
export function partNames(name: string, exists: (folder: string) => boolean = existsSync): readonly string[] {
  const pieces = name.split("+");
  const parts: string[] = [];
  for (let start = 0; start < pieces.length; ) {
    let end = pieces.length;
    const joined = (): string => pieces.slice(start, end).join("+");
    while (end > start + 1 && !exists(precomputedFolder(joined()) ?? joined())) end--;
    parts.push(joined());
    start = end;
  }
  if (parts.length > 1 && parts.every((part) => part !== "")) return parts;
  throw new UsageError(
    `fusion: it fuses the rankings of several models, and ${JSON.stringify(name)} names ${parts.length === 1 ? "one" : "an empty one"}; expected --model A+B, or leave --fusion out`,
  );
}

function readFusion(name: string, weights: FusionChoice["weights"], count: number): Fusion {
  const rule = readRule(name);
  if (weights === undefined) return { rule };
  if (weights.length !== count || !weights.every((weight) => Number.isFinite(weight) && weight > 0)) {
    throw new UsageError(
      `weights: ${JSON.stringify(weights)} is given; expected a number above 0 for each of the ${count} models`,
    );
  }
  return { rule, weights };
}

function readRule(text: string): FusionRule {
  if (text === "minmax") return { method: "minmax" };
  const found = /^rrf(?::(\d{1,6}))?$/.exec(text);
  if (found !== null) return { method: "rrf", constant: Number(found[1] ?? standardConstant) };
  throw new UsageError(
    `fusion: ${JSON.stringify(text)} is unknown; expected rrf, rrf:K with a whole number K as its constant, or minmax`,
  );
}

/** Options that say one thing of one repository. */
const ofOneRepository = ["revision", "kind"] as const;

/** A hybrid as it was named. */
export interface NamedHybrid {
  readonly parts: readonly string[];
  readonly fusion: Fusion;
}

/**
 * Reads what a hybrid is made of; nothing where no fusion is chosen, and a plus in the name is one.
 * @throws UsageError for options that cannot be meant
 */
export function namedHybrid(
  choice: FusionChoice & RepositoryOptions & { readonly model?: string },
): NamedHybrid | undefined {
  const { model, fusion, weights } = choice;
  if (fusion === undefined) {
    if (weights === undefined) return undefined;
    throw new UsageError(
      "weights: they are those of fused models, and no fusion is chosen; add --fusion, or leave them out",
    );
  }
  if (model === undefined) {
    throw new UsageError(
      "fusion: it fuses the rankings of several models; expected --model A+B, and no pair of models",
    );
  }
  const parts = partNames(model);
  const repositories = parts.filter(isRepository);
  for (const option of ofOneRepository) {
    if (choice[option] === undefined || repositories.length < 2) continue;
    throw new UsageError(
      `${flagOf(option)}: it is that of one repository, and ${repositories.join(" and ")} are ${repositories.length}; leave it out`,
    );
  }
  return { parts, fusion: readFusion(fusion, weights, parts.length) };
}
