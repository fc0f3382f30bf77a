import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openCli, sample } from "./built-cli.ts";

describe("pramana fetch", () => {
  const { pramana } = openCli();

  it("asks for a name, and refuses where the Hub is not to be asked", async () => {
    const nothing = await pramana(["fetch", "--languages", "deu"]);
    expect([nothing.code, nothing.err]).toEqual([
      2,
      "pramana: fetch: nothing was named; expected --tasks, --benchmark, --task-file or --model\n",
    ]);
    const offline = await pramana(["fetch", "--tasks", "STS12"]);
    expect([offline.code, offline.err]).toEqual([
      2,
      "pramana: fetch: HF_HUB_OFFLINE is set, so that nothing may be fetched; unset it\n",
    ]);
    expect((await pramana(["fetch", "--tasks", "STS21"])).code).toBe(2);
  });
});

describe("pramana run --dry-run", () => {
  const { cwd, pramana } = openCli();
  const args = ["run", "--model", sample, "--tasks", "MiniSTS,STS12", "--results", "dry", "--dry-run"];

  it("tells what is there and what is not, runs nothing, and ends with 1 where a task could not be run", async () => {
    const { code, out } = await pramana(args);
    expect(code).toBe(1);
    expect(out).toMatch(/^model: pramana\/static-minilm-128, at hand\ndata: 2 tasks: 1 cached, 1 not to be had\n/);
    expect(out).toMatch(/\| STS12 +\| STS +\| not to be had \| +— \| 6,216 \|/);
    expect(out).toContain("- STS12: the data are not in the cache folder ");
    expect(readdirSync(cwd)).not.toContain("dry");
  });

  it("prints the same for programs", async () => {
    const { code, out } = await pramana([...args.slice(0, 4), "MiniSTS", "--dry-run", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      model: sample,
      bytesToFetch: 0,
      tasks: [{ task: "MiniSTS", state: "cached" }],
    });
    const wrong = await pramana([...args, "xml"]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("Allowed choices are text, json")]);
  });

  it("counts texts for models that are no repository, and foretells no time", async () => {
    const { code, out } = await pramana(["run", "--model", "bm25", "--tasks", "MiniRetrieval", "--dry-run"]);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining("time: not known: bm25 is no repository, and is not tried out"),
    ]);
  });
});
