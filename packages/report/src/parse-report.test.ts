import { expect, test } from 'vitest'

import { fullReport, staleReport } from './__fixtures__/report.ts'
import { parseReport } from './parse-report.ts'

test('a report comes back as it was written, with or without the sections that may be missing', () => {
  for (const report of [fullReport(), staleReport()]) {
    expect(parseReport(JSON.stringify(report))).toEqual(report)
  }
})

test('fields that the schema does not name are allowed', () => {
  const report = { ...fullReport(), somethingNew: { of: 'a later time' } }
  expect(parseReport(JSON.stringify(report))).toEqual(report)
})

test.each([
  ['environment', { commit: 7 }, '/environment/commit must be string, found 7'],
  ['environment', { inputsHash: 'short' }, '/environment/inputsHash must match pattern'],
  ['environment', { packages: { openai: 7 } }, '/environment/packages/openai must be string, found 7'],
  ['conformance', [{ name: 'one', version: '1' }], '/conformance/0 has no outcomes.'],
  [
    'conformance',
    [{ name: 'one', version: '1', outcomes: [{ id: 'MET-01', outcome: 'maybe' }] }],
    '/conformance/0/outcomes/0/outcome must be equal to one of the allowed values (pass, fail, unsupported), found "maybe".',
  ],
  ['clauses', [{ id: 'MET-01' }], '/clauses/0 has no sentence.'],
  ['cacheImpact', { priceDate: 7 }, '/cacheImpact/priceDate must be string'],
  ['cacheImpact', { stampede: [{}] }, '/cacheImpact/stampede/0 has no entrant.'],
  [
    'cacheImpact',
    { curve: [{ entrant: 'one', setting: 'exact', repeatShare: 1.5, savedShare: 0 }] },
    '/cacheImpact/curve/0/repeatShare must be <= 1, found 1.5.',
  ],
  ['cacheImpact', { traces: [{ trace: {} }] }, '/cacheImpact/traces/0'],
  ['overhead', { rounds: 1.5 }, '/overhead/rounds must be integer, found 1.5.'],
  ['overhead', { rows: [{ name: 'one' }] }, '/overhead/rows/0 has no cpuUsPerCall.'],
  ['faults', { faults: [{ id: '500', what: 'an error' }] }, '/faults/faults/0 has no stream.'],
  [
    'faults',
    { rows: [{ ...fullReport().faults?.rows[0], outcome: 'crash' }] },
    '/faults/rows/0/outcome must be equal to one of the allowed values (success, error, hangs), found "crash".',
  ],
  [
    'faults',
    { rows: [{ ...fullReport().faults?.rows[0], retries: '3 retries' }] },
    '/faults/rows/0/retries must be equal to one of the allowed values (defaults, 2 retries), found "3 retries".',
  ],
  [
    'faults',
    { rows: [{ ...fullReport().faults?.rows[0], attempts: -1 }] },
    '/faults/rows/0/attempts must be >= 0, found -1.',
  ],
] as const)('%s that is broken is refused with its path (%j)', (section, broken, message) => {
  const report = fullReport()
  const part = Array.isArray(broken) ? broken : { ...report[section], ...broken }
  const read = (): unknown =>
    parseReport(JSON.stringify({ ...report, [section]: part }), { source: 'old.json' })
  expect(read).toThrow(TypeError)
  expect(read).toThrow('old.json is no report: ')
  expect(read).toThrow(message)
})

test('every field of the fixture is missed when it is gone, apart from those that may be', () => {
  const optional = new Set([
    'clauses',
    'cacheImpact',
    'overhead',
    'curve',
    'toSdk',
    'settings',
    'ratio',
    'addedUs',
    'reason',
    'failedScenarios',
    'link',
    'reproductions',
    'faults',
    'guardrails',
    'counts',
    'holds',
    'metrics',
    'cacheSpeed',
    'atMost',
    'frozen',
    'toBaseline',
    'gateway',
    'cpuUsPerRequest',
    'rssMb',
    'portkey',
    'deadlineMs',
    'errorName',
    'errorCode',
    'hasCallerFrame',
  ])
  const report = fullReport()
  const missedBy = (holder: object): void => {
    for (const [key, value] of Object.entries(holder)) {
      if (!Array.isArray(holder) && !optional.has(key)) {
        // An object read from the fixture, of which only the keys matter here.
        const { [key]: _, ...kept } = { ...holder } as Record<string, unknown>
        const swapped = JSON.stringify(report, (_name, found: unknown) => (found === holder ? kept : found))
        expect(() => parseReport(swapped), key).toThrow(TypeError)
      }
      if (typeof value === 'object' && value !== null && key !== 'packages') missedBy(value)
    }
  }
  missedBy(report)
})

test('another schema version is named, and so is a text that is no JSON', () => {
  expect(() => parseReport('{"schemaVersion":1}')).toThrow(
    'report.json has schema version 1; this version of plumbline reads 2.',
  )
  expect(() => parseReport('{"schemaVersion":"3"}')).toThrow('has schema version "3"')
  expect(() => parseReport('{}')).toThrow('report.json is no report: the top level has no schemaVersion.')
  expect(() => parseReport('[]')).toThrow('the top level must be object, found [].')
  expect(() => parseReport('{')).toThrow('report.json is no JSON: ')
})
