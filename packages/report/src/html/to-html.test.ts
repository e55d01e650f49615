import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { faultsOf } from '../__fixtures__/faults.ts'
import { fullReport, staleReport } from '../__fixtures__/report.ts'
import { streamingOf } from '../__fixtures__/streaming.ts'
import { toHtml } from './to-html.ts'

test('the page brings everything along: no address to load from, and one script, which alone may run', async () => {
  const html = await toHtml(fullReport(), { recorded: [staleReport()] })
  const [, evidence = '', script = '', ...more] = html.split(/<script[^>]*>/)
  expect(more).toEqual([])
  const code = script.slice(0, script.indexOf('</script>'))
  const rest = html.replace(code, '')
  expect(rest).not.toMatch(/<link|<img|<iframe|@import|src=|url\((?!#)/)
  expect(code).not.toMatch(/<!--|<script|\bfetch\(|XMLHttpRequest|WebSocket|import\(/)
  const digest = createHash('sha256').update(code).digest('base64')
  expect(html).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'`)
  expect(JSON.parse(evidence.slice(0, evidence.indexOf('</script>')))).toMatchObject({
    options: ['scratch', 'langchain'],
  })
})

test('what a run lacks is shown of an earlier one, and says so', async () => {
  const { faults: _, ...quick } = fullReport()
  expect(await toHtml(quick)).toContain('<code>plumbline bench faults</code> measures it')
  const html = await toHtml(quick, {
    recorded: [{ ...staleReport(), faults: faultsOf({ scratch: '0.1.0' }) }],
  })
  expect(html).toMatch(/class="warning">Not measured in this run: recorded .*, stale/)
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
  const html = (await toHtml(bare)).replace(/<script>.*<\/script>/s, '')
  expect(html.match(/<p>Not measured\./g)).toHaveLength(6)
  expect(html).not.toContain('<svg')
})

test('a page that nobody measured is not in the navigation; the Method page has its command', async () => {
  const { gateway: _, ...without } = fullReport()
  const html = await toHtml(without)
  const navigation = /<nav[^]*?<\/nav>/.exec(html)?.[0]
  expect(navigation).toContain('href="#guardrails"')
  expect(navigation).not.toContain('href="#gateway"')
  expect(html).toContain('<li>Gateway: <code>plumbline bench gateway</code></li>')
  // It keeps its address.
  expect(html).toContain('id="gateway"')
  expect(await toHtml(fullReport())).not.toContain('<li>Gateway:')
  const recorded = await toHtml(without, { recorded: [{ ...staleReport(), ...fullReport() }] })
  expect(recorded).toContain('<a href="#gateway">')
})

test('pages with times say when the machine was busy, and no others', async () => {
  const { environment, ...rest } = fullReport()
  const noisyPages = async (loadAverage: number): Promise<string[]> => {
    const html = await toHtml({
      ...rest,
      environment: { ...environment, loadAverage },
      streaming: streamingOf(),
    })
    return html
      .split('<section class="page" id="')
      .filter((text) => text.includes('Noisy run: the load was 3.00 on 2 processors'))
      .map((text) => text.slice(0, text.indexOf('"')))
  }
  expect(await noisyPages(2)).toEqual([])
  expect(await noisyPages(3)).toEqual([
    'cache-impact',
    'overhead',
    'streaming',
    'speed',
    'faults',
    'guardrails',
    'metrics',
    'cache-speed',
    'gateway',
  ])
})

test('the Streaming page says how much of an answer waits', async () => {
  const html = await toHtml({ ...fullReport(), streaming: streamingOf() })
  // Of the default policy in the made-up guardrails.
  expect(html).toContain('at most 1,000 UTF-16 code units')
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
