import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import {
  formatOutcomes,
  parseOutcomes,
  type Entrant,
  type Outcome,
  type RecordedOutcomes,
} from '@plumbline/conformance'
import type { Reproduction } from '@plumbline/report'

/** An entrant by name, before anything of it is loaded: LangChain alone takes most of a second to import. */
export interface KnownEntrant {
  name: string
  /** `contract`: a build of ours, every clause passes. `recorded outcomes`: as in its `outcomes.json`. */
  heldTo: 'contract' | 'recorded outcomes'
  /** Its module, which exports one entrant. */
  load(): Promise<object>
}

/** Every entrant, in the order of the tables. */
export const knownEntrants: readonly KnownEntrant[] = [
  { name: 'scratch', heldTo: 'contract', load: () => import('@plumbline/entrant-scratch') },
  { name: 'langchain', heldTo: 'contract', load: () => import('@plumbline/entrant-langchain') },
  {
    name: 'scratch-first-day',
    heldTo: 'recorded outcomes',
    load: () => import('@plumbline/entrant-scratch-first-day'),
  },
  {
    name: 'langchain-stock',
    heldTo: 'recorded outcomes',
    load: () => import('@plumbline/entrant-langchain-stock'),
  },
  { name: 'ai-sdk', heldTo: 'recorded outcomes', load: () => import('@plumbline/entrant-ai-sdk') },
  { name: 'openai-sdk', heldTo: 'recorded outcomes', load: () => import('@plumbline/entrant-openai-sdk') },
]

/** The entrant itself. Throws `TypeError` when its module exports none. */
export async function loadEntrant(known: KnownEntrant): Promise<Entrant> {
  const found = Object.values(await known.load()).find(isEntrant)
  if (found === undefined) throw new TypeError(`The entrant ${known.name} exports none: see defineEntrant.`)
  return found
}

function isEntrant(value: unknown): value is Entrant {
  return typeof value === 'object' && value !== null && 'offers' in value && 'create' in value
}

/** What the entrant is recorded to do; undefined for a build of ours. */
export function readRecorded(known: KnownEntrant): RecordedOutcomes | undefined {
  if (known.heldTo === 'contract') return undefined
  return parseOutcomes(readFileSync(outcomesFile(known), 'utf8'))
}

/** The programs that show its failures: in the comment that each begins with, `Fails CAC-16, CAC-18.` names the clauses. */
export function readReproductions({ name }: KnownEntrant): Reproduction[] {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const files = globSync(`benchmarks/entrants/${name}/reproductions/*.ts`, { cwd: root }).sort()
  return files.map((file) => {
    const source = readFileSync(`${root}${file}`, 'utf8')
    const [comment = ''] = /^(?:\/\/.*\n)+/.exec(source) ?? []
    const [, named = ''] = /Fails ((?:[A-Z]{3}-\d{2}(?:, )?)+)\.$/m.exec(comment) ?? []
    return { file, clauses: named === '' ? [] : named.split(', '), source }
  })
}

/** Writes what the entrant did today over its recording; links in it are kept. */
export function writeRecorded(
  known: KnownEntrant,
  entrant: Pick<Entrant, 'name' | 'version'>,
  outcomes: readonly Outcome[],
): void {
  const before = readRecorded(known)
  const day = new Date().toISOString().slice(0, 10)
  writeFileSync(outcomesFile(known), formatOutcomes(entrant, outcomes, { day, ...(before && { before }) }))
}

function outcomesFile({ name }: KnownEntrant): URL {
  return new URL(`../entrants/${name}/outcomes.json`, import.meta.url)
}
