// Two attempts were paid or waited for, and a handler hears of one call: no event says that there was another attempt.
// `onFailedAttempt` of the model is told, for all of its calls together, and has to decide in the default's place what is retried.
// Advice followed: https://docs.langchain.com/oss/javascript/langchain/models (`maxRetries`) and
// https://js.langchain.com/docs/how_to/custom_callbacks/ (handlers); both read 2026-11-24. Fails MET-01.
import { ChatOpenAI } from '@langchain/openai'

let requests = 0
async function fetch() {
  if (++requests === 1) return Response.json({ error: { message: 'busy' } }, { status: 503 })
  const message = { role: 'assistant', content: 'Fine.' }
  return Response.json({ id: 'x', model: 'gpt-4o', choices: [{ index: 0, message, finish_reason: 'stop' }] })
}
const events: string[] = []
const model = new ChatOpenAI({ model: 'gpt-4o', maxRetries: 2, apiKey: 'none', configuration: { fetch } })
const answer = await model.invoke('Hi', {
  callbacks: [
    {
      awaitHandlers: true,
      handleChatModelStart: () => void events.push('start'),
      handleLLMError: () => void events.push('error'),
      handleLLMEnd: (output) =>
        void events.push(`end ${JSON.stringify(output).match(/attempts?\W+\d/)?.[0] ?? ''}`),
    },
  ],
})
console.log(`expected: a sign of ${requests} attempts  observed: ${events.join(', ')} (${answer.text})`)
process.exit(requests === 2 && events.join() === 'start,end ' ? 0 : 1)
