import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pythons, pythonWith, startJsonLines } from "../json-lines.mjs";
import { root } from "../prepare.mjs";
import { isOurs } from "./records.mjs";

export const threads = availableParallelism();

/**
 * Opens a model in a peer's process. Returns the process (`next` takes the requests that `bench_reference.py` describes),
 * and the versions and the precision it told.
 * @throws Error when no Python has the peer's packages, or the peer cannot open the model
 */
export async function startPeer(peer, folder) {
  const [program, script] = isOurs(peer)
    ? [process.execPath, "peers/pramana.mjs"]
    : [pythonOf(peer), "bench_reference.py"];
  const asked = { device: "cpu", threads, folder, ...peer.asked };
  const started = startJsonLines(program, [join(root, "scripts", script), JSON.stringify(asked)], {
    stderr: "ignore",
    env: { ...process.env, HF_HUB_OFFLINE: "1" },
  });
  const { error, versions, precision } = await started.next();
  if (error === undefined) return { ...started, versions, precision };
  started.end();
  throw new Error(reasonIn(error));
}

function pythonOf({ packages }) {
  const python = pythonWith(...packages);
  if (python !== undefined) return python;
  throw new Error(`${packages.join(", ")} not found for ${pythons.length === 1 ? "PYTHON" : "any of PYTHON's"}`);
}

/** Takes of an error its first sentence, without this machine's paths. */
export function reasonIn(message) {
  const [sentence] = message.split(/\n|(?<=\.) /);
  return sentence.replace(/(?:\/[\w.+-]+)+\//g, "…/");
}

/** Reads float32 values in base64. */
export function floatsOf(text) {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Float32Array(bytes.buffer);
}
