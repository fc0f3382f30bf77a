import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import { InputError } from "../../datasets/errors.ts";
import { whyUnread } from "../../datasets/folder.ts";
import { limits } from "../../datasets/limits.ts";
import { readSmallFile } from "../../datasets/small-file.ts";

/** Who vouches for a text, and that it is the one. */
export interface Signature {
  readonly algorithm: "Ed25519";
  /** The signer's public key, SPKI in base64. */
  readonly key: string;
  /** Of the text, in base64. */
  readonly value: string;
}

const algorithm = "Ed25519";
const ways = {
  private: "openssl genpkey -algorithm ed25519 -out key.pem makes one",
  public: "openssl pkey -in key.pem -pubout -out public.pem makes it of a private one",
} as const;

async function readKey(
  file: string,
  option: string,
  kind: keyof typeof ways,
  parse: (pem: string) => KeyObject,
): Promise<KeyObject> {
  const wrong = (what: string): InputError =>
    new InputError(`${option}: ${what}; expected a ${kind} Ed25519 key in PEM without a passphrase: ${ways[kind]}`);
  const pem = await readSmallFile(file, `${option}: ${file}`, limits.config).catch(async (error: unknown) => {
    throw error instanceof InputError ? error : wrong(await whyUnread(file, error));
  });
  let key: KeyObject;
  try {
    key = parse(pem);
  } catch {
    throw wrong(`${file} holds no such key`);
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw wrong(`${file} holds a key of the type ${key.asymmetricKeyType}`);
}

/** Reads a private key. @throws InputError for any other file */
export const readPrivateKey = (file: string): Promise<KeyObject> => readKey(file, "sign", "private", createPrivateKey);

/** Reads a public key. @throws InputError for any other file */
export const readPublicKey = (file: string): Promise<KeyObject> => readKey(file, "key", "public", createPublicKey);

/** Returns the bytes of a key's public part. */
const spkiOf = (key: KeyObject): Buffer =>
  (key.type === "private" ? createPublicKey(key) : key).export({ type: "spki", format: "der" });

/** Signs a text. */
export function signText(text: string, key: KeyObject): Signature {
  const value = signBytes(null, Buffer.from(text), key).toString("base64");
  return { algorithm, key: spkiOf(key).toString("base64"), value };
}

/** Tells whether a signature is of a text, by the key that it names. */
export function isSignatureOf(text: string, { key, value }: Signature): boolean {
  try {
    const signer = createPublicKey({ key: Buffer.from(key, "base64"), type: "spki", format: "der" });
    if (signer.asymmetricKeyType !== "ed25519") return false;
    return verifyBytes(null, Buffer.from(text), signer, Buffer.from(value, "base64"));
  } catch {
    return false;
  }
}

const fingerprint = (spki: Buffer): string => `sha256:${createHash("sha256").update(spki).digest("hex")}`;

/** Returns the fingerprint of a signature's key, by which people compare keys. */
export const signerOf = ({ key }: Signature): string => fingerprint(Buffer.from(key, "base64"));

/** Returns the fingerprint of a key. */
export const fingerprintOf = (key: KeyObject): string => fingerprint(spkiOf(key));
