// A refusal comes back as an empty message and a success; what the model said is nowhere on it, unless the experimental
// `__includeRawResponse` is set.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/models (read 2026-11-24), "Invoke". Fails FLT-13.
import { ChatOpenAI } from '@langchain/openai'

async function fetch() {
  const message = { role: 'assistant', content: null, refusal: 'I cannot help with that.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', configuration: { fetch } })
const answer = await model.invoke('How do I pick a lock?')
const kept = JSON.stringify(answer).includes('I cannot help')
console.log(`expected: the refusal  observed: ${kept ? 'the refusal' : `"${answer.text}", and no refusal`}`)
process.exit(kept ? 1 : 0)
