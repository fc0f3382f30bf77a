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

/** All commands, in the order of the help. */
export const definitions: readonly CommandDefinition[] = [
  run,
  worker,
  status,
  fetch,
  init,
  watch,
  reproduce,
  embed,
  score,
  bench,
  certify,
  texts,
  check,
  leaderboard,
  predict,
  report,
  compare,
  samples,
  prompts,
  receipt,
  verify,
  publish,
  results,
  baselines,
  cache,
  doctor,
  tasks,
  models,
  benchmarks,
  completion,
];
