import { HIGH, LOW } from "./place.js";

/** Adds a product to `hi` and `lo`, or takes it off. */
export function accumulate(registers: Int32Array, unsigned: boolean, subtracts: boolean, x: number, y: number): void {
  const product = unsigned ? BigInt(x >>> 0) * BigInt(y >>> 0) : BigInt(x) * BigInt(y);
  const before = (BigInt(registers[HIGH]) << 32n) | BigInt(registers[LOW] >>> 0);
  const after = subtracts ? before - product : before + product;
  registers[HIGH] = Number(BigInt.asIntN(32, after >> 32n));
  registers[LOW] = Number(BigInt.asIntN(32, after));
}
