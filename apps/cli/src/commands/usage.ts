import { csvLine, formatUsd } from '@plumbline/core/export'
import {
  LedgerError,
  readUsage,
  usageGroups,
  type UsageFigures,
  type UsageGroup,
  type UsageOptions,
} from '@plumbline/core/ledger'

import { fromCaller } from '../from-caller.ts'
import { textTable } from '../text-table.ts'
import { assertKnown, UsageError } from '../usage-error.ts'

export interface UsageFlags {
  ledger: string
  since: string
  by: string
  percentiles: boolean
  json?: boolean
  csv?: boolean
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Prints what the calls in a ledger cost, how long they took and how many succeeded. Throws `UsageError`. */
export function usageCommand(flags: UsageFlags, nowMs: number): number {
  if (flags.json && flags.csv) throw new UsageError('Give one of --json and --csv, not both.')
  assertKnown(flags.by, usageGroups, 'group')
  const by = flags.by as UsageGroup // Known, as of the line above.
  const sinceMs = Math.max(nowMs - durationMs(flags.since), 0)
  const path = fromCaller(flags.ledger)
  const { total, groups } = read({ path, sinceMs, by, percentiles: flags.percentiles })
  if (flags.json) {
    const since = new Date(sinceMs).toISOString()
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, since, by, total, groups }, null, 2)}\n`)
  } else if (flags.csv) {
    const figures = Object.keys(total) as (keyof UsageFigures)[] // Its own keys.
    const lines = groups.map((group) => csvLine([group.value, ...figures.map((figure) => group[figure])]))
    process.stdout.write([csvLine([by, ...figures]), ...lines].join(''))
  } else {
    const rows = [heading(by), ...groups.map((group) => cells(group.value, group)), cells('all', total)]
    const shown = flags.percentiles ? rows : rows.map((row) => row.slice(0, -2))
    process.stdout.write(`${textTable(shown, [1, 2, 3, 4, 5, 6, 7, 8])}\n`)
  }
  return 0
}

function read(options: UsageOptions): ReturnType<typeof readUsage> {
  const { path } = options
  try {
    return readUsage(options)
  } catch (error) {
    if (error instanceof LedgerError) throw new UsageError(`--ledger ${path}: ${error.message}`)
    // Of SQLite or the file system: a folder, no permission, a damaged file.
    if (error instanceof Error && 'code' in error)
      throw new UsageError(`--ledger ${path} cannot be read: ${error.message}.`)
    throw error
  }
}

/** `24h`, `90m`, `7d`, `2w` in ms. Throws `UsageError`. */
function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(text) ?? []
  const ms = Number(amount) * unitMs[(unit ?? 'h') as keyof typeof unitMs] // One of them, by the pattern.
  if (!(ms > 0)) {
    throw new UsageError(
      `--since takes a number over 0 and a unit (m, h, d, w), such as 24h or 7d, not "${text}".`,
    )
  }
  return ms
}

const heading = (by: string): string[] => [
  by,
  'calls',
  'success',
  'input tokens',
  'output tokens',
  'cost',
  'saved',
  'p50 ms',
  'p95 ms',
]

function cells(value: string, figures: UsageFigures): string[] {
  const judged = figures.totalCalls - figures.blocked - figures.cancelled
  return [
    // A label is whatever callers sent: line breaks and escape sequences stay out of the terminal.
    value.replace(/\p{C}/gu, '\uFFFD'),
    String(figures.totalCalls),
    judged > 0 ? `${(figures.successRate * 100).toFixed(1)} %` : '-',
    String(figures.inputTokens),
    String(figures.outputTokens),
    formatUsd(figures.costNanoUsd),
    formatUsd(figures.savedNanoUsd),
    latencyCell(figures, figures.p50LatencyMs),
    latencyCell(figures, figures.p95LatencyMs),
  ]
}

function latencyCell({ providerCalls }: UsageFigures, latencyMs: number | undefined): string {
  return providerCalls > 0 && latencyMs !== undefined ? latencyMs.toFixed(0) : '-'
}
