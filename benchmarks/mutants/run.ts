/**
 * `npm run mutants [-- --only ID] [-- --clause ID] [-- --share 1/2] [-- --suite-passed]`: takes one protection at a time out of a
 * build and requires the suite to turn red, where the build as it is passes (`--suite-passed`: both have just been seen to, and are
 * not held again). `--share 1/2` takes every second mutant from the first on, `2/2` the others. Also requires that every clause can
 * fail: for a recorded entrant, or by a mutant. Exits with 1 when a mutant survives.
 */
import { execFile, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { clauses, type Outcome } from '@plumbline/conformance'

import { knownEntrants, readRecorded } from '../src/entrants.ts'
import { readFlags } from '../src/read-flags.ts'
import { mutants } from './mutants.ts'
import type { Mutant } from './mutant.ts'

const atOnce = 4
const limitMs = 300_000
/** Every mutant loads the same hundreds of files: compiled once, that is a third of its CPU time less. */
const compileCache = join(tmpdir(), 'plumbline-compile-cache')

const help = `Usage: npm run mutants -- [--only ID] [--clause ID] [--share 1/2] [--suite-passed]

Takes one protection at a time out of a build and requires the clause that asks for it to fail.

  --only ID        this mutant
  --clause ID      the mutants of this clause
  --share N/OF     every OF-th mutant, from the N-th on
  --suite-passed   the suite has just passed on both builds: do not hold them again
`
const { chosen, suitePassed } = readFlags(
  help,
  {
    only: { type: 'string' },
    clause: { type: 'string' },
    share: { type: 'string', default: '1/1' },
    'suite-passed': { type: 'boolean', default: false },
  },
  (flags) => {
    const [share = NaN, shares = NaN] = flags.share.split('/').map(Number)
    if (!(share >= 1 && share <= shares))
      throw new RangeError(`--share is a part and a number of parts, such as 1/2, not ${flags.share}.`)
    const asked = mutants.filter(
      ({ id, clause }, index) =>
        (flags.only ?? id) === id && (flags.clause ?? clause) === clause && index % shares === share - 1,
    )
    if (asked.length === 0)
      throw new RangeError(`No mutant matches. Known: ${mutants.map(({ id }) => id).join(', ')}`)
    return { chosen: asked, suitePassed: flags['suite-passed'] }
  },
)

interface Trial {
  killed: boolean
  detail: string
}

function tryMutant(mutant: Mutant): Promise<Trial> {
  const program = fileURLToPath(new URL('run-one.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@plumbline/source', program, mutant.id], {
    timeout: limitMs,
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString('utf8')))
  child.stderr.on('data', (data: Buffer) => (errors += data.toString('utf8')))
  return new Promise((resolve) => {
    child.on('close', () => {
      try {
        const { outcome, failedScenarios = [] } = JSON.parse(output) as Outcome
        resolve({
          killed: outcome === 'fail',
          detail: outcome === 'fail' ? failedScenarios.join() : `the clause ended with ${outcome}`,
        })
      } catch {
        // No outcome is no proof: a mutant that does not even load says nothing about the clause.
        resolve({ killed: false, detail: errors.match(/Error: .*/)?.[0] ?? 'no outcome' })
      }
    })
  })
}

/** The clauses that a build fails as it is, of those that its mutants are tried on. */
async function redAsItIs(build: string): Promise<string[]> {
  const ids = new Set(chosen.filter((mutant) => mutant.build === build).map(({ clause }) => clause))
  process.stdout.write(`${build} as it is: ${ids.size} clauses\n`)
  const program = fileURLToPath(new URL('baseline.ts', import.meta.url))
  const args = ['--conditions=@plumbline/source', program, build, ...ids]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout) as string[] // What that program prints.
}

// Side by side: most of their time is waited.
const builds = suitePassed ? [] : [...new Set(chosen.map(({ build }) => build))]
for (const [index, red] of (await Promise.all(builds.map(redAsItIs))).entries()) {
  if (red.length === 0) continue
  process.stderr.write(
    `${builds[index]} fails without any mutant: ${red.join(', ')}. Nothing can be proven.\n`,
  )
  process.exit(1)
}

let done = 0
const survivors: string[] = []
const queue = [...chosen]
async function work(): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const { killed, detail } = await tryMutant(mutant)
    done++
    if (!killed) survivors.push(mutant.id)
    const verdict = killed ? 'red ' : 'SURVIVED'
    process.stdout.write(
      `[${done}/${chosen.length}] ${verdict} ${mutant.clause} ${mutant.build} ${mutant.id}: ${detail}\n`,
    )
  }
}
await Promise.all(Array.from({ length: atOnce }, work))

const failing = new Set(mutants.map(({ clause }) => clause))
for (const known of knownEntrants) {
  for (const { id, outcome } of readRecorded(known)?.outcomes ?? []) if (outcome === 'fail') failing.add(id)
}
const neverFailing = clauses.map(({ id }) => id).filter((id) => !failing.has(id))

process.stdout.write(
  `\n${chosen.length - survivors.length} of ${chosen.length} mutants turned the suite red.\n`,
)
if (survivors.length > 0) process.stdout.write(`Survivors: ${survivors.join(', ')}\n`)
if (neverFailing.length > 0)
  process.stdout.write(`Clauses that nothing makes fail: ${neverFailing.join(', ')}\n`)
process.exitCode = survivors.length + neverFailing.length > 0 ? 1 : 0
