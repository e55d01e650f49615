// The documentation guards input and output with two middlewares of one type; `createAgent` throws on the second.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/guardrails (read 2026-11-24), "Combine multiple guardrails".
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, piiMiddleware, type AgentMiddleware } from 'langchain'

const middleware = [
  piiMiddleware('email', { strategy: 'redact', applyToInput: true }),
  piiMiddleware('email', { strategy: 'redact', applyToOutput: true }),
] as unknown as AgentMiddleware[]
let observed = 'an agent'
try {
  createAgent({ model: new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none' }), tools: [], middleware })
} catch (error) {
  observed = String(error)
}
console.log(`expected: an agent  observed: ${observed}`)
process.exit(observed === 'an agent' ? 1 : 0)
