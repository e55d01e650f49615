// The rule of the documentation's own example, `detector: /sk-[a-zA-Z0-9]{32}/`, loops until the memory is full on a text with a
// key in it: without the flag `g`, `exec` starts from the beginning each time.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/guardrails (read 2026-11-24), "PII detection".
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { ChatOpenAI } from '@langchain/openai'
import { createAgent, piiMiddleware, type AgentMiddleware } from 'langchain'

if (process.argv[2] === 'ask') {
  const rule = { detector: /sk-[a-zA-Z0-9]{32}/, strategy: 'block', applyToInput: true } as const
  const middleware = [piiMiddleware('api_key', rule) as unknown as AgentMiddleware]
  const agent = createAgent({ model: new ChatOpenAI({ apiKey: 'none' }), tools: [], middleware })
  const messages = [{ role: 'user', content: `My key is sk-${'a'.repeat(32)}.` }]
  const error: unknown = await agent.invoke({ messages }).catch((thrown) => thrown)
  console.log(error instanceof Error ? error.name : 'no error')
  process.exit(0)
}
const self = [...process.execArgv, '--max-old-space-size=64', fileURLToPath(import.meta.url), 'ask']
const { stdout, status, signal } = spawnSync(process.execPath, self, { timeout: 10_000, encoding: 'utf8' })
const observed = status === 0 ? stdout.trim() : `no end (${signal ?? `exit code ${status}`})`
console.log(`expected: PIIDetectionError  observed: ${observed}`)
process.exit(observed.startsWith('no end') ? 0 : 1)
