import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'

import { clauses } from '@plumbline/conformance'
import { expect, test } from 'vitest'

import { repositoryRoot } from '../method/environment.ts'
import { readResults } from '../results.ts'
import { inputsText } from './last-updated.ts'

const read = (file: string): string => readFileSync(`${repositoryRoot}${file}`, 'utf8')
const pages = ['docs/production.md', 'docs/extending.md', 'docs/lessons.md', 'README.md']

test('docs/production.md was looked at since its text, its links, the order of a call or the prices have changed', () => {
  expect(read('docs/production.md'), 'npm run last-updated, once you have read it again').toMatch(
    new RegExp(`Last updated \\d{4}-\\d{2}-\\d{2} on commit [0-9a-f]{12} \\(${inputsText()}\\)\\.`),
  )
})

test('docs/production.md opens and closes with the same picture', () => {
  const pictures = [...read('docs/production.md').matchAll(/```mermaid\n.*?```/gs)].map(([all]) => all)
  expect(pictures).toHaveLength(2)
  expect(pictures[0]).toBe(pictures[1])
})

test.each(pages)('every link of %s leads somewhere, to a heading that is there', (page) => {
  for (const [, link = '', heading] of read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)/g)) {
    const file = link === '' ? page : posix.join(posix.dirname(page), link)
    expect(existsSync(`${repositoryRoot}${file}`), file).toBe(true)
    if (heading !== undefined) expect(headings(read(file)), `${file}#${heading}`).toContain(heading)
  }
})

test.each(pages)(
  'every command of %s is one of the command line, every script one of package.json',
  (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const program = read('apps/cli/src/program.ts')
    for (const [, command = ''] of read(page).matchAll(/plumbline -- ([a-z]+)/g)) {
      expect(program).toContain(`.command('${command}')`)
    }
    for (const [, script = ''] of read(page).matchAll(/npm run ([a-z-]+)/g))
      expect(scripts).toHaveProperty(script)
  },
)

test('each lesson rests on a clause, a program or a result, and each clause is one', () => {
  const ids = clauses.map(({ id }) => id)
  const lessons = read('docs/lessons.md').split(/^- /m).slice(1)
  expect(lessons.length).toBeGreaterThan(10)
  for (const lesson of lessons) {
    const named = lesson.match(/\b[A-Z]{3}-\d{2}\b/g) ?? []
    expect(ids).toEqual(expect.arrayContaining([...named]))
    expect(named.length + (lesson.match(/\]\(/g)?.length ?? 0), lesson).toBeGreaterThan(0)
  }
})

test('the lines of the lesson on changes are those of the result that it links', () => {
  const lesson = read('docs/lessons.md')
  const run = readResults().find(({ endedAt }) => endedAt.startsWith('2026-11-29T20:56:44'))
  const lines = (change: string, build: string): number | undefined => {
    const row = run?.changeCost?.rows.find((one) => one.change === change && one.build === build)
    return row && row.linesAdded + row.linesRemoved
  }
  const text = lesson.replaceAll('\n  ', ' ')
  expect(text).toContain(
    `a retrieval step took LangChain ${lines('retrieval', 'langchain')} lines and \`scratch\` ${lines('retrieval', 'scratch')}, ` +
      `a second provider ${lines('second-provider', 'langchain')} and ${lines('second-provider', 'scratch')}, ` +
      `a tool loop ${lines('tool-loop', 'langchain')} and ${lines('tool-loop', 'scratch')}.`,
  )
  expect(lines('cache-store', 'langchain')).toBe(lines('cache-store', 'scratch'))
})

/** The places in a page that a link can lead to, as GitHub names them. */
function headings(markdown: string): string[] {
  return [...markdown.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )
}
