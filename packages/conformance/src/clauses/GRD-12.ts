import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Exchange, FaultServer } from '../servers/fault-server.ts'
import { deltaEvent, eventStream, provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'
import { unwrap, watched } from '../timing.ts'

const policy = wordPolicy('XYZZY', 'block')

/** Requires that the client is the one who ended the exchange: a provider that stalls never does. */
async function closedByClient({ check }: Lab, server: FaultServer, exchange: Exchange): Promise<void> {
  const { ended } = unwrap(await watched(server.ended(exchange)).within(2_000, 'The end of the connection'))
  check.equal(ended?.by, 'client', 'who ended the exchange')
}

export const GRD12 = defineClause({
  id: 'GRD-12',
  sentence:
    "A stream that must block ends with a typed error before the offending text leaves, and the provider's connection is closed.",
  origin: 'found defect',
  kind: 'entrant',
  needs: ['stream', 'stream-result', 'guardrail-policy', 'typed-errors'],
  scenarios: [
    {
      name: 'a word in the middle ends the stream before it, once, and the stalled provider is let go',
      case: 'ordinary',
      async run(lab) {
        const { check } = lab
        const server = await lab.faults(
          provider({ pieces: ['The word is ', 'XYZZY', ' of course '], beforeFinish: [{ stall: true }] }),
        )
        const stream = lab.pipeline({ server, guardrails: policy }).stream(ask('Which word?'))
        let seen = ''
        const reading = (async () => {
          for await (const chunk of stream) seen += textOf([chunk])
        })()
        const error = await check.rejectsWithCode(reading, 'GUARDRAIL_BLOCKED')
        check.match(error.message, /test\.xyzzy/, 'the rule')
        check.equal(seen, 'The word is ', 'what was released')
        await check.rejectsWithCode(stream.result, 'GUARDRAIL_BLOCKED', 'the result')
        await closedByClient(lab, server, await server.received(1))
        check.equal(server.journal.length, 1, 'a blocked answer is not asked for again')
      },
    },
    {
      name: 'a word that is cut in two, in tool arguments, reasoning, a spoken answer and a second choice, is never begun',
      case: 'boundary',
      async run(lab) {
        const { check } = lab
        const call = (text: string) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] })
        const head = {
          tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } }],
        }
        const detail = (text: string) => ({ reasoning_details: [{ type: 'reasoning.text', text, index: 0 }] })
        const answers = [
          [deltaEvent(detail('It is XYZ')), deltaEvent(detail('ZY. '))],
          [
            // The sound of it, before its words.
            deltaEvent({ audio: { id: 'audio_1', data: 'XYAA' } }),
            deltaEvent({ audio: { transcript: 'It is XYZ' } }),
            deltaEvent({ audio: { transcript: 'ZY. ' } }),
          ],
          [deltaEvent(head), deltaEvent(call('{"word":"XYZ')), deltaEvent(call('ZY"}'))],
          [
            deltaEvent({ content: 'One. ' }),
            deltaEvent({ content: 'It is XYZ' }, { choice: 1 }),
            deltaEvent({ content: 'ZY. ' }, { choice: 1 }),
          ],
        ]
        for (const steps of answers) {
          const server = await lab.faults([eventStream([...steps, { stall: true }])])
          const seen: unknown[] = []
          const reading = (async () => {
            const stream = lab.pipeline({ server, guardrails: policy }).stream(ask('Which word?', { n: 2 }))
            for await (const chunk of stream) seen.push(chunk)
          })()
          await check.rejectsWithCode(reading, 'GUARDRAIL_BLOCKED')
          check.lacks(JSON.stringify(seen), 'XY', 'what was released')
          await closedByClient(lab, server, await server.received(1))
        }
      },
    },
    {
      name: 'two callers of one call both fail by type, see nothing of the word, and leave nothing open or stored',
      case: 'nasty',
      needs: ['response-cache'],
      async run(lab) {
        const { check } = lab
        const server = await lab.faults(
          provider({
            pieces: ['It is ', 'XY', 'ZZY, '],
            between: [{ waitMs: 5 }],
            beforeFinish: [{ stall: true }],
          }),
        )
        const made = lab.pipeline({ server, guardrails: policy, responseCache: {} })
        const seen = ['', '']
        const readings = seen.map(async (_, index) => {
          for await (const chunk of made.stream(askCacheable('Which word?'))) seen[index] += textOf([chunk])
        })
        for (const reading of readings) await check.rejectsWithCode(reading, 'GUARDRAIL_BLOCKED')
        check.deepEqual(seen, ['It is ', 'It is '], 'what was released')
        await closedByClient(lab, server, await server.received(1))
        check.equal(server.journal.length, 1, 'requests at the provider')
        await check.rejectsWithCode(readAll(made.stream(askCacheable('Which word?'))), 'GUARDRAIL_BLOCKED')
        check.equal(server.journal.length, 2, 'nothing was kept of it')
      },
    },
  ],
})
