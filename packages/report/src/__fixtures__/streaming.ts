import type { Streaming } from '../streaming.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

/** A bare client and both builds beside it. */
export function streamingOf(): Streaming {
  const samples = { firstChunkMs: [1], cpuUsPerChunk: [5] }
  const added = { difference: 0.5, low: 0.25, high: 1, n: 9 }
  return {
    rounds: 9,
    seed: 1,
    longChunks: 100,
    rows: [
      { name: 'openai-sdk', baseline: 'openai-sdk', firstChunkMs: 1, cpuUsPerChunk: 5, samples },
      ...['scratch, defaults', 'langchain, defaults'].map((name) => ({
        name,
        baseline: 'openai-sdk',
        firstChunkMs: 1.5,
        cpuUsPerChunk: 9,
        addedFirstChunkMs: added,
        addedCpuUsPerChunk: added,
        heldMb: 0.125,
        samples,
      })),
    ],
  }
}
