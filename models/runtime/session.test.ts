import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { createGraph } from "../graph/builder.ts";
import { readProfile } from "./placement.ts";
import { processor } from "./providers/cpu.ts";
import { openSession, type Session, type SessionSettings } from "./session.ts";
import { endAhead, startAhead, supportedProviders } from "./session-threads.ts";

/** Opens y = x · x, elementwise. */
async function openSquare(settings: Partial<SessionSettings> = {}): Promise<Session> {
  const graph = createGraph();
  const x = graph.input("x", "float", ["n"]);
  graph.output(graph.op("Mul", [x, x]), "y", ["n"]);
  return openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor, ...settings });
}
const feed = (...values: number[]) => ({ x: { data: Float32Array.from(values), dims: [values.length] } });

describe("a session", () => {
  it("runs calls in any number, each with its own answer", async () => {
    const session = await openSquare();
    expect([session.inputs, session.outputs]).toEqual([["x"], ["y"]]);
    const answers = await Promise.all([1, 2, 3].map((value) => session.run(feed(value), ["y"])));
    expect(answers.map(({ y }) => y?.data[0])).toEqual([1, 4, 9]);
    await session.close();
  });

  it("gives back what it was lent, with the answer in its place, and takes it again", async () => {
    const session = await openSquare();
    let lent = { feeds: feed(3, 4), output: { y: { data: new Float32Array(2), dims: [2] } } };
    const { buffer } = lent.output.y.data;
    lent = (await session.compute(lent.feeds, lent.output)) as typeof lent;
    expect(buffer.byteLength).toBe(0);
    expect([...lent.output.y.data]).toEqual([9, 16]);
    expect([...lent.feeds.x.data]).toEqual([3, 4]);
    lent.feeds.x.data.set([5, 6]);
    const again = await session.compute(lent.feeds, lent.output);
    expect([...(again.output["y"]?.data ?? [])]).toEqual([25, 36]);
    const held = session.hold({ data: Float32Array.of(7), dims: [1] });
    const { output } = await session.compute({ x: held }, { y: { data: new Float32Array(1), dims: [1] } });
    expect([...(output["y"]?.data ?? [])]).toEqual([49]);
    await expect(session.compute({}, { y: { data: new Float32Array(1), dims: [1] } })).rejects.toThrow(
      /^ONNX Runtime: /,
    );
    await session.close();
  });

  it("keeps what it holds until it is released", async () => {
    const session = await openSquare();
    const held = session.hold({ data: Float32Array.of(5), dims: [1] });
    expect((await session.run({ x: held }, ["y"]))["y"]?.data[0]).toBe(25);
    expect((await session.run({ x: held }, ["y"]))["y"]?.data[0]).toBe(25);
    session.release(held);
    await expect(session.run({ x: held }, ["y"])).rejects.toThrow("ONNX Runtime: the tensor 0 is not held");
    await session.close();
  });

  it("tells a failing run by ONNX Runtime's message, and goes on", async () => {
    const session = await openSquare();
    await expect(session.run({}, ["y"])).rejects.toThrow(/^ONNX Runtime: .*x/);
    expect((await session.run(feed(2), ["y"]))["y"]?.data[0]).toBe(4);
    await session.close();
  });

  it("tells of a table that is asked for a row it has not as a fault of the model", async () => {
    const graph = createGraph();
    const ids = graph.input("ids", "int32", ["n"]);
    graph.output(graph.op("Gather", [graph.floats([1, 2, 3], [3]), ids]), "y", ["n"]);
    const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
    const row = (id: number) => session.run({ ids: { data: Int32Array.of(id), dims: [1] } }, ["y"]);
    expect((await row(2))["y"]?.data[0]).toBe(3);
    await expect(row(3)).rejects.toThrow(InputError);
    await expect(row(7)).rejects.toThrow(
      "model: a token or a position has the number 7, and the model's table has rows 0 to 2; ",
    );
    await session.close();
  });

  it("opens in a thread that was started ahead, once; the next has a thread of its own", async () => {
    startAhead();
    startAhead();
    const sessions = [await openSquare(), await openSquare()];
    const runs = await Promise.all(sessions.map((session, i) => session.run(feed(i + 2), ["y"])));
    expect(runs.map(({ y }) => y?.data[0])).toEqual([4, 9]);
    await Promise.all(sessions.map((session) => session.close()));
  });

  it("takes over the thread of one that was closed, and nothing else of it", async () => {
    const first = await openSquare();
    const held = first.hold({ data: Float32Array.of(5), dims: [1] });
    await Promise.all([first.close(), first.close()]);
    const graph = createGraph();
    const ids = graph.input("ids", "int32", ["n"]);
    graph.output(graph.op("Cast", [ids], { to: 1 }), "z", ["n"]);
    const settings = { ...(await graph.serialize()), threads: 1, executionProvider: processor };
    const started = vi.spyOn(Worker.prototype, "ref");
    const second = await openSession(settings);
    expect(started).toHaveBeenCalledOnce();
    started.mockRestore();
    expect([second.inputs, second.outputs]).toEqual([["ids"], ["z"]]);
    await expect(second.run({ ids: held }, ["z"])).rejects.toThrow("ONNX Runtime: the tensor 0 is not held");
    await expect(first.run(feed(1), ["y"])).rejects.toThrow("model: it is closed, and computes nothing more");
    expect(() => first.hold({ data: Float32Array.of(5), dims: [1] })).toThrow("model: it is closed");
    first.release(held);
    await first.close();
    const answer = await second.run({ ids: { data: Int32Array.of(3), dims: [1] }, x: feed(1).x }, ["z"]);
    expect(answer["z"]?.data[0]).toBe(3);
    await second.close();
  });

  it("takes over the threads of two that were closed; of a third one it is ended", async () => {
    const openAll = () => Promise.all(Array.from({ length: 3 }, () => openSquare()));
    await endAhead();
    await Promise.all((await openAll()).map((session) => session.close()));
    const started = vi.spyOn(Worker.prototype, "ref");
    const sessions = await openAll();
    expect(started).toHaveBeenCalledTimes(2);
    started.mockRestore();
    const runs = await Promise.all(sessions.map((session, i) => session.run(feed(i), ["y"])));
    expect(runs.map(({ y }) => y?.data[0])).toEqual([0, 1, 4]);
    await Promise.all(sessions.map((session) => session.close()));
  });

  it("a thread that was started ahead is ended once it has begun, where no session took it", async () => {
    startAhead();
    await endAhead();
    await endAhead();
    startAhead();
    const session = await openSquare();
    await endAhead();
    expect((await session.run(feed(3), ["y"]))["y"]?.data[0]).toBe(9);
    await session.close();
  });

  it("that cannot be opened is refused in a thread that was started ahead, too", async () => {
    startAhead();
    const broken = openSession({ model: new Uint8Array([1, 2, 3]), threads: 1, executionProvider: processor });
    await expect(broken).rejects.toThrow(/^model: ONNX Runtime cannot load it: /);
  });

  it("finishes what was asked for before it closes", async () => {
    const session = await openSquare();
    const runs = Array.from({ length: 20 }, (_, i) => session.run(feed(i), ["y"]));
    await session.close();
    expect((await Promise.all(runs)).map(({ y }) => y?.data[0])).toEqual(Array.from({ length: 20 }, (_, i) => i * i));
  });

  it("answers nothing more once it is closed, and says so", async () => {
    const session = await openSquare();
    await session.close();
    await expect(session.run(feed(1), ["y"])).rejects.toThrow("model: it is closed, and computes nothing more");
    await session.close();
  });

  it("computes where it is told to", async () => {
    const elsewhere = openSquare({ executionProvider: { name: "elsewhere" } });
    await expect(elsewhere).rejects.toThrow(/^model: ONNX Runtime cannot load it: .*elsewhere/);
  });

  it("a model that cannot be loaded is an error for people", async () => {
    const broken = openSession({ model: new Uint8Array([1, 2, 3]), threads: 1, executionProvider: processor });
    await expect(broken).rejects.toThrow(/^model: ONNX Runtime cannot load it: /);
  });
});

describe("a session's profile", () => {
  // Other tests write profiles at the same time, so this one has a folder for temporary files to itself.
  beforeAll(() => void vi.stubEnv("TMPDIR", mkdtempSync(join(tmpdir(), "pramana-profiles-"))));
  afterAll(() => void vi.unstubAllEnvs());
  const profiles = () => readdirSync(tmpdir()).filter((name) => name.startsWith("pramana-profile-"));

  it("names the nodes that ran, their provider and sizes, and leaves no file behind", async () => {
    const before = profiles();
    const session = await openSquare({ profiled: true });
    await session.run(feed(1, 2, 3), ["y"]);
    expect(readProfile(await session.profile())).toEqual([
      {
        type: "Mul",
        provider: "CPUExecutionProvider",
        inputs: [
          { type: "float", dims: [3] },
          { type: "float", dims: [3] },
        ],
        outputs: [{ type: "float", dims: [3] }],
      },
    ]);
    expect(profiles()).toEqual(before);
    expect((await session.run(feed(2), ["y"]))["y"]?.data[0]).toBe(4);
    await session.close();
  });

  it("is not kept unless it was asked for", async () => {
    const session = await openSquare();
    await expect(session.profile()).rejects.toThrow("the session was not opened to be profiled");
    await session.close();
  });

  it("leaves no folder behind when the model cannot be loaded", async () => {
    const before = profiles();
    await expect(openSquare({ profiled: true, model: new Uint8Array([1, 2, 3]) })).rejects.toThrow("cannot load it");
    expect(profiles()).toEqual(before);
  });
});

describe("providers", () => {
  it("the processor is among them", async () => {
    expect(await supportedProviders()).toContain("cpu");
  });

  it.runIf(process.platform === "linux" && process.arch === "x64")("CUDA is built in on Linux x64", async () => {
    expect(await supportedProviders()).toContain("cuda");
  });
});
