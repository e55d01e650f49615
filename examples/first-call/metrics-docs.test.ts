import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, test } from 'vitest'

const docs = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
const provider = new LLMock({ port: 0, logLevel: 'silent' })
const folder = mkdtempSync(join(tmpdir(), 'plumbline-docs-'))
const run = promisify(execFile)

beforeAll(async () => {
  provider.onMessage(/plumb line/, {
    content: 'A weight on a string.',
    usage: { prompt_tokens: 14, completion_tokens: 12, total_tokens: 26 },
  })
  await provider.start()
})
afterAll(async () => {
  await provider.stop()
  rmSync(folder, { recursive: true })
})

/** The program of docs/metrics.md that has this in it. */
function programWith(text: string): string {
  const programs = [...docs.matchAll(/```ts\n(.*?)```/gs)].map(([, program = '']) => program)
  const found = programs.find((program) => program.includes(text))
  return found ?? expect.fail(`docs/metrics.md has no program with ${text}.`)
}

/** Runs a program as a module: what the docs leave out before it, and what shows its effect after it. */
async function runModule(program: string): Promise<string> {
  const before = `const provider = { baseUrl: '${provider.url}/v1', apiKey: 'no-key-needed' }\n`
  const { stdout } = await run(
    process.execPath,
    ['--conditions=@plumbline/source', '--input-type=module', '-e', before + program],
    { cwd: import.meta.dirname },
  )
  return stdout
}

const call = `await pipeline.chat({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'What is a plumb line?' }] }, { tenant: 'acme' })\n`

test('the exporters of docs/metrics.md count a call', async () => {
  const stdout = await runModule(
    `${programWith('createPrometheusExporter(')}${call}console.log(await prometheus.text())`,
  )
  // 14 input tokens at 0.15 and 12 output tokens at 0.60 USD per million.
  expect(stdout).toMatch(/^llm_cost_usd_total\{.*tenant="acme"\} 0\.0000093$/m)
})

test('the ledger of docs/metrics.md keeps a call, and its command sums it up', async () => {
  const file = join(folder, 'calls.ledger')
  const program = programWith('openLedger(').replaceAll("'calls.ledger'", JSON.stringify(file))
  const close = 'await pipeline.close()'
  expect(program).toContain(close)
  await runModule(
    `import { createPipeline } from '@plumbline/scratch'\n${program.replace(close, `${call}${close}`)}`,
  )
  const [, command = ''] = /^npm run plumbline -- (usage .*?) +#/m.exec(docs) ?? []
  const plumbline = join(import.meta.dirname, '../../apps/cli/bin/plumbline.mjs')
  const { stdout } = await run(process.execPath, [plumbline, ...command.split(' ')], {
    cwd: folder,
    env: { ...process.env, INIT_CWD: folder },
  })
  expect(stdout).toMatch(/^acme +1 +100\.0 % +14 +12 +\$0\.000009 /m)
})
