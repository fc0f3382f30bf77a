import { setImmediate as turn } from "node:timers/promises";
import type { LexicalModel } from "../models/lexical/lexical-model.ts";
import type { IndexDocuments } from "../tasks/task.ts";

/** What the model did for a task. */
export interface Work {
  texts: number;
  tokens: number;
  seconds: number;
}

export interface IndexEffects {
  /** Told how many texts are done, documents and then queries. */
  readonly onProgress: (done: number) => void;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Seconds of scoring after which other work of the thread gets its turn. */
const sliceSeconds = 0.05;

/** A lexical model as a protocol is given it, telling its progress, adding up what it did, and stopping when told to. */
export function measuredIndex(
  out: Work,
  model: LexicalModel,
  languages: readonly string[],
  { onProgress, now, signal }: IndexEffects,
): IndexDocuments {
  return async (documents) => {
    let done = 0;
    const show = (texts: number): void => {
      done = texts;
      onProgress(done);
    };
    const started = now();
    const corpus = await model.index(documents, { languages, signal, onProgress: show });
    let rested = now();
    out.seconds += rested - started;
    out.texts += done;
    out.tokens += corpus.tokens;
    return async (query) => {
      const asked = now();
      if (asked - rested > sliceSeconds) {
        onProgress(done);
        await turn();
        signal.throwIfAborted();
        rested = asked;
      }
      const scores = corpus.score(query);
      out.seconds += now() - asked;
      out.texts += 1;
      done += 1;
      return scores;
    };
  };
}
