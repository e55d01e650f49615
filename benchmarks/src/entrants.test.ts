import { expect, test } from 'vitest'

import { knownEntrants, readRecorded, readReproductions } from './entrants.ts'

test.each(knownEntrants.filter(({ heldTo }) => heldTo === 'recorded outcomes'))(
  '$name: a clause that a program says it fails is recorded as failed',
  (known) => {
    const recorded = readRecorded(known)?.outcomes ?? []
    const failed = recorded.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
    for (const { file, clauses, source } of readReproductions(known)) {
      expect(source).toContain('Advice followed: ')
      expect(failed, file).toEqual(expect.arrayContaining(clauses))
    }
  },
)

test('programs of all three libraries name clauses', () => {
  const naming = knownEntrants.filter((known) =>
    readReproductions(known).some(({ clauses }) => clauses.length > 0),
  )
  expect(naming.map(({ name }) => name)).toEqual(['langchain-stock', 'ai-sdk', 'openai-sdk'])
})
