import { expect, test } from "vitest";
import { processorClass, processorText, thisProcessor } from "./environment.ts";

test("a process bound to some of the processor's threads says so", () => {
  const threads = Array.from({ length: 4 }, () => ({ model: " Acme 9000 " }));
  expect(processorText(threads, 4)).toBe("Acme 9000, 4 threads");
  expect(processorText(threads, 1)).toBe("Acme 9000, 1 of 4 threads");
  expect(processorText([], 1)).toBe("unknown, 0 threads");
});

test.each([
  ["x64", "flags\t\t: fpu avx fma f16c avx2 avx512f avx512_vnni amx_int8\n", "linux/x64 avx avx2 fma avx512f"],
  ["x64", "model name\t: x\nflags\t: fpu sse2\nflags\t: avx\n", "linux/x64"],
  ["arm64", "Features\t: fp asimd sve asimddp i8mm bf16\n", "linux/arm64 sve"],
  ["riscv64", "isa : rv64\n", "linux/riscv64 Acme 9000"],
])(
  "a processor of Linux is of the kind that its instruction sets make it: %s, %j",
  (architecture, cpuinfo, expected) => {
    expect(processorClass({ system: "linux", architecture, cpuinfo, model: "Acme 9000" })).toBe(expected);
  },
);

test("elsewhere its name stands for them", () => {
  const facts = { system: "darwin", architecture: "arm64", cpuinfo: undefined, model: "Apple M4 " };
  expect(processorClass(facts)).toBe("darwin/arm64 Apple M4");
  expect(thisProcessor()).toMatch(new RegExp(`^${process.platform}/${process.arch}`));
});
