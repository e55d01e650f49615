import { createPriceBook } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const usage = { prompt_tokens: 1000, completion_tokens: 1000 }
const model = 'in-house-1'
const oldNanoUsd = 1000 * 100 + 1000 * 400
const newNanoUsd = 1000 * 30 + 1000 * 120
/** When the price changes: an hour after the clock of the lab starts, in the middle of a UTC day. */
const switchMs = Date.UTC(2026, 10, 23, 13)

/** Two cards of one model, the younger one first: a book that takes the first it finds would take the wrong one. */
const twoCards = () =>
  createPriceBook({
    overrides: [
      { model, inputNanoUsdPerToken: 30, outputNanoUsdPerToken: 120, from: '2026-11-23T13:00:00Z' },
      { model, inputNanoUsdPerToken: 100, outputNanoUsdPerToken: 400, from: '2026-01-01' },
    ],
  })

export const CST04 = defineClause({
  id: 'CST-04',
  sentence: 'A call is priced by the card in force at its timestamp.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'cost', 'price-cards', 'clock'],
  scenarios: [
    {
      name: 'a model whose price falls costs the old price before and the new one after',
      case: 'ordinary',
      async run({ check, clock, faults, pipeline, records }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })), prices: twoCards() })
        await made.chat(ask('Hello', { model }))
        clock.setWallClock(switchMs + 3_600_000)
        await made.chat(ask('Hello', { model }))
        check.deepEqual(
          records.map(({ costNanoUsd, priceSource, priceDate }) => [costNanoUsd, priceSource, priceDate]),
          [
            [oldNanoUsd, 'override', '2026-01-01'],
            [newNanoUsd, 'override', '2026-11-23T13:00:00Z'],
          ],
        )
        check.equal(made.metrics.summary().costNanoUsd, oldNanoUsd + newNanoUsd, 'cost in the summary')
      },
    },
    {
      name: 'published prices have their dates too: o3 became cheaper on 2025-06-10',
      case: 'ordinary',
      async run({ check, clock, faults, pipeline, records }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
        for (const wallMs of [Date.UTC(2025, 5, 9, 23, 59), Date.UTC(2025, 5, 10)]) {
          clock.setWallClock(wallMs)
          await made.chat(ask('Hello', { model: 'o3' }))
        }
        // 10.00 / 40.00, then 2.00 / 8.00 USD per million (OpenAI's announcement of 2025-06-10).
        check.deepEqual(
          records.map(({ costNanoUsd, priceSource }) => [costNanoUsd, priceSource]),
          [
            [1000 * 10_000 + 1000 * 40_000, 'published'],
            [1000 * 2000 + 1000 * 8000, 'published'],
          ],
        )
      },
    },
    {
      name: 'the new price holds from its first millisecond, and the old one to its last',
      case: 'boundary',
      async run({ check, clock, faults, pipeline, records }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })), prices: twoCards() })
        for (const wallMs of [switchMs - 1, switchMs, switchMs + 1]) {
          clock.setWallClock(wallMs)
          await made.chat(ask('Hello', { model }))
        }
        check.deepEqual(
          records.map(({ timestamp, costNanoUsd }) => [timestamp - switchMs, costNanoUsd]),
          [
            [-1, oldNanoUsd],
            [0, newNanoUsd],
            [1, newNanoUsd],
          ],
        )
      },
    },
    {
      name: 'before the first card of the caller the published price holds',
      case: 'boundary',
      async run({ check, clock, faults, pipeline, records }) {
        const prices = createPriceBook({
          overrides: [
            {
              model: 'gpt-4o',
              inputNanoUsdPerToken: 1,
              outputNanoUsdPerToken: 1,
              from: '2026-11-23T13:00:00Z',
            },
          ],
        })
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })), prices })
        await made.chat(ask('Hello'))
        clock.setWallClock(switchMs)
        await made.chat(ask('Hello'))
        check.deepEqual(
          records.map(({ costNanoUsd, priceSource }) => [costNanoUsd, priceSource]),
          [
            [1000 * 2500 + 1000 * 10_000, 'published'],
            [2000, 'override'],
          ],
        )
      },
    },
    {
      name: 'a call that is on its way when the price changes keeps the price it began with, whole and streamed',
      case: 'nasty',
      async run({ check, clock, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'Yes.', usage, beforeFirst: [{ gate: 'answer' }] }))
        const made = pipeline({ server, prices: twoCards() })
        clock.setWallClock(switchMs - 1000)
        const whole = made.chat(ask('Hello', { model }))
        const streamed = (async () => {
          for await (const _ of made.stream(ask('Hello', { model })));
        })()
        await server.received(2)
        await server.reached('answer')
        clock.advance(2000)
        server.release('answer')
        await Promise.all([whole, streamed])
        await made.chat(ask('Hello', { model }))
        check.deepEqual(
          records.map(({ timestamp, costNanoUsd }) => [timestamp - switchMs, costNanoUsd]),
          [
            [-1000, oldNanoUsd],
            [-1000, oldNanoUsd],
            [1000, newNanoUsd],
          ],
        )
      },
    },
    {
      name: 'a wall clock that is set back brings the old price back: no card is remembered past its time',
      case: 'nasty',
      async run({ check, clock, faults, pipeline, records }) {
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })), prices: twoCards() })
        for (const wallMs of [switchMs, switchMs - 1, switchMs, Date.UTC(2026, 0, 1)]) {
          clock.setWallClock(wallMs)
          await made.chat(ask('Hello', { model }))
        }
        check.deepEqual(
          records.map(({ costNanoUsd }) => costNanoUsd),
          [newNanoUsd, oldNanoUsd, newNanoUsd, oldNanoUsd],
        )
      },
    },
    {
      name: 'a date is the start of its UTC day, and an offset is counted in',
      case: 'nasty',
      async run({ check, clock, faults, pipeline, records }) {
        const prices = createPriceBook({
          overrides: [
            { model, inputNanoUsdPerToken: 1 },
            { model, inputNanoUsdPerToken: 2, from: '2026-11-24' },
            // 2026-11-24T12:00Z, and the same without a zone an hour later.
            { model, inputNanoUsdPerToken: 3, from: '2026-11-24T14:00:00+02:00' },
            { model, inputNanoUsdPerToken: 4, from: '2026-11-24T13:00:00' },
          ],
        })
        const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })), prices })
        const noonMs = Date.UTC(2026, 10, 24, 12)
        for (const fromNoonMs of [-43_200_001, -43_200_000, -1, 0, 3_599_999, 3_600_000]) {
          clock.setWallClock(noonMs + fromNoonMs)
          await made.chat(ask('Hello', { model }))
        }
        check.deepEqual(
          records.map(({ costNanoUsd }) => costNanoUsd / 1000),
          [1, 2, 2, 3, 3, 4],
        )
      },
    },
  ],
})
