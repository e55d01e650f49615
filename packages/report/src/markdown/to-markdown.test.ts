import { expect, test } from 'vitest'

import { fullReport, staleReport } from '../__fixtures__/report.ts'
import { toMarkdown } from './to-markdown.ts'

test('every figure stands with what it was measured on', () => {
  const text = toMarkdown(fullReport())
  expect(text).toContain('`abcdef012345` with local changes')
  expect(text).toContain('openai 7.57.0')
  expect(text).toContain('**The machine was busy with other things.**')
  expect(text).toContain('| scratch, defaults | 1000 | 1.25 [1.20, 1.30] |  |')
  expect(text).toContain('| openai SDK | 800 | baseline |  |')
})

test('the sections come in order, the headline first', () => {
  const text = toMarkdown(fullReport())
  const places = [
    '**The caches save',
    '### built-in workload',
    '### example-queries.csv',
    '### Latency model',
    '### Saved cost by repeat rate',
    '### Stampede',
    '## Conformance',
    '## Overhead',
    '## Faults',
    '### Faults, defaults',
    '### Faults, told 2 retries',
    '### Faults in counts',
  ].map((heading) => text.indexOf(heading))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((one, other) => one - other))
})

test('an entrant with caches has a figure before and after, each labelled', () => {
  const text = toMarkdown(fullReport())
  expect(text).toContain('| Metric | Before cache | After cache |')
  expect(text).toContain('| Metric | Before cache | After cache (exact) | After cache (exact + embeddings) |')
  expect(text).toContain('| p50 latency (modelled) | 1,680 ms | 784 ms | 784 ms |')
  expect(text).toContain('| cost per 1,000 requests (priced) | $0.1400 | $0.0860 | $0.0835 |')
  expect(text).toContain('| hit rate (counted) | 0.0 % | 40.0 % | 40.0 % |')
  expect(text).toContain('| embedding calls (counted) | 5,000 | 5,000 | 2,500 |')
})

test('an entrant without caches has a dash and never a zero', () => {
  const text = toMarkdown(fullReport())
  const part = text.slice(text.indexOf('**openai-sdk 7.57.0**'), text.indexOf('### example-queries.csv'))
  expect(part).toContain('| hit rate (counted) | - | - | - |')
  expect(part).toContain('| provider calls (counted) | 10,000 | - | - |')
  expect(part).toContain('| wrong answers (counted) | 0 | - | - |')
})

test('a recorded trace is shown with its day and commit, and as stale when its sources have changed', () => {
  const recorded = staleReport()
  const text = toMarkdown(fullReport(), { recorded: [recorded] })
  expect(text).toContain('### example-chats.jsonl')
  expect(text).toContain('Source: recorded 2026-01-01 on commit fedcba987654, stale')
  expect(text).toContain('1 of the traces is stale.')

  recorded.environment.inputsHash = fullReport().environment.inputsHash
  expect(toMarkdown(fullReport(), { recorded: [recorded] })).not.toContain('stale')
})

test('the same trace of an earlier run is not shown again', () => {
  const earlier = { ...fullReport(), startedAt: '2026-01-01T10:00:00.000Z' }
  expect(toMarkdown(fullReport(), { recorded: [earlier] })).toBe(toMarkdown(fullReport()))
})

test('a clause that cannot be asked is no pass, and a failure says why', () => {
  const text = toMarkdown(fullReport())
  expect(text).toContain('| pass | pass | fail | fail | - | - |')
  expect(text).toContain('- CAC-02, langchain-stock: the second answer: expected 2 requests')
  expect(text).toContain('Fails when: two tenants ask the same; a tenant without a name.')
  expect(text).toContain('See https://example.com/issues/1')
})

test('a fault says how it ended, after what time and how many requests, and with which error', () => {
  const text = toMarkdown(fullReport())
  expect(text).toContain(
    '| 500 every time | error after 0.8 s, 3 requests, UpstreamError UPSTREAM, caller in the stack | error after 0.8 s, 3 requests, UpstreamError UPSTREAM, caller not in the stack |',
  )
  expect(text).toContain('| success after 1.0 s, 2 requests |')
  expect(text).toContain('| hangs, > 12 s, 2 requests |')
  expect(text).toContain('error after 0.0 s, 1 request, an error without a name, caller not in the stack')
  expect(text).toContain(
    'The caller gives each a deadline of 8 s. A call that has not ended after 12 s hangs.',
  )
})

test('an entrant that has 2 retries as its default stands in the first table of faults alone', () => {
  const text = toMarkdown(fullReport())
  const told = text.slice(text.indexOf('### Faults, told 2 retries'), text.indexOf('### Faults in counts'))
  expect(told).toContain('| fault | scratch-first-day 0.1.0 | langchain-stock 1.5.14 |')
  expect(text).toContain('| fault | scratch 0.1.0 | langchain 0.1.0 | scratch-first-day 0.1.0 |')
})

test('a section that was not asked for says so', () => {
  const { cacheImpact: _, overhead: __, faults: ___, ...bare } = fullReport()
  const text = toMarkdown(bare)
  expect(text).toContain('## Cache impact\n\nNot measured.')
  expect(text).toContain('## Overhead\n\nNot measured. `plumbline bench overhead` measures it.')
  expect(text).toContain('## Faults\n\nNot measured.')
})

test('text from data breaks no table and is no HTML', () => {
  const report = fullReport()
  for (const entrant of report.conformance) entrant.version = '1 | 2\n<script>alert(1)</script>'
  const text = toMarkdown(report)
  expect(text).toContain('scratch 1 \\| 2 &lt;script>alert(1)&lt;/script>')
  expect(text).not.toContain('<script>')
})
