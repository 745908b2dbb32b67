/**
 * A WebAssembly module that hashes 64 bytes with keccak256, built here instruction by instruction: trees spend their time in
 * this one function, and 64-bit rotations make it several times as fast as JavaScript.
 */

/** Where the module's memory has the 64 bytes, their hash and the round constants. */
export const KECCAK_LAYOUT = { input: 0, output: 64, constants: 96 } as const;

const LANES = 25;
const ROUNDS = 24;

/** Locals: the state's lanes, the lanes of the next state, column parities, one mixed parity, the round's offset. */
const NEXT = LANES;
const PARITY = 2 * LANES;
const MIX = PARITY + 5;
const OFFSET = MIX + 1;

const Code = {
  loop: [0x03, 0x40],
  branchIf: [0x0d, 0],
  end: [0x0b],
  and: [0x83],
  xor: [0x85],
  rotateLeft: [0x89],
  add32: [0x6a],
  less32: [0x49],
} as const;

/** The module; its export `hash` takes nothing and gives nothing, its memory is the export `memory`. */
export function keccakModule(): Uint8Array {
  const body = [
    ...vector([
      [...unsigned(OFFSET), 0x7e],
      [1, 0x7f],
    ]),
    ...hashCode(),
    ...Code.end,
  ];
  const data = [0x00, ...constant32(KECCAK_LAYOUT.constants), ...Code.end, ...sized(roundConstants())];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([[0x60, 0, 0]])),
    ...section(3, vector([[0]])),
    ...section(5, vector([[0, 1]])),
    ...section(
      7,
      vector([
        [...text("hash"), 0, 0],
        [...text("memory"), 2, 0],
      ]),
    ),
    ...section(10, vector([sized(body)])),
    ...section(11, vector([data])),
  ]);
}

/** Absorbs one block of 64 bytes and padding, permutes, squeezes 32 bytes. */
function hashCode(): number[] {
  const absorb = range(8).flatMap((lane) => [...constant32(0), ...load(KECCAK_LAYOUT.input + 8 * lane), ...set(lane)]);
  const padding = [...constant64(1n), ...set(8), ...constant64(-(1n << 63n)), ...set(16)];
  const again = [...get(OFFSET), ...constant32(8), ...Code.add32, 0x22, ...unsigned(OFFSET), ...constant32(8 * ROUNDS)];
  const squeeze = range(4).flatMap((lane) => [
    ...constant32(0),
    ...get(lane),
    ...store(KECCAK_LAYOUT.output + 8 * lane),
  ]);
  return [
    ...absorb,
    ...padding,
    ...Code.loop,
    ...round(),
    ...again,
    ...Code.less32,
    ...Code.branchIf,
    ...Code.end,
    ...squeeze,
  ];
}

function round(): number[] {
  return [...parities(), ...mixAndMove(), ...combineRows(), ...addConstant()];
}

/** Theta's first half: the parity of each column. */
function parities(): number[] {
  return range(5).flatMap((x) => [
    ...get(x),
    ...range(4).flatMap((y) => [...get(x + 5 * (y + 1)), ...Code.xor]),
    ...set(PARITY + x),
  ]);
}

/** Theta's second half, rho and pi: lanes take their neighbours' parities, rotate and move. */
function mixAndMove(): number[] {
  const rotations = rotationOffsets();
  return range(5).flatMap((x) => [
    ...[...get(PARITY + ((x + 4) % 5)), ...get(PARITY + ((x + 1) % 5)), ...constant64(1n), ...Code.rotateLeft],
    ...[...Code.xor, ...set(MIX)],
    ...range(5).flatMap((y) => [
      ...[...get(x + 5 * y), ...get(MIX), ...Code.xor, ...constant64(BigInt(rotations[x + 5 * y])), ...Code.rotateLeft],
      ...set(NEXT + y + 5 * ((2 * x + 3 * y) % 5)),
    ]),
  ]);
}

/** Chi. */
function combineRows(): number[] {
  return range(LANES).flatMap((lane) => {
    const row = lane - (lane % 5);
    const [one, two] = [NEXT + row + ((lane + 1) % 5), NEXT + row + ((lane + 2) % 5)];
    const others = [...get(one), ...constant64(-1n), ...Code.xor, ...get(two), ...Code.and];
    return [...get(NEXT + lane), ...others, ...Code.xor, ...set(lane)];
  });
}

/** Iota. */
function addConstant(): number[] {
  return [...get(0), ...get(OFFSET), ...load(KECCAK_LAYOUT.constants), ...Code.xor, ...set(0)];
}

/** By lane `x + 5 * y`. */
function rotationOffsets(): number[] {
  const offsets = new Array<number>(LANES).fill(0);
  let [x, y] = [1, 0];
  for (let t = 0; t < ROUNDS; t++) {
    offsets[x + 5 * y] = (((t + 1) * (t + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return offsets;
}

/** Eight bytes for each round, least significant first: bits `2^j - 1` come from a linear feedback register. */
function roundConstants(): number[] {
  const bytes = new Uint8Array(8 * ROUNDS);
  let register = 1;
  for (let index = 0; index < ROUNDS; index++) {
    for (let j = 0; j < 7; j++) {
      const bit = 2 ** j - 1;
      if (register & 1) bytes[8 * index + (bit >> 3)] |= 1 << (bit & 7);
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    }
  }
  return [...bytes];
}

function get(local: number): number[] {
  return [0x20, ...unsigned(local)];
}

function set(local: number): number[] {
  return [0x21, ...unsigned(local)];
}

function load(offset: number): number[] {
  return [0x29, 3, ...unsigned(offset)];
}

function store(offset: number): number[] {
  return [0x37, 3, ...unsigned(offset)];
}

function constant32(value: number): number[] {
  return [0x41, ...signed(BigInt(value))];
}

function constant64(value: bigint): number[] {
  return [0x42, ...signed(value)];
}

function section(kind: number, content: readonly number[]): number[] {
  return [kind, ...sized(content)];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function text(name: string): number[] {
  return sized([...Buffer.from(name)]);
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  return rest === (low & 0x40 ? -1n : 0n) ? [low] : [low | 0x80, ...signed(rest)];
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
