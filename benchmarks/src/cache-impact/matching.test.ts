import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { measureMatching } from './matching.ts'

test('hits and wrong hits are counted for both ways of matching, plain or in gzip', () => {
  const lines = [
    { a: 'Is tea hot?', b: 'is tea hot', label: 1 },
    { a: 'Who is May?', b: 'who is may', label: 0 },
    { a: 'Same', b: 'Same', label: 1 },
    { a: 'One', b: 'Two', label: 0 },
  ]
  const text = lines.map((line) => JSON.stringify(line)).join('\n')
  const folder = mkdtempSync(join(tmpdir(), 'pairs-'))
  for (const [name, bytes] of [
    ['pairs.jsonl', Buffer.from(text)],
    ['pairs.jsonl.gz', gzipSync(text)],
  ] as const) {
    writeFileSync(join(folder, name), bytes)
    expect(measureMatching(join(folder, name))).toMatchObject([
      { name, pairs: 4, samePairs: 2, matching: 'exact', hits: 1, wrongHits: 0 },
      { matching: 'normalised', hits: 3, wrongHits: 1, wrongShare: { low: expect.closeTo(0.061, 2) } },
    ])
  }
  writeFileSync(join(folder, 'bad'), '{"a":"x","b":"y"}')
  expect(() => measureMatching(join(folder, 'bad'))).toThrow('"label"')
})
