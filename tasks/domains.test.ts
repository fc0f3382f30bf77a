import { describe, expect, it } from "vitest";
import { domainsOf, tasksOfDomain } from "./domains.ts";
import { catalogue, leftOut } from "./index.ts";

describe("domains of tasks", () => {
  it("are those of mteb's registry", () => {
    expect(domainsOf("STSBenchmark")).toEqual(["Blog", "News", "Written"]);
    expect(domainsOf("Banking77Classification")).toEqual(["Written"]);
    expect(domainsOf("MiniSTS")).toEqual([]);
  });

  it("have tasks of the catalogue only", () => {
    const legal = tasksOfDomain("legal");
    expect(legal).toBe(tasksOfDomain("Legal"));
    expect(legal.has("AILAStatutes")).toBe(true);
    const known = new Set([...catalogue(), ...leftOut()].map(({ name }) => name));
    expect(catalogue().filter(({ name }) => legal.has(name)).length).toBeGreaterThan(20);
    expect([...legal].filter((name) => !known.has(name))).toEqual([]);
  });

  it("that are unknown are told with the nearest", () => {
    expect(() => tasksOfDomain("Medicl")).toThrow(
      'domain "Medicl" is unknown (did you mean "Medical"?); expected one of Academic, ',
    );
  });
});
