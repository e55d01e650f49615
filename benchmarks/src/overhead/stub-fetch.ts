const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_795_435_200,
  model: 'gpt-4o-mini',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'A short answer of some words.', refusal: null },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 240, completion_tokens: 7, total_tokens: 247 },
})
const headers = { 'content-type': 'application/json' }

/** A `fetch` without a network: a fresh answer each time, read like any other. */
// oxlint-disable-next-line typescript/require-await -- it is a `fetch`
export const stubFetch: typeof globalThis.fetch = async () => new Response(answer, { headers })
