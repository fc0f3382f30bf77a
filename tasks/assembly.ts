/** The part of WebAssembly that is used; the compiler's settings know neither the browser's types nor Node's. */
interface Assembly {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}
const { WebAssembly: assembly } = globalThis as unknown as { readonly WebAssembly: Assembly };

/** What all assembled modules export. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
}

/** Opens an assembled module, whose code is in base64. Each has a memory, which takes gigabytes of addresses: open it once. */
export const openAssembly = <Functions extends Exports>(code: string): Functions =>
  new assembly.Instance(new assembly.Module(Buffer.from(code, "base64"))).exports as Functions;
