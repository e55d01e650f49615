import { expect, test } from 'vitest'

import { toMarkdown } from './markdown.ts'
import type { Report } from './report.ts'

const report: Report = {
  schemaVersion: 1,
  startedAt: '2026-11-24T10:00:00.000Z',
  endedAt: '2026-11-24T10:01:00.000Z',
  environment: {
    commit: 'abcdef0123456789',
    dirty: true,
    lockfileHash: '0123456789abcdef',
    packages: { openai: '7.0.0' },
    node: '24.0.0',
    os: 'Linux',
    cpu: 'cpu',
    cores: 2,
    loadAverage: 3,
  },
  conformance: [
    {
      name: 'one',
      version: '1.0.0',
      outcomes: [
        { id: 'MET-01', outcome: 'pass' },
        { id: 'MET-02', outcome: 'unsupported' },
      ],
    },
  ],
  overhead: {
    rounds: 3,
    callsPerRound: 10,
    seed: 7,
    rows: [
      { name: 'sdk', cpuUsPerCall: 800, noDifferenceShown: true, samples: [] },
      {
        name: 'ours',
        cpuUsPerCall: 1000,
        toSdk: { ratio: 1.25, low: 1.2, high: 1.3, n: 3 },
        noDifferenceShown: false,
        samples: [],
      },
    ],
  },
}

test('every figure stands with what it was measured on', () => {
  const text = toMarkdown(report)
  expect(text).toContain('`abcdef012345` with local changes')
  expect(text).toContain('openai 7.0.0')
  expect(text).toContain('| ours | 1000 | 1.25 [1.20, 1.30] |  |')
  expect(text).toContain('| sdk | 800 | baseline |  |')
})

test('a clause that cannot be asked is no pass, and a busy machine is said loudly', () => {
  const text = toMarkdown(report)
  expect(text).toContain('| MET-02 | - |')
  expect(text).toContain('**The machine was busy with other things.**')
})
