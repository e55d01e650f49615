import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { clauses, runClause, type Entrant } from '@plumbline/conformance'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../docs/extending.md', import.meta.url), 'utf8')

test('the entrant of docs/extending.md is about 30 lines, and does what the page says of it', async () => {
  const [, source = ''] = /<!-- entrant -->\n```ts\n(.*?)```/s.exec(page) ?? []
  expect(source.trimEnd().split('\n').length).toBeLessThan(42)
  // Inside the workspace, where its imports are found.
  const folder = mkdtempSync(join(fileURLToPath(new URL('../', import.meta.url)), '.extending-'))
  try {
    const file = join(folder, 'plain-fetch.ts')
    writeFileSync(file, source)
    // What the page exports.
    const { plainFetch } = (await import(/* @vite-ignore */ file)) as { plainFetch: Entrant }
    const [, table = ''] = /<!-- outcomes -->\n(.*?)\n\n/s.exec(page) ?? []
    const rows = table.split('\n').slice(2)
    expect(rows).toHaveLength(4)
    for (const row of rows) {
      const [, id, outcome, sentence] = row.split('|').map((cell) => cell.trim())
      const clause = clauses.find((one) => one.id === id)
      if (clause === undefined) throw new Error(`There is no clause ${id}.`)
      expect(clause.sentence).toBe(sentence)
      expect([id, (await runClause(clause, plainFetch)).outcome]).toEqual([id, outcome])
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})
