import type { HourlyCost } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const usage = { prompt_tokens: 1000, completion_tokens: 100 }
/** gpt-4o: 2,500 and 10,000 nano-dollars per token (CST-01). */
const costNanoUsd = 1000 * 2500 + 100 * 10_000
const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Runs `during` as a machine in this time zone would. */
async function inZone(zone: string, during: () => Promise<void>): Promise<void> {
  const before = process.env['TZ']
  process.env['TZ'] = zone
  try {
    await during()
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
}

/** Start and calls of each hour, once its money is what that many calls cost. */
function hours(costs: readonly HourlyCost[]): [hourStart: string, calls: number][] {
  return costs.map(({ hourStart, calls, costNanoUsd: cost }) => [
    hourStart,
    cost === calls * costNanoUsd ? calls : NaN,
  ])
}

export const MET13 = defineClause({
  id: 'MET-13',
  sentence: 'Cost per hour is kept in UTC hour buckets, and survives a daylight-saving change.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'metrics', 'cost', 'clock'],
  scenarios: [
    {
      name: 'three calls in two hours are two buckets, by the start of each hour in UTC',
      case: 'ordinary',
      async run({ check, clock, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
        clock.setWallClock(Date.UTC(2026, 10, 24, 14, 10))
        await made.chat(ask('One'))
        clock.advance(20 * minuteMs)
        await made.chat(ask('Two'))
        clock.advance(40 * minuteMs)
        await made.chat(ask('Three'))
        const costs = made.metrics.hourlyCost()
        check.deepEqual(hours(costs), [
          ['2026-11-24T14:00:00.000Z', 2],
          ['2026-11-24T15:00:00.000Z', 1],
        ])
        check.equal(costs[0]?.costUsd, (2 * costNanoUsd) / 1e9, 'the same in dollars')
      },
    },
    {
      name: 'the last millisecond of an hour is its own, the next one the next hour’s, and old hours leave the window',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
        const midnightMs = Date.UTC(2026, 10, 25)
        for (const atMs of [midnightMs - 1, midnightMs]) {
          clock.setWallClock(atMs)
          await made.chat(ask('Hello'))
        }
        const both = [
          ['2026-11-24T23:00:00.000Z', 1],
          ['2026-11-25T00:00:00.000Z', 1],
        ]
        check.deepEqual(hours(made.metrics.hourlyCost()), both, 'now')
        clock.setWallClock(midnightMs + 24 * hourMs)
        check.deepEqual(hours(made.metrics.hourlyCost()), both.slice(1), 'a day later')
        check.deepEqual(hours(made.metrics.hourlyCost({ lastHours: 168 })), both, 'of seven days')
      },
    },
    {
      name: 'a call every half hour over both daylight-saving changes is two calls in every hour, none doubled and none missing',
      case: 'nasty',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.', usage }))
        // Lord Howe moves by half an hour, which no bucket of local time survives.
        for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
          await inZone(zone, async () => {
            for (const [startMs, isChange] of changeDays(zone)) {
              check.ok(isChange, `${zone} changes its clocks that day`)
              clock.setWallClock(startMs)
              const made = pipeline({ server })
              for (let half = 0; half < 48; half++) {
                await made.chat(ask('Hello'))
                clock.advance(30 * minuteMs)
              }
              clock.advance(-minuteMs)
              check.deepEqual(
                hours(made.metrics.hourlyCost()),
                Array.from({ length: 24 }, (_, hour) => [new Date(startMs + hour * hourMs).toISOString(), 2]),
                `${zone}, ${new Date(startMs).toISOString()}`,
              )
            }
          })
        }
      },
    },
  ],
})

/** The 24 hours of UTC in which a zone changes its clocks, in spring and autumn of 2026, and whether it does there. */
function changeDays(zone: string): [startMs: number, isChange: boolean][] {
  const starts: Record<string, readonly number[]> = {
    'Europe/Berlin': [Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 9, 24, 12)],
    'America/New_York': [Date.UTC(2026, 2, 8), Date.UTC(2026, 10, 1)],
    'Australia/Lord_Howe': [Date.UTC(2026, 3, 4, 6), Date.UTC(2026, 9, 3, 6)],
  }
  return (starts[zone] ?? []).map((startMs) => [
    startMs,
    new Date(startMs).getTimezoneOffset() !== new Date(startMs + 24 * hourMs).getTimezoneOffset(),
  ])
}
