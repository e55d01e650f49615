import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeCall, makeClock, makeHit } from './__fixtures__/calls.ts'
import { MetricsCollector, type SummaryOptions } from './collector.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

function collectorAt(clock = makeClock()) {
  return { clock, collector: new MetricsCollector({ clock }) }
}

describe('summary', () => {
  test('an empty window gives zeros', () => {
    const { collector } = collectorAt()
    const { verdicts, losses, lastHours, percentileHours, ...figures } = collector.summary()
    expect([verdicts, losses, lastHours, percentileHours]).toEqual([[], {}, 24, 1])
    for (const value of Object.values(figures)) expect(value).toBe(0)
    expect(collector.summary({ by: 'model' }).groups).toEqual({})
  })

  test('calls, cost, tokens and latency are added up', () => {
    const { collector } = collectorAt()
    collector.record(makeCall({ latencyMs: 100, attempts: 1 }))
    collector.record(makeCall({ latencyMs: 300, attempts: 3, stream: true, timeToFirstChunkMs: 40 }))
    expect(collector.summary()).toMatchObject({
      totalCalls: 2,
      succeeded: 2,
      successRate: 1,
      providerCalls: 2,
      attempts: 4,
      costNanoUsd: 150_000,
      totalCostUsd: 0.00015,
      averageLatencyMs: 200,
      averageTimeToFirstChunkMs: 40,
      totalInputTokens: 20,
      totalOutputTokens: 10,
    })
  })

  test('hits and followers are counted apart, save money, and leave latency alone', () => {
    const { collector } = collectorAt()
    collector.record(makeCall())
    collector.record(makeHit())
    collector.record(makeHit({ cacheStatus: 'coalesced' }))
    const summary = collector.summary()
    expect(summary).toMatchObject({
      totalCalls: 3,
      hits: 1,
      coalesced: 1,
      providerCalls: 1,
      costNanoUsd: 75_000,
      savedNanoUsd: 150_000,
      savedTokens: 30,
      averageLatencyMs: 100,
      successRate: 1,
    })
    expect(summary.p50LatencyMs).toBeGreaterThan(99)
  })

  test('the success rate is over calls neither blocked nor cancelled', () => {
    const { collector } = collectorAt()
    collector.record(makeCall())
    collector.record(makeCall({ success: false, outcome: 'error' }))
    collector.record(makeCall({ success: false, outcome: 'length' }))
    collector.record(makeCall({ success: false, outcome: 'blocked', attempts: 0 }))
    collector.record(makeCall({ success: false, outcome: 'cancelled' }))
    expect(collector.summary()).toMatchObject({
      totalCalls: 5,
      succeeded: 1,
      failed: 2,
      blocked: 1,
      cancelled: 1,
      successRate: 1 / 3,
    })
  })

  test.each([
    [5 / 60, 5 * minuteMs, 10_000],
    [1, hourMs, 10_000],
    [24, 24 * hourMs, minuteMs],
    [168, 168 * hourMs, hourMs],
  ])('a window of %d hours holds all of its calls and none older by a slot', (lastHours, reachMs, slotMs) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: slotMs - 1 }), (offsetMs) => {
        const { clock, collector } = collectorAt()
        clock.nowMs += offsetMs
        collector.record(makeCall())
        clock.nowMs += reachMs
        expect(collector.summary({ lastHours }).totalCalls).toBe(1)
        clock.nowMs += slotMs
        expect(collector.summary({ lastHours }).totalCalls).toBe(0)
      }),
      { numRuns: 20 },
    )
  })

  test('a burst within one slot is counted whole, with its percentiles', () => {
    const { collector } = collectorAt()
    for (let i = 0; i < 50_000; i++) collector.record(makeCall({ latencyMs: 1 + (i % 1000) }))
    const summary = collector.summary({ by: 'model' })
    expect(summary.totalCalls).toBe(50_000)
    expect(Math.abs(summary.p95LatencyMs - 950)).toBeLessThanOrEqual(9.5)
    expect(summary.groups?.['gpt-4o']?.p95LatencyMs).toBe(summary.p95LatencyMs)
  })

  test('a clock that was ahead, then set back, neither loses calls nor counts those of the future', () => {
    const { clock, collector } = collectorAt()
    clock.nowMs += 3 * 24 * hourMs
    collector.record(makeCall())
    clock.nowMs -= 3 * 24 * hourMs
    collector.record(makeCall())
    clock.nowMs -= 20_000
    collector.record(makeCall())
    clock.nowMs += 20_000
    collector.record(makeCall({ latencyMs: 500 }))
    expect(collector.summary({ lastHours: 1 }).totalCalls).toBe(3)
    expect(collector.summary({ lastHours: 1 }).p99LatencyMs).toBeGreaterThan(490)
  })

  test('one number that is none spoils no sum', () => {
    const { collector } = collectorAt()
    collector.record(makeCall({ latencyMs: NaN, costNanoUsd: Infinity, inputTokens: -5, timestamp: NaN }))
    collector.record(makeCall())
    expect(collector.summary()).toMatchObject({
      totalCalls: 2,
      averageLatencyMs: 50,
      costNanoUsd: 75_000,
      totalInputTokens: 10,
    })
  })

  test.each([0, -1, 169, NaN])('lastHours of %d is refused', (lastHours) => {
    expect(() => collectorAt().collector.summary({ lastHours })).toThrow(RangeError)
    expect(() => collectorAt().collector.hourlyCost({ lastHours })).toThrow(RangeError)
  })

  test('percentiles are within 1 % of the nearest rank in every window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (latencies) => {
          const { clock, collector } = collectorAt()
          for (const latencyMs of latencies) {
            collector.record(makeCall({ latencyMs }))
            clock.nowMs += 7_000
          }
          const sorted = latencies.toSorted((a, b) => a - b)
          for (const lastHours of [1, 24, 168]) {
            const summary = collector.summary({ lastHours })
            for (const [share, value] of [
              [0.5, summary.p50LatencyMs],
              [0.95, summary.p95LatencyMs],
              [0.99, summary.p99LatencyMs],
            ] as const) {
              const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? NaN
              expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact * 0.01)
            }
          }
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('labels', () => {
  test('figures split by model, endpoint, prompt version, tenant, mode and operation', () => {
    const { collector } = collectorAt()
    collector.record(makeCall({ model: 'a', endpoint: '/x', promptVersion: '1', tenant: 't', stream: true }))
    collector.record(makeCall({ model: 'b', operation: 'embed', latencyMs: 900 }))
    const callsBy = (by: SummaryOptions['by'] & string) =>
      Object.entries(collector.summary({ by }).groups ?? {}).map(([value, group]) => [
        value,
        group.totalCalls,
      ])
    expect(callsBy('model')).toEqual([
      ['a', 1],
      ['b', 1],
    ])
    expect(callsBy('endpoint')).toEqual([
      ['/x', 1],
      ['(none)', 1],
    ])
    expect(callsBy('promptVersion')).toEqual([
      ['1', 1],
      ['(none)', 1],
    ])
    expect(callsBy('tenant')).toEqual([
      ['t', 1],
      ['default', 1],
    ])
    expect(callsBy('mode')).toEqual([
      ['stream', 1],
      ['whole', 1],
    ])
    expect(callsBy('operation')).toEqual([
      ['chat', 1],
      ['embed', 1],
    ])
    const groups = collector.summary({ by: 'model', lastHours: 1 }).groups
    expect(groups?.['a']?.p95LatencyMs).toBeCloseTo(100, -1)
    expect(groups?.['b']?.p95LatencyMs).toBeCloseTo(900, -1)
  })

  test('one value of a label can be asked for alone, and an unknown value gives zeros', () => {
    const { collector } = collectorAt()
    collector.record(makeCall({ tenant: 'a', costNanoUsd: 1 }))
    collector.record(makeCall({ tenant: 'b', costNanoUsd: 2 }))
    expect(collector.summary({ where: { label: 'tenant', value: 'b' } }).costNanoUsd).toBe(2)
    expect(collector.summary({ where: { label: 'tenant', value: 'c' } }).totalCalls).toBe(0)
    expect(() => collector.summary({ by: 'model', where: { label: 'tenant', value: 'b' } })).toThrow(
      TypeError,
    )
    expect(() => collector.summary({ by: 'color' as never })).toThrow(TypeError)
  })

  test('percentiles per label cover the last hour, their counts the whole window', () => {
    const { clock, collector } = collectorAt()
    collector.record(makeCall({ latencyMs: 5000 }))
    clock.nowMs += 2 * hourMs
    collector.record(makeCall({ latencyMs: 100 }))
    const summary = collector.summary({ by: 'model' })
    expect(summary.percentileHours).toBe(1)
    expect(summary.groups?.['gpt-4o']?.totalCalls).toBe(2)
    expect(summary.groups?.['gpt-4o']?.p99LatencyMs).toBeCloseTo(100, -1)
    expect(summary.p99LatencyMs).toBeCloseTo(5000, -2)
  })

  test('ten thousand model names make a hundred groups and other, and lose no call', () => {
    const { collector } = collectorAt()
    for (let i = 0; i < 10_000; i++) collector.record(makeCall({ model: `model-${i}` }))
    const groups = collector.summary({ by: 'model' }).groups ?? {}
    expect(Object.keys(groups)).toHaveLength(101)
    expect(groups['other']?.totalCalls).toBe(9900)
  })

  test('a value of many characters is counted as other', () => {
    const { collector } = collectorAt()
    collector.record(makeCall({ model: 'x'.repeat(1000) }))
    expect(Object.keys(collector.summary({ by: 'model' }).groups ?? {})).toEqual(['other'])
  })

  test('names of object members pollute nothing', () => {
    const { collector } = collectorAt()
    for (const tenant of ['__proto__', 'constructor', 'prototype']) collector.record(makeCall({ tenant }))
    collector.countLoss('__proto__')
    const summary = collector.summary({ by: 'tenant' })
    expect(Object.keys(summary.groups ?? {})).toEqual(['__proto__', 'constructor', 'prototype'])
    expect(Object.keys(summary.losses)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['totalCalls']).toBeUndefined()
  })
})

describe('hourlyCost', () => {
  test('cost falls into the UTC hour in which the call began', () => {
    const { clock, collector } = collectorAt()
    collector.record(makeCall({ timestamp: clock.nowMs - 1 }))
    collector.record(makeCall({ timestamp: clock.nowMs }))
    collector.record(makeHit({ timestamp: clock.nowMs + 1 }))
    expect(collector.hourlyCost()).toEqual([
      {
        hourStart: '2026-11-23T11:00:00.000Z',
        costUsd: 0.000075,
        savedUsd: 0,
        costNanoUsd: 75_000,
        savedNanoUsd: 0,
        calls: 1,
      },
      {
        hourStart: '2026-11-23T12:00:00.000Z',
        costUsd: 0.000075,
        savedUsd: 0.000075,
        costNanoUsd: 75_000,
        savedNanoUsd: 75_000,
        calls: 2,
      },
    ])
    expect(collector.hourlyCost({ lastHours: 0.5 })).toHaveLength(2)
    clock.nowMs += hourMs
    expect(collector.hourlyCost({ lastHours: 0.5 })).toHaveLength(1)
  })

  test('a daylight-saving change neither doubles nor swallows an hour', () => {
    const zoneBefore = process.env['TZ']
    process.env['TZ'] = 'America/New_York'
    try {
      // Clocks there go back at 06:00 UTC on 2026-11-01.
      const { clock, collector } = collectorAt(makeClock(Date.UTC(2026, 10, 1, 12)))
      for (let t = Date.UTC(2026, 10, 1, 3); t < clock.nowMs; t += hourMs / 2) {
        collector.record(makeCall({ timestamp: t }))
      }
      expect(collector.hourlyCost().map((hour) => hour.calls)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2])
    } finally {
      if (zoneBefore === undefined) delete process.env['TZ']
      else process.env['TZ'] = zoneBefore
    }
  })

  test('at most the latest 169 hours are kept', () => {
    const { clock, collector } = collectorAt()
    for (let hour = 400; hour >= 0; hour--) {
      collector.record(makeCall({ timestamp: clock.nowMs - hour * hourMs }))
    }
    expect(collector.hourlyCost({ lastHours: 168 })).toHaveLength(169)
  })
})

describe('verdicts and losses', () => {
  test('verdicts are counted by rule, direction and action', () => {
    const { collector } = collectorAt()
    const verdict = { ruleId: 'pii.email', direction: 'input', action: 'redact', count: 2 } as const
    collector.countVerdicts([verdict, { ...verdict, direction: 'output', count: 1 }])
    collector.countVerdicts([verdict])
    expect(collector.summary().verdicts).toEqual([
      { ...verdict, count: 4 },
      { ...verdict, direction: 'output', count: 1 },
    ])
  })

  test('made-up rule ids and kinds of loss are bounded, and lose no count', () => {
    const { collector } = collectorAt()
    for (let i = 0; i < 5000; i++) {
      collector.countVerdicts([{ ruleId: `rule-${i}`, direction: 'output', action: 'block', count: 1 }])
      collector.countLoss(`kind-${i}`)
    }
    const { verdicts, losses } = collector.summary()
    expect(verdicts).toHaveLength(1001)
    expect(verdicts.at(-1)).toEqual({ ruleId: 'other', direction: 'output', action: 'block', count: 4000 })
    expect(Object.keys(losses)).toHaveLength(1001)
    expect(losses['other']).toBe(4000)
  })

  test('losses are counted by kind', () => {
    const { collector } = collectorAt()
    for (const kind of ['logger', 'cache_write', 'logger']) collector.countLoss(kind)
    expect(collector.summary().losses).toEqual({ logger: 2, cache_write: 1 })
  })
})

describe('merge', () => {
  test('merged collectors answer as one that saw all calls', () => {
    const call = fc.record({
      latencyMs: fc.integer({ min: 1, max: 100_000 }),
      model: fc.constantFrom('a', 'b', 'c'),
      costNanoUsd: fc.integer({ min: 0, max: 1e9 }),
      waitMs: fc.integer({ min: 0, max: 40 * minuteMs }),
      mine: fc.boolean(),
    })
    // The first call stands in the place of the last but one, an hour and a slot later.
    const olderByTheLength = [145_776, 512_771, 768_135, 2_323_318, 10_000].map((waitMs, index) => ({
      latencyMs: 1,
      model: 'a' as const,
      costNanoUsd: 0,
      waitMs,
      mine: index > 0,
    }))
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const clock = makeClock()
        const [mine, theirs, whole] = [0, 1, 2].map(() => new MetricsCollector({ clock }))
        if (!mine || !theirs || !whole) throw new Error('three collectors')
        for (const { waitMs, mine: isMine, ...changes } of calls) {
          clock.nowMs += waitMs
          const record = makeCall({ ...changes, timestamp: clock.nowMs })
          whole.record(record)
          const part = isMine ? mine : theirs
          part.record(record)
          part.countLoss('logger')
          whole.countLoss('logger')
        }
        mine.merge(theirs)
        for (const lastHours of [0.5, 1, 24, 168]) {
          const merged = mine.summary({ lastHours, by: 'model' })
          const expected = whole.summary({ lastHours, by: 'model' })
          expect(merged).toEqual(expected)
        }
        expect(mine.hourlyCost()).toEqual(whole.hourlyCost())
      }),
      { numRuns: 100, examples: [[olderByTheLength]] },
    )
  })

  test('label values beyond the limit of the receiving collector join other', () => {
    const clock = makeClock()
    const small = new MetricsCollector({ clock, maxLabelValues: 1 })
    const large = new MetricsCollector({ clock })
    small.record(makeCall({ model: 'a' }))
    for (const model of ['a', 'b', 'c']) large.record(makeCall({ model }))
    small.merge(large)
    const groups = small.summary({ by: 'model', lastHours: 1 }).groups
    expect(groups?.['a']?.totalCalls).toBe(2)
    expect(groups?.['other']?.totalCalls).toBe(2)
    expect(groups?.['other']?.p50LatencyMs).toBeGreaterThan(99)
  })

  test('a collector does not merge with itself', () => {
    const { collector } = collectorAt()
    expect(() => collector.merge(collector)).toThrow(TypeError)
  })
})

test.each([0, 1.5, NaN, 10_001])('maxLabelValues of %d is refused', (maxLabelValues) => {
  expect(() => new MetricsCollector({ maxLabelValues })).toThrow(RangeError)
})

test('calls in flight are those that have begun and not ended', () => {
  const collector = new MetricsCollector()
  collector.countInFlight(1)
  collector.countInFlight(1)
  collector.countInFlight(-1)
  expect(collector.inFlight).toBe(1)
})
