import type { ChatChunk, ChatRequest, ChatResponse } from '@plumbline/core'

import { createBuild } from './create-build.ts'
import type { BuildName } from './gateway-options.ts'

/** The first took 268 ms of CPU, whole and streamed, the second 11, those after the third about 6 (2026-11-30, load 10). */
const calls = 3
const model = 'gpt-4o-mini'

/**
 * Makes calls that reach nobody through a pipeline of its own, so that the first callers do not wait for what is loaded and compiled on
 * first use: price tables, guardrails, the SDK. Without it the event loop stood still for 200 ms in the first second under load, and
 * those who were to be turned away at once waited for it.
 */
export async function warmUp(build: BuildName): Promise<void> {
  const pipeline = await createBuild(build, {
    provider: { baseUrl: 'http://warm-up.invalid/v1', apiKey: 'none', fetch: answer },
  })
  for (let number = 0; number < calls; number++) {
    const request: ChatRequest = {
      model,
      temperature: 0,
      messages: [{ role: 'user', content: `When does parcel ${number} arrive?` }],
    }
    await pipeline.chat(request)
    for await (const _ of pipeline.stream({ ...request, seed: number }));
  }
  await pipeline.close()
}

const text = 'On Tuesday, says the depot.'
const common = { id: 'chatcmpl-warm-up', created: 0, model }
const usage = { prompt_tokens: 10, completion_tokens: 6, total_tokens: 16 }

/** A provider without a network. */
async function answer(_input: unknown, init?: RequestInit): Promise<Response> {
  // The SDK of either build sends text.
  const { stream } = JSON.parse(init?.body as string) as ChatRequest
  if (stream !== true) {
    const response: ChatResponse = {
      ...common,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage,
    }
    return Response.json(response)
  }
  const chunks: ChatChunk[] = text.split(/(?<= )/).map((content) => ({
    ...common,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  }))
  chunks.push({
    ...common,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  })
  chunks.push({ ...common, object: 'chat.completion.chunk', choices: [], usage })
  const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
  return new Response(`${events}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } })
}
