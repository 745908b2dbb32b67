export { loadRiscvProgram, MisalignedEntryError, riscvProgram } from "./program.js";
export { RiscvMachine } from "./riscvMachine.js";
