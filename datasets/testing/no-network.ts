/** Test set-up: every address but the loopback one is refused, so that no test reaches a network by accident. */
const realFetch = globalThis.fetch;

globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input.toString());
  if (url.hostname !== "127.0.0.1") throw new Error(`tests are offline: ${url.origin} was asked for`);
  return realFetch(input, init);
};

// ONNX Runtime would ask its own.
process.env["ORT_DISABLE_TELEMETRY"] = "1";
