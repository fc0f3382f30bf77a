import type { EncodeProgress, Encoder } from "../models/encoder.ts";
import type { Quantization } from "../models/forms/quantization.ts";
import type { Model } from "../models/model.ts";
import { promptFor } from "../models/prompts/prompts.ts";
import type { Embed, ProtocolContext, TaskSpec } from "../tasks/task.ts";
import { prompted } from "../tasks/types/index.ts";
import type { RunEvent } from "./events.ts";
import { measuredIndex, type Work } from "./measured-index.ts";
import { quantizedEmbed } from "./quantized-embed.ts";

/** What the model did for a subset, and what was put before the texts, by role. */
export interface SubsetWork extends Work {
  readonly prompts: Record<string, string>;
}

/** What a subset's protocol reaches the model by. */
export interface Reach {
  readonly model: Model;
  readonly task: TaskSpec;
  readonly subset: string;
  /** What vectors are quantized to; absent for float32 as the model gives them. */
  readonly quantization?: Quantization | undefined;
  readonly emit: (event: RunEvent) => void;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Texts of a subset's earlier calls, and of all its calls where they were announced. */
interface Announced {
  total: number;
  done: number;
}

/** A context without what is not the model's: it tells the model's progress, and adds up in `out` what the model did. */
export function reach(
  reached: Reach,
  shared: Pick<ProtocolContext, "estimator" | "kernels">,
  out: SubsetWork,
): ProtocolContext {
  const { model, task, subset, quantization, emit, now, signal } = reached;
  const texts: Announced = { total: 0, done: 0 };
  const announce = (total: number): void => {
    texts.total = total;
  };
  const { kind } = model;
  switch (kind) {
    case "vectors": {
      const embed = measuredEmbed(model, reached, out, texts);
      const form =
        quantization === undefined ? { embed, calibrate: async () => {} } : quantizedEmbed(embed, quantization);
      return { kind, ...form, similarity: model.info.similarity, announce, ...shared };
    }
    case "lexical": {
      const onProgress = (done: number): void =>
        emit({ kind: "encoding", task: task.name, done, total: Math.max(texts.total, done) });
      const index = measuredIndex(out, model, task.languages[subset] ?? [], { onProgress, now, signal });
      return { kind, index, announce, ...shared };
    }
    default:
      return kind satisfies never;
  }
}

/** The encoder with the task's prompts, telling its progress and adding up what it did. */
function measuredEmbed(
  encoder: Encoder,
  { task, emit, now, signal }: Reach,
  out: SubsetWork,
  announced: Announced,
): Embed {
  return async (texts, role) => {
    const started = now();
    let latest: EncodeProgress | undefined;
    const onProgress = (progress: EncodeProgress): void => {
      latest = progress;
      const done = announced.done + progress.done;
      const total = Math.max(announced.total, announced.done + progress.total);
      emit({ kind: "encoding", task: task.name, done, total });
    };
    const prompt = promptFor(encoder.info, prompted(task), role);
    const vectors = await encoder.encode(texts, { prompt, onProgress, signal, ...(role ? { role } : {}) });
    out.prompts[role ?? "text"] = prompt;
    announced.done += texts.length;
    out.texts += latest?.encoded ?? 0;
    out.tokens += latest?.tokens ?? 0;
    // The model's speed, not that of the cache's disk.
    out.seconds += now() - started + (latest?.recalledSeconds ?? 0);
    return vectors;
  };
}
