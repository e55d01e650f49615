import { defineClause } from '../clause.ts'
import { readAll, textOf } from '../lab.ts'
import { ask } from '../requests.ts'
import { errorAnswer, provider } from '../servers/provider.ts'

const refusal = 'I cannot help with that.'

export const FLT13 = defineClause({
  id: 'FLT-13',
  sentence:
    'A refusal, a `content_filter` or a `length` finish resolves with the wire response and says so in `result.outcome`, ' +
    'refusal text included; the record is not a success. ContentFiltered is thrown only for an error response.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'metrics'],
  scenarios: [
    {
      name: 'a refusal resolves with its text, whole and streamed',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const made = pipeline({ server: await faults(provider({ refusal })) })
        const whole = await made.chat(ask('Hello'))
        const stream = made.stream(ask('Hello'))
        const chunks = await readAll(stream)
        const streamed = await stream.result
        check.equal(
          chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.refusal ?? '')).join(''),
          refusal,
          'the refusal in the chunks',
        )
        for (const { response, outcome } of [whole, streamed]) {
          check.equal(response.choices[0]?.message.refusal, refusal, 'the refusal')
          check.equal(response.choices[0]?.finish_reason, 'stop', 'the finish reason')
          check.equal(outcome, 'refusal', 'the outcome')
        }
        check.deepEqual(
          records.map(({ success, outcome }) => [success, outcome]),
          [
            [false, 'refusal'],
            [false, 'refusal'],
          ],
          'the records',
        )
      },
    },
    {
      name: 'content_filter and length finishes resolve with what there is',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        for (const finishReason of ['content_filter', 'length']) {
          const made = pipeline({ server: await faults(provider({ text: 'Only the first', finishReason })) })
          const whole = await made.chat(ask('Hello'))
          const stream = made.stream(ask('Hello'))
          check.equal(textOf(await readAll(stream)), 'Only the first', 'the streamed text')
          for (const { response, outcome } of [whole, await stream.result]) {
            check.equal(response.choices[0]?.message.content, 'Only the first', 'the text')
            check.equal(response.choices[0]?.finish_reason, finishReason, 'the finish reason')
            check.equal(outcome, finishReason, 'the outcome')
          }
        }
        check.deepEqual(
          records.map(({ success, outcome }) => [success, outcome]),
          [
            [false, 'content_filter'],
            [false, 'content_filter'],
            [false, 'length'],
            [false, 'length'],
          ],
          'the records',
        )
      },
    },
    {
      name: 'an answer without a word, cut or filtered, resolves too',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        for (const finishReason of ['content_filter', 'length']) {
          const made = pipeline({ server: await faults(provider({ finishReason })) })
          check.equal((await made.chat(ask('Hello'))).outcome, finishReason, 'the outcome')
          check.equal((await made.stream(ask('Hello')).result).outcome, finishReason, 'the streamed outcome')
        }
        check.equal(records.filter(({ success }) => success).length, 0, 'records of success')
      },
    },
    {
      name: 'an empty refusal is none, and an ordinary answer is a success',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        for (const reply of [{ text: 'Yes.', refusal: '' }, { text: 'Yes.' }]) {
          const made = pipeline({ server: await faults(provider(reply)) })
          check.equal((await made.chat(ask('Hello'))).outcome, 'success', 'the outcome')
          check.equal((await made.stream(ask('Hello')).result).outcome, 'success', 'the streamed outcome')
        }
        check.deepEqual([...new Set(records.map(({ success }) => success))], [true], 'success of the records')
      },
    },
    {
      name: 'an error response for the content is thrown, whole and streamed',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const made = pipeline({ server: await faults([errorAnswer(400, { code: 'content_filter' })]) })
        await check.rejectsWithCode(made.chat(ask('Hello')), 'CONTENT_FILTERED')
        await check.rejectsWithCode(readAll(made.stream(ask('Hello'))), 'CONTENT_FILTERED')
        check.deepEqual(
          records.map(({ outcome }) => outcome),
          ['error', 'error'],
          'the outcomes in the records',
        )
      },
    },
    {
      name: 'of two answers the one that is none decides, and both are there',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const pairs = [
          [{ choices: [{ text: 'Yes.' }, { refusal }] }, 'refusal'],
          [{ choices: [{ text: 'Cut', finishReason: 'length' }, { text: 'Yes.' }] }, 'length'],
          [{ choices: [{ text: 'Yes.' }, { text: '', finishReason: 'content_filter' }] }, 'content_filter'],
        ] as const
        for (const [{ choices }, expected] of pairs) {
          const server = await faults(provider({ choices: [...choices] }))
          const made = pipeline({ server })
          const whole = await made.chat(ask('Hello', { n: 2 }))
          const streamed = await made.stream(ask('Hello', { n: 2 })).result
          for (const { response, outcome } of [whole, streamed]) {
            check.equal(outcome, expected, 'the outcome')
            check.equal(response.choices.length, 2, 'choices')
          }
        }
        check.equal(records.filter(({ success }) => success).length, 0, 'records of success')
      },
    },
    {
      name: 'a refusal in pieces is joined, and its tokens are paid',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const sentence = 'I am sorry, but no.'
        const server = await faults((request) => {
          const answer = provider({ refusal: sentence, usage: { prompt_tokens: 7, completion_tokens: 6 } })(
            request,
          )
          if ((request.body as { stream?: boolean }).stream !== true) return answer
          // The one event with the refusal, cut in three.
          const steps = answer.steps.flatMap((step) => {
            const text = JSON.stringify(step)
            if (!text.includes(sentence)) return [step]
            const cuts = [sentence.slice(0, 4), sentence.slice(4, 11), sentence.slice(11)]
            return cuts.map((piece) => JSON.parse(text.replace(sentence, piece)) as typeof step)
          })
          return { ...answer, steps }
        })
        const made = pipeline({ server })
        const { response } = await made.stream(ask('Hello')).result
        check.equal(response.choices[0]?.message.refusal, sentence, 'the joined refusal')
        await made.chat(ask('Hello'))
        check.deepEqual(
          records.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]),
          [
            [7, 6],
            [7, 6],
          ],
          'tokens in the records',
        )
      },
    },
  ],
})
