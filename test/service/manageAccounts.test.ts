import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { resolveNode } from "../../plugin/config/node.js";
import { resolveL1 } from "../../plugin/config/l1.js";
import type { NodeBudgetUserConfig } from "../../plugin/config/types.js";
import { blobAccess } from "../../plugin/blobs/access.js";
import type { SqliteFile } from "../../plugin/database/sqliteFile.js";
import type { Deployment } from "../../plugin/deployments.js";
import type { Hex } from "../../plugin/hex.js";
import { openSettlement } from "../../plugin/l1/openSettlement.js";
import type { TransactionManager } from "../../plugin/l1/transactionManager.js";
import { JournalTable } from "../../plugin/service/database/journalTable.js";
import { manageAccounts } from "../../plugin/service/manageAccounts.js";
import { transfer } from "../helpers/managers.js";
import { openTestDatabase, temporaryFile } from "./database/files.js";

const COST = 21_000n;

describe("the accounts that act for a node", function () {
  this.timeout(60_000);
  let connection: NetworkConnection;
  let file: SqliteFile;
  let close: () => Promise<void>;

  beforeEach(async () => {
    connection = await network.create();
    file = openTestDatabase(temporaryFile("accounts"));
  });

  afterEach(async () => {
    await close();
    file.close();
    await connection.close();
  });

  async function manage(budget: NodeBudgetUserConfig, finality?: number): Promise<TransactionManager> {
    const [signer] = await connection.ethers.getSigners();
    const account = signer.address.toLowerCase() as Hex;
    const { l1 } = resolveL1({ l1: { finality } }, () => {
      throw new Error("no endpoint has a secret");
    });
    const session = {
      connection,
      deployment: () => Promise.resolve({ history: "calldata" } as Deployment),
      settlement: () => openSettlement(connection, l1),
      blobs: () => Promise.resolve(blobAccess(connection)),
    };
    const config = resolveNode({ poll: 1, budget }, "/");
    const managers = await manageAccounts(session, new JournalTable(file), { sequencer: account }, config, () => {});
    close = () => managers.close();
    return managers.of(account)!;
  }

  it("spend no more than the chain's budget", async () => {
    const manager = await manage({ perDay: COST });
    const refused = await manager.send(transfer("first")).catch((error: unknown) => error);
    expect(refused).to.include({ code: "BUDGET_EXCEEDED" });
    expect(manager.open).to.have.length(0);
  });

  it("lock up no more than it says", async () => {
    const manager = await manage({ bondsPerDay: 10n });
    expect((await manager.send(transfer("first", {}, 7n))).mined?.succeeded).to.equal(true);
    const refused = await manager.send(transfer("second", {}, 4n)).catch((error: unknown) => error);
    expect(refused).to.include({ code: "BUDGET_EXCEEDED" });
  });

  it("offer no more for gas than it says", async () => {
    const manager = await manage({ maxFeePerGas: "3 gwei" });
    const { attempts } = await manager.send(transfer("first"));
    for (const { maxFeePerGas } of attempts) expect(maxFeePerGas <= 3n * 10n ** 9n).to.equal(true);
  });

  it("watch what they have sent until the settlement layer's configuration calls it final", async () => {
    const manager = await manage({}, 3);
    await manager.send(transfer("first"));
    await connection.provider.request({ method: "hardhat_mine", params: ["0x2"] });
    await manager.tick();
    expect(manager.find("first")?.status).to.equal("mined");
    await connection.provider.request({ method: "hardhat_mine", params: ["0x1"] });
    await manager.tick();
    expect(manager.find("first")?.status).to.equal("final");
  });
});
