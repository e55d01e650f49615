import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { changeCostOf, footprintOf } from './__fixtures__/footprint.ts'
import { fullReport, staleReport } from './__fixtures__/report.ts'
import { streamingOf } from './__fixtures__/streaming.ts'
import { toHtml } from './html/to-html.ts'
import type { Report } from './report.ts'
import { findChromium, openChromium } from './test-browser.ts'

const require = createRequire(import.meta.url)
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
const pages: Record<string, string> = {
  overview: 'Framework or from scratch?',
  decide: 'Decide',
  conformance: 'Conformance',
  'cache-impact': 'Cache impact',
  overhead: 'Overhead',
  streaming: 'Streaming',
  speed: 'Speed',
  faults: 'Faults',
  guardrails: 'Guardrails',
  metrics: 'Metrics',
  'cache-speed': 'Cache speed',
  footprint: 'Footprint',
  'change-cost': 'Change cost',
  gateway: 'Gateway',
  method: 'Method and environment',
}
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
    html = await toHtml(whole, { recorded: [staleReport()] })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    if (folder !== undefined) rmSync(folder, { recursive: true })
  })

  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 375],
  ] as const) {
    test(`every page is shown by its address and no other, without the network, and axe finds nothing serious: ${colorScheme}, ${width} px`, async () => {
      const opened = await open(html, { width, colorScheme })
      try {
        const { page } = opened
        await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'))
        expect(await page.locator('h1').allTextContents()).toEqual(['Plumbline report'])
        for (const [id, heading] of Object.entries(pages)) {
          await page.locator(`nav a[href="#${id}"]`).click()
          // By the script, once it is told of the new address.
          await page.waitForFunction((text) => document.title.startsWith(text), heading)
          expect(await page.locator('h2:visible').allTextContents()).toEqual([heading])
          expect(await page.locator('nav a[aria-current="page"]').allTextContents()).toHaveLength(1)
          expect(await page.evaluate(() => document.documentElement.scrollWidth), id).toBe(width)
          expect(await page.evaluate(headingLevels)).toEqual([])
          expect(await cutCaptions(page), id).toEqual([])
          // Everything once; of the other scheme what differs: the colours.
          const rules = colorScheme === 'dark' ? ['color-contrast'] : undefined
          expect(await seriousViolations(page, { id, rules }), id).toEqual([])
        }
        expect(await page.locator('table:not(:has(caption))').count()).toBe(0)
        expect(opened.problems).toEqual([])
      } finally {
        await opened.close()
      }
    }, 400_000)

    test(`every chart is drawn whole, no label cut: ${colorScheme}, ${width} px`, async () => {
      const opened = await open(html, { width, colorScheme })
      try {
        const { page } = opened
        expect(await page.locator('figure').evaluateAll((all) => all.map(({ id }) => id).toSorted())).toEqual(
          charts.toSorted(),
        )
        for (const id of charts) {
          await page.evaluate((to) => (location.hash = to), id)
          expect(await chartOf(page, id), id).toEqual(drawn)
          expect(await cutLabels(page, id), id).toEqual([])
          // What is drawn is also in a table of the same page, after the chart.
          expect(
            await page.locator(`#${id} ~ .scroll table, #${id} ~ details table`).count(),
          ).toBeGreaterThan(0)
        }
        expect(opened.problems).toEqual([])
      } finally {
        await opened.close()
      }
    })
  }

  test('pages need no script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    const file = join(folder, 'report.html')
    writeFileSync(file, html)
    for (const [id, heading] of [['', 'Framework or from scratch?'], ...Object.entries(pages)]) {
      await page.goto(`${pathToFileURL(file).href}#${id}`)
      expect(await page.locator('h2:visible').allTextContents()).toEqual([heading])
    }
    await page.goto(`${pathToFileURL(file).href}#decide`)
    expect(await page.locator('.verdict:visible').textContent()).toContain('lead')
    await context.close()
  })

  test('a deep link opens what it names: a clause, a failure, a trace', async () => {
    const opened = await open(html, { width: 1280, colorScheme: 'light' })
    const { page } = opened
    const inView = (id: string) =>
      page.locator(`[id="${id}"]`).evaluate((element) => {
        const { top } = element.getBoundingClientRect()
        return top >= 0 && top < innerHeight
      })
    for (const [id, heading] of [
      ['CAC-02', 'Conformance'],
      ['CAC-02-langchain-stock', 'Conformance'],
      ['program-langchain-stock-tenants-share', 'Conformance'],
      ['trace-2', 'Cache impact'],
      ['environment', 'Method and environment'],
    ] as const) {
      await page.evaluate((to) => (location.hash = to), id)
      await page.waitForFunction((text) => document.title.startsWith(text), heading)
      expect(await page.locator('h2:visible').allTextContents()).toEqual([heading])
      expect(await inView(id), id).toBe(true)
    }
    const why = page.locator('[id="CAC-02-langchain-stock"] .why')
    await page.reload()
    expect(await why.isVisible()).toBe(false)
    await page.evaluate(() => (location.hash = 'CAC-02-langchain-stock'))
    await why.waitFor()
    // From the failure to the program that shows it, which opens.
    await why.locator('a', { hasText: 'a program that shows it' }).click()
    expect(await page.locator('pre:visible').textContent()).toContain("'one <b>answer</b>'")
    await opened.close()
  })

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
    const opened = await open(html, { width: 375, colorScheme: 'light', hash: 'conformance' })
    const { page } = opened
    await page.locator('summary.fail').first().click()
    const why = page.locator('.why').first()
    expect(await why.isVisible()).toBe(true)
    expect(await why.textContent()).toContain('two tenants ask the same')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375)
    await opened.close()
  })

  test('on a phone the faults scroll in a box of their own, beside what each is', async () => {
    const opened = await open(html, { width: 375, colorScheme: 'light' })
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
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375)
    await opened.close()
  })

  test('on a wide page every column of the faults is seen, and an error opens', async () => {
    const opened = await open(html, { width: 1280, colorScheme: 'dark', hash: 'faults' })
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
      hash: 'cache-impact',
    })
    const { page } = opened
    expect(await page.title()).not.toBe('ran')
    // The evidence and the page's own.
    expect(await page.locator('script').count()).toBe(2)
    expect(await page.locator('img, [onload], [onerror]').count()).toBe(0)
    expect(await page.locator('figure svg:visible').count()).toBeGreaterThan(0)
    expect(opened.problems).toEqual([])
    await opened.close()
  })

  async function open(
    text: string,
    { width, colorScheme, hash = '' }: { width: number; colorScheme: 'light' | 'dark'; hash?: string },
  ): Promise<{ page: Page; problems: string[]; close: () => Promise<void> }> {
    const file = join(folder, 'report.html')
    writeFileSync(file, text)
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    const problems: string[] = []
    page.on('console', (message) => problems.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => problems.push(`page: ${error.message}`))
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== pathToFileURL(file).href) problems.push(`request: ${request.url()}`)
    })
    await page.goto(`${pathToFileURL(file).href}#${hash}`)
    return { page, problems, close: () => page.close() }
  }
}

const whole = {
  ...fullReport(),
  footprint: footprintOf(),
  changeCost: changeCostOf(),
  streaming: streamingOf(),
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

/** Texts of the drawing that is seen which reach out of it. */
function cutLabels(page: Page, id: string): Promise<string[]> {
  return page.locator(`#${id} svg:visible`).evaluateAll((all) =>
    all.flatMap((svg) => {
      const frame = svg.getBoundingClientRect()
      return [...svg.querySelectorAll('text')]
        .filter((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect()
          return (
            left < frame.left - 1 ||
            right > frame.right + 1 ||
            top < frame.top - 1 ||
            bottom > frame.bottom + 1
          )
        })
        .map(({ textContent }) => textContent ?? '')
    }),
  )
}

/** Captions that reach out of the box which their table scrolls in, at its start or its end. */
function cutCaptions(page: Page): Promise<string[]> {
  return page.locator('.scroll:visible:not(.entrants *)').evaluateAll((all) =>
    all.flatMap((box) => {
      const { left, right } = box.getBoundingClientRect()
      const caption = box.querySelector('caption > span')
      if (caption === null) return []
      const isCut = [0, box.scrollWidth].some((place) => {
        box.scrollLeft = place
        const seen = caption.getBoundingClientRect()
        return seen.left < left - 1 || seen.right > right + 1
      })
      box.scrollLeft = 0
      return isCut ? [caption.textContent ?? ''] : []
    }),
  )
}

/** What axe finds serious or critical in what is shown. */
async function seriousViolations(
  page: Page,
  { id, rules }: { id: string; rules: string[] | undefined },
): Promise<string[]> {
  const { violations } = await page.evaluate(
    ([shown, only]) => {
      // Defined by the script of axe.
      const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
      return axe.run(
        { include: [['header'], [`#${shown}`]] },
        { resultTypes: ['violations'], ...(only && { runOnly: only }) },
      )
    },
    [id, rules] as const,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
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
