import type { Name } from "./decode.js";

const [RS, RT, RD, SA] = [0x3e00000, 0x1f0000, 0xf800, 0x7c0];
/** Of a jump's hint all but the bit of `jr.hb` and `jalr.hb`, which has a pipeline wait, and no meaning here. */
const HINT = 0x3c0;

const UNUSED: Readonly<Partial<Record<Name, number>>> = {
  ...fields(["jr"], RT | RD | HINT),
  ...fields(["jalr"], RT | HINT),
  ...fields(["sync"], RS | RT | RD | SA),
  ...fields(["mfhi", "mflo"], RS | RT | SA),
  ...fields(["mthi", "mtlo"], RT | RD | SA),
  ...fields(["mult", "multu", "div", "divu", "madd", "maddu", "msub", "msubu"], RD | SA),
  ...fields(["movz", "movn", "add", "addu", "sub", "subu", "and", "or", "xor", "nor", "slt", "sltu"], SA),
  ...fields(["mul", "clz", "clo"], SA),
};

/**
 * Fields that an instruction of `SPECIAL` or `SPECIAL2` does not use, as a mask; shifts apart. They must be 0: with anything else there the
 * bits are no instruction of the machine, but perhaps of a later set or an extension. The twin of `Reserved.sol`.
 */
export function reservedFields(name: Name): number {
  return UNUSED[name] ?? 0;
}

function fields(names: readonly Name[], mask: number): Partial<Record<Name, number>> {
  return Object.fromEntries(names.map((name) => [name, mask]));
}
