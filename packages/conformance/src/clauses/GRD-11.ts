import {
  cardRule,
  defineGuardrails,
  emailRule,
  holdBound,
  phoneRule,
  secretsRule,
  type GuardrailPolicy,
} from '@plumbline/core'
import fc from 'fast-check'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { chatBody, lastText, provider } from '../servers/provider.ts'
import { testPolicy, wordPolicy, wordRule } from '../test-policy.ts'

const redactAll = defineGuardrails({
  rules: [emailRule(), cardRule(), phoneRule(), secretsRule()].map((rule) => ({
    rule,
    action: 'redact' as const,
  })),
})

/** The same, masked and hashed by turns. */
const showsParts = defineGuardrails({
  rules: redactAll.rules.map(({ rule }, index) => ({ rule, action: index % 2 === 0 ? 'mask' : 'hash' })),
  hashKey: 'a key of the suite, 16 bytes and more',
})

/** Values that every one of those rules replaces; a stream must never have let one out. */
const values = ['ann.lee@example.com', '4111 1111 1111 1111', 'sk-proj-abcdEFGH1234ijklMNOP5678qrstUVWX']
const prose = [
  'Write to ',
  ' or call me.',
  ' It costs 12.50',
  '\n',
  ' – später, ',
  '👍🏽 ',
  'a.b@',
  '4111 ',
  'sk-',
]

/** With the guardrails that the entrant ships, no part of the stream ever holds the address, and the words round it come. */
async function isNotShown({ check, faults, pipeline }: Lab, pieces: string[]): Promise<void> {
  const server = await faults(provider({ pieces }))
  let seen = ''
  for await (const chunk of pipeline({ server, guardrails: 'as shipped' }).stream(ask('Who?'))) {
    seen += textOf([chunk])
    check.lacks(seen, 'ann.lee@example.com', 'what has been released')
  }
  check.match(seen, /^Write to ./, 'the words before it')
  if (pieces.join('').endsWith(' today.')) check.match(seen, / today\.$/, 'the words after it')
}

export const GRD11 = defineClause({
  id: 'GRD-11',
  sentence:
    "A streamed answer obeys the same output guardrails: for any chunking the concatenated output (before restoration) equals the guarded whole (P), and no released prefix ever contained a value that is later redacted (P). Every rule declares its longest reach, used for whole answers too; whole-answer checks (schema, emptiness, minimum length) run at the end and raise the typed error after release, unless `hold: 'all'`.",
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'guardrails'],
  scenarios: [
    {
      name: 'as shipped, an address that is cut in two is not shown',
      case: 'ordinary',
      async run(lab) {
        await isNotShown(lab, ['Write to ann.l', 'ee@exam', 'ple.com today.'])
      },
    },
    {
      name: 'as shipped, an address that comes whole, or last, is not shown',
      case: 'boundary',
      async run(lab) {
        await isNotShown(lab, ['Write to ', 'ann.lee@example.com', ' today.'])
        await isNotShown(lab, ['Write to ', 'ann.lee@example.com'])
      },
    },
    {
      name: 'as shipped, an address that comes character by character is not shown, as the second of two neither',
      case: 'nasty',
      async run(lab) {
        await isNotShown(lab, [...'Write to ann.lee@example.com today.'])
        await isNotShown(lab, [...'Write to bob@example.com or to ann.lee@example.com today.'])
      },
    },
    {
      name: 'an address that is cut in two leaves redacted, and the words before it leave at once',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider({ pieces: ['Write to ann.l', 'ee@exam', 'ple.com today.'], between: [{ gate: 'next' }] }),
        )
        let seen = ''
        for await (const chunk of pipeline({ server, guardrails: redactAll }).stream(ask('Who?'))) {
          seen += textOf([chunk])
          // Only what came out makes the provider go on: a gate that held everything would never end.
          if (seen.startsWith('Write to ')) server.release('next')
          check.lacks(seen, 'ann', 'what has been released')
        }
        check.equal(seen, 'Write to [EMAIL] today.')
      },
    },
    {
      name: 'a value at the very end, and one that never becomes one, are told apart by the end of the stream',
      case: 'boundary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const answers = ['Mail ann.lee@example.com', 'Mail ann.lee@']
        const server = await faults(
          provider((request) => ({ text: answers[Number(lastText(request))] ?? '' })),
        )
        const made = pipeline({ server, guardrails: redactAll })
        check.equal(textOf(await readAll(made.stream(ask('0')))), 'Mail [EMAIL]')
        check.equal(textOf(await readAll(made.stream(ask('1')))), 'Mail ann.lee@')
      },
    },
    {
      name: 'of a beginning that never ends no more is held back than the policy says',
      case: 'boundary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const bound = holdBound(redactAll)
        for (const beginning of ['a.', '1 ', 'sk-', '-----BEGIN PRIVATE KEY-----\nA']) {
          const endless = beginning.repeat(Math.ceil((bound + 1) / beginning.length))
          const server = await faults(provider({ pieces: [endless, ' Done.'], between: [{ gate: 'next' }] }))
          let seen = ''
          for await (const chunk of pipeline({ server, guardrails: redactAll }).stream(ask('Who?'))) {
            seen += textOf([chunk])
            // The provider goes on when something has come out: if all were held, it never would.
            if (seen !== '') server.release('next')
          }
          check.match(seen, / Done\.$/, 'the end of the answer')
        }
      },
    },
    {
      name: 'property: however the answer is cut, the stream is the guarded whole and never held a redacted value',
      case: 'nasty',
      needs: ['guardrail-policy'],
      limitMs: 60_000,
      run: (lab) => isTheWhole(lab, redactAll),
    },
    {
      name: 'property: so it is where values are masked and hashed',
      case: 'nasty',
      needs: ['guardrail-policy'],
      limitMs: 60_000,
      run: (lab) => isTheWhole(lab, showsParts),
    },
    {
      name: 'a mask shows no part of a value that another rule replaces, though that one ends later',
      case: 'nasty',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const guardrails = testPolicy([
          { rule: wordRule('ABRACADABRA'), action: 'mask' },
          { rule: wordRule('ABRAXAS'), action: 'redact' },
        ])
        for (const [said, expected] of [
          ['It is ABRACADABRA.', 'It is ****ABRA.'],
          ['It is ABRACADABRAXAS.', 'It is [TEST_WORD].'],
          ['It is ABRACADABRAXA.', 'It is ****ABRAXA.'],
        ] as const) {
          const server = await faults(provider({ text: said, pieces: [...said] }))
          const made = pipeline({ server, guardrails })
          const { response } = await made.chat(ask('What?'))
          check.equal(response.choices[0]?.message.content, expected, 'the answer')
          check.equal(textOf(await readAll(made.stream(ask('What?')))), expected, 'the stream')
        }
      },
    },
    {
      name: 'a word that blocks, cut into single characters, never leaves',
      case: 'nasty',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ pieces: [...'It is XYZZY, of course'] }))
        let seen = ''
        const reading = (async () => {
          const stream = pipeline({ server, guardrails: wordPolicy('XYZZY', 'block') }).stream(ask('What?'))
          for await (const chunk of stream) seen += textOf([chunk])
        })()
        await check.rejectsWithCode(reading, 'GUARDRAIL_BLOCKED')
        check.equal(seen, 'It is ', 'what was released before the word')
      },
    },
  ],
})

/** The text in pieces, cut at these positions; positions beyond its end and doubles cut nothing. */
function cut(text: string, positions: readonly number[]): string[] {
  const inside = [...new Set(positions)]
    .filter((position) => position > 0 && position < text.length)
    .sort((a, b) => a - b)
  // JSON carries no half of a surrogate pair, so a provider cannot cut there either.
  const allowed = inside.filter((position) => (text.charCodeAt(position) & 0xfc00) !== 0xdc00)
  return [0, ...allowed].map((start, index) => text.slice(start, allowed[index]))
}

/** For any cut of an answer, the stream says what the whole says, and no prefix of it holds a value that the whole does not. */
async function isTheWhole({ check, faults, pipeline }: Lab, guardrails: GuardrailPolicy): Promise<void> {
  let pieces: string[] = []
  const server = await faults(
    provider((request) => (chatBody(request).stream === true ? { pieces } : { text: pieces.join('') })),
  )
  const made = pipeline({ server, guardrails })
  const fragments = fc.array(fc.constantFrom(...values, ...prose), { minLength: 1, maxLength: 8 })
  const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fragments, cuts, async (parts, positions) => {
      const text = parts.join('')
      pieces = cut(text, positions)
      const { response } = await made.chat(ask('Go'))
      const whole = String(response.choices[0]?.message.content)
      let seen = ''
      for await (const chunk of made.stream(ask('Go'))) {
        seen += textOf([chunk])
        const leaked = values.find((value) => !whole.includes(value) && seen.includes(value))
        if (leaked !== undefined) throw new Error(`A prefix held ${leaked}, which the whole answer does not.`)
      }
      if (seen !== whole) throw new Error(`Streamed ${JSON.stringify(seen)}, whole ${JSON.stringify(whole)}.`)
    }),
    { seed: 20_261_123, numRuns: 150, includeErrorInReport: true },
  )
  check.ok(server.journal.length >= 300, 'each answer was asked for both ways')
}
