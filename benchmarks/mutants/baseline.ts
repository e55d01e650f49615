/**
 * Runs clauses against a build as it is: `baseline.ts BUILD CLAUSE_ID…`. Prints the ids of those that do not pass, as JSON.
 * A clause that is red already would prove nothing about a mutant.
 */
import { clauses, runPartClause, runSuite } from '@plumbline/conformance'

import { knownEntrants, loadEntrant } from '../src/entrants.ts'

const [build, ...ids] = process.argv.slice(2)
const known = knownEntrants.find(({ name }) => name === build)
if (known === undefined) throw new Error(`There is no build ${build}.`)
const chosen = clauses.filter(({ id }) => ids.includes(id))
const outcomes = await runSuite(await loadEntrant(known), { clauses: chosen })
for (const part of chosen.filter(({ kind }) => kind === 'part')) outcomes.push(await runPartClause(part))
const red = outcomes.filter(({ outcome }) => outcome !== 'pass').map(({ id }) => id)
process.stdout.write(`${JSON.stringify(red)}\n`, () => process.exit(0))
