import { benchmarks, cache, check, doctor, models, tasks } from "./about.ts";
import { bench } from "./bench.ts";
import { certify } from "./certify.ts";
import { status, worker } from "./cluster.ts";
import { compare } from "./compare.ts";
import { completion } from "./completion.ts";
import type { CommandDefinition } from "./definition.ts";
import { fetch } from "./fetch.ts";
import { init } from "./init.ts";
import { predict } from "./predict.ts";
import { prompts } from "./prompts.ts";
import { publish } from "./publish.ts";
import { baselines, leaderboard, report } from "./results.ts";
import { reproduce, run } from "./run.ts";
import { samples } from "./samples.ts";
import { results } from "./stored.ts";
import { embed, score, texts } from "./vectors.ts";
import { receipt, verify } from "./verify.ts";
import { watch } from "./watch.ts";

/** All commands below the headings of the help, in its order. */
export const commandGroups: Readonly<Record<string, readonly CommandDefinition[]>> = {
  "Run tasks": [run, reproduce, watch, prompts, fetch],
  "Compare and choose": [leaderboard, compare, samples, report, predict],
  "Speed and servers": [bench, certify],
  "Tasks and data": [tasks, benchmarks, check, init, texts],
  "Models and vectors": [models, embed, score],
  "Stored results": [results, publish, receipt, verify, baselines],
  "Several machines": [worker, status],
  "The program itself": [doctor, cache, completion],
};

export const definitions: readonly CommandDefinition[] = Object.values(commandGroups).flat();
