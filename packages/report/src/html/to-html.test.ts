import { expect, test } from 'vitest'

import { fullReport, staleReport } from '../__fixtures__/report.ts'
import { toHtml } from './to-html.ts'

test('the page brings everything along: no script, no address to load from', async () => {
  const html = await toHtml(fullReport(), { recorded: [staleReport()] })
  expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|src=|url\((?!#)/)
  expect(html).toContain("default-src 'none'")
})

test('what a clause writes as code is code', async () => {
  expect(await toHtml(fullReport())).toContain('A record names the <code>model</code> that answered.')
})

test('two pages of the same report are the same text', async () => {
  expect(await toHtml(fullReport())).toBe(await toHtml(fullReport()))
})

test('every id in the page is there once', async () => {
  const html = await toHtml(fullReport(), { recorded: [staleReport()] })
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
  expect(ids).toEqual([...new Set(ids)])
})

test('sections that were not asked for say so, and draw nothing', async () => {
  const { cacheImpact: _, overhead: __, faults: ___, ...bare } = fullReport()
  const html = await toHtml(bare)
  expect(html.match(/Not measured\./g)).toHaveLength(6)
  expect(html).not.toContain('<svg')
})

test('a recorded trace whose sources have changed is marked stale', async () => {
  const html = await toHtml(fullReport(), { recorded: [staleReport()] })
  expect(html).toContain('<span class="tag stale">stale</span>')
  expect(await toHtml(fullReport())).not.toContain('tag stale')
})

test('a link that is none to the web is text', async () => {
  const report = fullReport()
  for (const { outcomes } of report.conformance) {
    for (const outcome of outcomes) if (outcome.link !== undefined) outcome.link = 'javascript:alert(1)'
  }
  const html = await toHtml(report)
  expect(html).toContain('<p>javascript:alert(1)</p>')
  expect(html).not.toContain('href="javascript')
})
