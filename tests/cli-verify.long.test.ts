import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sample } from "./built-cli.ts";
import { edit, openSigned, tasks } from "./signed-results.ts";

const { pramana, inCwd, verify, revisionIn, copied, signAnew, prepare } = openSigned();

beforeAll(prepare, 60_000);

describe("pramana verify", () => {
  it("finds results right that were left as they were, and computes some of them again", async () => {
    const found = await verify("results", "--key", "anna-public.pem", "--recompute", "20%", "--seed", "7");
    expect([found.code, found.right, found.faults]).toEqual([0, true, []]);
    expect(found.receipt).toMatchObject({ files: 9, isSignerKnown: true });
    expect(found.samples.map(({ task, units }) => [task, units > 0])).toEqual(
      [...tasks].sort().map((task) => [task, true]),
    );
    const done = found.recomputed?.tasks ?? [];
    const units = done.flatMap((one) => ("units" in one ? [[one.task, one.units.drawn, one.units.same]] : []));
    expect(units).toEqual([
      ["MiniClassification", 14, 14],
      ["MiniRetrieval", 5, 5],
      ["MiniSTS", 15, 15],
    ]);
    expect(done.find(({ task }) => task === "MiniClustering")).toMatchObject({ byNature: true });
    const again = await verify("results", "--recompute", "100%");
    expect(again.faults).toEqual([]);
    expect(again.recomputed?.tasks.find(({ task }) => task === "MiniClustering")).toMatchObject({
      scores: [{ isSame: true }],
    });
  });

  it("tells people in sentences what was looked at, and how likely a change would have been found", async () => {
    const { out, code } = await pramana(["verify", sample, "--recompute", "10", "--seed", "1"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^right: pramana\/static-minilm-128 at f950708, as far as it was looked at\n/);
    expect(out).toContain("drawn with the seed 1 (--seed 1 draws the same)");
    expect(out).toContain("only --key PUBLIC tells");
    expect(out).toMatch(/If 5 % of the units of MiniSTS had been altered/);
  });

  it.each<[what: string, change: (folder: string) => unknown, named: RegExp]>([
    [
      "a score that was edited",
      (folder) =>
        edit(join(folder, "MiniSTS.json"), (text) => text.replace(/"main_score": 0\.\d/, '"main_score": 0.9')),
      /^MiniSTS.json: edited or damaged/m,
    ],
    [
      "a sample that was edited",
      (folder) => {
        const file = join(folder, "MiniSTS.samples.parquet");
        const bytes = readFileSync(file);
        bytes[40] ^= 1;
        writeFileSync(file, bytes);
      },
      /^MiniSTS.samples.parquet: it was changed/m,
    ],
    [
      "samples of another task",
      (folder) =>
        copyFileSync(join(folder, "MiniClassification.samples.parquet"), join(folder, "MiniSTS.samples.parquet")),
      /^MiniSTS: its samples give 0\.\d+, its result says 0\.\d+/m,
    ],
    [
      "a description of the model that was edited",
      (folder) =>
        edit(join(folder, "model_meta.json"), (text) => text.replace(/"n_parameters": \d+/, '"n_parameters": 7')),
      /^model_meta.json: it was changed/m,
    ],
    [
      "a task that was removed",
      (folder) => rmSync(join(folder, "MiniSTS.json")),
      /^MiniSTS.json: it is missing; the receipt/m,
    ],
    [
      "samples that were removed",
      (folder) => rmSync(join(folder, "MiniSTS.samples.parquet")),
      /^MiniSTS.samples.parquet: it is missing/m,
    ],
    [
      "a file that was added",
      (folder) => copyFileSync(join(folder, "MiniSTS.samples.parquet"), join(folder, "Other.samples.parquet")),
      /^Other.samples.parquet: it was added/m,
    ],
    [
      "a receipt that was edited",
      (folder) => edit(join(folder, "receipt.pramana"), (text) => text.replace(/"score": 0\.\d/, '"score": 0.9')),
      /^the signature: it is not that of the receipt/m,
    ],
    [
      "a receipt that is none",
      (folder) => edit(join(folder, "receipt.pramana"), (text) => text.replace('"statement"', '"other"')),
      /^the receipt: .*is no receipt that this program knows: statement/m,
    ],
    [
      "a receipt that is gone",
      (folder) => rmSync(join(folder, "receipt.pramana")),
      /^the receipt: there is none; --key asks/m,
    ],
    [
      "a receipt by another key",
      (folder) => signAnew(folder, "mallory"),
      /^the signature: another key signed: sha256:\w{64}, and --key is sha256:\w{64}/m,
    ],
    [
      "a receipt of another run",
      async (folder) => {
        const other = await pramana([
          "run",
          "--model",
          sample,
          "--tasks",
          "MiniSTS",
          "--dimensions",
          "16",
          "--results",
          "other",
        ]);
        expect(other.code).toBe(0);
        const from = revisionIn("other", "pramana__static-minilm-128@16d");
        await signAnew(from, "anna");
        copyFileSync(join(from, "receipt.pramana"), join(folder, "receipt.pramana"));
      },
      /^the receipt: it is that of another run, pramana\/static-minilm-128@16d at f950708/m,
    ],
  ])("refuses %s", async (what, change, named) => {
    const folder = copied(`changed ${what}`);
    await change(folder);
    const { code, faults } = await verify(folder, "--key", "anna-public.pem");
    expect(code).toBe(1);
    expect(faults.map((fault) => `${fault.what}: ${fault.told}`).join("\n")).toMatch(named);
  });

  it("tells what cannot be verified of mteb's own files", async () => {
    mkdirSync(inCwd("theirs/org__model/1"), { recursive: true });
    const file = readFileSync(join(copied("for mteb"), "MiniSTS.json"), "utf8");
    const { pramana_run: _, ...result } = JSON.parse(file);
    writeFileSync(inCwd("theirs/org__model/1/MiniSTS.json"), JSON.stringify(result));
    const { out, code } = await pramana(["verify", "theirs"]);
    expect(code).toBe(0);
    expect(out).toContain("no samples, so that nothing tells what the score is made of: MiniSTS");
    expect(out).toContain("mteb's own results, which record no file and no program");
    const asked = await verify("theirs", "--recompute", "5");
    expect(asked.faults).toEqual([
      { what: expect.any(String), told: expect.stringMatching(/^not computed again: mteb ran it/), isOpen: true },
    ]);
    expect(asked.code).toBe(1);
    expect((await pramana(["verify", "theirs", "--recompute", "5"])).out).toMatch(
      /^not verified: org\/model at 1, of which not all could be looked at that was asked for\n {2}\? MiniSTS: not computed again: /,
    );
  });

  it("refuses what is no key, no share and no results, and says the way out", async () => {
    writeFileSync(
      inCwd("rsa.pem"),
      generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }),
    );
    mkdirSync(inCwd("empty"));
    const texts: [args: string[], said: RegExp][] = [
      [["verify", "results", "--key", "nowhere.pem"], /key: there is no file nowhere.pem in .*openssl pkey/],
      [["verify", "results", "--key", "rsa.pem"], /rsa.pem holds a key of the type rsa; expected a public Ed25519 key/],
      [["receipt", "results", "--sign", "anna-public.pem"], /anna-public.pem holds no such key; .*openssl genpkey/],
      [
        ["verify", "results", "--recompute", "120%"],
        /A share such as 1%, up to 100%, or a whole number above 0 was expected/,
      ],
      [["verify", "nobody/here"], /"nobody\/here" names no stored model/],
      [["verify", "empty"], /empty holds no results/],
    ];
    for (const [args, said] of texts) {
      const { code, err } = await pramana(args);
      expect([args, code, err]).toEqual([args, 2, expect.stringMatching(said)]);
    }
  });

  it("makes no receipt of results that are not whole", async () => {
    const folder = copied("broken");
    edit(join(folder, "MiniSTS.json"), (text) => text.replace(/"main_score": 0\.\d/, '"main_score": 0.9'));
    const { code, err } = await pramana(["receipt", folder]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/MiniSTS.json: .*edited or damaged.*a receipt is made of results that are whole/),
    ]);
  });
});
