import type { GatewayResult } from '../gateway.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

/** Two loads, with and without a process in between. */
export function gatewayOf(): GatewayResult {
  return {
    rounds: 9,
    seed: 1,
    callsPerRound: 200,
    connections: 16,
    perSecond: 200,
    streamChunks: 20,
    notMeasured: [],
    rows: [
      {
        name: 'direct',
        load: 'chat',
        ratios: {},
        requestsPerSecond: 5_000,
        latencyMs: { p50: 0.3, p95: 0.6, p99: 1.25, n: 1_800 },
        samples: { cpuUsPerRequest: [], requestsPerSecond: [5_000] },
      },
      {
        name: 'portkey',
        load: 'chat',
        cpuUsPerRequest: 900,
        ratios: {},
        requestsPerSecond: 800,
        latencyMs: { p50: 2, p95: 3, p99: 5, n: 1_800 },
        rssMb: 300,
        samples: { cpuUsPerRequest: [900], requestsPerSecond: [800] },
      },
      {
        name: 'scratch',
        load: 'chat',
        cpuUsPerRequest: 350,
        ratios: { portkey: { ratio: 0.39, low: 0.36, high: 0.42, n: 9 } },
        requestsPerSecond: 2_000,
        latencyMs: { p50: 1, p95: 2, p99: 4, n: 1_800 },
        rssMb: 140,
        samples: { cpuUsPerRequest: [350], requestsPerSecond: [2_000] },
      },
      {
        name: 'scratch',
        load: 'hit',
        cpuUsPerRequest: 200,
        ratios: {},
        requestsPerSecond: 4_000,
        latencyMs: { p50: 0.5, p95: 0.9, p99: 1.5, n: 1_800 },
        rssMb: 140,
        samples: { cpuUsPerRequest: [200], requestsPerSecond: [4_000] },
      },
    ],
  }
}
