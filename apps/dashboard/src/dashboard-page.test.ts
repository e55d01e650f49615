import { createRequire } from 'node:module'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'

import { readUsage } from '@plumbline/core/ledger'
import { formatCount, formatDollars } from '@plumbline/report/page'
import { findChromium, openChromium } from '@plumbline/report/test-browser'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { makeCall, someCalls, write } from './__fixtures__/calls.ts'
import { createDashboard } from './app.ts'
import { buildPage, type BuiltPage } from './build-page.ts'
import type { GatewayHealth } from './gateway-health.ts'
import { createOverviewReader } from './read-overview.ts'
import { startServer, type RunningServer } from './server.ts'
import { createSessions } from './sessions.ts'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

if (findChromium() === undefined && process.env['CI'] !== 'true') {
  test.skip('the page in a browser: skipped, there is no Chromium on PATH or in CHROMIUM_PATH', () => {})
} else {
  describe('the page in a browser', { timeout: 180_000 }, inBrowser)
}

function inBrowser(): void {
  let folder: string
  let path: string
  let browser: Browser
  let page: BuiltPage

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-page-'))
    browser = await openChromium()
    page = await buildPage({ demo: false })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(() => {
    path = join(folder, `${crypto.randomUUID()}.ledger`)
  })

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 375],
    ['dark', 375],
  ] as const)(
    '%s, %d px wide: axe finds nothing, nothing overflows, nothing comes from elsewhere',
    async (colorScheme, width) => {
      await write(path, someCalls(Date.now()))
      await using opened = await open(
        { colorScheme, viewport: { width, height: 900 } },
        { health: someHealth },
      )
      await opened.page.locator('.calls summary').first().click()
      await opened.page.locator('.health h3').first().waitFor()
      expect(await axe(opened.page)).toEqual([])
      expect(await opened.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      expect(await opened.page.locator('.chart svg').count()).toBe(9)
      expect(opened.problems).toEqual([])
    },
  )

  test('the figures are those of usage, for all and by every label', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open()
    const tile = (id: string): Promise<string> => opened.page.locator(`#tile-${id} strong`).innerText()
    const sinceMs = Date.now() - 3_600_000
    const { total } = readUsage({ path, sinceMs })
    expect(await tile('requests')).toBe(formatCount(total.totalCalls))
    expect(await tile('tokens')).toBe(formatCount(total.inputTokens + total.outputTokens))
    expect(await tile('cost')).toBe(formatDollars(total.costNanoUsd))
    expect(await tile('saved')).toBe(formatDollars(total.savedNanoUsd))
    expect(await tile('blocked')).toBe(formatCount(total.blocked))
    expect(await tile('error-rate')).toBe(`${((1 - total.successRate) * 100).toFixed(1)} %`)
    for (const [button, by] of [
      ['Model', 'model'],
      ['Endpoint', 'endpoint'],
      ['Prompt version', 'promptVersion'],
      ['Tenant', 'tenant'],
      ['Build', 'build'],
    ] as const) {
      await opened.page
        .getByRole('group', { name: 'What the table is by' })
        .getByRole('button', { name: button })
        .click()
      const table = opened.page.getByRole('region', { name: `By ${button.toLowerCase()}` })
      const rows = await table
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)))
      const { groups } = readUsage({ path, sinceMs, by })
      expect(rows.map((row) => [row[0], row[1], row[9], row[10]])).toEqual(
        groups.map((group) => [
          group.value,
          formatCount(group.totalCalls),
          formatDollars(group.costNanoUsd),
          formatDollars(group.savedNanoUsd),
        ]),
      )
    }
  })

  test('a new call shows by itself; paused it does not, until it goes on', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open()
    const requests = opened.page.locator('#tile-requests strong')
    expect(await requests.innerText()).toBe('240')
    await write(path, [makeCall()])
    await waitFor(async () => (await requests.innerText()) === '241')
    await opened.page.getByRole('button', { name: 'Pause' }).click()
    await waitFor(async () => (await opened.page.getByRole('status').innerText()) === 'paused')
    await write(path, [makeCall()])
    const asked = opened.overviewsAsked()
    await opened.page.waitForTimeout(3_000)
    expect([opened.overviewsAsked() - asked, await requests.innerText()]).toEqual([0, '241'])
    await opened.page.getByRole('button', { name: 'Go on' }).click()
    await waitFor(async () => (await requests.innerText()) === '242')
  })

  test('a paused page answers what is changed on it, once', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open()
    await opened.page.getByRole('button', { name: 'Pause' }).click()
    await waitFor(async () => (await opened.page.getByRole('status').innerText()) === 'paused')
    await opened.page.getByRole('button', { name: '15 min' }).click()
    const figures = await settled(opened.page)
    expect(Number(figures)).toBeLessThan(240)
    await write(path, [makeCall()])
    const asked = opened.overviewsAsked()
    await opened.page.waitForTimeout(3_000)
    expect([opened.overviewsAsked() - asked, await settled(opened.page)]).toEqual([0, figures])
  })

  test('range, filters and table stand in the URL: it opens the same, and Back goes back', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open()
    await opened.page.getByRole('button', { name: '24 h' }).click()
    await opened.page.getByLabel('Tenant').selectOption('tenant-1')
    await opened.page.getByRole('button', { name: 'gpt-4o-mini' }).click()
    const search = '?range=24h&model=gpt-4o-mini&tenant=tenant-1'
    await expect.poll(() => new URL(opened.page.url()).search, { timeout: 60_000 }).toBe(search)
    const { groups } = readUsage({ path, by: 'tenant' })
    const all = formatCount(groups.find(({ value }) => value === 'tenant-1')?.totalCalls ?? 0)
    const narrowed = await settled(opened.page)
    expect(Number(narrowed)).toBeLessThan(Number(all))
    await using again = await open({}, { search })
    expect(await again.page.locator('#tile-requests strong').innerText()).toBe(narrowed)
    await opened.page.goBack()
    await waitFor(async () => (await opened.page.locator('#tile-requests strong').innerText()) === all)
    await opened.page.getByRole('button', { name: 'Clear filters' }).click()
    await waitFor(async () => (await opened.page.locator('#tile-requests strong').innerText()) === '240')
  })

  test('everything is reached and used by keyboard: ranges, filters, charts, calls', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open()
    const { page: shown } = opened
    const reached: string[] = []
    for (let step = 0; step < 60; step++) {
      await shown.keyboard.press('Tab')
      const [name, outline] = await shown.evaluate(() => {
        const on = document.activeElement
        return [
          `${on?.tagName} ${on?.getAttribute('aria-label') ?? on?.textContent?.trim().slice(0, 20)}`,
          on ? getComputedStyle(on).outlineStyle : '',
        ]
      })
      expect([name, outline]).not.toEqual([name, 'none'])
      reached.push(String(name))
    }
    for (const name of [
      'BUTTON Pause',
      'BUTTON 7 d',
      'A Charts as CSV',
      'BUTTON Tenant',
      'BUTTON gpt-4o',
      'A Table as CSV',
    ])
      expect(reached).toContain(name)
    expect(reached.some((name) => name.startsWith('SUMMARY'))).toBe(true)
    const chart = shown.getByRole('group', { name: /^Requests, over time/ })
    await chart.focus()
    const read = shown.locator('.chart').first().locator('.legend')
    const last = await read.innerText()
    await shown.keyboard.press('ArrowLeft')
    await waitFor(async () => (await read.innerText()) !== last)
    await shown.keyboard.press('Escape')
    await waitFor(async () => (await read.innerText()) === last)
    await shown.locator('.calls summary').first().focus()
    await shown.keyboard.press('Enter')
    expect(await shown.locator('.calls details[open] .facts').first().isVisible()).toBe(true)
  })

  test('two builds are held against each other, and whatever else is chosen', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open()
    const compared = opened.page.getByRole('region', { name: 'A against B' })
    const cells = (): Promise<(string | null)[]> =>
      compared
        .locator('tbody tr')
        .first()
        .locator('td')
        .evaluateAll((all) => all.map((cell) => cell.textContent))
    const { groups } = readUsage({ path, by: 'build' })
    expect((await cells()).slice(0, 2)).toEqual(groups.map(({ totalCalls }) => formatCount(totalCalls)))
    await opened.page.getByLabel('Compare by').selectOption('model')
    await opened.page.getByLabel('A', { exact: true }).selectOption('gpt-4o-mini')
    await opened.page.getByLabel('B', { exact: true }).selectOption('gpt-4o')
    await expect
      .poll(() => new URL(opened.page.url()).search, { timeout: 60_000 })
      .toBe('?compare=model&a=gpt-4o-mini&b=gpt-4o')
    await expect.poll(cells, { timeout: 60_000 }).toEqual(['120', '120', '1.00 x'])
  })

  test('values with nothing beside them are seen: dots, wherever the axis has its labels', async () => {
    const minutesAgo = [0, 7, 12, 26, 31, 36, 43, 48]
    await write(
      path,
      minutesAgo.map((minutes) => makeCall({ timestamp: Date.now() - minutes * 60_000 })),
    )
    await using opened = await open({}, { search: '?range=1h' })
    const latency = opened.page.getByRole('region', { name: 'Latency' })
    // ECharts draws a symbol of 5 pixels as a shape of 2, two and a half times as large. Three percentiles.
    const dots = latency.locator('svg path[transform^="matrix(2.5,"]')
    await expect.poll(() => dots.count(), { timeout: 10_000 }).toBe(3 * minutesAgo.length)
  })

  test('an empty range says when something happened, and goes there; an empty ledger says that', async () => {
    await write(path, [])
    await using empty = await open()
    expect(await empty.page.locator('.empty').innerText()).toContain('The ledger is empty.')
    await write(path, [makeCall({ timestamp: Date.now() - 7_200_000 })])
    await empty.page.getByText('The last call was 2 h ago.').waitFor()
    expect(await axe(empty.page)).toEqual([])
    await empty.page.getByRole('button', { name: 'Show 24 h' }).click()
    await empty.page.locator('#tile-requests').waitFor()
  })

  test('a service that is gone leaves the last figures, marked stale; a ledger that is gone is named', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open()
    renameSync(path, `${path}.moved`)
    await opened.page.getByText('The ledger file is not there any more.').waitFor()
    expect(await opened.page.getByRole('status').innerText()).toBe('stale')
    expect(await opened.page.locator('#tile-requests strong').innerText()).toBe('240')
    renameSync(`${path}.moved`, path)
    await waitFor(async () => (await opened.page.getByRole('status').innerText()) === 'live')
    await opened.server.stop()
    await opened.page.getByText('The service does not answer.').waitFor()
    expect(await opened.page.locator('#tile-requests strong').innerText()).toBe('240')
    expect(await axe(opened.page)).toEqual([])
  })

  test('breaker, provider and stores are what the gateway says', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open({}, { health: someHealth })
    const parts = opened.page.locator('.health li')
    await parts.first().waitFor()
    expect((await parts.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      'works Provider',
      'degraded Circuit breaker open or probing (1 of 3 models)',
      'down Cache store (ConnectionError)',
      'works Ledger',
    ])
  })

  test('an address that is no gateway says so, and the figures stand', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open({}, { health: { state: 'other' } })
    await opened.page.getByText('tells no health').waitFor()
    expect(await opened.page.locator('#tile-requests strong').innerText()).toBe('240')
    expect(opened.problems).toEqual([])
  })

  test('the key is asked for in a form, never stands in a URL, and is asked for again once signed out', async () => {
    await write(path, someCalls(Date.now()))
    await using opened = await open({}, { key: 'the-key' })
    const { page: shown, urls } = opened
    expect(shown.url()).toMatch(/\/sign-in$/)
    expect(await axe(shown)).toEqual([])
    await shown.getByLabel('Dashboard key').fill('not-the-key')
    await shown.keyboard.press('Enter')
    await shown.getByText('This is not the key.').waitFor()
    await shown.getByLabel('Dashboard key').fill('the-key')
    await shown.getByRole('button', { name: 'Sign in' }).click()
    await shown.locator('#tile-requests').waitFor()
    expect(await shown.evaluate(() => document.cookie)).toBe('')
    await shown.getByRole('button', { name: 'Sign out' }).click()
    await shown.getByLabel('Dashboard key').waitFor()
    expect(urls.filter((url) => url.includes('the-key'))).toEqual([])
  })

  test('labels from callers are text, whatever is in them', async () => {
    const attack = `</script><img src=x onerror="document.title='ran'">`
    await write(path, [
      makeCall({
        model: attack,
        tenant: attack,
        endpoint: attack,
        promptVersion: attack,
        blockedBy: attack,
        outcome: 'blocked',
      }),
    ])
    await using opened = await open()
    await opened.page.locator('.calls summary').first().click()
    await opened.page.waitForTimeout(500)
    expect(await opened.page.locator('img').count()).toBe(0)
    expect(await opened.page.title()).toBe('Plumbline dashboard')
    expect(opened.problems).toEqual([])
  })

  async function open(
    options: BrowserContextOptions = {},
    {
      search = '',
      key,
      health = { state: 'none' },
    }: { search?: string; key?: string; health?: GatewayHealth } = {},
  ): Promise<Opened> {
    const app = createDashboard({
      ledgerPath: path,
      page,
      readOverview: createOverviewReader(path),
      readHealth: async () => health,
      sessions:
        key === undefined ? undefined : createSessions(createHash('sha256').update(key).digest('hex')),
    })
    const server = await startServer(app, { port: 0, host: '127.0.0.1' })
    const context = await browser.newContext(options)
    context.setDefaultTimeout(60_000)
    const opened = await context.newPage()
    const problems: string[] = []
    const urls: string[] = []
    opened.on('console', (message) => problems.push(`console: ${message.text()}`))
    opened.on('pageerror', (error) => problems.push(`page: ${error.message}`))
    opened.on('request', (request) => {
      urls.push(request.url())
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
        problems.push(`request: ${request.url()}`)
    })
    await opened.goto(server.url + search)
    if (key === undefined) await opened.locator('#tile-requests, .empty').first().waitFor()
    return {
      page: opened,
      server,
      problems,
      urls,
      overviewsAsked: () => urls.filter((url) => url.includes('/api/overview')).length,
      async [Symbol.asyncDispose]() {
        await context.close()
        await server.stop().catch(() => {})
      },
    }
  }
}

interface Opened extends AsyncDisposable {
  page: Page
  server: RunningServer
  problems: string[]
  urls: string[]
  overviewsAsked: () => number
}

const someHealth: GatewayHealth = {
  state: 'known',
  status: 'warn',
  builds: {
    scratch: {
      status: 'warn',
      parts: {
        provider: { status: 'pass' },
        breaker: { status: 'warn', reason: '1 of 3 models' },
        store: { status: 'fail', reason: 'ConnectionError' },
        ledger: { status: 'pass' },
      },
      versions: {},
      uptimeMs: 1,
      errorRate: 0.02,
      p95LatencyMs: 900,
    },
  },
}

/** What axe finds, by WCAG 2.2 A and AA and its own best practices. */
async function axe(page: Page): Promise<string[]> {
  // The page's policy lets no script in, which is as it should be: axe runs beside it.
  await page.context().newCDPSession(page)
  const source = await import('node:fs').then(({ readFileSync }) => readFileSync(axePath, 'utf8'))
  const violations = await page.evaluate(`${source}; axe.run(document).then(({ violations }) => violations)`)
  // As axe-core documents its results.
  return (violations as { id: string; nodes: { html: string; failureSummary: string }[] }[]).map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
  )
}

/** The requests shown once the page has asked for what was chosen. */
async function settled(page: Page): Promise<string> {
  await page.waitForLoadState('networkidle')
  return page.locator('#tile-requests strong').innerText()
}

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: 60_000 }).toBe(true)
}
