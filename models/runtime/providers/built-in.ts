import { UsageError } from "../../../datasets/errors.ts";
import type { Machine } from "../machine.ts";
import type { ExecutionProvider } from "../session.ts";
import type { Finding, Inspection } from "./provider.ts";

/** What tells of a provider that is part of onnxruntime-node, and has no needs but what the system brings. */
interface BuiltIn<Name extends string> {
  /** The only name of its device. */
  readonly device: Name;
  readonly executionProvider: ExecutionProvider;
  /** Step that mends a system for which onnxruntime-node has it not. */
  readonly elsewhere: string;
  /** What computes, for the finding about it, and its state where it does. */
  readonly computer: { readonly what: string; readonly seen: string };
  /** Step that mends a failure to compute. */
  readonly remedy: string;
  /** The hardware, for the record. */
  readonly accelerator: string;
}

/** Looks for the needs of a provider that has one device. */
export async function inspectBuiltIn<Name extends string>(
  machine: Machine,
  about: BuiltIn<Name>,
): Promise<Inspection<Name>> {
  const { device, accelerator } = about;
  return {
    findings: await findingsOf(machine, about),
    find: (choice) => {
      if (choice === device) return { device, accelerator };
      throw new UsageError(`device: there is no ${choice}; there is ${device}`);
    },
    // The findings say it already.
    tryOut: async () => [],
  };
}

/** Looks whether onnxruntime-node has a provider on this system, and whether a small graph runs there. */
async function findingsOf(
  machine: Machine,
  { executionProvider, elsewhere, computer, remedy }: BuiltIn<string>,
): Promise<Finding[]> {
  const { version } = machine.onnxruntime;
  const built = await machine.providers();
  const provider = { what: "provider", seen: `onnxruntime-node ${version} has ${built.join(", ") || "none"}` };
  if (!built.includes(executionProvider.name)) return [{ ...provider, state: "missing", remedy: elsewhere }];
  const failure = await machine.tryOut(executionProvider);
  return [
    { ...provider, state: "ok" },
    failure === undefined
      ? { ...computer, state: "ok" }
      : { what: computer.what, state: "missing", seen: shortened(failure), remedy },
  ];
}

/** Cuts a failure down to the provider's own words, without the functions and files around them. */
const shortened = (message: string): string => /(?:was false\. )([^\n]+)/.exec(message)?.[1]?.trim() ?? message.trim();
