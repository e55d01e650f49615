// A provider that asks for two minutes of rest is called again after less than two seconds.
// Advice followed: the README of openai 7.57.0, "Retries" (https://github.com/openai/openai-node, read 2026-11-24). Fails FLT-03.
import OpenAI from 'openai'

const arrivedAtMs: number[] = []
async function fetch() {
  arrivedAtMs.push(performance.now())
  const error = { message: 'Slow down.', code: 'rate_limit_exceeded' }
  return Response.json({ error }, { status: 429, headers: { 'retry-after': '120' } })
}
const client = new OpenAI({ apiKey: 'none', maxRetries: 1, fetch })
const messages = [{ role: 'user' as const, content: 'Hi' }]
await client.chat.completions.create({ model: 'gpt-4o', messages }).catch(() => {})
const [first = 0, second] = arrivedAtMs
const observed = second === undefined ? 'an error at once' : `again after ${Math.round(second - first)} ms`
console.log(`expected: an error at once, or a wait of 120 s  observed: ${observed}`)
process.exit(second !== undefined && second - first < 2000 ? 0 : 1)
