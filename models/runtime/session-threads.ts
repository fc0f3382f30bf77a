import { Worker } from "node:worker_threads";
import { InputError } from "../../datasets/errors.ts";

/** What a thread is started for without settings: a session whose settings follow, or a list of providers. */
export type Beginning = "waiting" | "providers";

const startThread = (workerData: object | Beginning): Worker =>
  new Worker(new URL("./session.worker.cjs", import.meta.url), { workerData });

/** A thread that waits for a session; `begun` is resolved once it has loaded ONNX Runtime. */
interface Waiting {
  readonly thread: Worker;
  readonly begun: Promise<unknown>;
  readonly forget: () => void;
}

const waiting: Waiting[] = [];
/** Most threads of closed sessions that wait: many models have two, one of them for products beside the model. */
const mostWaiting = 2;

/** Keeps a thread for the next session. It does not keep the process running; if it fails, the next one starts its own. */
function keep(thread: Worker, begun: Promise<unknown> = Promise.resolve()): void {
  const forget = (): void => void waiting.splice(0, waiting.length, ...waiting.filter((one) => one.thread !== thread));
  thread.once("error", forget).once("exit", forget);
  thread.unref();
  waiting.push({ thread, begun, forget });
}

/**
 * Starts the thread of the next session before its settings are known: it loads ONNX Runtime (a tenth of a second) while
 * the program reads the model.
 */
export function startAhead(): void {
  if (waiting.length > 0) return;
  const thread = startThread("waiting");
  keep(thread, new Promise((resolve) => thread.once("message", resolve)));
}

/**
 * Ends the threads that wait, which no session took. A process that ends, or a thread that is ended, while ONNX Runtime is
 * being loaded is aborted by it, so that this waits until it has begun.
 */
export async function endAhead(): Promise<void> {
  await Promise.all(waiting.splice(0).map(endWaiting));
}

/** Keeps a thread whose session is freed, if few wait, and ends any other. */
export async function letGo(thread: Worker, isFree: boolean): Promise<void> {
  if (isFree && waiting.length < mostWaiting) keep(thread);
  else await thread.terminate();
}

async function endWaiting({ thread, begun }: Waiting): Promise<void> {
  thread.ref();
  const ended = new Promise((resolve) => thread.once("error", resolve).once("exit", resolve));
  await Promise.race([begun, ended]);
  await thread.terminate();
}

/** Returns a thread that is about to open a session of such settings: one that waits, or a new one. */
export function threadFor(settings: object): Worker {
  const found = waiting.pop();
  if (found === undefined) return startThread(settings);
  const { thread, forget } = found;
  thread.off("error", forget).off("exit", forget);
  thread.ref();
  thread.postMessage(settings);
  return thread;
}

/** Lets a thread free its session, by a message that asks for it; tells whether it lives on. */
export function frees(thread: Worker, message: object): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (lives: boolean): void => {
      thread.off("message", onFreed).off("error", onEnd).off("exit", onEnd);
      resolve(lives);
    };
    const onFreed = (): void => settle(true);
    const onEnd = (): void => settle(false);
    thread.on("message", onFreed).on("error", onEnd).on("exit", onEnd);
    thread.postMessage(message);
  });
}

/** Waits for what a thread says first, once it has opened its session or found the providers. */
export function started<Ready>(worker: Worker): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void =>
      reject(new InputError(`model: ONNX Runtime cannot load it: ${error.message}`));
    const onExit = (code: number): void => reject(new Error(`model: the session's thread ended with code ${code}`));
    worker.once("error", onError);
    worker.once("exit", onExit);
    worker.on("message", function onMessage({ ready }) {
      // A thread that was started ahead first tells that it has begun.
      if (ready === undefined) return;
      worker.off("message", onMessage);
      worker.off("error", onError);
      worker.off("exit", onExit);
      resolve(ready);
    });
  });
}

/**
 * Lists the providers that ONNX Runtime's binding was built for, such as `cpu` and `cuda`; some need further libraries.
 * @throws InputError when the binding cannot be loaded
 */
export async function supportedProviders(): Promise<readonly string[]> {
  return started<readonly string[]>(startThread("providers"));
}
