import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { clauses } from '@plumbline/conformance'
import { expect, test } from 'vitest'

import { mutants } from './mutants.ts'

const sources = new Map<string, string>()

function sourceOf(file: string): string {
  const known =
    sources.get(file) ?? readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')
  sources.set(file, known)
  return known
}

test('the text of every mutant stands in its file exactly once', () => {
  const times = mutants.map(({ id, file, find }) => [id, sourceOf(file).split(find).length - 1])
  expect(times.filter(([, count]) => count !== 1)).toEqual([])
})

test('every mutant changes its text, has an id of its own and names a clause that exists', () => {
  const ids = new Set(clauses.map(({ id }) => id))
  expect(mutants.filter(({ clause }) => !ids.has(clause)).map(({ id }) => id)).toEqual([])
  expect(mutants.filter(({ find, replace }) => find === replace).map(({ id }) => id)).toEqual([])
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length)
})
