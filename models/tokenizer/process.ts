import { type ChildProcess, fork } from "node:child_process";

/** A program that answers one call after the other in a process of its own. */
export interface Answering<Call, Value> {
  /**
   * Answers a call. The process is started when there is something to do, and ended when there is not.
   * @throws Error with what the program says, or what `refused` makes of a process that breaks down or takes too long
   */
  ask(call: Call): Promise<Value>;
  /** Does work of several calls, with no other between them. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Starts the process, which `ask` does by itself. */
  start(): Promise<void>;
  /** Ends the process; the next call starts another. */
  end(): void;
}

interface Program<Call> {
  /** Path of a CommonJS file that answers each message by one. */
  readonly program: string;
  /** Options of Node for the process. */
  readonly options?: readonly string[];
  /** Returns the first call of each process. */
  readonly opening: () => Call;
  /** Makes an error of what has happened to the process. */
  readonly refused: (what: string) => Error;
}

/** Milliseconds that one call may take: what it holds takes some tenths of a second. */
const mostTime = 8_000;
/** Milliseconds after which a process that has nothing to do is ended. */
const idleTime = 5_000;

/** Prepares a process of its own for a program that cannot be interrupted or bounded otherwise. */
export function openProcess<Call, Value>({
  program,
  options = [],
  opening,
  refused,
}: Program<Call>): Answering<Call, Value> {
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  const end = (): void => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  const askOf = (process: ChildProcess, call: Call): Promise<Value> =>
    askProcess<Call, Value>(process, call).catch((error: unknown) => {
      if (!(error instanceof Ended)) throw error;
      if (child === process) end();
      throw refused(error.message);
    });
  const started = async (): Promise<ChildProcess> => {
    clearTimeout(idle);
    if (child === undefined) {
      const begun = fork(program, {
        serialization: "advanced",
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        execArgv: [...options],
      });
      begun.once("exit", () => {
        if (child === begun) child = undefined;
      });
      child = begun;
      await askOf(begun, opening());
    }
    return child;
  };
  // One call after the other: the process answers in order, and its time is that of one call.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work);
    last = next
      .catch(() => {})
      .finally(() => {
        // Work that asks nothing leaves the timer of the work before it, which would end the process within a later call.
        clearTimeout(idle);
        idle = setTimeout(end, idleTime).unref();
      });
    return next;
  };
  return { ask: async (call) => askOf(await started(), call), inTurn, start: async () => void (await started()), end };
}

/** Thrown where the process has no answer any more. */
class Ended extends Error {}

type Reply<Value> = { readonly value: Value; readonly error?: never } | { readonly error: string };

function askProcess<Call, Value>(process: ChildProcess, call: Call): Promise<Value> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      process.off("message", onMessage).off("exit", onExit).off("error", onError);
      process.unref();
      process.channel?.unref();
      act();
    };
    const fail = (what: string): void => settle(() => reject(new Ended(what)));
    const onMessage = (reply: Reply<Value>): void =>
      settle(() => ("value" in reply ? resolve(reply.value) : reject(new Error(reply.error))));
    const onExit = (): void => fail("it breaks down");
    const onError = (error: Error): void => fail(`it cannot be asked (${error.message})`);
    // An answer that has come while this thread was busy counts.
    const timer = setTimeout(() => setImmediate(() => fail(`it takes more than ${mostTime / 1000} s`)), mostTime);
    process.once("message", onMessage).once("exit", onExit).once("error", onError);
    process.ref();
    process.channel?.ref();
    process.send(call as import("node:child_process").Serializable);
  });
}
