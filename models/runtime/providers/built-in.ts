import type { Machine } from "../machine.ts";
import type { ExecutionProvider } from "../session.ts";
import type { Finding } from "./provider.ts";

/** What tells of a provider that is part of onnxruntime-node, and has no needs but what the system brings. */
interface BuiltIn {
  readonly executionProvider: ExecutionProvider;
  /** Step that mends a system for which onnxruntime-node has it not. */
  readonly elsewhere: string;
  /** What computes, for the finding about it, and its state where it does. */
  readonly computer: { readonly what: string; readonly seen: string };
  /** Step that mends a failure to compute. */
  readonly remedy: string;
}

/** Looks whether onnxruntime-node has a provider on this system, and whether a small graph runs there. */
export async function builtInFindings(machine: Machine, about: BuiltIn): Promise<Finding[]> {
  const { executionProvider, elsewhere, computer, remedy } = about;
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
