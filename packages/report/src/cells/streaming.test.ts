import { expect, test } from 'vitest'

import { streamingCells } from './streaming.ts'

test('each row stands beside its baseline; what has no result has no memory to show', () => {
  const samples = { firstChunkMs: [1], cpuUsPerChunk: [2] }
  const paired = { difference: 0.5, low: -0.25, high: 1, n: 9 }
  const rows = [
    { name: 'sdk', baseline: 'sdk', firstChunkMs: 1, cpuUsPerChunk: 5, samples },
    {
      name: 'ours',
      baseline: 'sdk',
      firstChunkMs: 1.5,
      cpuUsPerChunk: 9,
      addedFirstChunkMs: paired,
      addedCpuUsPerChunk: paired,
      heldMb: 0.125,
      samples,
    },
  ]
  expect(streamingCells({ rounds: 9, seed: 1, longChunks: 100, rows }).slice(1)).toEqual([
    ['sdk', '1.00', 'baseline', '5.0', 'baseline', '–'],
    ['ours', '1.50', '0.50 [-0.25, 1.00]', '9.0', '0.5 [-0.3, 1.0]', '0.13'],
  ])
})
