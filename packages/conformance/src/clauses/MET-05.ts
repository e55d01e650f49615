import type { ChatStream } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { ask } from '../requests.ts'
import { deltaEvent, eventStream } from '../servers/provider.ts'
import type { Step } from '../servers/answer.ts'

const role = deltaEvent({ role: 'assistant', content: '', refusal: null })
const finish = deltaEvent({}, { finishReason: 'stop' })
const text = (content: string): Step => deltaEvent({ content })

/** A reader of a stream that says when it has seen so many chunks with something in them. */
interface Reader {
  /** Resolves once so many chunks of content have been read. */
  saw(count: number): Promise<void>
  readonly end: Promise<void>
}

function read(stream: ChatStream): Reader {
  const waiting: { count: number; resolve: () => void }[] = []
  let seen = 0
  async function run(): Promise<void> {
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta
      if (delta?.content || delta?.refusal || delta?.tool_calls?.length) seen++
      for (const { count, resolve } of waiting) if (seen >= count) resolve()
    }
  }
  const end = run()
  return {
    end,
    // A stream that ends, well or not, has nothing more to wait for.
    saw: (count) =>
      Promise.race([
        seen >= count ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ count, resolve })),
        end,
      ]),
  }
}

export const MET05 = defineClause({
  id: 'MET-05',
  sentence: 'A stream records time to first content chunk, and chunks per second.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'clock'],
  scenarios: [
    {
      name: 'three chunks, the first after 300 ms and the last 200 ms later, come at ten a second',
      case: 'ordinary',
      async run({ check, clock, faults, pipeline, records }) {
        const server = await faults([
          eventStream([
            role,
            { gate: 'one' },
            text('One '),
            { gate: 'two' },
            text('two '),
            { gate: 'three' },
            text('three'),
            { gate: 'end' },
            finish,
          ]),
          eventStream([role, text('At once.'), finish]),
        ])
        const made = pipeline({ server })
        const reader = read(made.stream(ask('Count')))
        for (const [index, [gate, ms]] of (
          [
            ['one', 300],
            ['two', 50],
            ['three', 150],
          ] as const
        ).entries()) {
          await server.reached(gate)
          clock.advance(ms)
          server.release(gate)
          await reader.saw(index + 1)
        }
        // What the provider takes to say that it has ended is part of neither.
        await server.reached('end')
        clock.advance(1000)
        server.release('end')
        await reader.end
        check.equal(records[0]?.timeToFirstChunkMs, 300, 'timeToFirstChunkMs')
        // Two more chunks in 200 ms.
        check.equal(records[0]?.chunksPerSecond, 10, 'chunksPerSecond')
        check.equal(records[0]?.latencyMs, 1500, 'latencyMs')

        await read(made.stream(ask('Count'))).end
        check.equal(records[1]?.timeToFirstChunkMs, 0, 'timeToFirstChunkMs of the second')
        check.equal(made.metrics.summary().averageTimeToFirstChunkMs, 150, 'average in the summary')
      },
    },
    {
      name: 'one chunk has a time and no rate, chunks of one moment neither an infinite one nor NaN',
      case: 'boundary',
      async run({ check, clock, faults, pipeline, records }) {
        const server = await faults([
          eventStream([role, { gate: 'only' }, text('Yes.'), finish]),
          eventStream([role, text('a'), text('b'), text('c'), finish]),
        ])
        const made = pipeline({ server })
        const reader = read(made.stream(ask('Yes?')))
        await server.reached('only')
        clock.advance(70)
        server.release('only')
        await reader.end
        await read(made.stream(ask('Quick'))).end
        check.deepEqual(
          records.map(({ timeToFirstChunkMs, chunksPerSecond }) => [timeToFirstChunkMs, chunksPerSecond]),
          [
            [70, undefined],
            [0, undefined],
          ],
        )
      },
    },
    {
      name: 'an answer that is not streamed, and a stream without content, have neither',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults((request) =>
          request.index === 0
            ? eventStream([role, finish])
            : {
                steps: [
                  {
                    text: JSON.stringify({
                      id: '1',
                      object: 'chat.completion',
                      created: 1,
                      model: 'gpt-4o',
                      choices: [
                        { index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' },
                      ],
                    }),
                  },
                ],
              },
        )
        const made = pipeline({ server })
        // Whether an empty answer is an error is not asked here.
        await read(made.stream(ask('Nothing'))).end.catch(() => {})
        await made.chat(ask('Whole'))
        check.equal(records.length, 2, 'records')
        for (const record of records) {
          check.equal(record.timeToFirstChunkMs, undefined, `timeToFirstChunkMs, stream: ${record.stream}`)
          check.equal(record.chunksPerSecond, undefined, `chunksPerSecond, stream: ${record.stream}`)
        }
        check.equal(made.metrics.summary().averageTimeToFirstChunkMs, 0, 'average in the summary')
      },
    },
    {
      name: 'a role, a comment, an empty piece and the usage are no content; waiting for the head counts',
      case: 'nasty',
      async run({ check, clock, faults, pipeline, records }) {
        const server = await faults([
          eventStream(
            [
              role,
              { comment: 'still here' },
              text(''),
              { gate: 'thinking' },
              text('First '),
              { gate: 'pause' },
              text(''),
              { comment: 'still here' },
              text('last'),
              { gate: 'end' },
              text(''),
              finish,
              {
                event: {
                  id: 'chatcmpl-1',
                  object: 'chat.completion.chunk',
                  created: 1,
                  model: 'gpt-4o',
                  choices: [],
                  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
                },
              },
            ],
            { before: [{ gate: 'head' }] },
          ),
        ])
        const reader = read(pipeline({ server }).stream(ask('Think')))
        for (const [gate, ms, chunks] of [
          ['head', 400, 0],
          ['thinking', 600, 1],
          ['pause', 500, 2],
          ['end', 2000, 2],
        ] as const) {
          await server.reached(gate)
          clock.advance(ms)
          server.release(gate)
          await reader.saw(chunks)
        }
        await reader.end
        check.equal(records[0]?.timeToFirstChunkMs, 1000, 'timeToFirstChunkMs')
        check.equal(records[0]?.chunksPerSecond, 2, 'chunksPerSecond')
      },
    },
    {
      name: 'a tool call and a refusal are content too',
      case: 'nasty',
      async run({ check, clock, faults, pipeline, records }) {
        const call = { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }
        const server = await faults([
          eventStream([
            role,
            { gate: 'call' },
            deltaEvent({ tool_calls: [call] }),
            { gate: 'arguments' },
            deltaEvent({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
            deltaEvent({}, { finishReason: 'tool_calls' }),
          ]),
          eventStream([role, { gate: 'refusal' }, deltaEvent({ refusal: 'No.' }), finish]),
        ])
        const made = pipeline({ server })
        const calling = read(made.stream(ask('Call')))
        for (const [index, gate] of ['call', 'arguments'].entries()) {
          await server.reached(gate)
          clock.advance(250)
          server.release(gate)
          await calling.saw(index + 1)
        }
        await calling.end
        const refusing = read(made.stream(ask('Refuse')))
        await server.reached('refusal')
        clock.advance(90)
        server.release('refusal')
        await refusing.end
        check.deepEqual(
          records.map(({ timeToFirstChunkMs, chunksPerSecond }) => [timeToFirstChunkMs, chunksPerSecond]),
          [
            [250, 4],
            [90, undefined],
          ],
        )
      },
    },
    {
      name: 'a stream that breaks off after two chunks still says how fast it was, and a clock set back changes nothing',
      case: 'nasty',
      async run({ check, clock, faults, pipeline, records }) {
        const server = await faults([
          eventStream([role, { gate: 'one' }, text('One '), { gate: 'two' }, text('two'), { gate: 'cut' }]),
        ])
        const reader = read(pipeline({ server }).stream(ask('Count')))
        // The failure is the scenario's own; who waits for the end below is told.
        reader.end.catch(() => {})
        for (const [index, gate] of ['one', 'two'].entries()) {
          await server.reached(gate)
          clock.advance(200)
          clock.setWallClock(Date.UTC(2020, 0, 1))
          server.release(gate)
          await reader.saw(index + 1)
        }
        server.release('cut')
        await check.rejectsWithCode(reader.end, 'UPSTREAM_TRUNCATED')
        check.equal(records.length, 1, 'records')
        check.equal(records[0]?.timeToFirstChunkMs, 200, 'timeToFirstChunkMs')
        check.equal(records[0]?.chunksPerSecond, 5, 'chunksPerSecond')
      },
    },
  ],
})
