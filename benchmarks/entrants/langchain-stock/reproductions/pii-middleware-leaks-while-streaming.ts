// The middleware that is to block e-mails in the output lets them out token by token, and throws when all of it is out.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/guardrails ("PII detection", `applyToOutput`) and
// https://docs.langchain.com/oss/javascript/langchain/streaming (`streamMode: 'messages'`); both read 2026-11-24.
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, piiMiddleware, type AgentMiddleware } from 'langchain'

async function fetch() {
  const choices = [
    { index: 0, delta: { role: 'assistant', content: 'Write to ann@example.com' }, finish_reason: 'stop' },
  ]
  const event = JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'gpt-4o', choices })
  return new Response(`data: ${event}\n\ndata: [DONE]\n\n`)
}
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', configuration: { fetch } })
const block = piiMiddleware('email', { strategy: 'block', applyToOutput: true }) as unknown as AgentMiddleware
const agent = createAgent({ model, tools: [], middleware: [block] })
const messages = [{ role: 'user', content: 'Whom do I write to?' }]
let released = ''
const failed = await (async () => {
  for await (const [token] of await agent.stream({ messages }, { streamMode: 'messages' }))
    released += token.text
})().catch((error: Error) => error.name)
console.log(`expected: nothing is released  observed: "${released}", then ${failed}`)
process.exit(released.includes('ann@example.com') ? 0 : 1)
