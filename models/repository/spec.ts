import { basename } from "node:path";
import type { Snapshot } from "../../datasets/hub.ts";
import { type CrossEncoderSpec, readCrossEncoder } from "./cross-encoder.ts";
import { adapterFile } from "./json-reader.ts";
import { type RepositoryKind, type ToldKind, tellKind } from "./kind.ts";
import { type LateInteractionSpec, readLateInteraction } from "./late-interaction.ts";
import { basesIn, type ModelSpec, readRepository } from "./repository.ts";
import { readSparse, type SparseSpec } from "./sparse.ts";

/** Description of a model of any kind in its repository, and the sign by which the kind was told. */
export type AnySpec = ToldKind & (ModelSpec | CrossEncoderSpec | SparseSpec | LateInteractionSpec);

/**
 * Reads the description of a model of any kind.
 * @param chosen The kind that the user says it is.
 * @throws InputError when a file is missing or damaged, or the kind is not known
 */
export async function readSpec(snapshot: Snapshot, chosen?: RepositoryKind): Promise<AnySpec> {
  const told = await tellKind(snapshot, chosen);
  switch (told.kind) {
    case "dense":
      return { ...told, ...(await readRepository(snapshot)) };
    case "cross-encoder":
      return { ...told, ...(await readCrossEncoder(snapshot)) };
    case "sparse":
      return { ...told, ...(await readSparse(snapshot)) };
    case "late-interaction":
      return { ...told, ...(await readLateInteraction(snapshot)) };
    default:
      return told.kind satisfies never;
  }
}

/** Returns the repositories that hold the weights and configs of the adapters in a repository, which may lie beside them. */
export async function basesOf(snapshot: Snapshot): Promise<Snapshot[]> {
  if (!(await snapshot.files()).some((path) => basename(path) === adapterFile)) return [];
  // Where the kind is said by `--kind` alone, the modules of a dense model have the same weights.
  const told = await tellKind(snapshot).catch(() => undefined);
  return basesIn((await readSpec(snapshot, told?.kind ?? "dense")).modules);
}
