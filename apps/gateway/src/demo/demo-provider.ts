import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { setTimeout as wait } from 'node:timers/promises'

import type { ChatRequest } from '@plumbline/core'

import { listen } from '../listen.ts'
import { seededRandom } from './seeded-random.ts'

/** How a model answers; invented, and roughly what people see of such models. */
interface ModelledTimes {
  firstTokenMs: number
  tokensPerSecond: number
}

/** The models of the demonstration. Their prices are real, their times are not. */
export const demoModels: Record<string, ModelledTimes> = {
  'gpt-4o-mini': { firstTokenMs: 180, tokensPerSecond: 160 },
  'gpt-4o': { firstTokenMs: 320, tokensPerSecond: 110 },
  'gpt-4.1-mini': { firstTokenMs: 240, tokensPerSecond: 130 },
}

/** Shares of requests that fail: for good, and so that another attempt may do. */
const brokenShare = 0.02
const failedShare = 0.03
const limitedShare = 0.02

const words =
  'a plumb line is a weight on a string that shows what is upright and what only seems to be'.split(' ')

/** Starts a provider that has no model: it answers with words of a fixed text, after modelled times. Listens on loopback, any port. */
export async function startDemoProvider(seed = 1): Promise<{ baseUrl: string; stop(): Promise<void> }> {
  const random = seededRandom(seed)
  const app = new Hono()
  app.get('/v1/models', (c) =>
    c.json({ object: 'list', data: Object.keys(demoModels).map((id) => ({ id, object: 'model' })) }),
  )
  app.post('/v1/chat/completions', async (c) => {
    const request = await c.req.json<ChatRequest>()
    const { firstTokenMs, tokensPerSecond } = demoModels[request.model] ?? {
      firstTokenMs: 300,
      tokensPerSecond: 100,
    }
    const slowness = Math.exp(0.35 * (random() + random() + random() - 1.5) * 2)
    const tokens = 12 + Math.floor(random() * 90)
    const luck = random()
    await wait(firstTokenMs * slowness)
    if (luck < brokenShare + failedShare) {
      if (luck < brokenShare) c.header('x-should-retry', 'false')
      return c.json(
        { error: { message: 'The demo provider fails now and then.', type: 'server_error' } },
        500,
      )
    }
    if (luck < brokenShare + failedShare + limitedShare) {
      c.header('retry-after-ms', '200')
      return c.json(
        { error: { message: 'The demo provider is busy at times.', type: 'rate_limit_error' } },
        429,
      )
    }
    const text = Array.from({ length: tokens }, (_, index) => words[index % words.length])
    const head = {
      id: `demo-${Math.floor(random() * 1e9)}`,
      created: Math.floor(Date.now() / 1000),
      model: request.model,
    }
    const usage = usageOf(request, tokens)
    const betweenMs = (1000 / tokensPerSecond) * slowness
    if (request.stream !== true) {
      await wait(tokens * betweenMs)
      const message = { role: 'assistant', content: text.join(' '), refusal: null }
      return c.json({
        ...head,
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage,
      })
    }
    c.header('content-type', 'text/event-stream')
    return stream(c, async (out) => {
      const send = (choices: object[], more: object = {}): Promise<unknown> =>
        out.write(
          `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
        )
      // Several tokens a chunk: a demonstration shall leave the machine to others.
      for (let at = 0; at < tokens && !out.aborted; at += 8) {
        const content = `${text.slice(at, at + 8).join(' ')} `
        await send([{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }])
        await wait(8 * betweenMs)
      }
      await send([{ index: 0, delta: {}, finish_reason: 'stop' }])
      await send([], { usage })
      await out.write('data: [DONE]\n\n')
    })
  })
  const server = await listen(app, { port: 0, host: '127.0.0.1' })
  return { baseUrl: `${server.url}/v1`, stop: () => server.close() }
}

/** Four characters a token, plus a system prompt that each product would have. */
function usageOf({ messages }: ChatRequest, outputTokens: number): object {
  const prompt = 400 + Math.ceil(JSON.stringify(messages).length / 4)
  return { prompt_tokens: prompt, completion_tokens: outputTokens, total_tokens: prompt + outputTokens }
}
