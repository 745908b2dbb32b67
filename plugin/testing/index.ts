export { FabricatedTrace, type Fabrication } from "./fabricatedTrace.js";
export { falseTrace, type FalseTrace, type LieOptions } from "./liar.js";
export { Lie, type FalseWork } from "./lie.js";
export { rollupMatchers } from "./matchers.js";
export { Party } from "./party.js";
export { playDispute, type DisputeFigures, type PlayOptions, type Turn } from "./playDispute.js";
export { flipBit, type TamperOptions, type TamperTarget } from "./tamper.js";
export { TestChain, type Liar, type PartyOptions } from "./testChain.js";
export { TimeTravel } from "./timeTravel.js";
