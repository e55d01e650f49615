import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import {
  loadEntrant,
  readRecorded,
  readReproductions,
  type KnownEntrant,
} from '@plumbline/benchmarks/entrants'
import type { EntrantOutcomes } from '@plumbline/report'

import { repositoryRoot } from '../copy/repository.ts'

/** What stands before a number is written. */
export interface HeldForBench {
  /** Of every entrant: today's of a build, the recorded ones of the others. */
  outcomes: EntrantOutcomes[]
  /** Why nothing may be measured, one sentence each; empty when the contract holds. */
  findings: string[]
}

/**
 * Holds every build among `entrants` to the whole contract on this commit and lockfile. The others are held to their recordings by
 * their own tests, which take minutes; here it is enough that the recording is of the version that is installed.
 */
export async function holdForBench(entrants: readonly KnownEntrant[]): Promise<HeldForBench> {
  const builds = entrants.filter(({ heldTo }) => heldTo === 'contract')
  const findings = builds.length > 0 ? await testBuilds(builds) : []
  if (findings.length > 0) return { outcomes: [], findings }
  const held = await Promise.all(
    entrants.map((known) =>
      known.heldTo === 'contract' ? { outcomes: outcomesSeen(known), findings: [] } : recordedOf(known),
    ),
  )
  return {
    outcomes: held.map(({ outcomes }) => outcomes),
    findings: held.flatMap((one) => one.findings),
  }
}

interface Held {
  outcomes: EntrantOutcomes
  findings: string[]
}

/**
 * Runs the builds' own tests, in processes of their own: what they leave in memory must not be there when something is measured.
 * Where they have passed on these very sources and this lockfile, turbo knows, and says so instead of running them again.
 */
async function testBuilds(builds: readonly KnownEntrant[]): Promise<string[]> {
  const filters = builds.map(({ name }) => `--filter=@plumbline/entrant-${name}`)
  const turbo = join(repositoryRoot, 'node_modules/turbo/bin/turbo')
  const args = [turbo, 'run', 'test', ...filters, '--output-logs=new-only']
  // Its lines are progress, which does not belong to what `--json` prints.
  const child = spawn(process.execPath, args, { cwd: repositoryRoot, stdio: ['ignore', 2, 2] })
  const [code] = (await once(child, 'close')) as [number | null] // What `close` is emitted with.
  if (code === 0) return []
  return [`${builds.map(({ name }) => name).join(' or ')} does not hold to the contract (see above).`]
}

/** What a build's tests saw when they last passed on these sources: skips for what that machine lacked are there as skips. */
function outcomesSeen({ name }: KnownEntrant): EntrantOutcomes {
  const file = join(repositoryRoot, 'benchmarks/entrants', name, '.outcomes.json')
  return JSON.parse(readFileSync(file, 'utf8')) as EntrantOutcomes // What `holdToContract` has written.
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
