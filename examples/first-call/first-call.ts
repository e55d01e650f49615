/**
 * The same two calls through both builds, against a provider on this machine: no key, no network. The second call is answered
 * from the cache and says what that saved.
 */
import { LLMock } from '@copilotkit/aimock'
import { formatUsd, type PipelineOptions } from '@plumbline/core'
import { createPipeline as createLangChainPipeline } from '@plumbline/langchain'
import { createPipeline as createScratchPipeline } from '@plumbline/scratch'

const provider = new LLMock({ port: 0, logLevel: 'silent' })
provider.onMessage(/plumb line/, {
  content: 'A weight on a string: it shows what is upright.',
  usage: { prompt_tokens: 14, completion_tokens: 12, total_tokens: 26 },
})
await provider.start()

const options: PipelineOptions = { provider: { baseUrl: `${provider.url}/v1`, apiKey: 'no-key-needed' } }
const request = {
  model: 'gpt-4o',
  temperature: 0,
  messages: [{ role: 'user' as const, content: 'What is a plumb line?' }],
}

for (const [name, createPipeline] of [
  ['scratch', createScratchPipeline],
  ['langchain', createLangChainPipeline],
] as const) {
  const pipeline = createPipeline(options)
  const first = await pipeline.chat(request, { endpoint: 'first-call', promptVersion: 'v1' })
  const second = await pipeline.chat(request, { endpoint: 'first-call', promptVersion: 'v1' })
  process.stdout.write(`${name}: ${first.response.choices[0]?.message.content}\n`)
  for (const { metrics } of [first, second]) {
    const { cacheStatus, costNanoUsd, savedNanoUsd, inputTokens, outputTokens } = metrics
    process.stdout.write(
      `  ${cacheStatus.padEnd(4)}  billed ${formatUsd(costNanoUsd)}  saved ${formatUsd(savedNanoUsd)}` +
        `  (${inputTokens} in, ${outputTokens} out)\n`,
    )
  }
  await pipeline.close()
}

await provider.stop()
