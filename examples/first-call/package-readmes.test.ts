// The programs of each package's README, and of the page on guardrails, run as they stand, and print what is written there.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, test } from 'vitest'

const provider = new LLMock({ port: 0, logLevel: 'silent' })

beforeAll(async () => {
  provider.onMessage(/pays/, { content: 'ann@example.com does, with 4111 1111 1111 1111.' })
  provider.onMessage(/plumb line/, {
    content: 'A weight on a string.',
    usage: { prompt_tokens: 14, completion_tokens: 12, total_tokens: 26 },
  })
  await provider.start()
})
afterAll(() => provider.stop())

interface Program {
  name: string
  text: string
  output: string
}

const pages = [
  'packages/core/README',
  'packages/scratch/README',
  'packages/langchain/README',
  'docs/guardrails',
]

const programs = pages.flatMap((page): Program[] => {
  const text = readFileSync(new URL(`../../${page}.md`, import.meta.url), 'utf8')
  const marked = text.split('<!-- program -->').slice(1)
  if (marked.length === 0) throw new Error(`${page}.md has no program.`)
  return marked.map((rest, index) => {
    const [, program = '', output = ''] = /^\n```ts\n(.*?)```\n\n```\n(.*?)```/s.exec(rest) ?? []
    return { name: `${page}, program ${index + 1}`, text: program, output }
  })
})

test.each(programs)('$name', async ({ text, output }) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@plumbline/source', '--input-type=module', '-e', text],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, OPENAI_API_KEY: 'no-key-needed', OPENAI_BASE_URL: `${provider.url}/v1` },
    },
  )
  expect(stdout).toBe(output)
})
