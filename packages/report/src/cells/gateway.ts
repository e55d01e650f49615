import type { GatewayLoad, GatewayResult } from '../gateway.ts'

/** The gateway's tables as text, one a load, each with its heading first. A ratio is of CPU time, with its interval. */
export function gatewayCells({ rows }: GatewayResult): { load: GatewayLoad; cells: string[][] }[] {
  const loads = [...new Set(rows.map(({ load }) => load))]
  return loads.map((load) => {
    const ofLoad = rows.filter((row) => row.load === load)
    const compared = [...new Set(ofLoad.flatMap(({ ratios }) => Object.keys(ratios)))]
    const heading = ['row', 'CPU us', ...compared.map((name) => `to ${name}`)]
    return {
      load,
      cells: [
        [...heading, 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms', 'RSS MB'],
        ...ofLoad.map(({ name, cpuUsPerRequest, ratios, requestsPerSecond, latencyMs, rssMb }) => [
          name,
          cpuUsPerRequest?.toFixed(0) ?? '–',
          ...compared.map((other) => {
            const paired = ratios[other]
            if (paired === undefined) return '–'
            return `${paired.ratio.toFixed(2)} [${paired.low.toFixed(2)}, ${paired.high.toFixed(2)}]`
          }),
          requestsPerSecond.toFixed(0),
          latencyMs.p50.toFixed(2),
          latencyMs.p95.toFixed(2),
          latencyMs.p99.toFixed(2),
          rssMb?.toFixed(0) ?? '–',
        ]),
      ],
    }
  })
}
