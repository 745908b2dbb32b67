import { RollupError } from "../errors.js";

/** The path or name of a guest leads nowhere, or to a file that is no guest. */
export class GuestNotFoundError extends RollupError {
  constructor(given: string, expected: string) {
    super("GUEST_NOT_FOUND", "There is no such guest.", { given, expected });
  }
}

/** The compiler refused a guest's source. */
export class GuestCompileError extends RollupError {
  /** What the compiler said, with the lines that it means. */
  public readonly diagnostics: string;

  constructor(path: string, diagnostics: string) {
    super("GUEST_NOT_COMPILED", `The guest's source does not compile.\n\n${diagnostics.trimEnd()}`, { guest: path });
    this.diagnostics = diagnostics;
  }
}

/** C and C++ are compiled by an optional package, which is not installed. */
export class GuestCompilerMissingError extends RollupError {
  constructor(cause?: Error) {
    super(
      "GUEST_COMPILER_MISSING",
      "There is no compiler for guests in C and C++.",
      {
        do: "npm install --save-dev @yowasp/clang, or name a compiled .wasm file as the guest",
      },
      cause,
    );
  }
}

/** For machines that are not WebAssembly, guests in C and C++ are compiled by clang, which is not installed. */
export class ClangMissingError extends RollupError {
  constructor(cause: Error) {
    super(
      "GUEST_COMPILER_MISSING",
      "There is no clang to compile the guest.",
      { do: "install clang and lld (Debian: apt install clang lld), or name a compiled .elf file as the guest" },
      cause,
    );
  }
}
