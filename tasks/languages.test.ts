import { describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { benchmarkTasks } from "./benchmarks.ts";
import { catalogue, getTask } from "./index.ts";
import { inLanguages } from "./languages.ts";

const subsets = (name: string, ...languages: string[]) =>
  inLanguages([getTask(name)], languages).flatMap((task) => Object.keys(task.languages));

describe("the subsets in languages", () => {
  it("are those that hold one of them, pairs of two languages too, in their order", () => {
    expect(subsets("STS17", "deu")).toEqual(["en-de"]);
    expect(subsets("STS17", "fra", "spa")).toEqual(["es-en", "es-es", "fr-en"]);
  });

  it.each(["deu", "German", "german", "deu-Latn"])("are found by %s", (name) => {
    expect(subsets("AmazonReviewsClassification", name)).toEqual(["de"]);
  });

  it("tell scripts of one language apart where one is named", () => {
    const task = { ...getTask("STS17"), languages: { a: ["srp-Cyrl"], b: ["srp-Latn"] } };
    expect(Object.keys(inLanguages([task], ["srp"])[0]?.languages ?? {})).toEqual(["a", "b"]);
    expect(Object.keys(inLanguages([task], ["srp-Latn"])[0]?.languages ?? {})).toEqual(["b"]);
  });

  it("are found among those of all tasks, languages of programs too", () => {
    const names = (language: string) => inLanguages(catalogue(), [language]).map(({ name }) => name);
    expect(names("c++")).toContain("CodeTransOceanContest");
    expect(names("Welsh")).toContain("SIB200Classification");
  });

  it("leave out the tasks that have none", () => {
    const german = inLanguages(benchmarkTasks("MTEB(Multilingual, v2)"), ["German"]);
    expect(german.map(({ name }) => name)).toContain("MassiveIntentClassification");
    expect(german.map(({ name }) => name)).not.toContain("AfriSentiClassification");
    expect(
      german.every(({ languages }) =>
        Object.values(languages)
          .flat()
          .some((one) => one.startsWith("deu")),
      ),
    ).toBe(true);
  });

  it("are not taken for others where a language is unknown", () => {
    expect(() => subsets("STS17", "germna")).toThrow(
      new InputError(
        'language "germna": no subset of these tasks is in it (did you mean "german"?); expected a code of ISO 639-3, ' +
          "such as deu, or an English name",
      ),
    );
    expect(() => subsets("STS17", "de")).toThrow(/language "de": no subset/);
  });
});
