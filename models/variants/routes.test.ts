import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { CacheSettings } from "../cache/settings.ts";
import type { Encoder } from "../encoder.ts";
import { openRepository } from "../index.ts";
import type { ModelOptions } from "../open-modules.ts";
import { readRepository } from "../repository/repository.ts";
import { type Route, textKinds } from "../repository/router.ts";
import { openFolder } from "../testing/checkpoint.ts";

interface Case {
  readonly name: string;
  readonly copies: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, unknown>>;
  readonly maxTokens: number;
  readonly parameters: number;
  readonly vectors: Readonly<Record<(typeof textKinds)[number], readonly (readonly number[])[] | null>>;
}

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const golden: { readonly texts: string[]; readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(join(fixtures, "routers.json"), "utf8"),
);

/** Writes a case's repository. */
function folderOf({ copies, files }: Pick<Case, "copies" | "files">): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-router-"));
  for (const [part, source] of Object.entries(copies)) {
    cpSync(join(fixtures, source), join(folder, part), { recursive: true });
  }
  for (const [part, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, part)), { recursive: true });
    writeFileSync(join(folder, part), JSON.stringify(content));
  }
  return folder;
}

const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

async function open(folder: string, options: Partial<ModelOptions> = {}): Promise<Encoder> {
  const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1, ...options });
  opened.push(encoder);
  return encoder;
}

/** Encodes one text in the role of its kind, with the model's own prompt for it. */
async function vectorOf(encoder: Encoder, kind: (typeof textKinds)[number], text: string): Promise<number[]> {
  const role = kind === "text" ? {} : { role: kind };
  const prompt = kind === "text" ? "" : encoder.info.prompts[kind];
  return Array.from((await encoder.encode([text], { ...role, prompt })).data);
}

/** Query and document encoders of the fixtures, with other values of the Router's file. */
const two = (parameters: Readonly<Record<string, unknown>>, structure?: unknown): string => {
  const [base] = golden.cases;
  const router = base.files["router_config.json"] as { structure: unknown; parameters: object };
  const changed = { ...router, parameters, structure: structure ?? router.structure };
  return folderOf({ ...base, files: { ...base.files, "router_config.json": changed } });
};

describe("a Router, against sentence-transformers", () => {
  it.each(golden.cases)("$name", async ({ maxTokens, parameters, vectors, ...files }) => {
    const encoder = await open(folderOf(files));
    expect(encoder.info).toMatchObject({ maxTokens, parameters, similarity: "cosine" });
    for (const kind of textKinds) {
      for (const [i, text] of golden.texts.entries()) {
        const expected = vectors[kind]?.[i];
        if (expected === undefined) {
          await expect(vectorOf(encoder, kind, text)).rejects.toThrow(/^model: .*: (no route|texts without a role)/);
        } else {
          const found = await vectorOf(encoder, kind, text);
          expect(found).toHaveLength(expected.length);
          expect(Math.max(...found.map((value, j) => Math.abs(value - expected[j])))).toBeLessThan(1e-5);
        }
      }
    }
  });
});

describe("a model with a Router", () => {
  it("is one model with two sides, which their routes name", async () => {
    const encoder = await open(two({ default_route: "document" }));
    const { id, sides } = encoder.info;
    expect(id).toMatch(/^local\/pramana-router-\w+$/);
    expect(sides?.query).toMatchObject({ id: `${id}[route=query]`, maxTokens: 64, parameters: 86640 });
    expect(sides?.document).toMatchObject({ id: `${id}[route=document]`, maxTokens: 48, parameters: 86640 });
  });

  it("has no sides where queries and documents take one route", async () => {
    const encoder = await open(two({ route_mappings: { "(None, None)": "query" } }));
    expect(encoder.info.sides).toBeUndefined();
    expect(encoder.info.parameters).toBe(86640);
  });

  it("keeps the vectors of its routes apart, also where the routes are alike but for their weights", async () => {
    const cache: CacheSettings = {
      folder: mkdtempSync(join(tmpdir(), "pramana-router-cache-")),
      limit: 1e9,
      environment: [],
      now: () => 0,
    };
    const rows = {
      query: ["query_0_Transformer", "document_1_Pooling"],
      document: ["document_0_Transformer", "document_1_Pooling"],
    };
    const folder = two({ default_route: "query" }, rows);
    const alone = await open(folder);
    const cached = await open(folder, { cache });
    for (const kind of ["query", "document", "query"] as const) {
      expect(await vectorOf(cached, kind, "a text")).toEqual(await vectorOf(alone, kind, "a text"));
    }
    expect(await vectorOf(cached, "query", "a text")).not.toEqual(await vectorOf(cached, "document", "a text"));
  });

  it("takes texts for messages behind a Transformer that makes messages of them", async () => {
    const base = golden.cases.find(({ name }) => name.startsWith("a Router after pooling")) as Case;
    const output = { method: "forward", method_output_name: "last_hidden_state" };
    const router = base.files["2/router_config.json"] as object;
    const routesOf = async (settings: object) => {
      const files = {
        ...base.files,
        "2/router_config.json": {
          ...router,
          parameters: { route_mappings: { "(None, 'message')": "query" }, default_route: "document" },
        },
        "sentence_bert_config.json": settings,
      };
      const { routes } = await readRepository(await openFolder(folderOf({ ...base, files })));
      return textKinds.map((kind) => (routes?.[kind] as Route | undefined)?.name);
    };
    expect(await routesOf({ modality_config: { text: output, message: output } })).toEqual(["query", "query", "query"]);
    expect(await routesOf({ modality_config: { text: output } })).toEqual(["query", "document", "document"]);
  });

  it("refuses an exported graph, and routes whose vectors cannot be compared", async () => {
    await expect(open(two({}), { exported: true })).rejects.toThrow(/has a Router, .*leave --onnx out$/);
    const base = golden.cases.find(({ name }) => name === "a part of two routes") as Case;
    const router = base.files["router_config.json"] as { structure: object };
    const structure = { query: ["x", "y"], document: ["x", "y", "z"] };
    const folder = folderOf({ ...base, files: { ...base.files, "router_config.json": { ...router, structure } } });
    await expect(open(folder)).rejects.toThrow(/gives vectors of 32 values on its route query, of 48 on document; /);
  });

  it.each<[string, object, unknown, RegExp]>([
    [
      "a default that is no route",
      { default_route: "passage" },
      undefined,
      /default_route is passage, which structure has not/,
    ],
    [
      "a mapping to no route",
      { route_mappings: { "('query', None)": "q" } },
      undefined,
      /route_mappings leads to q, which/,
    ],
    [
      "a mapping of another form",
      { route_mappings: { query: "query" } },
      undefined,
      /a key of route_mappings is query; expected is/,
    ],
    ["an unknown parameter", { routes: 2 }, undefined, /parameters\.routes is not known/],
    ["a part without a type", {}, { query: ["other"] }, /types has no other, which is in structure/],
    ["a route called by a number", {}, { 1: ["query_0_Transformer"] }, /names are numbers are not read/],
    ["no routes", {}, {}, /from 1 to 100 routes are expected/],
  ])("refuses %s", async (_, parameters, structure, message) => {
    await expect(open(two({ ...parameters }, structure))).rejects.toThrow(message);
  });
});
