import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";

import { Project } from "./project.js";

const BOB = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const ETHER = "0x0000000000000000000000000000000000000000";

describe("commands about tokens, messages and rejected deposits", function () {
  this.timeout(240_000);
  let project: Project;
  let ethers: HardhatEthers;
  let user: string;

  before(async () => {
    project = await Project.create();
    ({ ethers } = await project.connect());
    user = (await ethers.getSigners())[4].address;
  });
  after(() => project.close());

  /** Appends what waits, asserts all of it, and has it confirmed. */
  async function settle(chain: string): Promise<void> {
    await project.json<object>(`rollup:batch --chain ${chain} --source calldata`);
    while ((await project.json<{ assertion: string | null }>(`rollup:assert --chain ${chain}`)).assertion !== null);
    await project.json<object>(`rollup:confirm --chain ${chain} --advance`);
  }

  it("carry a token in, to somebody else and out again, and have a contract on L1 called", async () => {
    await project.json<object>("rollup:deploy --chain ledger");
    const file = await readFile(join(project.deployments, "devnode", "ledger.json"), "utf8");
    const { addresses } = JSON.parse(file) as { addresses: { bridge: string; messenger: string } };
    const token = await ethers.deployContract("HostileToken");
    const target = await ethers.deployContract("MessageTarget", [addresses.messenger]);
    const [at, to] = [await token.getAddress(), await target.getAddress()];
    await token.mint(user, 20n * 10n ** 18n);

    const { stdout } = await project.run(`rollup:deposit --chain ledger --token ${at} --amount 12.5`);
    expect(stdout)
      .to.match(/let the bridge take 12\.5 HOST: .*gas/)
      .and.match(/deposit 12\.5 HOST for 0x\w+/);
    const deposited = await project.json<object>("rollup:deposit --chain ledger");
    expect(deposited).to.include({ amount: (10n ** 18n).toString(), token: ETHER, approvals: 0 });
    await project.json<object>("rollup:batch --chain ledger --source calldata");

    const sent = await project.run(`rollup:send --chain ledger --token ${at} --amount 2.5 --to ${BOB}`);
    expect(sent.stdout).to.match(/has 12\.5 HOST on the chain, 0 transactions applied/);
    await project.json<object>(`rollup:send --chain ledger --token ${at} --amount "10 HOST" --withdraw`);
    const data = target.interface.encodeFunctionData("take", [5n]);
    await project.json<object>(`rollup:send --chain ledger --to ${to} --call ${data}`);
    await settle("ledger");

    const { paid } = await project.json<{ paid: { token: string; amount: string }[] }>(
      "rollup:withdraw --chain ledger",
    );
    expect(paid.map((one) => [one.token, one.amount])).to.deep.equal([[at.toLowerCase(), (10n ** 19n).toString()]]);
    expect(await token.balanceOf(user)).to.equal(175n * 10n ** 17n);

    const relayed = await project.json<{ executed: { data: string }[]; waiting: number }>(
      "rollup:relay --chain ledger",
    );
    expect([relayed.executed.map((one) => one.data), relayed.waiting]).to.deep.equal([[data], 0]);
    const [senders, values] = await target.taken();
    expect([[...senders], [...values]]).to.deep.equal([[user], [5n]]);
    expect(await project.json<object>("rollup:relay --chain ledger")).to.deep.equal({ executed: [], waiting: 0 });
  });

  it("say what is wrong with a token or an amount of it", async () => {
    const nobody = await project.run(`rollup:deposit --chain ledger --token ${BOB} --amount 1`);
    expect([nobody.status, nobody.stderr]).to.satisfy(
      ([status, text]: [number, string]) => status === 1 && text.includes("There is no token at this address"),
    );
    const token = await (await ethers.deployContract("HostileToken")).getAddress();
    const { stderr } = await project.run(`rollup:deposit --chain ledger --token ${token} --amount "1 ether"`);
    expect(stderr).to.contain("--amount cannot be used").and.contain('an amount of HOST, such as "12.5"');
    const poor = await project.run(`rollup:deposit --chain ledger --token ${token} --amount 3`);
    expect(poor.stderr).to.contain("has not so many tokens").and.contain("0 HOST");
  });

  it("take a deposit back that the guest has rejected", async () => {
    await project.json<object>("rollup:deploy --chain counter");
    await project.json<object>('rollup:deposit --chain counter --amount "2 ether"');
    expect(await project.json<object>("rollup:reclaim --chain counter")).to.deep.equal({ reclaimed: [] });
    await settle("counter");
    const { reclaimed } = await project.json<{ reclaimed: { input: string; amount: string; transactions: number }[] }>(
      "rollup:reclaim --chain counter",
    );
    expect(reclaimed).to.have.length(1);
    expect(reclaimed[0]).to.include({ amount: (2n * 10n ** 18n).toString(), token: ETHER, transactions: 2 });
    expect(await project.json<object>("rollup:reclaim --chain counter")).to.deep.equal({ reclaimed: [] });
  });
});
