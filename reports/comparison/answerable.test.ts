import { describe, expect, it } from "vitest";
import { knownTasks } from "../required.ts";
import { requireAnswerable } from "./answerable.ts";
import { parseGate, parseRule } from "./rule.ts";

const known = knownTasks();
const chosen = known.filter(({ name }) => ["STS12", "NFCorpus"].includes(name));
const check = (rule: string, tasks?: typeof chosen) => () => requireAnswerable([parseRule(rule)], known, tasks);

describe("requireAnswerable", () => {
  it.each([
    ["overal < -0.2", '"overal" (did you mean "overall"?)'],
    ["retrieval < -1", '"retrieval" (did you mean "Retrieval"?)'],
    ["SciFakt < -1", '"SciFakt" (did you mean "SciFact"?)'],
    ["STSBenchmrk < -1", '"STSBenchmrk" (did you mean "STSBenchmark"?)'],
    ["xyzzyplugh < -1", '"xyzzyplugh"; expected overall, any, a type (BitextMining, '],
  ])("names the unknown subject of %s with the nearest one", (rule, said) => {
    expect(check(rule)).toThrow(`rule "${rule}": there is no task or type ${said}`);
  });

  it("names the file and the line of a rule in a file", () => {
    expect(() => requireAnswerable(parseGate("any < 1\n\noveral < 1", "--gate gate.txt"), known)).toThrow(
      /^--gate gate.txt, line 3: rule "overal < 1": there is no /,
    );
  });

  it.each([
    ["SciFact < -1", "there is no SciFact; add it there, or leave the rule out"],
    ["Clustering < -1", "there is no task of type Clustering; add it there"],
  ])("refuses %s where tasks are chosen and it has none of them", (rule, said) => {
    expect(check(rule, chosen)).toThrow(`among the tasks that are chosen by --tasks or --benchmark ${said}`);
    expect(check(rule)).not.toThrow();
  });

  it.each([
    ["overall < -200", "it never holds"],
    ["any <= -200.5", "it never holds"],
    ["STS12 > 200", "it never holds"],
    ["Retrieval < 201", "it always holds"],
    ["any >= -200", "it always holds"],
  ])("refuses the number of %s", (rule, said) => {
    expect(check(rule)).toThrow(`${said}, as two scores are at most 200 points apart; expected a number of points`);
  });

  it("takes all that may be told, with R², which has no lower bound, at any number", () => {
    const rules = ["overall < -0.2", "any <= -200", "STS < 0", "STS12 > 1", "NFCorpus < 199", "Regression < -500"];
    for (const rule of rules) expect(check(rule)).not.toThrow();
    for (const rule of rules.slice(0, 5)) expect(check(rule, chosen)).not.toThrow();
  });
});
