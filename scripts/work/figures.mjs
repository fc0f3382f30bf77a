/**
 * The figures of `npm run work`, by the names that `sum.mjs` gives them. `slack` is the share of the expected figure by
 * which one may be above it; where there is none, the same program does the same every time, and what is less than
 * expected is told too, so that the expected figure is lowered with it.
 */
export const figures = {
  threads: { what: "threads started besides the first" },
  sessions: { what: "sessions of ONNX Runtime opened" },
  runs: { what: "calls of sessions" },
  tokens: { what: "tokens in batches" },
  places: { what: "places of batches (texts × longest text), padding included" },
  multiplyAdds: { what: "multiply-adds of products" },
  operators: { what: "operators run" },
  operatorBytes: { what: "bytes that operators wrote" },
  tensorPeak: {
    what: "most bytes of tensors in a session",
    slack: 0.05,
    because: "working memory of products depends on the processor's instructions",
  },
  messages: { what: "messages to and from sessions" },
  handedBytes: { what: "bytes handed to another thread" },
  copiedBytes: { what: "bytes copied for another thread" },
  files: { what: "files opened, modules and what the kernel tells of the machine aside" },
  readBytes: {
    what: "bytes read of them; what native code maps into memory (weights) is not seen",
    slack: 0.001,
    because: "stored results hold times, whose digits vary",
  },
  modules: { what: "modules loaded, in all threads" },
  sourceLength: {
    what: "characters of their sources",
    slack: 0.01,
    because: "any line of code adds to it; a package that is loaded for nothing adds more",
  },
  allocatedBytes: {
    what: "bytes allocated in the heap, sampled every 16 KiB",
    slack: 0.05,
    because: "an estimate, which varies by 0.2 % from run to run",
  },
  peakBytes: {
    what: "most memory of the process (Linux: VmHWM)",
    slack: 0.3,
    because:
      "V8 collects garbage when it sees fit, Node 24's later than Node 20's (up to 26 % more), and threads overlap",
  },
};

/** A figure that is not as expected: too much, or less where the same is done every time. */
const isOff = (counted, expected, { slack = 0 }) =>
  slack === 0 || expected === undefined ? counted !== expected : counted > expected * (1 + slack);

/** Lists the figures of a run that are not as expected, each as a line. */
export function differences(counted, expected) {
  return Object.entries(figures)
    .filter(([name, figure]) => isOff(counted[name], expected[name], figure))
    .map(([name, { what, slack }]) => {
      const bound = slack === undefined ? "" : `, at most ${Math.floor(expected[name] * (1 + slack))} is allowed`;
      return `${name} ${counted[name]}, expected ${expected[name]}${bound} (${what})`;
    });
}
