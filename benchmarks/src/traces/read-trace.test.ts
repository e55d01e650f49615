import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterAll, expect, test } from 'vitest'

import { readTrace } from './read-trace.ts'

const folder = mkdtempSync(join(tmpdir(), 'plumbline-trace-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(content: string | Buffer): string {
  const path = join(folder, 'trace.txt')
  writeFileSync(path, content)
  return path
}

const mooncake = (timestamp: number, blocks: number[], length = 700): string =>
  JSON.stringify({ timestamp, input_length: length, output_length: 20, hash_ids: blocks })

test('questions keep their words, times and tenants, gzipped or not', () => {
  const text = '{"q":"Why?","t_ms":5,"tenant":"a"}\n\n{"q":"Why?","t_ms":9,"tenant":"b","more":1}\r\n'
  for (const content of [text, gzipSync(text)]) {
    const { facts, requests } = readTrace(fileOf(content))
    expect(requests.map(({ atMs, tenant, embeds }) => [atMs, tenant, embeds])).toEqual([
      [5, 'a', 'Why?'],
      [9, 'b', 'Why?'],
    ])
    expect(requests[0]?.chat).toMatchObject({ temperature: 0 })
    // Another tenant's question is no repeat.
    expect(facts).toMatchObject({ requests: 2, tenants: 2, repeatShare: 0, cacheableShare: 1, embeds: true })
  }
})

test('questions without times come a second apart, and that is said', () => {
  const { facts, requests } = readTrace(fileOf('{"q":"One"}\n{"q":"One"}\n'))
  expect(requests.map(({ atMs }) => atMs)).toEqual([0, 1_000])
  expect(facts.repeatShare).toBe(0.5)
  expect(facts.what).toContain('1 s apart')
})

test('Mooncake prompts are the same when blocks and length are; their sizes are the trace’s', () => {
  const lines = [mooncake(0, [1, 2]), mooncake(1, [1, 2]), mooncake(2, [1, 2], 701), mooncake(3, [1, 3])]
  const { facts, requests } = readTrace(fileOf(lines.join('\n')))
  expect(facts).toMatchObject({ requests: 4, repeatShare: 0.25, embeds: false })
  expect(requests[0]?.tokens).toEqual({ input: 700, output: 20 })
})

test('Azure rows are all different, and start at 0', () => {
  const rows = ['2023-11-16 18:15:46.6805900,374,44', '2023-11-16 18:15:47.1805900,374,44']
  const { facts, requests } = readTrace(
    fileOf(['TIMESTAMP,ContextTokens,GeneratedTokens', ...rows].join('\n')),
  )
  expect(requests.map(({ atMs, tokens }) => [atMs, tokens])).toEqual([
    [0, { input: 374, output: 44 }],
    [500, { input: 374, output: 44 }],
  ])
  expect(facts.repeatShare).toBe(0)
})

test.each([
  ['', 'trace.txt:1: expected a request, found nothing'],
  [
    'hello\n',
    'trace.txt:1: expected a JSON object or the heading "TIMESTAMP,ContextTokens,GeneratedTokens", found "hello"',
  ],
  ['{"query":"Why?"}\n', 'trace.txt:1: expected a "q" (questions) or "hash_ids" (Mooncake), found'],
  ['{"q":"Why?"}\n{"q":7}\n', 'trace.txt:2: expected "q" to be a text that is not empty, found 7'],
  ['{"q":"Why?"}\n{"q":"Why?"\n', 'trace.txt:2: expected a JSON object, found'],
  [
    '{"q":"a","t_ms":5}\n{"q":"b","t_ms":4}\n',
    'trace.txt:2: expected "t_ms" to be a number of at least 5, found 4',
  ],
  [
    '{"q":"a","t_ms":5}\n{"q":"b"}\n',
    'trace.txt:2: expected a "t_ms" on every line or on none, found nothing',
  ],
  [
    `${mooncake(0, [1])}\n{"timestamp":1,"input_length":0}\n`,
    'trace.txt:2: expected "input_length" to be a number of at least 1, found 0',
  ],
  ['{"q":"a","t_ms":1e999}\n', 'trace.txt:1: expected "t_ms" to be a number of at least 0, found null'],
  [mooncake(0, [1], 7.5), 'trace.txt:1: expected "input_length" to be a whole number, found 7.5'],
  [
    `${mooncake(0, [1])}\n${mooncake(1, [])}\n`,
    'trace.txt:2: expected "hash_ids" to be a list of whole numbers, found []',
  ],
  ['TIMESTAMP,ContextTokens,GeneratedTokens\n', 'trace.txt:2: expected a request, found nothing'],
  [
    'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,x,44\n',
    'trace.txt:2: expected a row "YYYY-MM-DD hh:mm:ss.fffffff,TOKENS,TOKENS", found',
  ],
])('%j is refused with its line and what was expected', (content, message) => {
  expect(() => readTrace(fileOf(content))).toThrow(message)
})

test('a byte order mark and a field that is null are as if they were not there', () => {
  const { requests } = readTrace(fileOf('\ufeff{"q":"Why?","t_ms":3,"tenant":null}\n'))
  expect(requests.map(({ atMs, tenant }) => [atMs, tenant])).toEqual([[3, 'default']])
})

test('half a gzip file is refused', () => {
  expect(() => readTrace(fileOf(gzipSync('{"q":"Why?"}\n').subarray(0, 20)))).toThrow('a whole gzip file')
})
