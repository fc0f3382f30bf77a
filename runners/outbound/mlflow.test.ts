import { expect, it } from "vitest";
import { openMlflow } from "./mlflow.ts";
import type { Service } from "./service.ts";
import { type Heard, listen } from "./testing/listening.ts";

const service: Service = {
  name: "mlflow",
  headers: {},
  secrets: [],
  fetch: globalThis.fetch,
  signal: new AbortController().signal,
  wait: async () => undefined,
};
const place = (url: string) => ({ url, experiment: "pramana", runName: "my-run", watch: "watch 01" });
const metrics = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ key: `m${i}`, value: i, timestamp: 7, step: 500 }));
const api = "/api/2.0/mlflow/";
const paths = (heard: readonly Heard[]) => heard.map(({ path }) => path.replace(api, "").replace(/\?.*/, ""));

/** A server that knows the experiment and the run, or neither. */
const mlflow = (isKnown: boolean) =>
  listen(({ path }) => {
    switch (path.replace(api, "").replace(/\?.*/, "")) {
      case "experiments/get-by-name":
        return isKnown
          ? { body: { experiment: { experiment_id: "3" } } }
          : { status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST" } };
      case "experiments/create":
        return { body: { experiment_id: "4" } };
      case "runs/search":
        return { body: isKnown ? { runs: [{ info: { run_id: "known" } }] } : {} };
      case "runs/create":
        return { body: { run: { info: { run_id: "made" } } } };
      default:
        return { body: {} };
    }
  });

it("makes the experiment and the run once, and logs within MLflow's limit", async () => {
  const { url, heard } = await mlflow(false);
  const log = openMlflow(service, place(url));
  await log(metrics(2), 7);
  expect(paths(heard)).toEqual([
    "experiments/get-by-name",
    "experiments/create",
    "runs/search",
    "runs/create",
    "runs/log-batch",
    "runs/update",
  ]);
  expect(heard[3]?.body).toEqual({
    experiment_id: "4",
    run_name: "my-run",
    start_time: 7,
    tags: [{ key: "pramana.watch", value: "watch 01" }],
  });
  expect(heard[4]?.body).toEqual({ run_id: "made", metrics: metrics(2) });
  await log(metrics(2100), 8);
  expect(paths(heard.slice(6))).toEqual(["runs/log-batch", "runs/log-batch", "runs/log-batch", "runs/update"]);
  expect(heard[8]?.body).toMatchObject({ metrics: { length: 100 } });
});

it("finds its run again", async () => {
  const { url, heard } = await mlflow(true);
  await openMlflow(service, place(url))(metrics(1), 7);
  expect(paths(heard)).toEqual(["experiments/get-by-name", "runs/search", "runs/log-batch", "runs/update"]);
  expect(heard[1]?.body).toMatchObject({ experiment_ids: ["3"], filter: "tags.`pramana.watch` = 'watch 01'" });
  expect(heard[2]?.body).toMatchObject({ run_id: "known" });
});

it("logs to a trainer's run and leaves it running", async () => {
  const { url, heard } = await mlflow(true);
  await openMlflow(service, { ...place(url), runId: "trainer" })(metrics(1), 7);
  expect(heard.map(({ path, body }) => [path, body])).toEqual([
    [`${api}runs/log-batch`, { run_id: "trainer", metrics: metrics(1) }],
  ]);
});

it("says what is no MLflow", async () => {
  const { url } = await listen(() => ({ body: "<html>" }));
  await expect(openMlflow(service, place(url))(metrics(1), 7)).rejects.toThrow(
    "mlflow: it answered something that MLflow does not; check the address",
  );
});
