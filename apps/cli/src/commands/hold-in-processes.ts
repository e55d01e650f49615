import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

import type { KnownEntrant } from '@plumbline/benchmarks/entrants'
import type { EntrantOutcomes } from '@plumbline/report'

/** What the suite found in one entrant, and how its process ended. */
export interface HeldInProcess {
  outcomes: EntrantOutcomes
  /** Whether a build failed a clause, or an entrant departed from its recording; it has said which on stderr. */
  hasFindings: boolean
}

const atOnce = 2

/**
 * Runs `plumbline conformance` for each entrant in a process of its own, two at a time: a suite mostly waits, and what it
 * leaves in memory must not be there when something is measured. Throws `Error` when one ends without outcomes.
 */
export async function holdInProcesses(entrants: readonly KnownEntrant[]): Promise<HeldInProcess[]> {
  const held = new Map<string, HeldInProcess>()
  const queue = [...entrants]
  async function work(): Promise<void> {
    for (let known = queue.shift(); known !== undefined; known = queue.shift()) {
      held.set(known.name, await holdOne(known.name))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return entrants.flatMap(({ name }) => held.get(name) ?? [])
}

async function holdOne(name: string): Promise<HeldInProcess> {
  const program = process.argv[1] ?? ''
  const args = [...process.execArgv, program, 'conformance', '--entrants', name, '--json']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (code !== 0 && code !== 1) throw new Error(`The suite of ${name} ended with code ${String(code)}.`)
  const { entrants } = JSON.parse(printed) as { entrants: [EntrantOutcomes] } // The stable JSON of that command.
  return { outcomes: entrants[0], hasFindings: code === 1 }
}
