/**
 * Runs one clause against one sabotaged build, in a process of its own: `run-one.ts MUTANT_ID`. Prints the outcome as JSON.
 * The sabotage happens while the file is loaded; nothing on disk changes.
 */
import { registerHooks } from 'node:module'

import { mutants } from './mutants.ts'

const mutant = mutants.find(({ id }) => id === process.argv[2])
if (mutant === undefined) throw new Error(`There is no mutant ${process.argv[2]}.`)

let loaded = false
registerHooks({
  load(url, context, nextLoad) {
    const result = nextLoad(url, context)
    if (!url.endsWith(`/${mutant.file}`)) return result
    loaded = true
    const source =
      result.source === undefined ? '' : Buffer.from(result.source as Uint8Array).toString('utf8')
    const parts = source.split(mutant.find)
    if (parts.length !== 2) {
      throw new Error(
        `Mutant ${mutant.id}: its text stands ${parts.length - 1} times in ${mutant.file}, not once.`,
      )
    }
    return { ...result, source: parts.join(mutant.replace) }
  },
})

const { clauses, runClause } = await import('@plumbline/conformance')
const clause = clauses.find(({ id }) => id === mutant.clause)
if (clause === undefined) throw new Error(`Mutant ${mutant.id}: there is no clause ${mutant.clause}.`)
const { knownEntrants, loadEntrant } = await import('../src/entrants.ts')
const known = knownEntrants.find(({ name }) => name === mutant.build)
if (known === undefined) throw new Error(`Mutant ${mutant.id}: there is no build ${mutant.build}.`)
const outcome = await runClause(clause, await loadEntrant(known), { untilFirstFailure: true })
if (!loaded) throw new Error(`Mutant ${mutant.id}: ${mutant.file} was never loaded.`)
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0))
