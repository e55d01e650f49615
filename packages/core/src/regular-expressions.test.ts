import { readdirSync, readFileSync } from 'node:fs'

import { check, type AttackPattern } from 'recheck'
import { expect, test, vi } from 'vitest'

const root = new URL('.', import.meta.url)

/** A literal, by what stands before it: it is a value, not a division. One in a comment does no harm. */
const LITERAL =
  /(?<=(?:^|[(,=:[!&|?{};>]|return|=>)\s*)\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/([dgimsuvy]*)(?![\w/])/gm

const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/\.test(?:-d)?\.ts$|__fixtures__/.test(path))
  .map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }))

/** Found to be quadratic by trials that count how often lookarounds are tried, where each start reads no further than its word. */
const JUDGED_BY_HAND = String.raw`(?<![\p{L}\p{M}\p{N}'’-])\p{Lu}(?=[\p{Ll}\p{M}'’]*(?![\p{L}\p{M}\p{N}]))`

interface Expression {
  path: string
  source: string
  flags: string
}

/** GRD-16 allows as much for everything that looks into a text of this length. */
const [attackLength, limitMs] = [32_000, 50]

/**
 * Whether the expression as it is takes too long, wherever it is tried in a text that recheck attacks it with. Recheck judges by
 * the clock where it cannot by the form, and so not always alike.
 */
function isSlow({ source, flags }: Expression, { pumps, suffix }: AttackPattern): boolean {
  const each = attackLength / pumps.length
  const text =
    pumps.map(({ prefix, pump }) => prefix + pump.repeat(Math.ceil(each / pump.length))).join('') + suffix
  const search = new RegExp(source, `${flags.replace(/[gy]/g, '')}g`)
  const tries = Array.from({ length: 3 }, () => {
    const before = process.threadCpuUsage()
    text.replaceAll(search, '')
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...tries) > limitMs
}

/** Which of these take longer than in proportion to the text. */
async function vulnerable(expressions: readonly Expression[]): Promise<string[]> {
  const found: string[] = []
  const waiting = expressions.filter(({ source }) => source !== JUDGED_BY_HAND)
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      // `{8,8000}` is judged as `{8,}`, which is no faster, and is judged in a thousandth of the time.
      const unbounded = next.source.replace(
        /\{(\d+),\d{2,}\}/g,
        (_all, least: string) => `{${Math.min(8, Number(least))},}`,
      )
      const judged = await check(unbounded, next.flags, { timeout: 2000, randomSeed: 1 })
      if (judged.status !== 'vulnerable' || !isSlow(next, judged.attack)) continue
      found.push(`${next.path}: /${next.source}/${next.flags}`)
    }
  }
  await Promise.all([work(), work(), work()])
  return found
}

const limit = { timeout: 300_000 }

test('no regular expression of core takes longer than in proportion to the text', limit, async () => {
  const literals = sources.flatMap(({ path, text }) =>
    [...text.matchAll(LITERAL)].map(([, source = '', flags = '']) => ({ path, source, flags })),
  )
  expect(literals.length).toBeGreaterThan(100)
  expect(await vulnerable(literals)).toEqual([])
})

test('nor does one that is made of parts', limit, async () => {
  // A file more has to be run below; of `restore.ts` the parts are its caller's own names, each escaped, side by side.
  expect(sources.flatMap(({ path, text }) => (text.includes('new RegExp(') ? [path] : [])).sort()).toEqual(
    ['assignment', 'ip', 'restore', 'secrets'].map((name) => `guardrails/${name}.ts`),
  )
  const made: Expression[] = []
  vi.stubGlobal(
    'RegExp',
    new Proxy(RegExp, {
      construct(target, [source, flags]: [string, string?]) {
        made.push({ path: 'made', source, flags: flags ?? '' })
        return new target(source, flags)
      },
    }),
  )
  try {
    vi.resetModules()
    const core = await import('./index.ts')
    for (const rule of [core.secretsRule(), core.assignmentRule(), core.ipRule()]) {
      rule.find('password = hunter22', { direction: 'input', role: 'user', part: 'content' })
    }
  } finally {
    vi.unstubAllGlobals()
  }
  // The prefixes of keys, the keywords, and the address.
  expect(made.length).toBeGreaterThanOrEqual(3)
  expect(await vulnerable(made)).toEqual([])
})

test('what grows with the square of the text is found', async () => {
  expect(await vulnerable([{ path: 'here', source: 'a+$', flags: '' }])).toEqual(['here: /a+$/'])
})
