import { execFile } from 'node:child_process'
import { accessSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { readResults } from '@plumbline/benchmarks'
import { presetNames, type Answers } from '@plumbline/decide'
import { toHtml } from '@plumbline/report'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const bin = fileURLToPath(new URL('../bin/plumbline.mjs', import.meta.url))
const browserPath = findChromium()

if (browserPath === undefined && process.env.CI !== 'true') {
  test.skip('the Decide page: skipped, there is no Chromium on PATH or in CHROMIUM_PATH', () => {})
} else {
  describe('the Decide page says what `plumbline decide --json` says', inBrowser)
}

function inBrowser(): void {
  let folder: string
  let browser: Browser
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-decide-'))
    // A real run, and the newest that holds what a quick one leaves out.
    const run = readResults().findLast(({ changeCost }) => changeCost !== undefined)
    if (run === undefined) throw new Error('No run with change-cost is recorded.')
    writeFileSync(join(folder, 'report.json'), JSON.stringify(run))
    writeFileSync(join(folder, 'report.html'), await toHtml(run))
    browser = await chromium.launch({
      ...(browserPath !== undefined && { executablePath: browserPath }),
      args: ['--no-sandbox', '--disable-gpu'],
    })
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('console', (message) => problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith('file://')) problems.push(request.url())
    })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    if (folder !== undefined) rmSync(folder, { recursive: true })
    expect(problems).toEqual([])
  })

  async function open(hash: string): Promise<void> {
    // Another fragment alone would not load the page anew.
    await page.goto('about:blank')
    await page.goto(`${pathToFileURL(join(folder, 'report.html')).href}#${hash}`)
  }
  const shown = async (id: string): Promise<unknown> =>
    JSON.parse((await page.locator(`#${id}`).textContent()) ?? '')

  /** What the command says to the answers that the page offers as a file. */
  async function commandSays(): Promise<unknown> {
    writeFileSync(join(folder, 'answers.json'), (await page.locator('#answers-json').textContent()) ?? '')
    const { stdout, stderr } = await plumbline(folder, '--answers', 'answers.json')
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  test.each(presetNames)('%s', async (name) => {
    await open('decide')
    await page.locator('#preset').selectOption(name)
    const { stdout } = await plumbline(folder, '--preset', name)
    expect(await shown('advice-json')).toEqual(JSON.parse(stdout))
    expect(await shown('advice-json')).toEqual(await commandSays())
  })

  test('sliders, constraints and opinions, by keyboard, and again from the address', async () => {
    await open('decide')
    await page.locator('#weight-control').focus()
    for (const _ of Array.from({ length: 4 })) await page.keyboard.press('ArrowRight')
    await page.locator('summary', { hasText: 'Hard constraints' }).press('Enter')
    await page.locator('#maxPackages').fill('12')
    await page.locator('#requiredClauses').fill('cac-05, SEC-01')
    await page.locator('summary', { hasText: 'Your own opinions' }).press('Enter')
    await page.locator('#add-opinion').press('Enter')
    await page.keyboard.type('we know it = well & "quickly" <b>')
    await page.locator('.opinion select').first().selectOption('langchain')
    const answers = await shown('answers-json')
    expect(answers).toEqual({
      weights: { effort: 1, capability: 1, control: 3, footprint: 1, churn: 1 },
      constraints: { maxPackages: 12, requiredClauses: ['CAC-05', 'SEC-01'] },
      opinions: [{ about: 'we know it = well & "quickly" <b>', favours: 'langchain', strength: 1 }],
    } satisfies Answers)
    const advice = await shown('advice-json')
    expect(advice).toEqual(await commandSays())
    expect(advice).toMatchObject({ verdict: 'recommend', ranking: [{ option: 'scratch' }] })
    expect(await page.locator('#advice').innerText()).toContain('at most 12 packages installed')

    await open(new URL(page.url()).hash.slice(1))
    expect(await page.locator('h2:visible').allTextContents()).toEqual(['Decide'])
    expect(await shown('answers-json')).toEqual(answers)
    expect(await shown('advice-json')).toEqual(advice)
    expect(await page.locator('#maxPackages').inputValue()).toBe('12')
    expect(await page.locator('#weight-control').inputValue()).toBe('3')
    await page.locator('.opinion button').click()
    expect(await shown('answers-json')).not.toHaveProperty('opinions')
  })

  test('every figure of the advice is on the page', async () => {
    await open('decide?control=4&footprint=3')
    const { margin, ranking, drivers, flips } = (await shown('advice-json')) as Advice
    const text = await page.locator('#advice').innerText()
    expect(text).toContain(`lead +${margin.mid.toFixed(2)}`)
    for (const { winShare, score } of ranking) {
      expect(text).toContain(`${Math.round(winShare * 100)} %`)
      expect(text).toContain(score.mid.toFixed(2))
    }
    for (const { criterion } of drivers) expect(text).toContain(criterion.what)
    for (const { family, to, turnsTo } of flips) {
      expect(text).toContain(`${family} `)
      expect(text).toContain(`${Math.round(to * 100)} % of all weights turns it to ${turnsTo}`)
    }
    expect(text).toContain('your own port in one file')
  })

  test('what is no answer is left out, and said', async () => {
    await open('decide?effort=-1&maxPackages=many')
    const warning = page.locator('#refused')
    expect(await warning.textContent()).toMatch(/effort=-1.*maxPackages=many|maxPackages=many.*effort=-1/)
    expect(await shown('answers-json')).toEqual({})
    await page
      .locator('#requiredClauses')
      .evaluate((input) => input.closest('details')?.setAttribute('open', ''))
    await page.locator('#requiredClauses').fill('nonsense')
    expect(await warning.textContent()).toContain('NONSENSE')
    for (const family of ['effort', 'capability', 'control', 'footprint', 'churn']) {
      await page.locator(`#weight-${family}`).fill('0')
    }
    expect(await warning.textContent()).toContain('all weights are 0')
  })
}

interface Advice {
  margin: { mid: number }
  ranking: { winShare: number; score: { mid: number } }[]
  drivers: { criterion: { what: string } }[]
  flips: { family: string; to: number; turnsTo: string }[]
}

function plumbline(folder: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, INIT_CWD: folder }
    const command = [bin, 'decide', '--json', '--report', 'report.json', ...args]
    execFile(process.execPath, command, { env }, (_, stdout, stderr) => resolve({ stdout, stderr }))
  })
}

function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = '' } = process.env
  const onPath = PATH.split(delimiter).flatMap((directory) =>
    ['chromium', 'chromium-browser', 'google-chrome'].map((program) => join(directory, program)),
  )
  return [...(CHROMIUM_PATH ? [CHROMIUM_PATH] : []), ...onPath].find((file) => {
    try {
      accessSync(file)
      return true
    } catch {
      return false
    }
  })
}
