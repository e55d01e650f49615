import type { CacheSpeed } from '../cache-speed.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

/** One comparison, and a server that was frozen. */
export function cacheSpeedOf(): CacheSpeed {
  const ratio = (of: number) => ({ ratio: of, low: of * 0.9, high: of * 1.1, n: 10 })
  return {
    rounds: 10,
    hitsPerTurn: 100,
    seed: 7,
    promptChars: 10_000,
    entryBytes: 1_000,
    comparisons: [
      {
        name: 'in memory, beside an example',
        unit: 'CPU us',
        rows: [
          { name: 'example', us: 100, noDifferenceShown: true, samples: [100] },
          {
            name: 'example again (A/A)',
            us: 100,
            toBaseline: ratio(1),
            noDifferenceShown: true,
            samples: [100],
          },
          {
            name: 'a hit',
            us: 20,
            toBaseline: ratio(0.2),
            atMost: 0.25,
            noDifferenceShown: false,
            samples: [20],
          },
          { name: 'a slow hit', us: 50, toBaseline: ratio(0.5), noDifferenceShown: false, samples: [50] },
        ],
      },
    ],
    frozen: [
      {
        name: 'the first 3 calls',
        calls: 30,
        failedCalls: 0,
        medianMs: 80,
        slowestMs: 99,
        atMostMs: 100,
        samples: [80, 99],
      },
      {
        name: 'the 40 after them',
        calls: 400,
        failedCalls: 0,
        medianMs: 0.1,
        slowestMs: 20,
        atMostMs: 1,
        samples: [0.1, 20],
      },
    ],
  }
}
