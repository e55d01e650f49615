import fc from 'fast-check'

import { defaultCriteria, families } from '../criteria.ts'
import type { Evidence, Measurement } from '../evidence.ts'
import type { Weights } from '../weights.ts'

/** Figures of a made-up machine, for tests of the wording. */
export const madeUp: Evidence = {
  options: ['scratch', 'langchain'],
  commit: '0123456789abcdef',
  measuredAt: '2026-11-24T12:00:00Z',
  measurements: defaultCriteria
    .filter(({ id }) => id !== 'releases')
    .flatMap((criterion, index) =>
      ['scratch', 'langchain'].map((option, place) => ({
        metric: criterion.metric,
        option,
        value: criterion.scale === 'log' ? 11 * (index + 1) + 137 * place * (index % 3) : 0.3 + 0.2 * place,
        label: 'measured' as const,
        source: `made up, row ${index + 1}`,
      })),
    ),
}

/** Evidence on these options with any figures, some of them missing. */
export function anyEvidence(options: readonly string[]): fc.Arbitrary<Evidence> {
  const cells = options.flatMap((option) => defaultCriteria.map((criterion) => ({ option, criterion })))
  const value = ({ criterion: { zero, full } }: (typeof cells)[number]) =>
    fc.option(fc.double({ min: 0, max: Math.max(zero, full) * 1.2, noNaN: true }), { freq: 6 })
  return fc.tuple(...cells.map(value)).map((values) => ({
    options,
    measurements: cells.flatMap(({ option, criterion }, index): Measurement[] => {
      const figure = values[index]
      if (figure === null || figure === undefined) return []
      return [{ metric: criterion.metric, option, value: figure, label: 'measured', source: 'any' }]
    }),
  }))
}

export const anyWeights: fc.Arbitrary<Weights> = fc
  .tuple(...families.map(() => fc.integer({ min: 0, max: 10 })))
  .filter((all) => all.some((weight) => weight > 0))
  .map((all) => ({
    effort: all[0] ?? 0,
    capability: all[1] ?? 0,
    control: all[2] ?? 0,
    footprint: all[3] ?? 0,
    churn: all[4] ?? 0,
  }))
