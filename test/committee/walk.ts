import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";

import {
  assertionStatement,
  batchStatement,
  conflict,
  encodeCertifiedBatch,
  Purpose,
  statementDigest,
  type Certificate,
  type Statement,
} from "../../plugin/committee/statement.js";
import type { Hex } from "../../plugin/hex.js";
import { hashMachineState } from "../../plugin/machines/state.js";
import { LIMITS, OPTIONS, QUORUM, SIZE, WINDOW, type World } from "./walkWorld.js";

export const KINDS = [
  "register",
  "resign",
  "withdraw",
  "turn",
  "postpone",
  "pass",
  "attest",
  "forge",
  "lie",
  "batch",
  "slashConflict",
  "slashWrong",
  "strike",
  "remove",
  "withdrawCredit",
  "assert",
] as const;

/** Something that somebody tries; the numbers choose who and what. */
export interface Move {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Of those who may be members, the first ones never sign two statements that conflict. */
const PEOPLE = 9;
const HONEST = 3;
const STATUS = { none: 0n, bonded: 1n, leaving: 2n, slashed: 3n };

/** A certificate that the walk has met, and those who signed it. */
interface Signed {
  readonly epoch: bigint;
  readonly statement: Statement;
  readonly certificate: Certificate;
}

/** What has happened in one walk, as a model says it must, and what must hold after every move. */
export class Walk {
  /** How often each kind of move went through, and how many lost their stakes. */
  public readonly done = new Map<string, number>();
  private readonly people: readonly HardhatEthersSigner[];
  private readonly signed: Signed[] = [];
  private readonly recorded = new Map<Hex, bigint>();
  private readonly honestLog = new Map<string, Hex>();
  private slashed = 0n;
  private paidIn = 0n;
  private paidOut = 0n;
  private asserted: { id: Hex; createdAt: number } | undefined;

  private constructor(private readonly world: World) {
    this.people = world.committee.people.slice(1, 1 + PEOPLE);
  }

  /** From the start: six members, in their first epoch. */
  public static async begin(world: World): Promise<Walk> {
    await world.snapshot.restore();
    const walk = new Walk(world);
    for (let who = 0; who < 6; who++) await walk.register(who);
    await walk.turn(1);
    return walk;
  }

  public async make({ kind, a, b, c }: Move): Promise<void> {
    await this.tick();
    await this[kind](a, b, c);
    await this.checkEverything();
  }

  /** Whatever the committee did: what was asserted is final when the window is over. */
  public async end(): Promise<void> {
    if (this.asserted === undefined) await this.assert();
    const { id, createdAt } = this.asserted!;
    const { chain } = this.world;
    const final = (await this.attestersOfTruth()) >= QUORUM;
    await chain.at(createdAt + WINDOW - 1);
    await this.attempt("early", final, () => chain.rollup.confirm(id));
    if (final) return;
    await chain.at(createdAt + WINDOW);
    await this.attempt("confirm", true, () => chain.rollup.confirm(id));
  }

  private get contract() {
    return this.world.committee.contract;
  }

  private async register(a: number): Promise<void> {
    const who = this.person(a);
    const may = !(await this.freezes()) && (await this.statusOf(who.address)) === STATUS.none;
    if (await this.attempt("register", may, () => this.world.committee.register(who))) this.paidIn += OPTIONS.stake;
  }

  private async resign(a: number): Promise<void> {
    const who = await this.one(a, isSlashedInPool);
    const may = !(await this.freezes()) && (await this.statusOf(who.address)) === STATUS.bonded;
    await this.attempt("resign", may, () => this.contract.connect(who).resign());
  }

  private async withdraw(a: number): Promise<void> {
    const who = await this.one(a, ({ status }) => status === STATUS.leaving);
    const { status, leftIn } = await this.contract.members(who.address);
    const may = status === STATUS.leaving && (await this.isUnbonded(leftIn));
    const paid = await this.attempt("withdraw", may, () => this.contract.connect(who).withdraw());
    if (paid) this.paidOut += OPTIONS.stake;
  }

  private async turn(a: number): Promise<void> {
    const { committee } = this.world;
    const draw = await this.contract.drawBlock();
    const latest = await this.latestBlock();
    if (a % 4 === 0 && latest < draw) {
      await this.attempt("early turn", false, () => this.contract.turn("0x"));
      return;
    }
    if (latest - draw > 250n) return;
    const header = await committee.drawHeader();
    await this.tick();
    await this.attempt("turn", true, () => this.contract.turn(header));
  }

  private async postpone(a: number): Promise<void> {
    if (a % 4 === 0) await this.world.committee.helpers.mine(300);
    await this.tick();
    const missed = (await this.latestBlock()) + 1n - (await this.contract.drawBlock()) > 256n;
    await this.attempt("postpone", missed, () => this.contract.postpone());
  }

  private async pass(a: number, b: number): Promise<void> {
    await this.world.committee.helpers.mine((a % 9) + 1);
    await this.tick(b % 120);
    await this.world.committee.helpers.mine(1);
  }

  private async attest(a: number, b: number, c: number): Promise<void> {
    const signed = await this.sign(await this.anEpoch(a), this.aStatement(b), c);
    if (signed === undefined) return;
    const { epoch, statement, certificate } = signed;
    const may = !(await this.isUnbonded(epoch));
    if (!(await this.attempt("attest", may, () => this.contract.attest(epoch, statement, certificate)))) return;
    const digest = this.digest(epoch, statement);
    this.recorded.set(digest, (this.recorded.get(digest) ?? 0n) | certificate.signers);
  }

  /** Says that others signed than did. */
  private async forge(a: number, b: number, c: number): Promise<void> {
    const signed = await this.sign(await this.anEpoch(a), this.aStatement(b), c);
    if (signed === undefined) return;
    const { epoch, statement, certificate } = signed;
    const signers = BigInt(b) % BigInt(1 << (SIZE + 1));
    if (signers === certificate.signers) return;
    const forged = { ...certificate, signers };
    await this.attempt("forge", false, () => this.contract.check(epoch, statement, forged));
    await this.attempt("forge", false, () => this.contract.attest(epoch, statement, forged));
  }

  /** Signs two statements that conflict, as far as those who are asked do. */
  private async lie(a: number, b: number, c: number): Promise<void> {
    const epoch = await this.anEpoch(a);
    const statement = this.aStatement(b);
    await this.sign(epoch, statement, c);
    await this.sign(b % 4 === 0 ? await this.anEpoch(b) : epoch, { ...statement, value: word(7) }, c);
  }

  private async batch(a: number, b: number, c: number): Promise<void> {
    const { liar, liarAddress, source } = this.world;
    const epoch = await this.contract.currentEpoch();
    const [root, expiry] = [word(a % 2), 2n ** 40n];
    await liar.tell(word(0), word(0), word(b % 3));
    const signed = await this.sign(epoch, batchStatement(liarAddress, word(b % 3), root, 32n, expiry), c);
    if (signed === undefined) return;
    const good = bitsOf(signed.certificate.signers & ~(await this.contract.struck(epoch)));
    const data = encodeCertifiedBatch(root, 32n, expiry, signed.certificate);
    const enough = good >= QUORUM;
    await this.attempt(enough ? "batch" : "few", enough, async () =>
      liar.commit.staticCall(await source.getAddress(), data),
    );
  }

  private async slashConflict(a: number, b: number, c: number): Promise<void> {
    if (this.signed.length === 0) return;
    const first = pick(this.signed, a);
    const rivals = this.signed.filter(({ statement }) => conflict(first.statement, statement));
    const second = pick(rivals.length > 0 && c % 4 !== 0 ? rivals : this.signed, b);
    const [membersA, membersB] = [await this.signersOf(first), await this.signersOf(second)];
    const both = conflict(first.statement, second.statement) ? membersA.filter((who) => membersB.includes(who)) : [];
    await this.slash("slashConflict", both, () =>
      this.contract
        .connect(this.person(c))
        .slashConflict(
          first.epoch,
          first.statement,
          first.certificate,
          second.epoch,
          second.statement,
          second.certificate,
        ),
    );
  }

  /** By what a contract says that only says it; those who signed about it have lied, for it has no states. */
  private async slashWrong(a: number, b: number, c: number): Promise<void> {
    const { liar, liarAddress } = this.world;
    const about = this.signed.filter(({ statement }) => statement.subject === liarAddress);
    const some = about.length > 0 && c % 4 !== 0 ? pick(about, a) : undefined;
    const epoch = some?.epoch ?? (await this.anEpoch(a));
    const statement = some?.statement ?? this.aStatement(b);
    await liar.tell(statement.parent, statement.value, statement.accumulator);
    const digest = this.digest(epoch, { ...statement, subject: liarAddress });
    const seats = await this.seated(epoch);
    const recorded = this.recorded.get(digest) ?? 0n;
    const guilty = seats.filter((_, seat) => (recorded >> BigInt(seat)) & 1n);
    await this.slash("slashWrong", guilty, () =>
      this.contract.connect(this.person(c)).slashWrong(liarAddress, word(1), epoch),
    );
  }

  private async strike(a: number, b: number): Promise<void> {
    const standing = a % 4 === 0 ? undefined : await this.standingSeat();
    const epoch = standing?.epoch ?? (await this.anEpoch(a));
    const seat = standing?.seat ?? b % (SIZE + 1);
    const seats = await this.seated(epoch);
    const already = ((await this.contract.struck(epoch)) >> BigInt(seat)) & 1n;
    const may = seat < seats.length && already === 0n && (await this.statusOf(seats[seat])) === STATUS.slashed;
    await this.attempt("strike", may, () => this.contract.strike(epoch, seat));
  }

  /** A seat of somebody who was slashed that is not struck, in whatever epoch; such are rare. */
  private async standingSeat(): Promise<{ epoch: bigint; seat: number } | undefined> {
    for (let epoch = await this.contract.currentEpoch(); epoch > 0n; epoch--) {
      const struck = await this.contract.struck(epoch);
      for (const [seat, member] of (await this.seated(epoch)).entries()) {
        const stands = ((struck >> BigInt(seat)) & 1n) === 0n;
        if (stands && (await this.statusOf(member)) === STATUS.slashed) return { epoch, seat };
      }
    }
    return undefined;
  }

  private async remove(a: number): Promise<void> {
    const who = await this.one(a, isSlashedInPool);
    const { status, place } = await this.contract.members(who.address);
    const may = !(await this.freezes()) && status === STATUS.slashed && place !== 0n;
    await this.attempt("remove", may, () => this.contract.remove(who.address));
  }

  private async withdrawCredit(a: number): Promise<void> {
    const who = this.person(a);
    const credit = await this.contract.credit(who.address);
    const paid = await this.attempt("withdrawCredit", credit > 0n, () => this.contract.withdrawCredit(who.address));
    if (paid) this.paidOut += credit;
  }

  private async assert(): Promise<void> {
    if (this.asserted !== undefined) return;
    const { chain, disputes, truth } = this.world;
    const { id } = await disputes.assert(chain.people[15], truth);
    this.asserted = { id, createdAt: Number((await chain.rollup.assertion(id)).createdAt) };
  }

  private async checkEverything(): Promise<void> {
    const members = await Promise.all(this.people.map(({ address }) => this.contract.members(address)));
    await this.checkStakes(members.map(({ status }) => status));
    await this.checkPool(members);
    await this.checkSeats();
    for (let who = 0; who < HONEST; who++) expect(members[who].status, "an honest member").to.not.equal(STATUS.slashed);
    for (const { epoch, statement } of this.signed.slice(-3)) {
      const digest = this.digest(epoch, statement);
      const counted = (this.recorded.get(digest) ?? 0n) & ~(await this.contract.struck(epoch));
      expect(await this.contract.attesters(epoch, digest), "attesters").to.equal(counted);
    }
    if (this.asserted === undefined) return;
    const { rollup } = this.world.chain;
    const rule = await this.world.chain.ethers.getContractAt("IRule", (await rollup.parameters()).rule);
    const final = (await this.attestersOfTruth()) >= QUORUM;
    expect(await rule.isFinal(await rollup.getAddress(), this.asserted.id), "final").to.equal(final);
  }

  /** What came in is what went out, what members have at stake, what is credited and what is burned. */
  private async checkStakes(statuses: readonly bigint[]): Promise<void> {
    const held = BigInt(statuses.filter((status) => status === STATUS.bonded || status === STATUS.leaving).length);
    const credits = await Promise.all(this.people.map(({ address }) => this.contract.credit(address)));
    const reward = (OPTIONS.stake * BigInt(LIMITS.reporterShare)) / 10_000n;
    const owed = held * OPTIONS.stake + credits.reduce((sum, credit) => sum + credit, 0n);
    const balance = await this.world.chain.ethers.provider.getBalance(this.world.committee.identity.address);
    expect(balance, "stakes held, credited and burned").to.equal(owed + this.slashed * (OPTIONS.stake - reward));
    expect(balance + this.paidOut, "stakes in and out").to.equal(this.paidIn);
  }

  private async checkPool(members: readonly { place: bigint; status: bigint }[]): Promise<void> {
    const size = Number(await this.contract.poolSize());
    const pool = await Promise.all(Array.from({ length: size }, (_, place) => this.contract.poolAt(place)));
    for (const [index, { address }] of this.people.entries()) {
      const { place, status } = members[index];
      expect(Number(place), "place").to.equal(pool.indexOf(address) + 1);
      if (status === STATUS.bonded) expect(place > 0n, "a bonded member is in the pool").to.equal(true);
      if (status === STATUS.none || status === STATUS.leaving) expect(place, "nobody else").to.equal(0n);
    }
    expect(new Set(pool).size, "different members").to.equal(size);
  }

  private async checkSeats(): Promise<void> {
    const epoch = await this.contract.currentEpoch();
    const struck = await this.contract.struck(epoch);
    for (const [seat, member] of (await this.seated(epoch)).entries()) {
      if ((struck >> BigInt(seat)) & 1n) continue;
      const status = await this.statusOf(member);
      expect(status === STATUS.bonded || status === STATUS.leaving, "an active member's stake").to.equal(true);
    }
  }

  /** Makes a certificate of the chosen ones of an epoch who agree to sign. */
  private async sign(epoch: bigint, statement: Statement, chosen: number): Promise<Signed | undefined> {
    const members = await this.seated(epoch);
    const seats = members.flatMap((member, seat) =>
      (chosen >> seat) & 1 && this.agrees(member, statement) ? [seat] : [],
    );
    if (seats.length === 0) return undefined;
    const signed = { epoch, statement, certificate: await this.world.committee.certificate(epoch, statement, seats) };
    this.signed.push(signed);
    return signed;
  }

  private agrees(member: string, { purpose, subject, parent, accumulator, value }: Statement): boolean {
    if (this.people.findIndex(({ address }) => address === member) >= HONEST) return true;
    // Nobody serves what is no chain.
    if (purpose === Purpose.Assertion && subject === this.world.liarAddress) return false;
    const question = [member, purpose, subject, parent, accumulator].join();
    const said = this.honestLog.get(question) ?? value;
    this.honestLog.set(question, said);
    return said === value;
  }

  private aStatement(random: number): Statement {
    const { chain, liarAddress, truth } = this.world;
    const rollup = (chain.rollup.target as string).toLowerCase() as Hex;
    if (random % 3 === 0) return this.truthStatement(random % 6 === 0 ? hashMachineState(truth.end) : word(9));
    const subject = random % 3 === 1 ? rollup : liarAddress;
    return assertionStatement(subject, word((random >> 2) % 2), word((random >> 4) % 2), word((random >> 6) % 2));
  }

  private truthStatement(value = hashMachineState(this.world.truth.end)): Statement {
    const rollup = (this.world.chain.rollup.target as string).toLowerCase() as Hex;
    return assertionStatement(rollup, this.world.chain.genesis, value, this.world.lastInput);
  }

  private async attestersOfTruth(): Promise<number> {
    const epoch = await this.contract.epochAt(this.asserted!.createdAt);
    const recorded = this.recorded.get(this.digest(epoch, this.truthStatement())) ?? 0n;
    return bitsOf(recorded & ~(await this.contract.struck(epoch)));
  }

  /** Those lose their stakes who are guilty and have one; nobody else does. */
  private async slash(kind: string, guilty: readonly string[], act: () => Promise<unknown>): Promise<void> {
    const before = await Promise.all(this.people.map(({ address }) => this.statusOf(address)));
    const bonded = (who: number) => before[who] === STATUS.bonded || before[who] === STATUS.leaving;
    const losers = this.people.flatMap(({ address }, who) => (guilty.includes(address) && bonded(who) ? [who] : []));
    const frozen = await this.freezes();
    await this.attempt(kind, losers.length > 0, act);
    for (const [who, { address }] of this.people.entries()) {
      const expected = losers.includes(who) ? STATUS.slashed : before[who];
      expect(await this.statusOf(address), `member ${who} after ${kind}`).to.equal(expected);
    }
    for (const who of frozen ? [] : losers) {
      expect((await this.contract.members(this.people[who].address)).place, "out of the pool").to.equal(0n);
    }
    this.slashed += BigInt(losers.length);
  }

  /** Tries something, which must go through exactly where the model says so. */
  private async attempt(kind: string, may: boolean, act: () => Promise<unknown>): Promise<boolean> {
    const reason = await act().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    expect(reason === undefined, `${kind}: ${reason ?? "it went through"}`).to.equal(may);
    if (may) this.done.set(kind, (this.done.get(kind) ?? 0) + 1);
    return may;
  }

  /** The next block comes a second, or more, after the last one. */
  private async tick(seconds = 0): Promise<void> {
    const { time } = this.world.chain;
    await time.setNextBlockTimestamp((await time.latest()) + 1 + seconds);
  }

  private async isUnbonded(epoch: bigint): Promise<boolean> {
    const { startedAt } = await this.contract.epochs(epoch + 1n);
    const next = BigInt(await this.world.chain.time.latest()) + 1n;
    return startedAt !== 0n && next >= startedAt + BigInt(LIMITS.unbonding);
  }

  private async freezes(): Promise<boolean> {
    const next = (await this.latestBlock()) + 1n;
    return next + BigInt(OPTIONS.freezeBlocks) >= (await this.contract.drawBlock());
  }

  private async latestBlock(): Promise<bigint> {
    return BigInt(await this.world.chain.ethers.provider.getBlockNumber());
  }

  /** As an array: what ethers gives back is none in all that it does. */
  private async seated(epoch: bigint): Promise<string[]> {
    return [...(await this.contract.seated(epoch))];
  }

  private async statusOf(member: string): Promise<bigint> {
    return (await this.contract.members(member)).status;
  }

  private async signersOf({ epoch, certificate }: Signed): Promise<string[]> {
    const members = await this.seated(epoch);
    return members.filter((_, seat) => (certificate.signers >> BigInt(seat)) & 1n);
  }

  /** The current epoch, or any before it. */
  private async anEpoch(random: number): Promise<bigint> {
    const current = await this.contract.currentEpoch();
    return random % 2 === 0 ? current : 1n + (BigInt(random >> 1) % current);
  }

  private digest(epoch: bigint, statement: Statement): Hex {
    return statementDigest(this.world.committee.identity, epoch, statement);
  }

  /** One of those who are of a certain kind, if there are any, but not always. */
  private async one(
    random: number,
    fits: (member: { status: bigint; place: bigint }) => boolean,
  ): Promise<HardhatEthersSigner> {
    const members = await Promise.all(this.people.map(({ address }) => this.contract.members(address)));
    const fitting = this.people.filter((_, who) => fits(members[who]));
    return pick(fitting.length > 0 && random % 4 !== 0 ? fitting : this.people, random);
  }

  private person(random: number): HardhatEthersSigner {
    return pick(this.people, random);
  }
}

function isSlashedInPool({ status, place }: { readonly status: bigint; readonly place: bigint }): boolean {
  return status === STATUS.slashed && place !== 0n;
}

function word(value: number): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

function pick<T>(list: readonly T[], random: number): T {
  return list[random % list.length];
}

function bitsOf(value: bigint): number {
  return value.toString(2).replaceAll("0", "").length;
}
