import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dropped, entryOf } from "../reports/watch/testing/comparison.ts";
import { listen } from "../runners/outbound/testing/listening.ts";
import { choice, newRun, terminalOf, writeCheckpoint } from "./testing/watched.ts";
import { watch } from "./watch.ts";
import { type OutputChoice, openOutputs } from "./watch-outputs.ts";

const good = entryOf("checkpoint-500", 0.75, 0.7);
const curve = [good, dropped];

/** Opens the outputs of a watched folder as a new start does. */
function start(folder: string, choice: OutputChoice, env: Readonly<Record<string, string>> = {}) {
  const { terminal, err } = terminalOf();
  mkdirSync(join(folder, "pramana"), { recursive: true });
  const own = { ...terminal, env: { PATH: process.env["PATH"], ...env } };
  const setting = { folder, results: join(folder, "pramana"), settings: "{}", choice, terminal: own };
  return { deliver: openOutputs(setting), err };
}

describe("openOutputs", () => {
  it("tells a webhook of each checkpoint once, in order, whatever starts lie between", async () => {
    const folder = newRun();
    const { url, heard } = await listen(() => ({}));
    const { deliver } = start(folder, { webhook: url });
    expect(await deliver([good])).toBe(true);
    expect(await deliver(curve)).toBe(true);
    const { deliver: again } = start(folder, { webhook: url });
    expect(await again(curve)).toBe(true);
    expect(heard.map(({ body }) => (body as { checkpoint: string }).checkpoint)).toEqual([
      "checkpoint-500",
      "checkpoint-1500",
    ]);
    expect(heard[1]?.body).toMatchObject({ watched: "my-run", isDrop: true, tasks: { STSBenchmark: 65 } });
  });

  it("tries what was not taken again, first things first, and tells that once and without secrets", async () => {
    const folder = newRun();
    let isUp = false;
    const words = "no: hunter2 path-of-the-hook key-of-the-query Basic Ym9iOmh1bnRlcjI=";
    const { url, heard } = await listen(() => (isUp ? {} : { status: 403, body: { message: words } }));
    const webhook = `${url.replace("//", "//bob:hunter2@")}/path-of-the-hook?key=key-of-the-query`;
    const { deliver, err } = start(folder, { webhook });
    expect([await deliver(curve), await deliver(curve)]).toEqual([false, false]);
    expect(heard).toHaveLength(2);
    expect(heard[0]).toMatchObject({
      path: "/path-of-the-hook?key=key-of-the-query",
      headers: { authorization: "Basic Ym9iOmh1bnRlcjI=" },
    });
    expect(err()).toBe(
      `webhook ${url}: it answered 403 (no: … … … …); checkpoint-500 is told with the next checkpoint, or at the next start\n`,
    );
    isUp = true;
    expect(await deliver(curve)).toBe(true);
    expect(heard).toHaveLength(4);
    expect(readFileSync(join(folder, "pramana/watch-sent.jsonl"), "utf8")).not.toMatch(/hunter2|path-of|key-of/);
  });

  it("writes event files, one for each start that has something to say, and leaves out what has no step", async () => {
    const folder = newRun();
    const tensorboard = join(folder, "runs");
    const { deliver, err } = start(folder, { tensorboard });
    const best = entryOf("best", 0.8, 0.8);
    expect([await deliver([good, best]), await deliver([good, best])]).toEqual([true, true]);
    expect(err()).toBe(`tensorboard ${tensorboard}: best is left out, as its name holds no whole step\n`);
    const [file, ...others] = readdirSync(tensorboard);
    expect([file, others]).toEqual([expect.stringMatching(/^events\.out\.tfevents\.1795251851\./), []]);
    const bytes = readFileSync(join(tensorboard, String(file)), "latin1");
    expect(bytes.split("pramana/task/STSBenchmark")).toHaveLength(2);
    writeFileSync(join(folder, "file"), "");
    const broken = start(folder, { tensorboard: join(folder, "file") });
    expect(await broken.deliver([good])).toBe(false);
    expect(broken.err()).toMatch(/^tensorboard .*file: it cannot be written: /);
  });

  it("runs a command at each drop that stands, once, with the news on its standard input", async () => {
    const folder = newRun();
    const onDrop = `cat > "$PRAMANA_RESULTS/news.json"; echo "$PRAMANA_CHECKPOINT $PRAMANA_STEP $PRAMANA_BASE"; exit 3`;
    const { deliver, err } = start(folder, { onDrop });
    expect([await deliver(curve), await deliver(curve)]).toEqual([true, true]);
    expect(err()).toBe(
      "checkpoint-1500 1500 checkpoint-1000\non-drop: the command at the drop of checkpoint-1500 failed: it ended with 3\n",
    );
    expect(JSON.parse(readFileSync(join(folder, "pramana/news.json"), "utf8"))).toMatchObject({ isDrop: true });
    const again = start(folder, { onDrop });
    await again.deliver(curve);
    expect(again.err()).toBe("");
    const accepted = start(newRun(), { onDrop });
    await accepted.deliver([{ ...dropped, isAccepted: true }]);
    expect(accepted.err()).toBe("");
  });

  it("takes a command that does not read, and one that there is not", async () => {
    const { deliver, err } = start(newRun(), { onDrop: "pramana-no-such-command" });
    expect(await deliver(curve)).toBe(true);
    expect(err()).toContain("on-drop: the command at the drop of checkpoint-1500 failed: it ended with 127\n");
    const silent = start(newRun(), { onDrop: "exit 0" });
    await silent.deliver(curve);
    expect(silent.err()).toBe("");
  });

  it("logs to MLflow with the server's own variables, and repeats no token", async () => {
    const { url, heard } = await listen(({ headers }) =>
      headers.authorization === "Bearer mlflow-token" ? { body: {} } : { status: 401 },
    );
    const env = { MLFLOW_RUN_ID: "run-1", MLFLOW_TRACKING_TOKEN: "mlflow-token" };
    expect(await start(newRun(), { mlflow: `${url}/` }, env).deliver([good])).toBe(true);
    expect(heard).toMatchObject([
      {
        path: "/api/2.0/mlflow/runs/log-batch",
        body: { run_id: "run-1", metrics: [{ key: "pramana/mean_task", step: 500 }, {}, {}, {}, {}, {}] },
      },
    ]);
    const user = { MLFLOW_RUN_ID: "run-1", MLFLOW_TRACKING_USERNAME: "u", MLFLOW_TRACKING_PASSWORD: "p" };
    expect(await start(newRun(), { mlflow: url }, user).deliver([good])).toBe(false);
    expect(heard[1]?.headers.authorization).toBe(`Basic ${Buffer.from("u:p").toString("base64")}`);
  });

  it("refuses what is no address, without repeating it", () => {
    for (const wrong of ["hooks.example/secret", "ftp://u:secret@x", "http://"]) {
      expect(() => start(newRun(), { webhook: wrong })).toThrow(
        /^--webhook: expected an address that begins with http:\/\/ or https:\/\/$/,
      );
    }
  });
});

describe("a watch that tells others", () => {
  it("ends with 1 where something could not be told, and tells it at the next start, which evaluates nothing", async () => {
    const folder = newRun();
    writeCheckpoint(join(folder, "checkpoint-1"), 0);
    let isUp = false;
    const { url, heard } = await listen(() => ({ status: isUp ? 200 : 404 }));
    const told = { ...choice, webhook: url };
    const first = terminalOf();
    expect(await watch(folder, told, first.terminal)).toBe(false);
    expect(first.err()).toContain(`webhook ${url}: it answered 404; checkpoint-1 is told with the next checkpoint`);
    expect(first.out()).toContain("| checkpoint-1 |");
    isUp = true;
    const second = terminalOf();
    expect(await watch(folder, told, second.terminal)).toBe(true);
    expect(second.err()).not.toContain("evaluating");
    expect(await watch(folder, told, terminalOf().terminal)).toBe(true);
    // Two refusals, as it is tried again before the first start ends, and what the second start told.
    expect(heard.map(({ body }) => (body as { checkpoint: string }).checkpoint)).toEqual(Array(3).fill("checkpoint-1"));
  });
});
