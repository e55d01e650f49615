import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import type { LLMCallMetrics } from '@plumbline/core'
import { openLedger } from '@plumbline/core/ledger'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const bin = fileURLToPath(new URL('../bin/plumbline.mjs', import.meta.url))
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function plumbline(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, INIT_CWD: folder }
    execFile(process.execPath, [bin, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

test('--help is everywhere', async () => {
  for (const args of [
    ['--help'],
    ['conformance', '--help'],
    ['copy', '--help'],
    ['bench', '--help'],
    ['decide', '--help'],
    ['dashboard', '--help'],
  ]) {
    const { code, stdout } = await plumbline(...args)
    expect([code, stdout.startsWith('Usage: plumbline')]).toEqual([0, true])
  }
})

test('a reader that leaves before the end, such as head, is no error', async () => {
  const child = spawn(process.execPath, [bin, '--help'])
  child.stdout.destroy()
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect([code, said]).toEqual([0, ''])
})

test.each([
  [
    ['conformance', '--entrants', 'nobody'],
    'scratch, langchain, scratch-first-day, langchain-stock, ai-sdk, openai-sdk',
  ],
  [['conformance', '--clause', 'XXX-99'], 'MET-01'],
  [['conformance', '--clause', 'CAC-20'], 'compares the two builds'],
  [['decide', '--preset', 'nothing'], 'balanced, steelman-framework'],
  [['decide', '--report', 'nothing.json'], 'plumbline bench'],
  [['decide', '--answers', 'nothing.json'], 'nothing.json: there is no such file'],
  [['copy', 'nothing', 'dir'], 'scratch, langchain'],
  [['copy', 'scratch', 'dir', '--parts', 'nothing'], 'metrics, guardrails, cache, embeddings'],
  [['copy', 'scratch'], 'copy scratch DIR'],
  [['copy', '--check', 'nowhere'], 'There is no folder'],
  [['bench', 'nothing'], 'cache-impact, faults, overhead'],
  [['bench', 'overhead', '--trace', 'any'], 'Only cache-impact replays a trace or reads pairs.'],
  [['bench', 'overhead', '--data', 'any'], 'Only guardrails reads labelled sets.'],
  [['bench', 'guardrails', '--data', '.'], 'holds no inj_*'],
  [['bench', '--latencies', 'any'], 'plumbline bench metrics'],
  [['bench', '--trace', 'none.jsonl'], 'none.jsonl: ENOENT'],
  [['bench', '--quick', '--full'], 'one of --quick and --full'],
  [['usage'], "required option '--ledger <file>'"],
  [['usage', '--ledger', 'none.ledger'], 'There is no file'],
  [['usage', '--ledger', '.'], 'cannot be read: '],
  [['usage', '--ledger', 'any', '--since', 'yesterday'], 'such as 24h or 7d, not "yesterday"'],
  [['usage', '--ledger', 'any', '--by', 'colour'], 'model, endpoint, promptVersion, tenant, hour'],
  [['usage', '--ledger', 'any', '--json', '--csv'], 'one of --json and --csv'],
  [['dashboard'], "required option '--ledger <file>'"],
  [['dashboard', '--ledger', 'none.ledger'], 'There is no file'],
  [['dashboard', '--ledger', '.'], 'cannot be read: '],
  [['dashboard', '--ledger', 'any', '--port', 'x'], 'from 0 to 65535, not x'],
  [['dashboard', '--ledger', 'any', '--host', '0.0.0.0'], 'Without --key-file it listens on loopback only'],
  [['dashboard', '--ledger', 'any', '--key-file', 'none'], 'cannot be read: ENOENT'],
  [['prices'], "missing required argument 'model'"],
  [['prices', 'gpt-4o', '--at', 'yesterday'], 'such as 2026-01-31 or 2026-01-31T16:30, not "yesterday"'],
  [['prices', 'gpt-4o', '--at', '2026-02-30'], 'not "2026-02-30"'],
  [['prices', 'gpt-4o', '--at', '2026-02-20T25:00'], 'not "2026-02-20T25:00"'],
  [['cache'], 'Usage: plumbline cache'],
  [['cache', 'stats'], "required option '--store <store>'"],
  [['cache', 'stats', '--store', 'none.db'], 'there is no such file'],
  [['cache', 'stats', '--store', '.'], 'cannot be read: '],
  [['cache', 'stats', '--store', 'http://127.0.0.1'], 'redis:// or rediss://'],
  [['cache', 'invalidate', '--store', 'any'], 'exactly one of --tenant, --model, --tag and --all'],
  [['cache', 'invalidate', '--store', 'any', '--all', '--tag', 'a'], 'exactly one of'],
  [['nothing'], 'unknown command'],
])('%j names what there is and ends with 2', async (args, known) => {
  const { code, stderr } = await plumbline(...args)
  expect(stderr).toContain(known)
  expect(stderr).not.toContain('    at ')
  expect(code).toBe(2)
})

test('files that settings of serve name are those of the caller', async () => {
  writeFileSync(join(folder, 'keys.json'), 'no JSON')
  vi.stubEnv('PLUMBLINE_KEYS_FILE', 'keys.json')
  const { code, stderr } = await plumbline('serve')
  vi.unstubAllEnvs()
  expect([code, stderr.split('\n')[0]]).toEqual([2, 'keys.json is no JSON.'])
})

test('a trace with a bad line is refused with the line and what was expected, and nothing is written', async () => {
  writeFileSync(join(folder, 'bad.jsonl'), '{"q":"Why?"}\n{"q":7}\n')
  const { code, stderr } = await plumbline('bench', 'cache-impact', '--trace', 'bad.jsonl', '--out', 'report')
  expect(stderr).toContain('bad.jsonl:2: expected "q" to be a text that is not empty, found 7')
  expect([code, existsSync(join(folder, 'report'))]).toEqual([2, false])
})

test('bench --out that is a file is refused with its path', async () => {
  const path = join(folder, 'report')
  writeFileSync(path, '')
  const { code, stderr } = await plumbline('bench', 'faults', '--out', 'report')
  expect(stderr).toContain(`--out ${path} cannot be a folder: EEXIST`)
  expect([code, stderr.includes('    at ')]).toEqual([2, false])
})

test('conformance --json holds the outcome of one clause for one entrant', async () => {
  const { code, stdout } = await plumbline(
    'conformance',
    '--entrants',
    'openai-sdk',
    '--clause',
    'STR-03',
    '--json',
  )
  const { schemaVersion, entrants } = JSON.parse(stdout)
  expect([
    schemaVersion,
    entrants[0].name,
    entrants[0].outcomes[0].id,
    entrants[0].outcomes[0].outcome,
  ]).toEqual([1, 'openai-sdk', 'STR-03', 'fail'])
  // The failure is the one that is recorded.
  expect(code).toBe(0)
})

test('a copy is unchanged until it is edited, and is not overwritten then', async () => {
  writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "module": "nodenext" } }')
  expect((await plumbline('copy', 'scratch', 'src', '--dry-run')).stdout).toContain('Would write')
  expect((await plumbline('copy', 'scratch', 'src')).code).toBe(0)
  expect((await plumbline('copy', '--check', 'src')).code).toBe(0)
  const file = join(folder, 'src/plumbline/scratch/retry.ts')
  expect(readFileSync(file, 'utf8')).toMatch(
    /^\/\/ plumbline \S+ packages\/scratch\/src\/retry\.ts sha256:\w{64} SPDX-License-Identifier: MIT\n/,
  )
  appendFileSync(file, '// mine\n')
  const refused = await plumbline('copy', 'scratch', 'src')
  expect([refused.code, refused.stderr.includes(file)]).toEqual([1, true])
  const checked = await plumbline('copy', '--check', 'src')
  expect([checked.code, checked.stdout.includes('edited here')]).toEqual([1, true])
})

test('a part is copied with what it reaches, and no more', async () => {
  const { stdout } = await plumbline('copy', 'scratch', 'src', '--parts', 'metrics', '--dry-run')
  expect(stdout).toContain('core/metrics/collector.ts')
  expect(stdout).not.toContain('core/guardrails/injection.ts')
})

test('decide says what it advises as JSON, and writes a decision record once', async () => {
  const first = await plumbline('decide', '--preset', 'balanced', '--json', '--adr', 'adr.md')
  const advice: unknown = JSON.parse(first.stdout)
  expect(advice).toMatchObject({ schemaVersion: 1, evidence: { options: ['scratch', 'langchain'] } })
  expect(readFileSync(join(folder, 'adr.md'), 'utf8')).toContain('## Decision Outcome')
  const second = await plumbline('decide', '--preset', 'balanced', '--adr', 'adr.md')
  expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('EEXIST')])
})

test('decide without a terminal asks nothing and weighs all alike', async () => {
  const { stdout } = await plumbline('decide')
  expect(stdout).toContain('effort 0.20, capability 0.20, control 0.20, footprint 0.20, churn 0.20')
})

test('usage sums up a ledger as a table, JSON and CSV, and no label becomes a formula or an escape sequence', async () => {
  const call: LLMCallMetrics = {
    id: 'a',
    operation: 'chat',
    stream: false,
    provider: 'openai',
    model: 'gpt-4o',
    tenant: 'acme',
    timestamp: Date.now(),
    latencyMs: 100,
    inputTokens: 10,
    cachedInputTokens: 0,
    outputTokens: 5,
    reasoningTokens: 0,
    usageEstimated: false,
    success: true,
    outcome: 'success',
    cacheStatus: 'miss',
    attempts: 1,
    costNanoUsd: 75_000,
    savedNanoUsd: 0,
    savedTokens: 0,
    priceSource: 'published',
    priceDate: 'test',
  }
  const ledger = openLedger({ path: join(folder, 'calls.ledger') })
  for (const tenant of ['acme', 'acme', '=1+1', '\u001B[31mred']) ledger.record({ ...call, tenant })
  ledger.record({ ...call, timestamp: Date.now() - 25 * 3_600_000 })
  await ledger.close()
  const usage = (...args: string[]) =>
    plumbline('usage', '--ledger', 'calls.ledger', '--by', 'tenant', ...args)

  const table = await usage()
  expect(table.stdout).toMatch(/^acme +2 +100\.0 % +20 +10 +\$0\.000150 +\$0\.00 +\d+ +\d+$/m)
  expect(table.stdout).toMatch(/^all +4 /m)
  expect(table.stdout).not.toContain('\u001B')
  const { schemaVersion, total, groups } = JSON.parse((await usage('--json', '--since', '2d')).stdout)
  expect([schemaVersion, total.totalCalls, total.costNanoUsd]).toEqual([1, 5, 375_000])
  expect(groups[0]).toMatchObject({ value: 'acme', totalCalls: 3, costUsd: 0.000225 })
  const csv = (await usage('--csv')).stdout.split('\r\n')
  expect(csv[0]).toMatch(/^tenant,totalCalls,/)
  expect(csv.some((line) => line.startsWith(`"'=1+1",1,`))).toBe(true)
})

test('prices prints the card in force at a moment with its source and tiers, and ends with 1 for the fallback card', async () => {
  const book = 'genai-prices 0.1.8'
  const mini = await plumbline('prices', 'openai/gpt-4o-mini-2024-07-18')
  expect(mini.stdout).toMatch(
    /^model +gpt-4o-mini\nprovider +openai\nat +\d{4}-.*Z\nsource +published, genai-prices 0\.1\.8\n/,
  )
  expect(mini.stdout).toMatch(/^any size +0\.15 +0\.075 +0\.60$/m)
  const tiered = await plumbline('prices', 'gemini-2.5-pro', '--at', '2026-01-31')
  expect(tiered.stdout).toMatch(/^up to 200,000 input tokens +1\.25 +0\.125 +10\.00$/m)
  expect(tiered.stdout).toMatch(/^over 200,000 input tokens +2\.50 +0\.25 +15\.00$/m)

  // o3 became cheaper on 10 June 2025 (openai.com/api/pricing, by the book).
  const before = await plumbline('prices', 'o3', '--at', '2025-06-01T02:00+02:00', '--json')
  expect([before.code, JSON.parse(before.stdout)]).toEqual([
    0,
    {
      schemaVersion: 1,
      model: 'o3',
      at: '2025-06-01T00:00:00.000Z',
      isKnown: true,
      card: {
        provider: 'openai',
        model: 'o3',
        source: 'published',
        date: book,
        usdPerMillionTokens: { input: 10, cachedInput: 0.5, output: 40 },
        tiers: [],
      },
    },
  ])
  const after = await plumbline('prices', 'o3', '--at', '2025-07-01', '--json')
  expect(JSON.parse(after.stdout).card.usdPerMillionTokens).toEqual({ input: 2, cachedInput: 0.5, output: 8 })

  const unknown = await plumbline('prices', 'nobody\u001B[31m')
  expect(unknown.stdout).toContain('priced by the fallback card')
  expect(unknown.stdout).toMatch(/^any size +5\.00 +5\.00 +15\.00$/m)
  expect([unknown.code, unknown.stdout.includes('\u001B')]).toEqual([1, false])
  const { code, stdout } = await plumbline('prices', 'nobody', '--json')
  expect([code, JSON.parse(stdout)]).toMatchObject([
    1,
    { isKnown: false, card: { source: 'fallback', date: 'none' } },
  ])
})
