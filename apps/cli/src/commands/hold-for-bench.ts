import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

import {
  loadEntrant,
  readRecorded,
  readReproductions,
  type KnownEntrant,
} from '@plumbline/benchmarks/entrants'
import type { EntrantOutcomes } from '@plumbline/report'

/** What stands before a number is written. */
export interface HeldForBench {
  /** Of every entrant: today's of a build, the recorded ones of the others. */
  outcomes: EntrantOutcomes[]
  /** Why nothing may be measured, one sentence each; empty when the contract holds. */
  findings: string[]
}

/**
 * Holds every build among `entrants` to the whole contract on this commit. The others are held to their recordings by their own
 * tests, which take minutes; here it is enough that the recording is of the version that is installed.
 */
export async function holdForBench(entrants: readonly KnownEntrant[]): Promise<HeldForBench> {
  const held = await Promise.all(
    entrants.map((known) => (known.heldTo === 'contract' ? holdBuild(known) : recordedOf(known))),
  )
  return {
    outcomes: held.map(({ outcomes }) => outcomes),
    findings: held.flatMap(({ findings }) => findings),
  }
}

interface Held {
  outcomes: EntrantOutcomes
  findings: string[]
}

/** The suite in a process of its own: what it leaves in memory must not be there when something is measured. */
async function holdBuild({ name }: KnownEntrant): Promise<Held> {
  const program = process.argv[1] ?? ''
  const args = [...process.execArgv, program, 'conformance', '--entrants', name, '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (code !== 0 && code !== 1) throw new Error(`The suite of ${name} ended with code ${String(code)}.`)
  const { entrants } = JSON.parse(printed) as { entrants: [EntrantOutcomes] } // The stable JSON of that command.
  return {
    outcomes: entrants[0],
    findings: code === 1 ? [`${name} does not hold to the contract (see above).`] : [],
  }
}

async function recordedOf(known: KnownEntrant): Promise<Held> {
  const { name, version } = await loadEntrant(known)
  const recorded = readRecorded(known)
  const reproductions = readReproductions(known)
  const outcomes = {
    name,
    version,
    outcomes: recorded?.outcomes ?? [],
    ...(reproductions.length > 0 && { reproductions }),
  }
  if (recorded?.version === version) return { outcomes, findings: [] }
  const record = `npm run plumbline -- conformance --entrants ${name} --record`
  return {
    outcomes,
    findings: [
      `${name} is recorded at ${recorded?.version ?? 'no version'} and installed at ${version}: ${record}`,
    ],
  }
}
