export { disassemble, disassembleProgram, instructionKind } from "./disassemble.js";
export * from "./errors.js";
export { HOST_CALLS } from "../hostCalls.js";
export { HOST_MODULE } from "./hostCalls.js";
export { loadWasmProgram, WasmProgram } from "./program.js";
export { WasmMachine, type Invocation } from "./wasmMachine.js";
