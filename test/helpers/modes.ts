import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { resolveCommittees } from "../../plugin/config/committees.js";
import { resolveChain } from "../../plugin/config/resolve.js";
import type { ChainUserConfig, SourceKind } from "../../plugin/config/types.js";
import { isMachineName } from "../../plugin/machineTable.js";
import type { Program } from "../../plugin/machines/machine.js";
import { Attester } from "../../plugin/node/attester.js";
import type { Sequencer } from "../../plugin/node/sequencer.js";
import { attestedQuorum } from "../../plugin/rules/format.js";
import { calldata, committee } from "../../plugin/sources/builders.js";
import { MemberServers } from "../../plugin/testing/memberServers.js";
import { TestChain } from "../../plugin/testing/testChain.js";

/** Four members of five, of whom two are honest: three must sign. */
const COMMITTEES = resolveCommittees({ members: { size: 4, pool: 5, epochBlocks: 30, freezeBlocks: 2 } });
const MEMBERS = "members";
const HOUR = 3_600;

/** A mode as the table of tests has it. */
interface ModeRow {
  readonly parts: ChainUserConfig;
  /** Where its batches go while all is well. */
  readonly source: SourceKind;
  /** How long the mode's quickest way to finality takes from an assertion on, in seconds; undefined for the longest window. */
  readonly window: number | undefined;
}

/** Batches stay out of blobs, which take seconds to compute. */
const MODES: Readonly<Record<string, ModeRow>> = {
  rollup: { parts: { mode: "rollup", sources: [calldata()] }, source: "calldata", window: undefined },
  anytrust: { parts: { mode: "anytrust", sources: [committee(MEMBERS), calldata()] }, source: "committee", window: 0 },
  "short-window": { parts: { mode: "short-window", sources: [calldata()] }, source: "calldata", window: HOUR },
};

/** A chain of some mode, with all that the mode needs: its members' servers, if it has members. */
export class ModeChain {
  private constructor(
    private readonly connection: NetworkConnection,
    public readonly chain: TestChain,
    public readonly servers: MemberServers | undefined,
    private readonly mode: ModeRow,
  ) {}

  /**
   * Deploys one; histories are in calldata, which is faster.
   * @param beside Another chain whose settlement layer it shares; one of its own if absent.
   */
  public static async deploy(mode: string, program: Program, beside?: ModeChain): Promise<ModeChain> {
    const connection = beside?.connection ?? (await network.create());
    const machine = isMachineName(program.machine) ? program.machine : undefined;
    const parts = { history: "calldata", machine, ...MODES[mode].parts };
    const chain = await TestChain.deploy(connection, resolveChain("test", parts, ".", COMMITTEES), program);
    const named = chain.config.committees.length > 0;
    const servers = named
      ? await MemberServers.start(connection, chain, { pool: COMMITTEES[MEMBERS].pool })
      : undefined;
    return new ModeChain(connection, chain, servers, MODES[mode]);
  }

  /** The sequencer, who posts where the mode has its batches. */
  public sequencer(): Promise<Sequencer> {
    return this.chain.sequencer(undefined, undefined, this.mode.source);
  }

  /**
   * Does what makes assertions final as the mode's happy path does: members attest what is true, the mode's window passes, somebody confirms.
   * @param signer Of whoever records what members sign.
   */
  public async finalize(signer: HardhatEthersSigner): Promise<void> {
    await this.attest(signer);
    const { window } = this.mode;
    if (window === undefined) await this.chain.timeTravel.passWindow();
    else if (window > 0) await this.chain.timeTravel.by(window);
    const { validator } = await this.chain.honest();
    await validator.confirm();
  }

  /** Has members sign all that is true, if there are any. */
  public async attest(signer: HardhatEthersSigner): Promise<void> {
    if (this.servers === undefined) return;
    const quorum = attestedQuorum(this.chain.config.rule, MEMBERS)!;
    const { missed } = await new Attester(this.chain.node, signer, this.servers.client, quorum).once();
    for (const error of missed.values()) throw error;
  }

  public async end(): Promise<void> {
    await this.servers?.end();
  }
}

/** See `ModeChain.deploy`. */
export type DeployMode = (program: Program, beside?: ModeChain) => Promise<ModeChain>;

/** Describes behaviour that a chain has in every mode, once for each. */
export function inEveryMode(title: string, body: (deploy: DeployMode) => void): void {
  for (const mode of Object.keys(MODES)) {
    describe(`${title}, in mode ${mode}`, function () {
      this.timeout(120_000);
      let deployed: ModeChain[] = [];
      afterEach(async () => {
        await Promise.all(deployed.map((chain) => chain.end()));
        deployed = [];
      });
      body(async (program, beside) => {
        const chain = await ModeChain.deploy(mode, program, beside);
        deployed.push(chain);
        return chain;
      });
    });
  }
}
