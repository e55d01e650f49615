import { spawnSync } from 'node:child_process'

import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check'
import { describe, expect, test } from 'vitest'

import { makeCall, makeHit } from '../metrics/__fixtures__/calls.ts'
import { MetricsCollector } from '../metrics/collector.ts'
import { createPrometheusExporter } from './prometheus-exporter.ts'

/** Values of all series of one metric. */
function valuesOf(text: string, metric: string): number[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
}

const promtool = spawnSync('promtool', ['--version']).status === 0

describe('createPrometheusExporter', () => {
  // Where CI is set its absence is a failure: `.ci/run` installs it.
  test.skipIf(!promtool && process.env['CI'] === undefined)(
    'promtool finds nothing to say of the metrics, whatever the labels are',
    async () => {
      const exporter = createPrometheusExporter()
      const model = 'quote " back \\ slash \n line'
      exporter.record(makeCall({ model, stream: true, timeToFirstChunkMs: 30, endpoint: '/a' }))
      exporter.record(makeHit({ tenant: '\u202E' }))
      const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
        input: await exporter.text(),
        encoding: 'utf8',
      })
      expect([error, stdout, stderr, status]).toEqual([undefined, '', '', 0])
    },
  )

  test('its money is the summary’s to the nano-dollar, over any calls', async () => {
    const call = record({ model: constantFrom('a', 'b', 'c'), costNanoUsd: nat(), savedNanoUsd: nat() })
    await assert(
      asyncProperty(array(call, { maxLength: 200 }), async (made) => {
        const exporter = createPrometheusExporter()
        const metrics = new MetricsCollector()
        for (const changes of made) {
          exporter.record(makeCall(changes))
          metrics.record(makeCall(changes))
        }
        const text = await exporter.text()
        const nanoUsd = (metric: string): number =>
          valuesOf(text, metric).reduce((sum, usd) => sum + Math.round(usd * 1e9), 0)
        const { costNanoUsd, savedNanoUsd } = metrics.summary()
        expect([nanoUsd('llm_cost_usd_total'), nanoUsd('llm_saved_usd_total')]).toEqual([
          costNanoUsd,
          savedNanoUsd,
        ])
        expect(await exporter.text()).toBe(text)
      }),
    )
  })

  test('10,000 models and their combinations with tenants are bounded series', async () => {
    const exporter = createPrometheusExporter({ maxLabelValues: 20, maxLabelSets: 50 })
    for (let i = 0; i < 10_000; i++) {
      exporter.record(makeCall({ model: `model-${i}`, tenant: `tenant-${i % 30}` }))
    }
    const calls = valuesOf(await exporter.text(), 'llm_calls_total')
    expect(calls.length).toBeLessThanOrEqual(51)
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(10_000)
  })

  test('hits are in no latency', async () => {
    const exporter = createPrometheusExporter()
    exporter.record(makeHit())
    exporter.record(makeCall({ latencyMs: 1500 }))
    const text = await exporter.text()
    expect(text).toContain('llm_call_duration_seconds_sum{operation="chat",model="gpt-4o"} 1.5\n')
    expect(text).toContain('llm_call_duration_seconds_count{operation="chat",model="gpt-4o"} 1\n')
  })
})
