import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { fullReport, staleReport } from './__fixtures__/report.ts'
import { toHtml } from './html/to-html.ts'
import type { Report } from './report.ts'
import { findChromium, openChromium } from './test-browser.ts'

const browserPath = findChromium()
const charts = [
  'chart-hit-rate',
  'chart-cost-1',
  'chart-cost-2',
  'chart-cost-3',
  'chart-latency-1',
  'chart-latency-2',
  'chart-latency-3',
  'chart-curve',
  'chart-overhead',
]
const attack = `<script>document.title = 'ran'</script><img src=x onerror="document.title = 'ran'">" onload="document.title='ran'`

if (browserPath === undefined && process.env.CI !== 'true') {
  test.skip('the page in a browser: skipped, there is no Chromium on PATH or in CHROMIUM_PATH', () => {})
} else {
  describe('the page in a browser', inBrowser)
}

function inBrowser(): void {
  let folder: string
  let browser: Browser
  let html: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-report-'))
    browser = await openChromium()
    html = await toHtml(fullReport(), { recorded: [staleReport()] })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    if (folder !== undefined) rmSync(folder, { recursive: true })
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 390]) {
      test(`every chart is drawn, ${colorScheme}, ${width} px wide, without a script or the network`, async () => {
        const opened = await open(html, { width, colorScheme })
        try {
          const { page } = opened
          expect(await page.locator('h1').allTextContents()).toEqual(['Plumbline report'])
          expect(await page.locator('h2').allTextContents()).toEqual([
            'Cache impact',
            'Conformance',
            'Overhead',
            'Streaming',
            'Speed',
            'Faults',
            'Guardrails',
            'Metrics',
            'Cache speed',
            'Footprint',
            'Change cost',
            'Gateway',
            'Reasons to doubt this',
            'Environment',
          ])
          expect(
            await page.locator('figure').evaluateAll((all) => all.map(({ id }) => id).toSorted()),
          ).toEqual(charts.toSorted())
          for (const id of charts) expect(await chartOf(page, id), id).toEqual(drawn)
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
          expect(await page.evaluate(headingLevels)).toEqual([])
          expect(await page.locator('table:not(:has(caption))').count()).toBe(0)
          expect(opened.problems).toEqual([])
        } finally {
          await opened.close()
        }
      })
    }
  }

  test('the two colour schemes differ, in the text and in the charts', async () => {
    const seen: string[][] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      const opened = await open(html, { width: 1280, colorScheme })
      seen.push(
        await opened.page.evaluate(() => [
          getComputedStyle(document.body).backgroundColor,
          getComputedStyle(document.body).color,
          getComputedStyle(document.querySelector('figure svg text') ?? document.body).fill,
        ]),
      )
      await opened.close()
    }
    const [light = [], dark = []] = seen
    for (const [index, color] of light.entries()) expect(dark[index]).not.toBe(color)
  })

  test('a failure opens and says why', async () => {
    const opened = await open(html, { width: 390, colorScheme: 'light' })
    const { page } = opened
    await page.locator('summary.fail').first().click()
    const why = page.locator('.why').first()
    expect(await why.isVisible()).toBe(true)
    expect(await why.textContent()).toContain('two tenants ask the same')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    await opened.close()
  })

  test('on a phone the faults scroll in a box of their own, beside what each is', async () => {
    const opened = await open(html, { width: 390, colorScheme: 'light' })
    const { page } = opened
    await page.locator('nav a[href="#faults"]').click()
    const matrix = page.locator('.faults').first()
    const fault = matrix.locator('tbody th').first()
    const before = await fault.boundingBox()
    const scrolled = await matrix.evaluate((box) => {
      box.scrollLeft = box.scrollWidth
      return box.scrollLeft
    })
    expect(scrolled).toBeGreaterThan(100)
    expect((await fault.boundingBox())?.x).toBe(before?.x)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    await opened.close()
  })

  test('on a wide page every column of the faults is seen, and an error opens', async () => {
    const opened = await open(html, { width: 1280, colorScheme: 'dark' })
    const { page } = opened
    const matrix = page.locator('.faults').first()
    const error = matrix.locator('details').first()
    expect(await error.innerText()).toBe('UpstreamError')
    await error.locator('summary').click()
    expect(await error.innerText()).toMatch(/UPSTREAM\s+caller in the stack/)
    expect(await matrix.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0)
    const cut = await page
      .locator('.faults td > *')
      .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length)
    expect(cut).toBe(0)
    await opened.close()
  })

  test('text from data does not run, wherever it comes from', async () => {
    const opened = await open(await toHtml(withEveryText(fullReport(), attack)), {
      width: 1280,
      colorScheme: 'light',
    })
    const { page } = opened
    expect(await page.title()).not.toBe('ran')
    expect(await page.locator('script, img, [onload], [onerror]').count()).toBe(0)
    expect(await page.locator('figure svg:visible').count()).toBeGreaterThan(0)
    expect(opened.problems).toEqual([])
    await opened.close()
  })

  async function open(
    text: string,
    { width, colorScheme }: { width: number; colorScheme: 'light' | 'dark' },
  ): Promise<{ page: Page; problems: string[]; close: () => Promise<void> }> {
    const file = join(folder, 'report.html')
    writeFileSync(file, text)
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    const problems: string[] = []
    page.on('console', (message) => problems.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => problems.push(`page: ${error.message}`))
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) problems.push(`request: ${request.url()}`)
    })
    await page.goto(pathToFileURL(file).href)
    return { page, problems, close: () => page.close() }
  }
}

const drawn = { visible: 1, hasSize: true, hasPaths: true, named: true, hasText: true }

/** What a reader sees of one chart: of its two drawings one is shown. */
function chartOf(page: Page, id: string): Promise<typeof drawn> {
  return page.locator(`#${id} svg`).evaluateAll((all) => {
    const visible = all.filter((svg) => svg.getBoundingClientRect().width > 0)
    const [svg] = visible
    const box = svg?.getBoundingClientRect()
    const shapes = [...(svg?.querySelectorAll('path[fill^="var"], path[stroke^="var"], circle, line') ?? [])]
    return {
      visible: visible.length,
      hasSize: (box?.width ?? 0) > 250 && (box?.height ?? 0) > 80,
      hasPaths: shapes.some((shape) => {
        const { width, height } = shape.getBoundingClientRect()
        return width + height > 0
      }),
      named: svg?.getAttribute('role') === 'img' && (svg.getAttribute('aria-label') ?? '') !== '',
      hasText: (svg?.querySelectorAll('text').length ?? 0) > 3,
    }
  })
}

/** Headings that skip a level. */
function headingLevels(): string[] {
  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  return headings
    .filter((heading, index) => {
      const before = headings[index - 1]
      return before !== undefined && Number(heading.tagName[1]) > Number(before.tagName[1]) + 1
    })
    .map((heading) => heading.textContent ?? '')
}

/** The report with `text` after every text in it that is free. */
function withEveryText(report: Report, text: string): Report {
  const fixed = new Set([
    'outcome',
    'fault',
    'retries',
    'setting',
    'temperature',
    'id',
    'startedAt',
    'endedAt',
    'sha256',
    'inputsHash',
  ])
  return JSON.parse(JSON.stringify(report), (key, value: unknown) =>
    typeof value === 'string' && !fixed.has(key) ? value + text : value,
  )
}
