import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";

import type { NodeClient } from "../../plugin/service/nodeClient.js";
import { statusOfService, type ServiceStatus } from "../../plugin/service/serviceStatus.js";
import { formatStatus, StatusLine } from "../../plugin/service/statusLine.js";
import { ETHER, ServedChain, until } from "./services.js";

const IDLE: ServiceStatus = {
  ...{
    chain: "demo",
    chainId: 1,
    roles: [],
    guest: "ledger",
    block: 21_000,
    inputs: 1_200,
    executed: 1_200,
    steps: 5n,
  },
  ...{ confirmed: { assertion: undefined, end: 1_100n }, pending: 0, waiting: 0, messages: 0, assertions: 1 },
  ...{ disputes: [], bonds: 0n, fees: 0n, member: undefined, problems: [] },
};
const CLOCK = { claim: `0x${"c1".repeat(32)}`, level: 2, author: `0x${"a0".repeat(20)}`, deadline: 10_000n } as const;
const ASSERTION = `0x12345678${"00".repeat(28)}` as const;

describe("a node's status line", function () {
  this.timeout(120_000);

  it("says in one line where L1, inputs and the confirmed state are, and what nothing is", () => {
    expect(formatStatus(IDLE, 0n)).to.equal(
      "L1 21,000 | inputs 1,200 | confirmed 1,100 | pending 0 | disputes none | bonds 0 ETH | spent 0 ETH",
    );
  });

  it("says what is to be executed, what waits, bonds that are out, and what was spent", () => {
    const busy = { ...IDLE, executed: 1_150, pending: 7, messages: 2, bonds: ETHER / 2n, fees: ETHER / 1_000n };
    const line = formatStatus(busy, 0n);
    expect(line).to.contain("inputs 1,200 (50 to execute)").and.contain("pending 7 and 2 messages");
    expect(line).to.contain("bonds 0.5 ETH").and.contain("spent 0.001 ETH");
  });

  it("says of each dispute how many claims are open and how long the next can be answered, and the first problem", () => {
    const disputes = [{ assertion: ASSERTION, open: 3, next: CLOCK }];
    const line = formatStatus({ ...IDLE, disputes, problems: ["node: no answer", "another"] }, 2_800n);
    expect(line)
      .to.contain("disputes 0x123456: 3 open, 2h left")
      .and.match(/\| ! node: no answer$/);
    expect(formatStatus({ ...IDLE, disputes }, undefined)).to.contain("3 open, ? left");
  });

  it("is drawn over the one before, no longer than the terminal is wide, below what else is printed", async () => {
    const served = await ServedChain.deploy();
    try {
      await served.start([]);
      let screen = "";
      const line = new StatusLine(served.service, { columns: 40, write: (text) => (screen += text) });
      line.start();
      await until(() => screen.includes("L1 "));
      const before = screen.length;
      line.print("Something happened.");
      const [cleared, text] = screen.slice(before).split("\n");
      expect(cleared).to.equal("\r\u001b[2KSomething happened.");
      expect(text)
        .to.match(/^L1 [\d,]+ \| inputs/)
        .and.to.have.length(39);
      line.stop();
      expect(screen.endsWith("\r\u001b[2K")).to.equal(true);
    } finally {
      await served.stop();
    }
  });

  it("shows a real dispute with its clock while it lasts, its bonds, and what answering cost", async () => {
    const served = await ServedChain.deploy();
    const client: NodeClient = await served.start(["sequencer", "asserter", "challenger"]);
    try {
      const alice: HardhatEthersSigner = (await served.connection.ethers.getSigners())[4];
      await served.deposit(alice, ETHER);
      await until(async () => (await client.get<{ executed: number }>("/v1/status")).executed > 0);
      const liar = await served.chain.liar({ seed: 5 });
      await liar.assert();
      let line = "";
      await until(async () => {
        await liar.act();
        line = formatStatus(statusOfService(served.service), await served.chain.chain.now());
        return /disputes 0x[0-9a-f]{6}: \d+ open, [\ddhms ]+ left/.test(line) && !line.includes("bonds 0 ETH");
      });
      expect(line).not.to.contain("spent 0 ETH");
    } finally {
      await served.stop();
    }
  });
});
