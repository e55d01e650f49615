/** A Hono route on Node that reads the same JSON body and answers with the same JSON: the floor of a cache hit. Prints its address. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const answer = {
  id: 'chatcmpl-1',
  created: 1_795_435_200,
  model: 'gpt-4o-mini',
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'A short answer of some words.', refusal: null },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 24, completion_tokens: 7, total_tokens: 31 },
}

const app = new Hono()
app.post('/v1/chat/completions', async (c) => {
  const { messages } = await c.req.json<{ messages: unknown[] }>()
  return messages.length > 0 ? c.json(answer) : c.json({ error: 'There are no messages.' }, 400)
})
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
