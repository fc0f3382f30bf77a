import { InputError } from "../../datasets/errors.ts";
import type { Reached } from "../kernels.ts";
import { type Beginning, frees, letGo, started, threadFor } from "./session-threads.ts";

/** A tensor's values, row-major, and its shape. */
export interface TensorData {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

export type NamedTensors = Readonly<Record<string, TensorData>>;

/** A tensor that the session keeps from an earlier call of `hold`. */
export interface HeldTensor {
  readonly held: number;
}

export type Feeds = Readonly<Record<string, TensorData | HeldTensor>>;

/** Which values of an output, [least.length, columns], are wanted: those that are not below the least one of their row. */
export interface WantedCells {
  readonly output: string;
  readonly columns: number;
  readonly least: Float32Array;
}

/** A message to a session's thread. */
export type Message =
  | { readonly kind: "run"; readonly id: number; readonly feeds: Feeds; readonly outputs: readonly string[] }
  | { readonly kind: "compute"; readonly id: number; readonly feeds: Feeds; readonly output: NamedTensors }
  | { readonly kind: "reach"; readonly id: number; readonly feeds: Feeds; readonly wanted: WantedCells }
  | { readonly kind: "hold"; readonly key: number; readonly tensor: TensorData }
  | { readonly kind: "release"; readonly key: number }
  | { readonly kind: "profile"; readonly id: number }
  /** Frees the session; settings of another one may follow. */
  | { readonly kind: "end" };

/** One of ONNX Runtime's `executionProviders`, with the options that the binding passes on: `deviceId`. */
export interface ExecutionProvider {
  readonly name: string;
  readonly [option: string]: string | number | boolean;
}

export interface SessionSettings {
  /** Serialized ONNX model, or the path of one. */
  readonly model: Uint8Array | string;
  /** Folder of the files that hold the model's external weights; they are looked up there by name. */
  readonly externalFolder?: string;
  /** Nodes that it does not know are left to the processor. */
  readonly executionProvider: ExecutionProvider;
  /** Threads of one operator on the processor. */
  readonly threads: number;
  /**
   * Lets the threads of an operator sleep between two runs. By default they stay awake for a while, which spares a run
   * of many operators, soon after the last one, from waking them.
   */
  readonly sleeps?: boolean;
  /** Records each node that runs, until `profile` is called. */
  readonly profiled?: boolean;
}

/** A model loaded into ONNX Runtime, running in a thread of its own. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Runs the model once. Inputs that it does not declare are ignored, int32 inputs become int64 where it wants those.
   * The buffers of `feeds` are handed over and unusable afterwards.
   */
  run(feeds: Feeds, outputs: readonly string[]): Promise<NamedTensors>;
  /**
   * Runs the model once and writes the named output where it is told. All buffers are lent and come back, so that callers
   * who run often need not claim new memory each time; claiming 1.5 MB takes twenty times as long as filling it.
   */
  compute(feeds: Feeds, output: NamedTensors): Promise<Lent>;
  /**
   * Runs the model once and gives of an output only what is wanted, which the session's thread looks for. The buffers of
   * `feeds` are lent and come back; a NaN is never wanted.
   */
  reach(feeds: Feeds, wanted: WantedCells): Promise<Reached & LentFeeds>;
  /** Keeps a tensor for many runs; its buffer is handed over. */
  hold(tensor: TensorData): HeldTensor;
  release(tensor: HeldTensor): void;
  /** Returns ONNX Runtime's profile of the nodes that ran (`readProfile`); once, and only with `profiled`. */
  profile(): Promise<string>;
  /** Frees the model once the runs that were asked for are done; its thread serves the next session, or ends. */
  close(): Promise<void>;
}

/** What was lent to a session, for use again. */
export interface LentFeeds {
  readonly feeds: Feeds;
}

export interface Lent extends LentFeeds {
  readonly output: NamedTensors;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What a thread of ONNX Runtime is started for. */
export type ThreadTask = SessionSettings | Beginning;

/**
 * Loads a model in a worker thread: a new one, or that of a session that was closed.
 * @throws InputError with ONNX Runtime's own message when the model or its weights cannot be loaded.
 */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const worker = threadFor(settings);
  const { inputs, outputs } = await started<Pick<Session, "inputs" | "outputs">>(worker);
  const pending = new Map<number, Pending>();
  let next = 0;
  let whenIdle = (): void => {};
  /** Why the session takes no more, once it does not. */
  let ended: Error | undefined;
  const idle = (): Promise<void> =>
    pending.size === 0 ? Promise.resolve() : new Promise((resolve) => (whenIdle = resolve));
  const failAll = (error: Error): void => {
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    whenIdle();
  };
  let closing: Promise<void> | undefined;
  const send = (message: Message, tensors: readonly (TensorData | HeldTensor)[]): void => {
    // No thread would answer, or one that serves another session.
    if (ended !== undefined) throw ended;
    worker.postMessage(message, buffersOf(tensors));
  };
  const onReply = ({ id, value, error }: Reply): void => {
    const call = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) whenIdle();
    if (error === undefined) call?.resolve(value);
    else call?.reject(runError(error));
  };
  let isAlive = true;
  const end = (error: Error): void => {
    isAlive = false;
    ended ??= error;
    failAll(error);
  };
  const onExit = (): void => end(new Error("ONNX Runtime: the session was closed while it was running"));
  worker.on("message", onReply).on("error", end).on("exit", onExit);
  const ask = (message: (id: number) => Message, tensors: readonly (TensorData | HeldTensor)[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = next++;
      send(message(id), tensors);
      pending.set(id, { resolve, reject });
    });
  const close = async (): Promise<void> => {
    ended ??= new InputError("model: it is closed, and computes nothing more; open it again");
    // A thread that is ended in the middle of a run takes the whole process with it.
    await idle();
    worker.off("message", onReply).off("error", end).off("exit", onExit);
    const message: Message = { kind: "end" };
    const isFree = isAlive && settings.executionProvider.name === "cpu" && (await frees(worker, message));
    await letGo(worker, isFree);
  };
  return {
    inputs,
    outputs,
    run: async (feeds, names) => {
      const values = await ask((id) => ({ kind: "run", id, feeds, outputs: names }), Object.values(feeds));
      return values as NamedTensors;
    },
    compute: async (feeds, output) => {
      const message = (id: number): Message => ({ kind: "compute", id, feeds, output });
      return (await ask(message, [...Object.values(feeds), ...Object.values(output)])) as Lent;
    },
    reach: async (feeds, wanted) =>
      (await ask((id) => ({ kind: "reach", id, feeds, wanted }), Object.values(feeds))) as Reached & LentFeeds,
    profile: async () => (await ask((id) => ({ kind: "profile", id }), [])) as string,
    hold: (tensor) => {
      const key = next++;
      send({ kind: "hold", key, tensor }, [tensor]);
      return { held: key };
    },
    release: ({ held }) => {
      if (ended === undefined) send({ kind: "release", key: held }, []);
    },
    close: () => (closing ??= close()),
  };
}

/** Makes an error of ONNX Runtime's message: a model's fault where a table is asked for a row that it has not. */
function runError(message: string): Error {
  const [, row, last] = /indices element out of data bounds, idx=(-?\d+) .*\[-?\d+,(\d+)\]/.exec(message) ?? [];
  if (row === undefined) return new Error(`ONNX Runtime: ${message}`);
  return new InputError(
    `model: a token or a position has the number ${row}, and the model's table has rows 0 to ${last}; its tokenizer and its ` +
      "weights do not fit each other, or texts are longer than it takes (--max-tokens N cuts them)",
  );
}

function buffersOf(tensors: readonly (TensorData | HeldTensor)[]): ArrayBuffer[] {
  return [...new Set(tensors.flatMap((tensor) => ("data" in tensor ? [tensor.data.buffer as ArrayBuffer] : [])))];
}
