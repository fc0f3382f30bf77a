import { isRecord } from "../../datasets/document.ts";
import { type Service, ServiceError, send } from "./service.ts";

/** The run that scores are logged to. */
export interface MlflowPlace {
  /** Address of the server, without a slash at its end. */
  readonly url: string;
  /** The run of a trainer; absent where there is one of the watch's own, which the next three name. */
  readonly runId?: string | undefined;
  readonly experiment: string;
  readonly runName: string;
  /** Tells this watch from others in the experiment. */
  readonly watch: string;
}

/** A value at a step. */
export interface MlflowMetric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** Tag of a run that names its watch. */
const watchTag = "pramana.watch";

/** Most metrics that a request may hold. Source: MLflow's documentation of `runs/log-batch`. */
const mostMetrics = 1000;

type Json = Readonly<Record<string, unknown>>;

async function call(
  service: Service,
  { url }: MlflowPlace,
  path: string,
  body: Json,
  repeatable = true,
): Promise<Json> {
  const text = await send(service, { method: "POST", url: `${url}/api/2.0/mlflow/${path}`, body, repeatable });
  return parsed(service, text);
}

function parsed({ name }: Service, text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {}
  throw new ServiceError(`${name}: it answered something that MLflow does not; check the address`);
}

/** Returns a text at the place of an answer. @throws ServiceError where there is none */
function textAt({ name }: Service, answer: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>((value, one) => (isRecord(value) ? value[one] : undefined), answer);
  if (typeof found === "string") return found;
  throw new ServiceError(`${name}: it answered without ${path.join(".")}; check the address`);
}

async function experimentId(service: Service, place: MlflowPlace): Promise<string> {
  const { url, experiment } = place;
  try {
    const query = new URLSearchParams({ experiment_name: experiment });
    const path = `${url}/api/2.0/mlflow/experiments/get-by-name?${query}`;
    const answer = parsed(service, await send(service, { method: "GET", url: path, repeatable: true }));
    return textAt(service, answer, "experiment", "experiment_id");
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 404) throw error;
    const made = await call(service, place, "experiments/create", { name: experiment }, false);
    return textAt(service, made, "experiment_id");
  }
}

/** Finds the run of this watch, or makes it. @param now Milliseconds since 1970. */
async function ownRun(service: Service, place: MlflowPlace, now: number): Promise<string> {
  const experiment = await experimentId(service, place);
  const filter = `tags.\`${watchTag}\` = '${place.watch}'`;
  const { runs } = await call(service, place, "runs/search", {
    experiment_ids: [experiment],
    filter,
    max_results: 1,
  });
  if (Array.isArray(runs) && runs.length > 0) return textAt(service, runs[0], "info", "run_id");
  const made = await call(
    service,
    place,
    "runs/create",
    {
      experiment_id: experiment,
      run_name: place.runName,
      start_time: now,
      tags: [{ key: watchTag, value: place.watch }],
    },
    false,
  );
  return textAt(service, made, "run", "info", "run_id");
}

/**
 * Opens a run of MLflow by its REST interface: the one that is named, or one of the watch's own, which is found again at
 * the next start. Returns what logs metrics to it; logged again with the same time and step, they count once.
 *
 * @throws ServiceError where the server cannot be reached or refuses
 */
export function openMlflow(
  service: Service,
  place: MlflowPlace,
): (metrics: readonly MlflowMetric[], now: number) => Promise<void> {
  let run = place.runId;
  return async (metrics, now) => {
    run ??= await ownRun(service, place, now);
    for (let at = 0; at < metrics.length; at += mostMetrics) {
      await call(service, place, "runs/log-batch", { run_id: run, metrics: metrics.slice(at, at + mostMetrics) });
    }
    if (place.runId === undefined) {
      await call(service, place, "runs/update", { run_id: run, status: "FINISHED", end_time: now });
    }
  };
}
