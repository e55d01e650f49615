import { normal, seededRandom } from '../method/seeded-random.ts'

/** Latencies made up to be hard on a sketch. */
export interface Distribution {
  name: string
  what: string
  latenciesMs: readonly number[]
}

/** Latencies that a sketch could get wrong, `count` of each; the same for the same seed. */
export function adversarialDistributions(count: number, seed: number): Distribution[] {
  const random = seededRandom(seed)
  const made = (name: string, what: string, latency: (index: number) => number): Distribution => ({
    name,
    what,
    latenciesMs: Array.from({ length: count }, (_, index) => latency(index)),
  })
  return [
    made('constant', 'every call takes 123.456 ms', () => 123.456),
    // 94.9 % below: the nearest rank of p95 is the first call of the far spike.
    made('two spikes', '0.2 ms, and an hour for 51 in 1,000', (index) => (index % 1000 < 949 ? 0.2 : 3.6e6)),
    made('heavy tail', 'Pareto, shape 0.6 from 1 ms: it has no mean', () => (1 - random()) ** (-1 / 0.6)),
    made(
      'sorted',
      'each call takes longer than the one before, 0.1 ms to 10 s',
      (index) => 0.1 + index * (1e4 / count),
    ),
    made('tiny', 'half-normal round 1 us, nothing below zero', () => Math.abs(normal(random)) / 1000),
    made(
      'microseconds to hours',
      'log-uniform, 1 us to 10 h',
      () => 10 ** (Math.log10(1e-3) + random() * Math.log10(3.6e10)),
    ),
    made(
      'powers of two',
      '2^0 to 2^20 ms, equally often: far from the middles of the bins',
      (index) => 2 ** (index % 21),
    ),
    made('lognormal', 'median 400 ms, sigma 0.8', () => 400 * Math.exp(0.8 * normal(random))),
  ]
}
