import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { buildGuest } from "../../plugin/guests/build.js";
import { collectSources } from "../../plugin/guests/cSources.js";
import { GuestCompileError, GuestCompilerMissingError } from "../../plugin/guests/errors.js";
import { bytesToHex, wordOf } from "../../plugin/hex.js";
import { parseModule } from "../../plugin/machines/wasm/parse.js";
import { GuestPair } from "../helpers/guestPair.js";
import { inputOf } from "../helpers/inputs.js";

/** Adds up numbers, as `guests/counter` does. */
const COUNTER = `
#include <rollup.h>
#include "limits/most.h"
static Word total;
void handle(void) {
  Word amount;
  if (inputKind() == DEPOSIT || inputLength() != LENGTH) rejectInput();
  inputWord(0, &amount);
  if (wordAdd(&total, &amount)) rejectInput();
  publishRoot(&total);
}
`;

/**
 * Of an input of an offset to, an offset from, a length and a byte: moves, copies, fills and compares an area, and multiplies two numbers of 128
 * bits. Logs it all.
 */
const RUNTIME = `
#include <rollup.h>
static Block area[2], copy[2];
static Word answer[2];
static int compare(const void *left, const void *right, uint32_t length) { return __builtin_memcmp(left, right, length); }
void handle(void) {
  const uint32_t to = inputWordNumber(0), from = inputWordNumber(1), length = inputWordNumber(2), byte = inputWordNumber(3);
  uint8_t *bytes = (uint8_t *)area;
  __builtin_memset(copy, 0, sizeof copy);
  for (uint32_t index = 0; index < sizeof area; ++index) bytes[index] = index * 7;
  __builtin_memcpy((uint8_t *)copy + to, bytes + from, length);
  __builtin_memmove(bytes + to, bytes + from, length);
  logBytes(area, sizeof area);
  logBytes(copy, sizeof copy);
  wordSetNumber(&answer[0], compare(area, copy, sizeof area) < 0);
  __builtin_memset(copy, 0, sizeof copy);
  __builtin_memset((uint8_t *)copy + to, byte, length);
  logBytes(copy, sizeof copy);
  Word left, right;
  inputWord(4, &left);
  inputWord(5, &right);
  const unsigned __int128 a = (unsigned __int128)wordDigit(&left, 1) << 64 | wordDigit(&left, 0);
  const unsigned __int128 b = (unsigned __int128)wordDigit(&right, 1) << 64 | wordDigit(&right, 0);
  const unsigned __int128 product = a * b;
  wordSetNumber(&answer[1], (uint64_t)product);
  wordSetDigit(&answer[1], 1, (uint64_t)(product >> 64));
  logBytes(answer, sizeof answer);
}
`;

/** Methods, templates, and a variable that is constructed when it is first used. */
const CPP = `
#include <rollup.h>
struct Step { virtual uint64_t next(uint64_t value) const = 0; };
struct Add : Step { uint64_t next(uint64_t value) const override { return value + 2; } };
struct Multiply : Step { uint64_t next(uint64_t value) const override { return value * 3; } };
struct Total { uint64_t value; explicit Total(uint64_t first) : value(first) {} ~Total() { value = 0; } };
static const Add add;
static const Multiply multiply;
template <typename Value> static Value twice(Value value) { return value + value; }
void handle() {
  static Total total(inputNumber());
  const Step &step = inputKind() == MESSAGE ? static_cast<const Step &>(add) : multiply;
  total.value = step.next(twice(total.value));
  Word root;
  wordSetNumber(&root, total.value);
  publishRoot(&root);
}
`;

describe("building guests in C and C++", function () {
  this.timeout(120_000);

  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "guests-"));
  });

  after(() => rm(folder, { recursive: true }));

  async function write(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  }

  async function diagnostics(name: string, text: string): Promise<string> {
    const error: unknown = await buildGuest(await write(name, text)).catch((refused: unknown) => refused);
    expect(error).to.be.instanceOf(GuestCompileError);
    return (error as GuestCompileError).diagnostics;
  }

  it("compiles a file with all that it includes, to the same bytes wherever they lie", async () => {
    const built: string[] = [];
    for (const place of ["here", "there/deep"]) {
      const path = await write(`${place}/guests/counter.c`, COUNTER);
      await write(
        `${place}/guests/limits/most.h`,
        '#include "../../shared.h"\n#ifdef NEVER\n#include "nowhere.h"\n#endif\n',
      );
      await write(`${place}/shared.h`, "#define LENGTH sizeof(Word)\n");
      built.push(bytesToHex(await buildGuest(path)));
    }
    expect(built[0]).to.equal(built[1]);
    const pair = await GuestPair.of(Buffer.from(built[0].slice(2), "hex"));
    pair.handle(inputOf({ data: wordOf(40n) }));
    expect(pair.handle(inputOf({ kind: "message", data: wordOf(2n) })).outputRoot).to.equal(bytesToHex(wordOf(42n)));
    expect(pair.handle(inputOf({ data: wordOf(2n ** 256n - 42n) })).outcome).to.equal("rejected");
  });

  it("gives a guest a memory that cannot grow, host calls, and nothing else", async () => {
    const module = parseModule(await buildGuest(await write("empty.c", "#include <rollup.h>\nvoid handle(void) {}\n")));
    expect(module.memory).to.deep.equal({ minimum: 1, maximum: 1 });
    expect(module.imports).to.deep.equal([]);
    expect([...module.exports.functions.keys()]).to.deep.equal(["handle"]);
    expect(module.start).to.equal(undefined);
  });

  it("brings what compilers call by themselves", async () => {
    const pair = await GuestPair.of(await buildGuest(await write("runtime.c", RUNTIME)));
    const limit = 2n ** 128n;
    const factors = [limit - 1n, 0xffff_ffff_0000_0001_8000_0000_7fff_ffffn, 3n, 0n];
    for (const [place, [to, from, length]] of [
      [0, 8, 200],
      [8, 0, 200],
      [3, 16, 77],
      [17, 2, 300],
      [511, 0, 1],
      [5, 9, 0],
      [0, 0, 512],
    ].entries()) {
      const [left, right] = [factors[place % 4], factors[(place * 3 + 1) % 4]];
      const words = [to, from, length, 0xab, left, right].map((word) => wordOf(BigInt(word)));
      const area = Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 7) % 256));
      const copied = Buffer.alloc(512);
      area.copy(copied, to, from, from + length);
      area.copyWithin(to, from, from + length);
      const { logs } = pair.handle(inputOf({ data: new Uint8Array(Buffer.concat(words)) }));
      expect(logs).to.deep.equal([
        bytesToHex(area),
        bytesToHex(copied),
        bytesToHex(Buffer.alloc(512).fill(0xab, to, to + length)),
        bytesToHex(Buffer.concat([wordOf(BigInt(Buffer.compare(area, copied) < 0)), wordOf((left * right) % limit)])),
      ]);
    }
  });

  it("traps where the stack is used up, before it runs into the data", async () => {
    const text = `#include <rollup.h>
      static Word root;
      __attribute__((noinline)) static uint32_t deep(uint32_t depth, volatile uint8_t *above) {
        volatile uint8_t frame[1024];
        frame[0] = depth + *above;
        return depth == 0 ? frame[0] : deep(depth - 1, frame);
      }
      void handle(void) {
        volatile uint8_t first = 0;
        wordSetNumber(&root, deep((uint32_t)inputNumber(), &first)); publishRoot(&root); }`;
    const pair = await GuestPair.of(await buildGuest(await write("deep.c", text)));
    expect(pair.handle(inputOf({ number: 5n })).outputRoot).to.equal(bytesToHex(wordOf(15n)));
    expect(pair.handle(inputOf({ number: 40n })).outcome).to.equal("trapped");
  });

  it("compiles C++", async () => {
    const pair = await GuestPair.of(await buildGuest(await write("steps.cpp", CPP)));
    expect(pair.handle(inputOf({ kind: "message", number: 5n })).outputRoot).to.equal(bytesToHex(wordOf(12n)));
    expect(pair.handle(inputOf({ number: 6n })).outputRoot).to.equal(bytesToHex(wordOf(72n)));
  });

  it("compiles all files of a folder together, if it has no index.ts", async () => {
    await write("parts/first.c", "#include <rollup.h>\nvoid second(void);\nvoid handle(void) { second(); }\n");
    await write("parts/second.cpp", '#include <rollup.h>\nextern "C" void second() { rejectInput(); }\n');
    const pair = await GuestPair.of(await buildGuest("parts", { root: folder }));
    expect(pair.handle(inputOf({})).outcome).to.equal("rejected");
  });

  it("says what the compiler and the linker said", async () => {
    expect(await diagnostics("wrong.c", "#include <rollup.h>\nvoid handle(void) {\n  missing();\n}\n"))
      .to.contain("wrong.c:3:3")
      .and.to.contain("undeclared function 'missing'");
    expect(await diagnostics("lost.c", '#include "nowhere.h"\n')).to.contain("'nowhere.h' file not found");
    expect(await diagnostics("libc.c", "#include <stdio.h>\n")).to.contain("'stdio.h' file not found");
    const unlinked = "#include <rollup.h>\nvoid other(void);\nvoid handle(void) { other(); }\n";
    expect(await diagnostics("unlinked.c", unlinked)).to.contain("undefined symbol: other");
  });

  it("refuses constructors that nothing would run at genesis", async () => {
    const text =
      "#include <rollup.h>\nstatic uint64_t first = inputNumber();\nvoid handle() { if (first) rejectInput(); }\n";
    expect(await diagnostics("early.cpp", text)).to.contain("global constructor");
  });

  it("names a file that is not there", async () => {
    const error: unknown = await collectSources([join(folder, "gone.c")]).catch((refused: unknown) => refused);
    expect(error).to.have.property("code", "GUEST_NOT_FOUND");
  });

  it("says how the compiler is installed where it is missing", () => {
    const { code, message } = new GuestCompilerMissingError();
    expect(code).to.equal("GUEST_COMPILER_MISSING");
    expect(message).to.contain("npm install --save-dev @yowasp/clang");
  });
});
