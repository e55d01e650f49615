import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { measureOverhead, readEnvironment } from '@plumbline/benchmarks'
import { overheadCells, toMarkdown, type Report } from '@plumbline/report'

import { textTable } from '../text-table.ts'
import { fromCaller } from '../from-caller.ts'
import { assertKnown } from '../usage-error.ts'
import { chooseEntrants, holdEntrant, type HeldEntrant } from './conformance.ts'

/** Flags of `plumbline bench`, as commander parses them. */
export interface BenchFlags {
  quick?: boolean
  full?: boolean
  out: string
  json?: boolean
}

const knownBenchmarks = ['overhead']
const seed = 20_261_124

/**
 * Holds every entrant to the contract, measures, and writes `report.json` and `REPORT.md` into `out`. Resolves with the exit
 * code: 1, and nothing written, when the suite does not hold.
 */
export async function benchCommand(names: readonly string[], flags: BenchFlags): Promise<number> {
  for (const name of names) assertKnown(name, knownBenchmarks, 'benchmark')
  // Before anything is measured: a folder that cannot be made must not cost the results.
  const out = fromCaller(flags.out)
  mkdirSync(out, { recursive: true })
  const startedAt = new Date().toISOString()
  const environment = readEnvironment()

  const held: HeldEntrant[] = []
  for (const entrant of chooseEntrants(undefined)) held.push(await holdEntrant(entrant))
  const findings = held.flatMap((entrant) => entrant.findings)
  if (findings.length > 0) {
    process.stderr.write(
      `\n${findings.join('\n\n')}\n\nThe contract does not hold, so nothing is measured.\n`,
    )
    return 1
  }

  const began = performance.now()
  const overhead = await measureOverhead({
    rounds: flags.full ? 60 : 20,
    callsPerRound: flags.full ? 200 : 100,
    seed,
    onProgress: (done, total) => {
      const leftSeconds = ((performance.now() - began) / done / 1000) * (total - done)
      process.stderr.write(`overhead ${done}/${total}  about ${leftSeconds.toFixed(0)} s left\n`)
    },
  })

  const report: Report = {
    schemaVersion: 1,
    startedAt,
    endedAt: new Date().toISOString(),
    environment,
    conformance: held.map(({ name, version, outcomes }) => ({
      name,
      version,
      outcomes: outcomes.map(({ id, outcome, reason }) => ({
        id,
        outcome,
        ...(reason !== undefined && { reason }),
      })),
    })),
    overhead,
  }
  const files = {
    'report.json': `${JSON.stringify(report, undefined, 2)}\n`,
    'REPORT.md': toMarkdown(report),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(out, name), text)
  process.stdout.write(
    flags.json
      ? files['report.json']
      : `\n${textTable([['row', 'CPU us per call', 'ratio to the SDK', ''], ...overheadCells(overhead.rows)], [1])}\n\nWritten: ${Object.keys(files).join(', ')}\n`,
  )
  return 0
}
