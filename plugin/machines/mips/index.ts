export { MipsMachine } from "./mipsMachine.js";
export { loadMipsProgram, MipsEntryError, mipsProgram } from "./program.js";
