// An e-mail of two turns ago goes to the provider, in a history that the caller brings: of the user's messages only the last is
// looked at. (In a thread of a checkpointer each has been the last one once.)
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/guardrails (read 2026-11-24), "PII detection".
// Upstream, for Python: https://github.com/langchain-ai/langchain/issues/40704 Fails GRD-05.
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, piiMiddleware, type AgentMiddleware } from 'langchain'

let sent = ''
async function fetch(_url: unknown, request?: RequestInit) {
  sent = String(request?.body)
  const message = { role: 'assistant', content: 'Fine.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', configuration: { fetch } })
const redact = piiMiddleware('email', {
  strategy: 'redact',
  applyToInput: true,
}) as unknown as AgentMiddleware
await createAgent({ model, tools: [], middleware: [redact] }).invoke({
  messages: [
    { role: 'user', content: 'I am ann@example.com.' },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user', content: 'My other one is ann@example.org.' },
  ],
})
const observed: string[] = sent.match(/ann@example\.\w+/g) ?? []
console.log(`expected: no address is sent  observed: ${observed.join(', ') || 'no address is sent'}`)
process.exit(observed.includes('ann@example.com') ? 0 : 1)
