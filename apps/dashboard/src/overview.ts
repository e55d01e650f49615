import type { LLMCallMetrics } from '@plumbline/core'
import type { CallFigures, CallLabel } from '@plumbline/core/ledger'

/** What `GET api/overview` answers: everything of the page but health. Times are ms since the epoch, money is nano-dollars. */
export interface Overview {
  schemaVersion: 1
  /** Figures are of calls that started from `fromMs` on. */
  fromMs: number
  toMs: number
  bucketMs: number
  total: CallFigures
  /** In order of time, without gaps; the first begins with the range, inside its bucket. */
  buckets: OverviewBucket[]
  /** By cost, highest first; the first 100 values of each label. */
  groups: Record<CallLabel, LabelFigures[]>
  /** How many values each label has in the range, filters left aside; and the values themselves, 200 at most, in order. */
  choices: Record<CallLabel, { count: number; values: string[] }>
  blocksByRule: Record<string, number>
  /** The newest calls, newest first. They hold no prompt and no answer: a record has none. */
  calls: LLMCallMetrics[]
  /** When the last call of the whole ledger started; null of an empty one. */
  lastCallMs: number | null
}

export interface OverviewBucket {
  startMs: number
  figures: CallFigures
  costNanoUsdByModel: Record<string, number>
  blocksByRule: Record<string, number>
}

export type LabelFigures = CallFigures & { value: string }
