/**
 * Runs one clause against one sabotaged build, in a process of its own: `run-one.ts MUTANT_ID`. Prints the outcome as JSON.
 * The sabotage happens while the file is loaded; nothing on disk changes.
 */
import { registerHooks } from 'node:module'

import type { Clause, Entrant, Outcome } from '@plumbline/conformance'

import type { Mutant } from './mutant.ts'
import { mutants } from './mutants.ts'

const mutant = mutants.find(({ id }) => id === process.argv[2])
if (mutant === undefined) throw new Error(`There is no mutant ${process.argv[2]}.`)

function registryOf(clause: string): string {
  const name = clause.replace('-', '')
  return `import { ${name} } from './clauses/${clause}.ts'\nexport const clauses = [${name}]`
}

let loaded = false
registerHooks({
  load(url, context, nextLoad) {
    // Of all clauses the one that is asked: to load the others is most of what a mutant costs.
    if (url.endsWith('/conformance/src/registry.ts'))
      return { format: 'module', source: registryOf(mutant.clause), shortCircuit: true }
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

const { clauses, runClause, runParityClause, runPartClause } = await import('@plumbline/conformance')
const clause = clauses.find(({ id }) => id === mutant.clause)
if (clause === undefined) throw new Error(`Mutant ${mutant.id}: there is no clause ${mutant.clause}.`)
const { knownEntrants, loadEntrant } = await import('../src/entrants.ts')

async function load(name: string): Promise<Entrant> {
  const known = knownEntrants.find((candidate) => candidate.name === name)
  if (known === undefined) throw new Error(`Mutant ${mutant?.id}: there is no build ${name}.`)
  return loadEntrant(known)
}

async function outcomeOf({ build }: Mutant, asked: Clause): Promise<Outcome> {
  const options = { untilFirstFailure: true }
  if (asked.kind === 'part') return runPartClause(asked, options)
  if (asked.kind === 'parity')
    return runParityClause(asked, [await load('scratch'), await load('langchain')], options)
  return runClause(asked, await load(build), options)
}

const outcome = await outcomeOf(mutant, clause)
if (!loaded) throw new Error(`Mutant ${mutant.id}: ${mutant.file} was never loaded.`)
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0))
