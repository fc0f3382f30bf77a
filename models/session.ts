import { Worker } from "node:worker_threads";
import { InputError } from "../datasets/errors.ts";

/** A tensor's values, row-major, and its shape. */
export interface TensorData {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

export type NamedTensors = Readonly<Record<string, TensorData>>;

export interface SessionSettings {
  /** Serialized ONNX model, or the path of one. */
  readonly model: Uint8Array | string;
  /** Folder of the files that hold the model's external weights; they are looked up there by name. */
  readonly externalFolder?: string;
  /** Threads of one operator. */
  readonly threads: number;
  readonly device: "cpu" | "cuda";
}

/** A model loaded into ONNX Runtime, running in a thread of its own. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Runs the model once. Inputs that it does not declare are ignored, int32 inputs become int64 where it wants those.
   * The buffers of `feeds` are handed over and unusable afterwards.
   */
  run(feeds: NamedTensors, outputs: readonly string[]): Promise<NamedTensors>;
  close(): Promise<void>;
}

interface Reply {
  readonly id: number;
  readonly values?: NamedTensors;
  readonly error?: string;
}

interface Pending {
  readonly resolve: (values: NamedTensors) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Loads a model in a new worker thread.
 * @throws InputError with ONNX Runtime's own message when the model or its weights cannot be loaded.
 */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const worker = new Worker(new URL("./session.worker.mjs", import.meta.url), { workerData: settings });
  const { inputs, outputs } = await started(worker);
  const pending = new Map<number, Pending>();
  let next = 0;
  const failAll = (error: Error): void => {
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  worker.on("message", ({ id, values, error }: Reply) => {
    const call = pending.get(id);
    pending.delete(id);
    if (values) call?.resolve(values);
    else call?.reject(new Error(`ONNX Runtime: ${error}`));
  });
  worker.on("error", failAll);
  worker.on("exit", () => failAll(new Error("ONNX Runtime: the session was closed while it was running")));
  return {
    inputs,
    outputs,
    run: (feeds, names) =>
      new Promise((resolve, reject) => {
        const id = next++;
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, feeds, outputs: names }, buffersOf(feeds));
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}

function buffersOf(feeds: NamedTensors): ArrayBuffer[] {
  return [...new Set(Object.values(feeds).map(({ data }) => data.buffer as ArrayBuffer))];
}

function started(worker: Worker): Promise<{ inputs: readonly string[]; outputs: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void =>
      reject(new InputError(`model: ONNX Runtime cannot load it: ${error.message}`));
    const onExit = (code: number): void => reject(new Error(`model: the session's thread ended with code ${code}`));
    worker.once("error", onError);
    worker.once("exit", onExit);
    worker.once("message", ({ ready }) => {
      worker.off("error", onError);
      worker.off("exit", onExit);
      resolve(ready);
    });
  });
}
