// The program at the top of each package's README runs as it stands, and prints what the README says.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, test } from 'vitest'

const provider = new LLMock({ port: 0, logLevel: 'silent' })

beforeAll(async () => {
  provider.onMessage(/plumb line/, {
    content: 'A weight on a string.',
    usage: { prompt_tokens: 14, completion_tokens: 12, total_tokens: 26 },
  })
  await provider.start()
})
afterAll(() => provider.stop())

test.each(['core', 'scratch', 'langchain'])('%s', async (name) => {
  const readme = readFileSync(new URL(`../../packages/${name}/README.md`, import.meta.url), 'utf8')
  const [, program = '', output] = /<!-- program -->\n```ts\n(.*?)```\n\n```\n(.*?)```/s.exec(readme) ?? []
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@plumbline/source', '--input-type=module', '-e', program],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, OPENAI_API_KEY: 'no-key-needed', OPENAI_BASE_URL: `${provider.url}/v1` },
    },
  )
  expect(stdout).toBe(output)
})
