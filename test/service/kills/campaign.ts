import { Random } from "../../fuzz/random.js";
import { findingsOf, type Finding } from "./findings.js";
import type { DoneKill } from "./keptNode.js";
import { NO_KILLS, type KillPlan } from "./killPlan.js";
import { nameOf, planDay, type Coverage } from "./planDay.js";
import { playDay, type DayKind, type PlayedDay } from "./scriptedDay.js";

/** How long a day may take, in milliseconds, and how much longer with every kill. */
const PATIENCE = 240_000;
const PATIENCE_A_KILL = 20_000;

/** How a campaign is fought. */
export interface CampaignOptions {
  readonly kills: number;
  readonly seed: number;
  /** Played in turn. */
  readonly kinds: readonly DayKind[];
  readonly killsADay: number;
  /** A plan that is played in place of those that are drawn: that of a day with findings. */
  readonly plan?: KillPlan;
  readonly onProgress: (line: string) => void;
}

/** A day on which something was not as it must be. */
export interface BadDay {
  readonly kind: DayKind;
  readonly plan: KillPlan;
  readonly findings: readonly Finding[];
}

/** What was done, and what was found. */
export interface CampaignReport {
  readonly seed: number;
  readonly kills: number;
  readonly days: Readonly<Record<string, number>>;
  /** Where processes were killed: how often at each point, and at how many different occurrences of it. */
  readonly points: Readonly<Record<string, { readonly kills: number; readonly occurrences: number }>>;
  /** Kills at instants: in all, before anything was done, and after the process was asked to stop. */
  readonly instants: { readonly kills: number; readonly starting: number; readonly leaving: number };
  /** The most that a false word has waited for its answer, and the least that there was to answer it in, in seconds. */
  readonly slowestAnswer: number;
  readonly shortestClock: number;
  readonly transactions: number;
  readonly seconds: number;
  readonly badDays: readonly BadDay[];
}

/** Plays days with kills until there were enough, and compares each end with that of a day of its kind on which nobody was killed. */
export async function fightCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const campaign = new Campaign(options);
  return campaign.fight();
}

class Campaign {
  private readonly started = Date.now();
  private readonly untouched = new Map<DayKind, PlayedDay>();
  private readonly coverage = new Map<DayKind, Coverage>();
  private readonly kills: DoneKill[] = [];
  private readonly days = new Map<DayKind, number>();
  private readonly badDays: BadDay[] = [];
  private readonly answers: { readonly took: number; readonly allowed: number }[] = [];
  private transactions = 0;

  public constructor(private readonly options: CampaignOptions) {}

  public async fight(): Promise<CampaignReport> {
    const { kills, kinds, plan } = this.options;
    for (let day = 0; this.kills.length < kills; day++) {
      await this.day(kinds[day % kinds.length], day);
      if (plan !== undefined) break;
    }
    return this.report();
  }

  private async day(kind: DayKind, number: number): Promise<void> {
    const { seed, killsADay, kills } = this.options;
    const untouched = this.untouched.get(kind) ?? (await this.play(kind, NO_KILLS));
    if (untouched === undefined) return;
    this.untouched.set(kind, untouched);
    const coverage = this.coverage.get(kind) ?? new Map<string, number>();
    this.coverage.set(kind, coverage);
    const wanted = Math.min(killsADay, kills - this.kills.length);
    const random = new Random(seed * 1_000 + number);
    const plan = this.options.plan ?? planDay(random, untouched.points, coverage, wanted);
    const played = await this.play(kind, plan, untouched);
    for (const kill of played?.kills ?? []) {
      if (!("target" in kill)) continue;
      const name = nameOf(kill.target);
      coverage.set(name, (coverage.get(name) ?? 0) + 1);
    }
  }

  /** Gives nothing if the day did not end. */
  private async play(kind: DayKind, plan: KillPlan, untouched?: PlayedDay): Promise<PlayedDay | undefined> {
    const planned = plan.targets.length + plan.instants.length;
    const began = Date.now();
    try {
      const day = await playDay(kind, plan, PATIENCE + planned * PATIENCE_A_KILL);
      this.take(kind, plan, day, findingsOf(day.end, (untouched ?? day).end));
      this.tell(kind, `${day.kills.length} kills, ${day.points.length} points`, began);
      return day;
    } catch (error) {
      const finding = { what: "how the day ended", expected: "in time", found: String(error) };
      this.badDays.push({ kind, plan, findings: [finding] });
      this.tell(kind, `it did not end: ${String(error)}`, began);
      return undefined;
    }
  }

  private take(kind: DayKind, plan: KillPlan, { kills, end }: PlayedDay, findings: readonly Finding[]): void {
    this.kills.push(...kills);
    this.days.set(kind, (this.days.get(kind) ?? 0) + 1);
    this.transactions += end.accounts.reduce((sum, { sent }) => sum + sent, 0);
    for (const { took, allowed } of end.answers) if (took !== undefined) this.answers.push({ took, allowed });
    if (findings.length === 0) return;
    this.badDays.push({ kind, plan, findings });
    for (const { what, expected, found } of findings) {
      this.options.onProgress(`  ${what}: expected ${expected}, found ${found}`);
    }
  }

  private tell(kind: DayKind, what: string, began: number): void {
    const seconds = Math.round((Date.now() - began) / 1_000);
    this.options.onProgress(`a day with ${kind}, ${seconds} s: ${what}; ${this.kills.length} kills so far`);
  }

  private report(): CampaignReport {
    const instants = this.kills.flatMap((kill) => ("instant" in kill ? [kill] : []));
    return {
      seed: this.options.seed,
      kills: this.kills.length,
      days: Object.fromEntries(this.days),
      points: this.pointsKilledAt(),
      instants: {
        kills: instants.length,
        starting: instants.filter(({ lived }) => lived === 0).length,
        leaving: instants.filter(({ instant }) => instant.leaving !== undefined).length,
      },
      slowestAnswer: Math.max(...this.answers.map(({ took }) => took)),
      shortestClock: Math.min(...this.answers.map(({ allowed }) => allowed)),
      transactions: this.transactions,
      seconds: Math.round((Date.now() - this.started) / 1_000),
      badDays: this.badDays,
    };
  }

  private pointsKilledAt(): CampaignReport["points"] {
    const occurrences = new Map<string, number[]>();
    for (const kill of this.kills) {
      if (!("target" in kill)) continue;
      const { point, occurrence } = kill.target;
      occurrences.set(point, [...(occurrences.get(point) ?? []), occurrence]);
    }
    const counted = [...occurrences].map(
      ([point, at]) => [point, { kills: at.length, occurrences: new Set(at).size }] as const,
    );
    return Object.fromEntries(counted.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
