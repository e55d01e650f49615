// An answer that was redacted has lost its token counts and its finish reason: the message is made anew without them.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/guardrails (read 2026-11-24), `applyToOutput`.
import { ChatOpenAI } from '@langchain/openai'
import { AIMessage, createAgent, piiMiddleware, type AgentMiddleware } from 'langchain'

async function fetch() {
  const message = { role: 'assistant', content: 'Write to ann@example.com' }
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
  const choices = [{ index: 0, message, finish_reason: 'length' }]
  return Response.json({ id: 'x', model: 'gpt-4o', choices, usage })
}
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', configuration: { fetch } })
const redact = piiMiddleware('email', {
  strategy: 'redact',
  applyToOutput: true,
}) as unknown as AgentMiddleware
const agent = createAgent({ model, tools: [], middleware: [redact] })
const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'Whom do I write to?' }] })
const last = messages.at(-1)
const usage: unknown = AIMessage.isInstance(last) ? last.usage_metadata : undefined
const finish: unknown = last?.response_metadata.finish_reason
console.log(`expected: 120 tokens, length  observed: ${String(usage)}, ${String(finish)} ("${last?.text}")`)
process.exit(
  last?.text === 'Write to [REDACTED_EMAIL]' && usage === undefined && finish === undefined ? 0 : 1,
)
