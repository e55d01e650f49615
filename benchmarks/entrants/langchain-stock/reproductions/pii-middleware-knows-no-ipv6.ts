// The middleware for IP addresses sends every IPv6 address on.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/guardrails (read 2026-11-24), "PII detection"; what langchain
// 1.5.14 itself says of `piiMiddleware` is "`ip`: IP addresses (validated)".
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, piiMiddleware, type AgentMiddleware } from 'langchain'

const sent: string[] = []
async function fetch(_: unknown, init?: RequestInit) {
  sent.push(String(init?.body))
  const message = { role: 'assistant', content: 'Noted.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', configuration: { fetch } })
const redact = piiMiddleware('ip', { strategy: 'redact' })
const agent = createAgent({ model, tools: [], middleware: [redact as unknown as AgentMiddleware] })
const addresses = ['203.0.113.77', '2001:db8::8a2e:370:7334']
for (const content of addresses) await agent.invoke({ messages: [{ role: 'user', content }] })
const seen = addresses.map((address, index) => sent[index]?.includes(address))
console.log(`expected: neither address is sent  observed: IPv4 sent ${seen[0]}, IPv6 sent ${seen[1]}`)
process.exit(seen[0] === false && seen[1] === true ? 0 : 1)
