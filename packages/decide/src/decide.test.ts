import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { anyEvidence, anyWeights, madeUp } from './__fixtures__/evidence.ts'
import { defaultCriteria } from './criteria.ts'
import { decide } from './decide.ts'
import { findFlips } from './flips.ts'
import { withWeight } from './weights.ts'

const two = ['scratch', 'langchain']

describe('what a sceptic may rely on', () => {
  test('an option that is worse in everything reorders nobody', () => {
    fc.assert(
      fc.property(anyEvidence(two), anyWeights, (evidence, weights) => {
        const before = decide(evidence, { weights })
        const worst = defaultCriteria.map(({ metric, zero }) => ({
          metric,
          option: 'worst',
          value: zero,
          label: 'measured' as const,
          source: 'any',
        }))
        const more = { options: [...two, 'worst'], measurements: [...evidence.measurements, ...worst] }
        const after = decide(more, { weights }).ranking.filter(({ option }) => option !== 'worst')
        expect(after.map(({ option, score }) => [option, score])).toEqual(
          before.ranking.map(({ option, score }) => [option, score]),
        )
      }),
    )
  })

  test('other names and another order change names and order only', () => {
    fc.assert(
      fc.property(anyEvidence(two), anyWeights, (evidence, weights) => {
        const renamed = (option: string) => (option === 'scratch' ? 'langchain' : 'scratch')
        const other = {
          options: evidence.options.map(renamed).toReversed(),
          measurements: evidence.measurements.map((one) => ({ ...one, option: renamed(one.option) })),
        }
        const [before, after] = [decide(evidence, { weights }), decide(other, { weights })]
        const standings = (advice: typeof before, name: (option: string) => string) =>
          Object.fromEntries(
            advice.ranking.map(({ option, score, winShare }) => [name(option), { score, winShare }]),
          )
        expect(standings(after, (option) => option)).toEqual(standings(before, renamed))
        expect(after.verdict).toBe(before.verdict)
      }),
    )
  })

  test('to ask the same thing twice in a family changes nothing', () => {
    fc.assert(
      fc.property(
        anyEvidence(two),
        anyWeights,
        fc.nat(defaultCriteria.length - 1),
        (evidence, weights, index) => {
          const again = defaultCriteria
            .slice(index, index + 1)
            .map((one) => ({ ...one, id: `${one.id}-again` }))
          const before = decide(evidence, { weights })
          const after = decide(evidence, { weights }, [...defaultCriteria, ...again])
          expect(after.verdict).toBe(before.verdict)
          for (const [place, { option, score, notMeasured }] of before.ranking.entries()) {
            expect(after.ranking[place]).toMatchObject({ option })
            expect(after.ranking[place]?.score.mid).toBeCloseTo(score.mid, 10)
            expect(after.ranking[place]?.notMeasured).toBeCloseTo(notMeasured, 10)
          }
        },
      ),
    )
  })

  test('every flip that is told flips, at the figure as it is printed', () => {
    let told = 0
    fc.assert(
      fc.property(anyEvidence(['a', 'b', 'c']), anyWeights, (evidence, weights) => {
        const advice = decide(evidence, { weights })
        for (const { family, to, turnsTo } of advice.flips) {
          told++
          const flipped = decide(evidence, {
            weights: withWeight(advice.weights, family, Number(to.toFixed(2))),
          })
          expect(flipped.ranking[0]?.option).not.toBe(advice.ranking[0]?.option)
          // Of three options the third may lead there by then, but the one that is named is before the first.
          const places = flipped.ranking.map(({ option }) => option)
          expect(places.indexOf(turnsTo)).toBeLessThan(places.indexOf(advice.ranking[0]?.option ?? ''))
        }
      }),
    )
    expect(told).toBeGreaterThan(50)
  })

  test('scores that differ by rounding alone flip nothing', () => {
    const score = (mid: number) => ({ low: mid, mid, high: mid })
    const scores = (option: string, effort: number, capability: number) => ({
      option,
      criteria: [],
      families: {
        effort: score(effort),
        capability: score(capability),
        control: score(0.5),
        footprint: score(0.5),
        churn: score(0.5),
      },
    })
    const more = 0.5 + 1e-12
    const weights = { effort: 0.2, capability: 0.8, control: 0, footprint: 0, churn: 0 }
    expect(findFlips(scores('a', 0.5, more), [scores('b', more, 0.5)], weights)).toEqual([])
  })

  test('without a measurement the interval is wider, never narrower, and holds what it was', () => {
    fc.assert(
      fc.property(anyEvidence(two), anyWeights, fc.nat(200), (evidence, weights, pick) => {
        fc.pre(evidence.measurements.length > 0)
        const lost = evidence.measurements[pick % evidence.measurements.length]
        const less = { ...evidence, measurements: evidence.measurements.filter((one) => one !== lost) }
        const find = (advice: ReturnType<typeof decide>) =>
          advice.ranking.find(({ option }) => option === lost?.option)?.score
        const [before, after] = [find(decide(evidence, { weights })), find(decide(less, { weights }))]
        if (before === undefined || after === undefined) throw new Error('Both are in the ranking.')
        expect(after.low).toBeLessThanOrEqual(before.low + 1e-12)
        expect(after.high).toBeGreaterThanOrEqual(before.high - 1e-12)
      }),
    )
  })

  test('the drivers of fully measured options add up to the lead', () => {
    const measured = {
      ...madeUp,
      measurements: [
        ...madeUp.measurements,
        ...two.map((option, index) => ({
          metric: 'churn.releasesPerYear',
          option,
          value: 20 + 100 * index,
          label: 'counted' as const,
          source: 'made up',
        })),
      ],
    }
    const { drivers, margin, notMeasured } = decide(measured)
    expect(notMeasured).toEqual([])
    expect(drivers.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(margin?.mid ?? 0, 10)
  })
})

describe('verdicts', () => {
  const figures = (better: number, worse: number) => ({
    options: two,
    measurements: defaultCriteria.flatMap((criterion) =>
      [better, worse].map((share, index) => ({
        metric: criterion.metric,
        option: two[index] ?? '',
        // Straight between the anchors; for a logarithm, too.
        value:
          criterion.scale === 'log'
            ? criterion.zero * (criterion.full / criterion.zero) ** share
            : criterion.zero + (criterion.full - criterion.zero) * share,
        label: 'measured' as const,
        source: 'made up',
      })),
    ),
  })

  test('a lead that nothing could turn is a recommendation', () => {
    expect(decide(figures(0.8, 0.5))).toMatchObject({
      verdict: 'recommend',
      ranking: [{ option: 'scratch' }, {}],
    })
  })

  test('a small lead is too close, and so are equals', () => {
    expect(decide(figures(0.54, 0.5)).verdict).toBe('too close')
    expect(decide(figures(0.5, 0.5))).toMatchObject({ verdict: 'too close', flips: [] })
  })

  test('a lead that what is not known could turn is a leaning', () => {
    const all = figures(0.64, 0.5)
    const lost = new Set(['changeCost.tool-loop.lines', 'churn.releasesPerYear'])
    const measurements = all.measurements.filter(({ metric }) => !lost.has(metric))
    expect(decide({ ...all, measurements }).verdict).toBe('lean')
  })

  test('without a third of what is weighed there is no advice, and without anything none at all', () => {
    const all = figures(0.8, 0.5)
    const measurements = all.measurements.filter(({ metric }) => !metric.startsWith('changeCost'))
    expect(decide({ ...all, measurements }).verdict).toBe('not enough evidence')
    expect(decide({ options: two, measurements: [] })).toMatchObject({
      verdict: 'not enough evidence',
      ranking: [{ score: { low: 0, high: 1 } }, {}],
    })
  })

  test('an option that breaks a constraint is out, with the figure that broke it', () => {
    const advice = decide(madeUp, { constraints: { maxPackages: 130 } })
    const failed = advice.constraints.filter(({ verdict }) => verdict === 'fails')
    expect(failed).toMatchObject([{ option: 'langchain', measurement: { metric: 'footprint.packages' } }])
    expect(advice).toMatchObject({ verdict: 'recommend', ranking: [{ option: 'scratch' }] })
  })

  test('a protocol that is not spoken yet is out, with what it would take where that was tried', () => {
    const spoken = {
      scratch: { providers: ['openai-compatible'] },
      langchain: { providers: ['openai-compatible'] },
    }
    const { verdict, constraints } = decide(
      { ...madeUp, facts: spoken },
      { constraints: { providers: ['anthropic'] } },
    )
    expect(verdict).toBe('none fits')
    expect(constraints[0]?.found).toMatch(/^no anthropic; to add a provider took \d+ lines \(.+\)$/)
  })

  test('when every option breaks one, none fits', () => {
    expect(decide(madeUp, { constraints: { maxPackages: 1 } })).toMatchObject({
      verdict: 'none fits',
      ranking: [],
    })
  })

  test('a constraint that nothing measured says anything of is no pass', () => {
    const advice = decide(figures(0.8, 0.5), { constraints: { requiredClauses: ['CAC-05'] } })
    expect(advice.constraints).toMatchObject([{ verdict: 'unknown' }, { verdict: 'unknown' }])
    expect(advice.verdict).toBe('not enough evidence')
  })

  test('opinions are told apart and change no verdict', () => {
    const evidence = figures(0.54, 0.5)
    const opinions = [{ about: 'we all know it', favours: 'langchain', strength: 3 as const }]
    const advice = decide(evidence, { opinions })
    expect(advice.verdict).toBe(decide(evidence).verdict)
    expect(advice.withOpinions).toMatchObject({ first: 'langchain' })
  })
})

describe('what the figures leave open', () => {
  const between = (values: readonly [number, number], interval: object) => ({
    options: two,
    measurements: defaultCriteria.flatMap(({ metric, zero, full }) =>
      values.map((share, index) => ({
        metric,
        option: two[index] ?? '',
        value:
          metric === 'cacheImpact.costSaved' ? 0.25 : index === 0 ? full : share * full + (1 - share) * zero,
        label: 'measured' as const,
        source: 'made up',
        ...(metric === 'cacheImpact.costSaved' && { low: 0, high: 0.5, ...interval }),
      })),
    ),
  })

  test('what is the same for both, whatever it turns out to be, is no doubt about the lead', () => {
    const lead = (interval: object) => {
      const { margin } = decide(between([1, 0.9], interval))
      return margin && margin.high - margin.low
    }
    expect(lead({ varies: 'traffic' })).toBeCloseTo(0, 10)
    expect(lead({})).toBeCloseTo(2 * (1 / 5) * (1 / 5), 10)
  })

  test('the same figure of two options that vary with different things is two doubts', () => {
    const evidence = between([1, 0.9], { varies: 'traffic' })
    const measurements = evidence.measurements.map((one) =>
      one.option === 'langchain' && 'varies' in one ? { ...one, varies: 'season' } : one,
    )
    const { margin } = decide({ ...evidence, measurements })
    expect((margin?.high ?? 0) - (margin?.low ?? 0)).toBeCloseTo(2 * (1 / 5) * (1 / 5), 10)
  })

  test('a lead under the weights that were given is a leaning, whatever other weights would say', () => {
    const footprint = new Set(
      defaultCriteria.filter(({ family }) => family === 'footprint').map(({ metric }) => metric),
    )
    const measurements = defaultCriteria.flatMap(({ metric, zero, full }) =>
      two.flatMap((option) => {
        if (metric === 'churn.releasesPerYear') return []
        const isBetter = (option === 'scratch') === footprint.has(metric)
        return {
          metric,
          option,
          value: isBetter ? full : zero,
          label: 'measured' as const,
          source: 'made up',
        }
      }),
    )
    const weights = { effort: 0, capability: 0.3, control: 0, footprint: 0.5, churn: 0.2 }
    expect(decide({ options: two, measurements }, { weights })).toMatchObject({
      verdict: 'lean',
      ranking: [{ option: 'scratch' }, {}],
    })
    expect(decide({ options: two, measurements }, { weights }).ranking[0]?.winShare).toBeLessThan(0.5)
  })
})

describe('what is refused', () => {
  test.each([
    [{ weights: { effort: -1, capability: 1, control: 1, footprint: 1, churn: 1 } }, 'effort'],
    [{ weights: { effort: 0, capability: 0, control: 0, footprint: 0, churn: 0 } }, 'weight over 0'],
    [{ opinions: [{ about: 'x', favours: 'nobody', strength: 1 as const }] }, 'nobody'],
  ])('%j', (answers, words) => {
    expect(() => decide(madeUp, answers)).toThrow(words)
  })
})
