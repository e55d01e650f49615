// 64 answers are there and a handful of their records: handlers run one at a time behind the calls, in one queue of the process.
// Advice followed: https://js.langchain.com/docs/how_to/chat_token_usage_tracking/, "Using callbacks", in an ordinary server:
// https://js.langchain.com/docs/how_to/callbacks_serverless/ asks to wait in serverless ones only; both read 2026-11-24.
import { setTimeout as wait } from 'node:timers/promises'

import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const message = { role: 'assistant', content: 'Fine.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
let records = 0
async function handleLLMEnd() {
  await wait(2) // As long as it takes to write a row.
  records++
}
const model = new ChatOpenAI({
  model: 'gpt-4o',
  apiKey: 'none',
  configuration: { fetch },
  callbacks: [{ handleLLMEnd }],
})
await Promise.all(Array.from({ length: 64 }, () => model.invoke('Hi')))
console.log(`expected: 64 records  observed: ${records} records`)
process.exit(records < 64 ? 0 : 1)
