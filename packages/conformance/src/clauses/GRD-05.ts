import type { ChatMessage, ChatRequest } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { chatBody, provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

/** The word in every place of a request that holds text. */
const everywhere: ChatRequest = {
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: 'Mind XYZZY.' },
    { role: 'user', content: 'First XYZZY' },
    {
      role: 'assistant',
      content: 'Echo XYZZY',
      refusal: 'Never XYZZY',
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"q":"XYZZY"}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'Found XYZZY' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Last XYZZY' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
  ],
}

const address = 'ann.lee@example.com'

/** With the guardrails that the entrant ships, the provider does not see the address, whole or streamed. */
async function isKept({ check, faults, pipeline }: Lab, messages: ChatMessage[]): Promise<void> {
  const server = await faults(provider({ text: 'Yes.' }))
  const made = pipeline({ server, guardrails: 'as shipped' })
  await made.chat(ask('', { messages }))
  await readAll(made.stream(ask('', { messages })))
  check.equal(server.journal.length, 2, 'requests at the provider')
  for (const request of server.journal) {
    check.lacks(JSON.stringify(request.body), address, 'what was sent')
    check.equal(chatBody(request).messages.length, messages.length, 'messages that were sent')
  }
}

export const GRD05 = defineClause({
  id: 'GRD-05',
  sentence:
    'Redaction reaches every place that text hides: all messages (not the last alone), content parts, tool-call arguments, tool results, refusals, every choice.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'guardrails'],
  scenarios: [
    {
      name: 'as shipped, an address in an earlier message is found as one in the last is',
      case: 'ordinary',
      async run(lab) {
        await isKept(lab, [
          { role: 'user', content: `My address is ${address}.` },
          { role: 'assistant', content: 'I have noted it.' },
          { role: 'user', content: 'Write a letter.' },
        ])
      },
    },
    {
      name: 'as shipped, an address in a content part is found as one in a text is',
      case: 'boundary',
      async run(lab) {
        await isKept(lab, [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Write a letter.' },
              { type: 'text', text: `My address is ${address}.` },
            ],
          },
        ])
      },
    },
    {
      name: 'as shipped, an address in the answer of a tool, or in one of the assistant, is found',
      case: 'nasty',
      async run(lab) {
        const call = { id: 'c1', type: 'function', function: { name: 'look_up', arguments: '{}' } }
        await isKept(lab, [
          { role: 'user', content: 'Where do I write to?' },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'c1', content: `Found ${address}.` },
        ])
        await isKept(lab, [
          { role: 'user', content: 'Where do I write to?' },
          { role: 'assistant', content: `Write to ${address}.` },
          { role: 'user', content: 'Thank you.' },
        ])
      },
    },
    {
      name: 'the provider sees the word nowhere, and everything else as it was',
      case: 'ordinary',
      needs: ['stream-result', 'guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        await pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact', ['input']) }).chat(everywhere)
        const sent = JSON.stringify(server.journal[0]?.body)
        check.lacks(sent, 'XYZZY', 'what was sent')
        check.equal(sent.split('[TEST_WORD]').length - 1, 7, 'replacements')
        check.ok(sent.includes('data:image/png;base64,AAAA'), 'the image is sent as it was')
      },
    },
    {
      name: 'every choice of an answer is redacted, tool arguments and refusals included',
      case: 'boundary',
      needs: ['stream-result', 'guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider({
            choices: [
              { text: 'One XYZZY' },
              { refusal: 'Two XYZZY' },
              {
                toolCalls: [
                  { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":"XYZZY"}' } },
                ],
              },
            ],
          }),
        )
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact', ['output']) })
        const { response } = await made.chat(ask('Go', { n: 3 }))
        const whole = JSON.stringify(response)
        check.lacks(whole, 'XYZZY', 'the answer')
        check.equal(whole.split('[TEST_WORD]').length - 1, 3, 'replacements')

        const stream = made.stream(ask('Go', { n: 3 }))
        check.lacks(JSON.stringify(await readAll(stream)), 'XYZZY', 'the chunks')
        check.lacks(JSON.stringify((await stream.result).response), 'XYZZY', 'the joined chunks')
      },
    },
    {
      name: 'redacted tool arguments are still JSON, and the caller’s own request is left alone',
      case: 'nasty',
      needs: ['stream-result', 'guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider({
            toolCalls: [
              { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":"x\\"XYZZY\\"y"}' } },
            ],
          }),
        )
        const before = structuredClone(everywhere)
        const { response } = await pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact') }).chat(
          everywhere,
        )
        check.deepEqual(everywhere, before, 'the request of the caller')
        const parsed: unknown = JSON.parse(
          response.choices[0]?.message.tool_calls?.[0]?.function?.arguments ?? '',
        )
        check.deepEqual(parsed, { a: 'x"[TEST_WORD]"y' }, 'the arguments')
      },
    },
    {
      name: 'reasoning in details and the words of a sound are read in earlier answers, and what is encrypted is sent as it was',
      case: 'nasty',
      needs: ['stream-result', 'guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const details = [
          { type: 'reasoning.text', text: 'Text XYZZY' },
          { type: 'reasoning.summary', summary: 'Summary XYZZY' },
          { type: 'reasoning.encrypted', data: 'QUJD' },
        ]
        const audio = { id: 'audio_1', transcript: 'Spoken XYZZY', data: 'U1BPS0VO' }
        const messages: ChatMessage[] = [
          { role: 'assistant', content: 'Echo', reasoning_details: details },
          { role: 'assistant', content: null, audio },
          { role: 'assistant', content: null, audio: { id: 'audio_2' } },
          { role: 'user', content: 'Go' },
        ]
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact', ['input']) })
        await made.chat(ask('', { messages }))
        const sent = server.journal[0] && chatBody(server.journal[0]).messages
        check.deepEqual(
          sent,
          [
            {
              role: 'assistant',
              content: 'Echo',
              reasoning_details: [
                { type: 'reasoning.text', text: 'Text [TEST_WORD]' },
                { type: 'reasoning.summary', summary: 'Summary [TEST_WORD]' },
                { type: 'reasoning.encrypted', data: 'QUJD' },
              ],
            },
            { role: 'assistant', content: null, audio: { id: 'audio_1', transcript: 'Spoken [TEST_WORD]' } },
            { role: 'assistant', content: null, audio: { id: 'audio_2' } },
            { role: 'user', content: 'Go' },
          ],
          'what was sent',
        )
      },
    },
  ],
})
