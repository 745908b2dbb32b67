/** What this package uses of the engine's own WebAssembly, which TypeScript declares only for browsers. */
declare namespace WebAssembly {
  class Module {
    static exports(module: Module): { readonly name: string; readonly kind: string }[];
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Global {
    value: number | bigint;
  }
  function validate(bytes: Uint8Array): boolean;
  class CompileError extends Error {}
  class RuntimeError extends Error {}
}
