import { createHash } from "node:crypto";

/** Computes the SHA-256 of bytes, in hexadecimal digits. */
export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
