import { chatAnswer, errorAnswer, type Answer, type Exchange } from '@plumbline/conformance'
import type { FaultFacts } from '@plumbline/report'

/** One way in which a provider misbehaves: what it does to its requests, one after the other. */
export interface Fault extends FaultFacts {
  answer(request: Exchange): Answer
}

const text = 'Four words, one answer.'
const json = { 'content-type': 'application/json' }

/** Fails the first time and answers the second. */
function once(fault: Answer): Fault['answer'] {
  return (request) => (request.index === 0 ? fault : chatAnswer(request, { text }))
}

const whole = (id: string, what: string, answer: Fault['answer']): Fault => ({
  id,
  what,
  stream: false,
  answer,
})
const streamed = (id: string, what: string, answer: Fault['answer']): Fault => ({
  id,
  what,
  stream: true,
  answer,
})

/** No fault at all. */
export const good = whole('good', 'an answer', (request) => chatAnswer(request, { text }))

export const faults: readonly Fault[] = [
  whole('500', '500 every time', () => errorAnswer(500)),
  whole(
    '503-once',
    '503 with Retry-After: 1, then an answer',
    once(errorAnswer(503, {}, { 'retry-after': '1' })),
  ),
  whole(
    '429-once',
    '429 without a word on when, then an answer',
    once(errorAnswer(429, { type: 'rate_limit_error' })),
  ),
  whole(
    '429-ms',
    '429 with retry-after-ms: 40, then an answer',
    once(errorAnswer(429, { type: 'rate_limit_error' }, { 'retry-after-ms': '40' })),
  ),
  whole('429-120', '429 with Retry-After: 120', () =>
    errorAnswer(429, { type: 'rate_limit_error' }, { 'retry-after': '120' }),
  ),
  whole('quota', '429 insufficient_quota', () =>
    errorAnswer(429, { code: 'insufficient_quota', type: 'insufficient_quota' }),
  ),
  whole('no-retry', '500 with x-should-retry: false', () =>
    errorAnswer(500, {}, { 'x-should-retry': 'false' }),
  ),
  whole(
    'reset-once',
    'connection reset before an answer, then an answer',
    once({ before: [{ reset: true }], steps: [] }),
  ),
  whole('cut-json', '200 with half of a JSON body', () => ({
    headers: json,
    steps: [{ text: '{"id":"x","choices":[{"mess' }],
  })),
  whole('html', '200 with an HTML page', () => ({
    headers: { 'content-type': 'text/html' },
    steps: [{ text: '<html>Bad gateway</html>' }],
  })),
  whole('no-choices', '200 with choices: []', () => ({
    headers: json,
    steps: [{ text: '{"id":"x","object":"chat.completion","created":1,"model":"gpt-4o-mini","choices":[]}' }],
  })),
  whole('silent', 'accepts the request and says nothing', () => ({ before: [{ stall: true }], steps: [] })),
  streamed('truncated', 'stream ends without a finish reason', (request) =>
    chatAnswer(request, { text, finishReason: null }),
  ),
  streamed('stalled', 'stream stalls after its first words', (request) =>
    chatAnswer(request, { text, beforeFinish: [{ stall: true }] }),
  ),
  streamed('reset', 'connection reset in the middle of a stream', (request) =>
    chatAnswer(request, { text, beforeFinish: [{ reset: true }] }),
  ),
  streamed('error-event', 'error event in the middle of a stream', (request) =>
    chatAnswer(request, {
      text,
      beforeFinish: [{ event: { error: { message: 'Overloaded', type: 'server_error' } } }],
    }),
  ),
  streamed('bad-event', 'an event that is no JSON', (request) =>
    chatAnswer(request, { text, beforeFinish: [{ text: 'data: {"choices":[{"del\n\n' }] }),
  ),
]
