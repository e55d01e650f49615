import { systemClock, type Clock } from '../contract/clock.ts'
import type { GuardrailAction, Verdict } from '../guardrails/policy.ts'
import type { Direction } from '../guardrails/rule.ts'
import { BoundedCounts } from './bounded-counts.ts'
import { sumFigures, type MetricsFigures } from './figures.ts'
import { HourlyCosts, type HourlyCost } from './hourly-cost.ts'
import { labelNames, SeriesIndex, type LabelName } from './labels.ts'
import type { LLMCallMetrics } from './record.ts'
import { latencyBin } from './sketch.ts'
import { createTally, tallyCall } from './tally.ts'
import { longestWindowMs, seriesLatencyMs, Windows } from './windows.ts'

export interface MetricsCollectorOptions {
  /** Its wall clock decides which window a call falls into. Default: the machine's. */
  clock?: Clock
  /** How many values of one label have figures of their own; the rest share `other`. Default 100. */
  maxLabelValues?: number
}

export interface SummaryOptions {
  /** How far back, in hours; fractions are allowed (5 minutes: `5 / 60`). Over 0 and at most 168. Default 24. */
  lastHours?: number
  /** Also splits the figures by this label. */
  by?: LabelName
  /** Restricts the figures to the calls with one value of one label. Not together with `by`. */
  where?: { label: LabelName; value: string }
}

/** How many findings (not calls) one rule had in one direction. */
export type VerdictCount = Pick<Verdict, 'ruleId' | 'direction' | 'action' | 'count' | 'failure'>

export interface MetricsSummary extends MetricsFigures {
  lastHours: number
  /** With `by`: the figures per value of the label, for values with calls in the window. Has no prototype. */
  groups?: Record<string, MetricsFigures>
  /**
   * How far back the percentiles of the groups, or of a `where`, reach, in hours: `lastHours`, but 1 at most. Counts
   * and sums always cover `lastHours`, and so do the percentiles of all calls.
   */
  percentileHours: number
  /** Since the collector was made. */
  verdicts: VerdictCount[]
  /** What was lost without failing a call (`metrics`, `logger`, `prices`, `cache_read`, `cache_write`, `guardrail_error`, `guardrail_timeout`), by kind, since the collector was made. Has no prototype. */
  losses: Record<string, number>
}

const allCalls = 0
const hourMs = 3_600_000

/** Rule ids and kinds of loss are few; the bound is against a caller that makes them up. */
const maxNames = 1000

/**
 * Counts calls over the last hour (in slots of 10 s), day (1 min) and seven days (1 h), in all and per label value.
 * Windows follow the wall clock when a call is recorded, hours of cost the call's own timestamp. Memory is bounded by
 * the slots and the label values, whatever the number of calls: some 15 MB with four labels of 16 values, 80 MB with
 * four of 100.
 */
export class MetricsCollector {
  readonly #clock: Clock
  readonly #index: SeriesIndex
  readonly #windows = new Windows()
  readonly #hourly = new HourlyCosts()
  readonly #verdicts = new BoundedCounts(maxNames)
  readonly #losses = new BoundedCounts(maxNames)
  // Used by every call to `record` in turn: an allocation each would be half of its cost.
  readonly #tally = createTally()
  readonly #series: number[] = [allCalls]
  #inFlight = 0

  /** Throws `RangeError` when `maxLabelValues` is not an integer from 1 to 10,000. */
  constructor(options: MetricsCollectorOptions = {}) {
    const { clock = systemClock, maxLabelValues = 100 } = options
    if (!Number.isInteger(maxLabelValues) || maxLabelValues < 1 || maxLabelValues > 10_000) {
      throw new RangeError(
        `maxLabelValues must be an integer from 1 to 10,000, got ${String(maxLabelValues)}`,
      )
    }
    this.#clock = clock
    this.#index = new SeriesIndex(maxLabelValues)
  }

  /** Calls that have begun and not ended. A gauge: of this process, now. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Notes that a call has begun (1) or ended (-1). */
  countInFlight(change: 1 | -1): void {
    this.#inFlight += change
  }

  /** Adds one finished call. */
  record(call: LLMCallMetrics): void {
    tallyCall(call, this.#tally)
    this.#index.writeSeriesOf(call, this.#series)
    const slot = this.#windows.at(this.#clock.now(), this.#index.size)
    slot.addCall(this.#series, this.#tally, call.attempts > 0 ? latencyBin(call.latencyMs) : undefined)
    this.#hourly.add(call)
  }

  /**
   * Counts what the guardrails found, by rule, direction and action; and rules that could not judge as losses too:
   * `guardrail_error`, `guardrail_timeout`.
   */
  countVerdicts(verdicts: readonly VerdictCount[]): void {
    for (const { ruleId, direction, action, count, failure } of verdicts) {
      if (failure !== undefined) this.countLoss(`guardrail_${failure}`)
      this.#verdicts.add(verdictKey(ruleId, direction, action), count, verdictKey('other', direction, action))
    }
  }

  /** Counts something that was lost without failing a call: `metrics`, `logger`, `cache_read`, `cache_write`, `budget`. */
  countLoss(kind: string): void {
    this.#losses.add(kind, 1)
  }

  /**
   * The figures of the last `lastHours`; its edge is rounded outwards to one slot (10 s up to an hour, 1 min up to a day,
   * 1 h beyond). Throws `RangeError` for `lastHours` out of range, `TypeError` for `by` with `where` or an unknown label.
   */
  summary(options: SummaryOptions = {}): MetricsSummary {
    const { lastHours = 24, by, where } = options
    if (by !== undefined && where !== undefined) {
      throw new TypeError(
        'summary takes by or where, got both: figures are kept per label, not per combination',
      )
    }
    checkHours(lastHours)
    const nowMs = this.#clock.now()
    const percentileHours = Math.min(lastHours, seriesLatencyMs / hourMs)
    const slots = this.#windows.last(lastHours * hourMs, nowMs)
    const labelLatencySlots = this.#windows.last(percentileHours * hourMs, nowMs)
    const figuresOf = (series: number): MetricsFigures => sumFigures(series, slots, labelLatencySlots)

    const whereSeries = where && this.#index.find(where.label, where.value)
    const figures =
      where === undefined
        ? sumFigures(allCalls, slots, slots)
        : whereSeries === undefined
          ? sumFigures(allCalls, [], [])
          : figuresOf(whereSeries)
    return {
      ...figures,
      lastHours,
      percentileHours,
      ...(by !== undefined && {
        groups: toRecord(
          [...this.#index.entries(by)]
            .map(([value, series]): [string, MetricsFigures] => [value, figuresOf(series)])
            .filter(([, group]) => group.totalCalls > 0),
        ),
      }),
      verdicts: [...this.#verdicts.entries()].map(([key, count]) => toVerdictCount(key, count)),
      losses: toRecord(this.#losses.entries()),
    }
  }

  /**
   * Cost of each UTC hour with calls, ascending, from the hour that `lastHours` (default 24, at most 168) reaches back
   * into. Throws `RangeError` for `lastHours` out of range.
   */
  hourlyCost(options: { lastHours?: number } = {}): HourlyCost[] {
    const { lastHours = 24 } = options
    checkHours(lastHours)
    return this.#hourly.since(this.#clock.now() - lastHours * hourMs)
  }

  /**
   * Adds all that `other` holds; its summaries then are those of all calls together, percentiles included. Label values
   * beyond this collector's own limit join `other`.
   */
  merge(other: MetricsCollector): void {
    if (other === this) throw new TypeError('merge takes another collector, got the same one')
    // Where each series of `other` goes, by number; the same place may come twice, once both are `other`.
    const targets: number[] = [allCalls]
    for (const label of labelNames) {
      for (const [value, series] of other.#index.entries(label)) {
        targets[series] = this.#index.seriesOf(label, value)
      }
    }
    this.#windows.merge(other.#windows, targets)
    this.#hourly.merge(other.#hourly)
    this.countVerdicts([...other.#verdicts.entries()].map(([key, count]) => toVerdictCount(key, count)))
    for (const [kind, count] of other.#losses.entries()) this.#losses.add(kind, count)
  }
}

function checkHours(lastHours: number): void {
  const longest = longestWindowMs / hourMs
  if (!(lastHours > 0 && lastHours <= longest)) {
    throw new RangeError(`lastHours must be over 0 and at most ${longest}, got ${String(lastHours)}`)
  }
}

/** Without a prototype, a label value such as `constructor` is there only if it was counted, and `__proto__` is a plain key. */
function toRecord<T>(entries: Iterable<[string, T]>): Record<string, T> {
  const record: Record<string, T> = Object.create(null)
  for (const [key, value] of entries) record[key] = value
  return record
}

function verdictKey(ruleId: string, direction: Direction, action: GuardrailAction): string {
  return JSON.stringify([ruleId, direction, action])
}

function toVerdictCount(key: string, count: number): VerdictCount {
  // The key was written by `verdictKey`, of these three.
  const [ruleId, direction, action] = JSON.parse(key) as [string, Direction, GuardrailAction]
  return { ruleId, direction, action, count }
}
