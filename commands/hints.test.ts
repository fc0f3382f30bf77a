import { describe, expect, it } from "vitest";
import { definitions } from "./definitions/index.ts";
import { mendedHint } from "./hints.ts";

const unknown = (flag: string) => `error: unknown option '${flag}'\n(Did you mean --cache-size?)\n`;
const tooMany = "error: too many arguments for 'run'. Expected 0 arguments but got 1.\n";

const keys = ["model", "tasks"];

describe("a hint on wrong arguments", () => {
  it.each(["--batch-size", "--batch_size"])("says what there is in place of %s of other programs", (flag) => {
    expect(mendedHint(unknown(flag), ["run", flag, "8"], keys)).toBe(
      `error: unknown option '${flag}'\n(there is none to set: batches are made by their tokens, and by the room that the device has; bench has --batch-sizes)\n`,
    );
  });

  it("stays the parser's for what is only misspelt", () => {
    const text = "error: unknown option '--taks'\n(Did you mean --tasks?)\n";
    expect(mendedHint(text, ["run", "--taks", "A"], keys)).toBe(text);
    expect(mendedHint(unknown("--constructor"), ["run"], keys)).toBe(unknown("--constructor"));
  });

  it("writes a list of names as it is wanted", () => {
    const words = ["run", "--model", "m", "-t", "A,B", "C", "--results", "r"];
    expect(mendedHint(tooMany, words, keys)).toBe(`${tooMany}(names are separated by commas: -t A,B,C)\n`);
  });

  it("says where a model goes", () => {
    expect(mendedHint(tooMany, ["run", "some/model", "-t", "A"], keys)).toBe(
      `${tooMany}(a model is given with --model, tasks with --tasks)\n`,
    );
    expect(mendedHint(tooMany, ["embed", "some/model"], ["model"])).toBe(`${tooMany}(a model is given with --model)\n`);
    expect(mendedHint(tooMany, ["tasks", "some"], ["type"])).toBe(tooMany);
  });

  it("says why a name does not go through a queue", () => {
    const text = "error: option '--queue <address>' cannot be used with option '--name <org/model>'\n(--help)\n";
    expect(mendedHint(text, ["run"], keys)).toMatch(/\n\(workers name what they store .*pramana results rename.*\)\n$/);
    const other = text.replace("--name <org/model>", "--prompts <file>");
    expect(mendedHint(other, ["run"], keys)).toBe(other);
  });

  it("names no option that some command has", () => {
    const flags = new Set(definitions.flatMap(({ options }) => Object.keys(options)));
    // What other programs call so is an option of commands that write a file.
    const foreign = ["batchSize", "dtype", "maxLength", "token", "gpu", "numWorkers", "modelName"];
    expect(foreign.filter((key) => flags.has(key))).toEqual([]);
  });
});
