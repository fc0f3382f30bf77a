import { describe, expect, it } from "vitest";
import { oneOf, positive } from "../../runners/setting.ts";
import { names } from "../option-values.ts";
import { type CommandDefinition, defineCommand, flagsOf, type Options } from "./definition.ts";

interface Choice {
  readonly queryModel: string;
  readonly threads: number;
  readonly precision?: "fp32" | "int8";
  readonly taskFile?: readonly string[];
  readonly cache?: boolean;
  readonly explain?: true | readonly string[];
}

const options = {
  queryModel: { group: "advanced", value: "id-or-folder", description: "", required: true },
  threads: { group: "advanced", value: "number", description: "", takes: positive, default: 4 },
  precision: {
    group: "advanced",
    value: "precision",
    description: "",
    takes: oneOf(["fp32", "int8"]),
    conflicts: ["taskFile"],
  },
  taskFile: { group: "advanced", values: "files", description: "" },
  cache: { group: "advanced", negated: true, description: "" },
  explain: { group: "advanced", optionalValue: "tasks", description: "", parse: names },
} satisfies Options<Choice>;

const about = { name: "try", description: "", run: async () => true } as const;

describe("a command's definition", () => {
  it("names an option by its key", () => {
    const { options: all } = defineCommand<Choice>()({ ...about, options });
    expect(Object.keys(all).map((key) => flagsOf(key, all[key]))).toEqual([
      "--query-model <id-or-folder>",
      "--threads <number>",
      "--precision <precision>",
      "--task-file <files...>",
      "--no-cache",
      "--explain [tasks]",
    ]);
  });

  it("does not compile unless its options are those of the choice", () => {
    const { cache: _cache, ...without } = options;
    const define = defineCommand<Choice>();
    const plain = { group: "model", description: "" } as const;
    const wrong: readonly CommandDefinition[] = [
      // @ts-expect-error: the key `cache` has no option
      define({ ...about, options: without }),
      // @ts-expect-error: no key is called `colour`
      define({ ...about, options: { ...options, colour: plain } }),
      // @ts-expect-error: nor where the option comes with others
      define({ ...about, options: { ...options, ...{ colour: plain } } }),
      // @ts-expect-error: an option stands in a group of the help
      define({ ...about, options: { ...options, taskFile: { values: "files", description: "" } } }),
      // @ts-expect-error: a number has no text as its default
      define({ ...about, options: { ...options, threads: { ...options.threads, default: "4" } } }),
      // @ts-expect-error: what the choice must have has neither a default nor is required
      define({ ...about, options: { ...options, queryModel: { ...plain, value: "id" } } }),
      // @ts-expect-error: what the choice must have cannot be a number that nobody gave
      define({ ...about, options: { ...options, threads: { ...plain, value: "number", takes: positive } } }),
      // @ts-expect-error: a number is not read from its text
      define({ ...about, options: { ...options, threads: { ...plain, value: "number", default: 4 } } }),
      // @ts-expect-error: fp8 is none of the precisions
      define({ ...about, options: { ...options, precision: { ...options.precision, takes: oneOf(["fp8"]) } } }),
      // @ts-expect-error: a precision is no number
      define({ ...about, options: { ...options, precision: { ...options.precision, takes: positive } } }),
      // @ts-expect-error: what is read is another type than the key's
      define({ ...about, options: { ...options, queryModel: { ...options.queryModel, parse: names } } }),
      // @ts-expect-error: several values for a text
      define({ ...about, options: { ...options, queryModel: { ...plain, values: "ids", required: true } } }),
      // @ts-expect-error: one value for a list
      define({ ...about, options: { ...options, taskFile: { ...plain, value: "file" } } }),
      // @ts-expect-error: a flag has no value
      define({ ...about, options: { ...options, cache: { ...plain, value: "size" } } }),
      // @ts-expect-error: a flag for what is no boolean
      define({ ...about, options: { ...options, precision: plain } }),
      // @ts-expect-error: it cannot go without an option that there is not
      define({ ...about, options: { ...options, cache: { group: "model", description: "", conflicts: ["colour"] } } }),
      // @ts-expect-error: a misspelt field
      define({ ...about, options: { ...options, cache: { group: "model", description: "", negatd: true } } }),
    ];
    expect(wrong).toHaveLength(17);
  });

  it("hands on arguments of the types that its name says", async () => {
    const given: unknown[] = [];
    const { run } = defineCommand()({
      name: "try <one> [other] <many...>",
      description: "",
      options: {},
      run: async (_terminal, _choice, one, other, many) => {
        const typed: [string, string | undefined, readonly string[]] = [one, other, many];
        // @ts-expect-error: the second may be missing
        const wrong: string = other;
        given.push(...typed, wrong);
        return true;
      },
    });
    const bare = { name: "try", description: "", options: {} } as const;
    // @ts-expect-error: there is no argument
    defineCommand()({ ...bare, run: async (_terminal, _choice, one) => one === undefined });
    const terminal = {} as Parameters<typeof run>[0];
    expect(await run(terminal, {}, ["a", undefined, ["b", "c"]])).toBe(true);
    expect(given).toEqual(["a", undefined, ["b", "c"], undefined]);
  });
});
