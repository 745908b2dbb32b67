import { expect } from "chai";
import { Interface, type LogDescription } from "ethers";

import { bytesToHex } from "../../plugin/hex.js";
import { parseLog } from "../../plugin/node/parseLog.js";
import { Random } from "../fuzz/random.js";

const ABI = new Interface([
  "event Plain(uint256 indexed number, bytes data)",
  "event Headed(uint256 indexed number, (bytes32 previous, uint8 kind, address[2] both, (int8 a, bool b)[3] deep) header, bytes data)",
  "event Numbers(uint64 a, int256 b, bytes data)",
  "event Two(bytes first, bytes second)",
  "event Text(string text, bytes data)",
  "event Short(uint256 a)",
  "event Hidden(uint256 a, bytes indexed data)",
  "event Many(uint256[] a, bytes data)",
]);
const RUNS = 40;

/** Arguments for each event. */
function draw(random: Random): Readonly<Record<string, readonly unknown[]>> {
  const bytes = (): string =>
    bytesToHex(random.bytes(random.below(3) === 0 ? random.below(3) * 32 : random.below(900)));
  const number = random.next();
  const deep = Array.from({ length: 3 }, () => [random.below(100) - 50, random.below(2) === 0]);
  const both = [bytesToHex(random.bytes(20)), bytesToHex(random.bytes(20))];
  return {
    Plain: [number, bytes()],
    Headed: [number, [bytesToHex(random.bytes(32)), random.below(256), both, deep], bytes()],
    Numbers: [number, -number, bytes()],
    Two: [bytes(), bytes()],
    Text: ["text".repeat(random.below(20)), bytes()],
    Short: [number],
    Hidden: [number, bytes()],
    Many: [[number, number], bytes()],
  };
}

function plain(description: LogDescription | null): unknown {
  if (description === null) return null;
  const { name, topic, signature, args, fragment } = description;
  return { name, topic, signature, args: args.toArray(true), named: [...Object.keys(args.toObject())], fragment };
}

describe("a log that is parsed", () => {
  it("says what ethers reads in it, whatever the event and however long its bytes", () => {
    const random = new Random(31);
    for (let run = 0; run < RUNS; run++) {
      for (const [name, args] of Object.entries(draw(random))) {
        const log = ABI.encodeEventLog(name, args);
        expect(plain(parseLog(ABI, log)), name).to.deep.equal(plain(ABI.parseLog(log)));
      }
    }
  });

  it("is refused, or read, as ethers does it where a provider has cut it, lengthened it or changed a word", () => {
    const random = new Random(32);
    const outcome = (parse: () => LogDescription | null): unknown => {
      try {
        const description = parse();
        // Some errors come when a value is looked at.
        return plain(description);
      } catch {
        return "refused";
      }
    };
    for (let run = 0; run < 4 * RUNS; run++) {
      const { topics, data } = ABI.encodeEventLog("Headed", draw(random).Headed);
      const place = 2 + 64 * random.below((data.length - 2) / 64) + 60;
      const changed = [
        data.slice(0, 2 + 2 * random.below(data.length / 2 - 1)),
        data + "00".repeat(random.below(70)),
        data.slice(0, place) + random.next().toString(16).padStart(4, "0").slice(0, 4) + data.slice(place + 4),
      ];
      for (const text of changed) {
        const log = { topics, data: text };
        expect(outcome(() => parseLog(ABI, log))).to.deep.equal(outcome(() => ABI.parseLog(log)));
      }
    }
  });

  it("is nothing where the interface does not know the event, or there are no topics", () => {
    const { data } = ABI.encodeEventLog("Plain", [1, "0x02"]);
    expect(parseLog(ABI, { topics: [`0x${"12".repeat(32)}`], data })).to.equal(null);
    expect(parseLog(ABI, { topics: [], data })).to.equal(null);
  });
});
