/**
 * Loaded before the program, in each of its threads (`node --require`): writes a line of JSON to $WATCHED when the first
 * batch of texts goes into a session, and one when the program ends, with the milliseconds since $BEGUN, those of all
 * processors, and the most memory in bytes.
 */
const { appendFileSync } = require("node:fs");
const Module = require("node:module");
const { isMainThread } = require("node:worker_threads");

const { BEGUN = "0", WATCHED = "" } = process.env;
/** @param {string} what */
const tell = (what) => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const [milliseconds, processor] = [Date.now() - Number(BEGUN), (userCPUTime + systemCPUTime) / 1000];
  appendFileSync(WATCHED, `${JSON.stringify({ what, milliseconds, processor, peak: maxRSS * 1024 })}\n`);
};

if (isMainThread) process.on("exit", () => tell("end"));
else {
  // @ts-expect-error The loader is not part of the types.
  const load = Module._load;
  let told = false;
  // @ts-expect-error
  Module._load = (name, ...rest) => {
    const loaded = load(name, ...rest);
    if (name !== "onnxruntime-node" || loaded.isWatched) return loaded;
    const { create } = loaded.InferenceSession;
    loaded.InferenceSession.create = async (...args) => {
      const session = await create.apply(loaded.InferenceSession, args);
      const run = session.run.bind(session);
      session.run = (feeds, ...more) => {
        if (!told && "input_ids" in feeds) {
          told = true;
          tell("first batch");
        }
        return run(feeds, ...more);
      };
      return session;
    };
    loaded.isWatched = true;
    return loaded;
  };
}
