import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkConnection } from "hardhat/types/network";

import { signerOf } from "../accounts.js";
import type { Chain } from "../chain.js";
import type { ChainConfig } from "../config/types.js";
import type { Move } from "../dispute/moves.js";
import { deployChain, type Deployed } from "../deploy.js";
import type { Hex } from "../hex.js";
import type { Program } from "../machines/machine.js";
import type { OnEvent } from "../node/events.js";
import { RollupNode } from "../node/node.js";
import type { SourceChoice } from "../node/postingPrices.js";
import { Sequencer, type EncodeBatch } from "../node/sequencer.js";
import { User } from "../node/user.js";
import { FabricatedTrace, type Fabrication } from "./fabricatedTrace.js";
import { falseTrace, type LieOptions } from "./liar.js";
import { Lie } from "./lie.js";
import { Party } from "./party.js";
import { playDispute, type DisputeFigures, type PlayOptions } from "./playDispute.js";
import { TimeTravel } from "./timeTravel.js";

/** Who a party is; drawn from the network's accounts if absent, the last one first. */
export interface PartyOptions {
  readonly name?: string;
  readonly signer?: HardhatEthersSigner;
  readonly onEvent?: OnEvent;
  /** Of an adversary: it answers only what is said against its own word, and attacks nobody else's. */
  readonly defendsOnly?: boolean;
}

/** A party that is wrong by one instruction. */
export interface Liar extends Party {
  /** The step that it falsifies, counted from the assertion's first position. */
  readonly lieAt: bigint;
}

/** 1,000 ETH. */
const IMPERSONATED_BALANCE = `0x${(10n ** 21n).toString(16)}`;

/** A chain that was deployed for a test, with people who use it, keep it and attack it. */
export class TestChain {
  public readonly timeTravel: TimeTravel;
  /** The view that all parties share: it is derived and executed once. */
  public readonly node: RollupNode;
  private strangers = 0;
  /** Adversaries leave each other alone, or they would do the honest party's work. */
  private readonly adversaries = new Set<Hex>();

  private constructor(
    private readonly connection: NetworkConnection,
    public readonly program: Program,
    public readonly deployed: Deployed,
  ) {
    this.node = new RollupNode(deployed.chain, program);
    this.timeTravel = new TimeTravel(connection.provider, deployed.chain);
  }

  /** Deploys a chain. */
  public static async deploy(
    connection: NetworkConnection,
    config: ChainConfig,
    program: Program,
    machine?: Hex,
  ): Promise<TestChain> {
    return new TestChain(connection, program, await deployChain({ connection, config, program, machine }));
  }

  /** A chain that is there. */
  public static of(connection: NetworkConnection, program: Program, deployed: Deployed): TestChain {
    return new TestChain(connection, program, deployed);
  }

  /** As it was deployed. */
  public get config(): ChainConfig {
    return this.deployed.config;
  }

  public get chain(): Chain {
    return this.deployed.chain;
  }

  /**
   * The configured sequencer.
   * @param source Where it posts batches; in calldata, if the chain may, since blobs take seconds to compute.
   */
  public async sequencer(encode?: EncodeBatch, onEvent?: OnEvent, source?: SourceChoice): Promise<Sequencer> {
    const signer = await this.sequencerSigner();
    const quickest = this.chain.deployment.sources.includes("calldata") ? "calldata" : "auto";
    return new Sequencer(this.node, signer, onEvent, encode, source ?? quickest);
  }

  /** Somebody who deposits and withdraws: the configured user if no other account is given. */
  public async user(signer?: HardhatEthersSigner, onEvent?: OnEvent): Promise<User> {
    return new User(this.node, signer ?? (await signerOf(this.connection, this.config.accounts.user)), onEvent);
  }

  /** An honest party: it asserts, defends, attacks what is false, and confirms. */
  public async honest(options: PartyOptions = {}): Promise<Party> {
    const signer = options.signer ?? (await this.stranger());
    return new Party(options.name ?? "honest", true, this.node, signer, undefined, options.onEvent);
  }

  /**
   * An adversary who is wrong by one instruction about the inputs that follow an assertion, and defends that in every way there is. Inputs must
   * be there already.
   * @param parent Whose children it lies about; the latest confirmed assertion if absent.
   */
  public async liar(options: PartyOptions & LieOptions & { readonly parent?: Hex } = {}): Promise<Liar> {
    await this.node.sync();
    const parent = this.node.assertions.get(options.parent ?? this.node.assertions.confirmed.id);
    const { trace, position } = await falseTrace(this.node, parent, options);
    const party = await this.adversary(
      options.name ?? "liar",
      new Lie(this.node, { parent: parent.id, trace }),
      options,
    );
    return Object.assign(party, { lieAt: position });
  }

  /**
   * An adversary whose states are made up, from a position on or only in between. With the true end it makes decoys: claims that
   * end in the truth and are false inside.
   */
  public async fabricator(options: PartyOptions & Fabrication & { readonly parent?: Hex }): Promise<Party> {
    await this.node.sync();
    const parent = this.node.assertions.get(options.parent ?? this.node.assertions.confirmed.id);
    const trace = new FabricatedTrace(this.node.executor.trace(parent.end, parent.next), options);
    return this.adversary(options.name ?? "fabricator", new Lie(this.node, { parent: parent.id, trace }), options);
  }

  /**
   * An adversary's flood: so many claims against an assertion, each with other made-up states. It does not defend them: it bets that somebody is
   * too slow or too poor to answer all.
   */
  public async flood(assertion: Hex, count: number, options: PartyOptions = {}): Promise<Party> {
    await this.node.sync();
    const { parent, first, end } = this.node.assertions.get(assertion);
    if (parent === undefined) throw new Error("Nobody can claim against genesis.");
    const truth = this.node.executor.trace(first, end);
    const flooder = await this.fabricator({ name: "flooder", from: 1n, parent: parent.id, ...options });
    for (let claim = 0; claim < count; claim++) {
      const from = 1n + BigInt(claim * 3);
      await flooder.claimAgainst(assertion, new FabricatedTrace(truth, { from, salt: `flood ${claim}` }));
    }
    return flooder;
  }

  /** Lets parties act until nothing is left to do; others stay silent. */
  public playDispute(parties: readonly Party[], options: Partial<PlayOptions> = {}): Promise<DisputeFigures> {
    return playDispute({ timeTravel: this.timeTravel, parties, ...options });
  }

  /** An account that nobody has been given yet. */
  public async stranger(): Promise<HardhatEthersSigner> {
    const signers = await this.connection.ethers.getSigners();
    this.strangers += 1;
    const signer = signers[signers.length - this.strangers];
    if (signer === undefined) throw new Error("The network has no accounts left.");
    return signer;
  }

  /** Of a restored chain it may be an account that the network does not have: it is impersonated then, and has what it needs. */
  private async sequencerSigner(): Promise<HardhatEthersSigner> {
    const { ethers, provider } = this.connection;
    const { sequencer } = this.chain.parameters;
    const own = (await ethers.getSigners()).find(({ address }) => address.toLowerCase() === sequencer);
    if (own !== undefined) return own;
    await provider.request({ method: "hardhat_setBalance", params: [sequencer, IMPERSONATED_BALANCE] });
    return ethers.getImpersonatedSigner(sequencer);
  }

  private async adversary(name: string, view: Lie, options: PartyOptions): Promise<Party> {
    const signer = options.signer ?? (await this.stranger());
    const me = signer.address.toLowerCase() as Hex;
    this.adversaries.add(me);
    const isWilling = (move: Move): boolean =>
      !this.adversaries.has(targetOf(move)) && (!options.defendsOnly || this.attackedBy(move) === me);
    return new Party(name, false, this.node, signer, () => view, options.onEvent, isWilling);
  }

  /** Whose word is attacked by what a move is against; nobody's if it is against an assertion. */
  private attackedBy(move: Move): Hex | undefined {
    if (move.kind === "claimAgainstAssertion") return undefined;
    const { opponent, claim } = move.kind === "prove" ? move.claim : move.opponent;
    return opponent?.author ?? this.node.assertions.get(claim.assertion).author;
  }
}

/** Whom a move is against. */
function targetOf(move: Move): Hex {
  if (move.kind === "claimAgainstAssertion") return move.assertion.author;
  return move.kind === "prove" ? move.claim.author : move.opponent.author;
}
