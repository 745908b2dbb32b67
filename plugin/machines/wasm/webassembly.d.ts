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
  class Table {
    constructor(descriptor: { element: "anyfunc"; initial: number; maximum?: number });
    readonly length: number;
    grow(count: number): number;
  }
  class Global {
    value: number | bigint;
  }
  function validate(bytes: Uint8Array): boolean;
  /** An import that the code may wait for, where the engine has that (JSPI). */
  const Suspending: (new (wait: () => Promise<void>) => object) | undefined;
  /** An export that may wait for such imports. */
  const promising:
    | ((
        code: (...values: (number | bigint)[]) => unknown,
      ) => (...values: readonly (number | bigint)[]) => Promise<unknown>)
    | undefined;
  class CompileError extends Error {}
  class RuntimeError extends Error {}
}
