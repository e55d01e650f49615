/**
 * Holds one entrant to the contract from a shell:
 *
 *   node --conditions=@plumbline/source packages/conformance/src/cli.ts benchmarks/entrants/openai-sdk/src/index.ts STR-03
 *
 * Clause ids restrict the run. `--record FILE` writes the outcomes. Exit code 0 when all pass or are unsupported, 1 otherwise.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import type { Entrant } from './entrant.ts'
import { formatOutcomes, parseOutcomes } from './outcomes.ts'
import { clauses } from './registry.ts'
import { runSuite } from './run.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { record: { type: 'string' } } })
const [path, ...ids] = positionals
if (path === undefined) {
  console.error('Usage: cli.ts ENTRANT.ts [CLAUSE-ID…] [--record FILE]')
  process.exit(2)
}
const unknown = ids.filter((id) => !clauses.some((clause) => clause.id === id))
if (unknown.length > 0) {
  console.error(`No such clause: ${unknown.join(', ')}`)
  process.exit(2)
}

const entrant = await loadEntrant(path)
const started = performance.now()
const outcomes = await runSuite(entrant, {
  clauses: ids.length === 0 ? clauses : clauses.filter(({ id }) => ids.includes(id)),
  onProgress: ({ id, outcome, scenario, reason }) => {
    console.log(`${id}  ${outcome}${scenario === undefined ? '' : `  ${scenario}`}`)
    if (reason !== undefined) console.log(`        ${reason.replaceAll('\n', '\n        ')}`)
  },
})
console.log(
  `${entrant.name} ${entrant.version}: ${outcomes.length} clauses in ${Math.round(performance.now() - started)} ms`,
)

if (values.record !== undefined) {
  const before = existsSync(values.record) ? parseOutcomes(readFileSync(values.record, 'utf8')) : undefined
  const day = new Date().toISOString().slice(0, 10)
  writeFileSync(values.record, formatOutcomes(entrant, outcomes, { day, ...(before ? { before } : {}) }))
}
process.exitCode = outcomes.some(({ outcome }) => outcome === 'fail') ? 1 : 0

/** The one entrant that a module exports. */
async function loadEntrant(modulePath: string): Promise<Entrant> {
  const exports: Record<string, unknown> = await import(pathToFileURL(resolve(modulePath)).href)
  const found = Object.values(exports).find(
    (value) => typeof value === 'object' && value !== null && 'offers' in value && 'create' in value,
  )
  if (found === undefined) throw new TypeError(`${modulePath} exports no entrant: see defineEntrant.`)
  return found as Entrant // It has the two fields that nothing else exported has.
}
