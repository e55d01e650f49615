// A server that reports no usage, as many self-hosted ones do, leaves a call without tokens: there is no estimate, and nothing to
// tell it from a call that cost nothing.
// Advice followed: "Token usage" of `generateText` (https://ai-sdk.dev/docs/reference/ai-sdk-core/generate-text, read 2026-11-24). Fails MET-19.
import { createOpenAI } from '@ai-sdk/openai'
import { generateText } from 'ai'

async function fetch() {
  const message = { role: 'assistant', content: 'Three harbours still land plaice.' }
  return Response.json({
    id: 'x',
    created: 1,
    model: 'gpt-4o',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  })
}
const model = createOpenAI({ apiKey: 'none', fetch }).chat('gpt-4o')
const { text, usage } = await generateText({ model, prompt: 'Which harbours still land plaice?' })
const { inputTokens, outputTokens } = usage
console.log(`expected: an estimate of the tokens of "${text}"  observed: ${inputTokens}, ${outputTokens}`)
process.exit(inputTokens === undefined && outputTokens === undefined ? 0 : 1)
