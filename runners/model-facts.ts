import type { ModelInfo } from "../models/encoder.ts";
import { type Model, modelKinds, vectorsOf } from "../models/model.ts";
import { bytesPerVector, type Quantization } from "../models/variants/quantization.ts";
import type { Indexed, RunRecord, Side, Unit } from "./results/result.ts";

/** Returns what a record tells of the model: its kind, its parts and its vectors. */
export const modelFacts = (model: Model, quantization: Quantization | undefined): Partial<RunRecord> => ({
  ...vectorFacts(model, quantization),
  kind: modelKinds[model.kind].name,
});

/** Returns the mean bytes of what is searched of a document; of several models those of all together. */
export function bytesPerDocument(units: readonly Pick<Unit, "indexed">[]): number | undefined {
  const byPart = new Map<string, Indexed>();
  for (const [part, { documents, bytes }] of units.flatMap(({ indexed = {} }) => Object.entries(indexed))) {
    const before = byPart.get(part) ?? { documents: 0, bytes: 0 };
    byPart.set(part, { documents: before.documents + documents, bytes: before.bytes + bytes });
  }
  const all = [...byPart.values()].reduce((sum, { documents, bytes }) => sum + bytes / documents, 0);
  return byPart.size > 0 && Number.isFinite(all) ? all : undefined;
}

/** Describes the vectors as they were compared, and the models of a pair or a hybrid. */
function vectorFacts(model: Model, quantization: Quantization | undefined): Partial<RunRecord> {
  const side = ({ id, revision, parameters }: ModelInfo): Side => ({ model: id, revision, parameters });
  if (model.kind === "hybrid") return { parts: model.parts.map(({ info }) => side(info)) };
  const vectors = vectorsOf(model);
  if (vectors === undefined) return {};
  const { dims, sides } = vectors;
  return {
    vectorType: quantization ?? "float32",
    bytesPerVector: bytesPerVector(dims, quantization),
    sides: sides && { query: side(sides.query), document: side(sides.document) },
  };
}
