import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, test } from 'vitest'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const provider = new LLMock({ port: 0, logLevel: 'silent' })

beforeAll(async () => {
  provider.onMessage(/plumb line/, {
    content: 'A weight on a string.',
    usage: { prompt_tokens: 14, completion_tokens: 12, total_tokens: 26 },
  })
  await provider.start()
})
afterAll(() => provider.stop())

test.each(['metrics in a LangChain app', 'metrics on an openai client'])(
  'the program of the README runs as it stands: %s',
  async (name) => {
    const [, program = ''] = new RegExp(`<!-- ${name} -->\n\`\`\`ts\n(.*?)\`\`\``, 's').exec(readme) ?? []
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@plumbline/source', '--input-type=module', '-e', program],
      {
        cwd: import.meta.dirname,
        env: { ...process.env, OPENAI_API_KEY: 'no-key-needed', OPENAI_BASE_URL: `${provider.url}/v1` },
      },
    )
    // 14 input tokens at 0.15 and 12 output tokens at 0.60 USD per million.
    expect(stdout).toBe('1 0.0000093\n')
  },
)
