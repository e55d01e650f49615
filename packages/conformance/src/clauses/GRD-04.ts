import {
  cardRule,
  defaultGuardrails,
  defineGuardrails,
  emailRule,
  ibanRule,
  ipRule,
  phoneRule,
  ssnRule,
  urlCredentialsRule,
  type GuardrailAction,
  type GuardrailPolicy,
} from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { lastText, provider } from '../servers/provider.ts'

interface Sample {
  type: string
  value: string
  /** What a mask shows of it. */
  masked: string
  /** What stands right before and after it. Default nothing. */
  before?: string
  after?: string
}

// Numbers of the ranges kept for fiction and documentation, and of the card networks' and banks' own examples.
const samples: readonly Sample[] = [
  { type: 'email', value: 'ann.lee+news@mail.example.org', masked: 'a***@mail.example.org' },
  { type: 'card', value: '378282246310005', masked: '****-****-****-0005' },
  { type: 'phone', value: '+1 415 555 0132', masked: '****0132' },
  { type: 'iban', value: 'GB82 WEST 1234 5698 7654 32', masked: 'GB****5432' },
  { type: 'ssn', value: '219-09-9998', masked: '***-**-9998' },
  { type: 'ip', value: '203.0.113.77', masked: '*.*.*.77' },
  { type: 'ip', value: '2001:db8::8a2e:370:7334', masked: '****:7334' },
  {
    type: 'url_credentials',
    value: 'lena:s3same',
    masked: '****',
    before: 'postgres://',
    after: '@localhost/orders',
  },
]

const hashKey = 'a key of the suite, 16 bytes and more'

function policyOf(action: GuardrailAction, key = hashKey): GuardrailPolicy {
  const rules = [emailRule(), cardRule(), phoneRule(), ibanRule(), ssnRule(), ipRule(), urlCredentialsRule()]
  return defineGuardrails({ rules: rules.map((rule) => ({ rule, action })), hashKey: key })
}

const redact = policyOf('redact')

/** With the guardrails that the entrant ships, the provider does not see this value, which stands alone or in a text. */
async function isNotSent({ check, faults, pipeline }: Lab, value: string, text = value): Promise<void> {
  const server = await faults(provider({ text: 'Noted.' }))
  const made = pipeline({ server, guardrails: 'as shipped' })
  const question = ask(`Please note ${text} for later.`)
  await made.chat(question)
  await readAll(made.stream(question))
  check.equal(server.journal.length, 2, 'requests at the provider')
  for (const request of server.journal) {
    check.lacks(JSON.stringify(request.body), value, 'what was sent')
    check.match(lastText(request), /^Please note .+ for later\.$/, 'the words round the value')
  }
}

/** With the guardrails that the entrant ships, neither the provider nor the reader sees this value. */
async function isKept({ check, faults, pipeline }: Lab, value: string): Promise<void> {
  const server = await faults(provider({ text: `It is ${value} as you said.` }))
  const made = pipeline({ server, guardrails: 'as shipped' })
  const question = ask(`Please note ${value} for later.`)
  const whole = String((await made.chat(question)).response.choices[0]?.message.content)
  const streamed = textOf(await readAll(made.stream(question)))
  check.equal(server.journal.length, 2, 'requests at the provider')
  for (const request of server.journal) {
    check.lacks(JSON.stringify(request.body), value, 'what was sent')
    check.match(lastText(request), /^Please note .+ for later\.$/, 'the words round the value')
  }
  for (const answer of [whole, streamed]) {
    check.lacks(answer, value, 'the answer')
    check.match(answer, /^It is .+ as you said\.$/, 'the words round the value in the answer')
  }
}

/** With these guardrails, this text reaches the provider and the reader. */
async function isPassed(
  { check, faults, pipeline }: Lab,
  text: string,
  guardrails: GuardrailPolicy | 'as shipped' = 'as shipped',
): Promise<void> {
  const server = await faults(provider((request) => ({ text: lastText(request) })))
  const made = pipeline({ server, guardrails })
  const { response } = await made.chat(ask(`Note ${text} for me.`))
  const sent = server.journal.map((request) => lastText(request))
  check.deepEqual(sent, [`Note ${text} for me.`], 'what was sent')
  check.equal(response.choices[0]?.message.content, `Note ${text} for me.`, 'the answer')
}

/** What each sample became: the same in the question that was sent, in the whole answer, and in one that came in single characters. */
async function replacementsBy(
  { check, faults, pipeline }: Lab,
  guardrails: GuardrailPolicy,
): Promise<(Sample & { became: string })[]> {
  return Promise.all(
    samples.map(async (sample) => {
      const { value, before = '', after = '' } = sample
      const text = `It is ${before}${value}${after} as you said.`
      const server = await faults(provider({ text, pieces: [...text] }))
      const made = pipeline({ server, guardrails })
      const { response } = await made.chat(ask(text))
      const whole = String(response.choices[0]?.message.content)
      let streamed = ''
      for await (const chunk of made.stream(ask(text))) {
        streamed += textOf([chunk])
        check.ok(whole.startsWith(streamed), `${value}: what was released is the beginning of the whole`)
      }
      check.equal(streamed, whole, 'the streamed answer')
      for (const request of server.journal) check.equal(lastText(request), whole, 'what was sent')
      check.lacks(whole, value, 'the answer')
      const start = `It is ${before}`
      const end = `${after} as you said.`
      check.ok(whole.startsWith(start) && whole.endsWith(end), `the words round ${value}`)
      return { ...sample, became: whole.slice(start.length, whole.length - end.length) }
    }),
  )
}

/** A card number of so many digits: Maestro's prefix, zeros, and the digit that Luhn asks for. */
function cardOf(length: number): string {
  const digits = `5018${'0'.repeat(length - 5)}`
  // Every second digit, from the last before the check digit on, counts double.
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

export const GRD04 = defineClause({
  id: 'GRD-04',
  sentence:
    'E-mail, card (Luhn, all lengths), phone, IBAN (mod 97), US SSN, IPv4/IPv6, URL credentials are found and, by policy per type, redacted, masked, hashed or blocked.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'guardrails'],
  scenarios: [
    {
      name: 'as shipped, an address in a question stays here, and one in an answer does not reach the reader',
      case: 'ordinary',
      async run(lab) {
        await isKept(lab, 'ann.lee+news@mail.example.org')
      },
    },
    {
      name: 'as shipped, a card number stays here, and a number that fails Luhn is sent',
      case: 'boundary',
      async run(lab) {
        await isKept(lab, '4111 1111 1111 1111')
        await isPassed(lab, '4111 1111 1111 1112')
      },
    },
    {
      name: 'as shipped, an IPv4 address in a question, and the user and password of a URL, stay here',
      case: 'ordinary',
      async run(lab) {
        await isNotSent(lab, '203.0.113.77')
        await isNotSent(lab, 'lena:s3same', 'https://lena:s3same@git.example.org/orders')
      },
    },
    {
      name: 'as shipped, an IPv6 address in a question stays here',
      case: 'boundary',
      async run(lab) {
        await isNotSent(lab, '2001:db8::8a2e:370:7334')
      },
    },
    {
      name: 'as shipped, what only looks alike is sent and read as it is',
      case: 'nasty',
      async run(lab) {
        for (const alike of ['2026-11-23 12:30:45', 'version 10.2.3', 'order 1234567890123', 'ann@example'])
          await isPassed(lab, alike)
      },
    },
    {
      name: 'by the defaults, a value of each type is replaced by its type in questions, answers and streams',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      async run(lab) {
        for (const { value, type, became } of await replacementsBy(lab, defaultGuardrails()))
          lab.check.equal(became, `[${type.toUpperCase()}]`, value)
      },
    },
    {
      name: 'masked, of a value of each type a part is shown, and the same part in questions, answers and streams',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      async run(lab) {
        for (const { value, masked, became } of await replacementsBy(lab, policyOf('mask')))
          lab.check.equal(became, masked, value)
      },
    },
    {
      name: 'hashed, a value of each type is its type and letters of its own, the same for whoever has the key',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      async run(lab) {
        const { check } = lab
        const hashed = await replacementsBy(lab, policyOf('hash'))
        for (const { value, type, became } of hashed)
          check.match(became, new RegExp(String.raw`^\[${type.toUpperCase()}#[A-Z]{16}\]$`), value)
        check.equal(new Set(hashed.map(({ became }) => became)).size, samples.length, 'different values')
        const again = await replacementsBy(lab, policyOf('hash'))
        check.deepEqual(again, hashed, 'the same values under the same key')
        const other = await replacementsBy(lab, policyOf('hash', `${hashKey}, another one`))
        for (const [index, { value, became }] of other.entries())
          check.notEqual(became, hashed[index]?.became, `${value} under another key`)
      },
    },
    {
      name: 'blocked, a value of each type stops the question and the answer, and the error names its rule and not the value',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        for (const { type, value, before = '', after = '' } of samples) {
          const text = `It is ${before}${value}${after} as you said.`
          const server = await faults(provider({ text, pieces: [...text] }))
          const made = pipeline({ server, guardrails: policyOf('block') })
          const asked = await check.rejectsWithCode(made.chat(ask(text)), 'GUARDRAIL_BLOCKED')
          check.equal(server.journal.length, 0, 'requests at the provider')
          const answered = await check.rejectsWithCode(made.chat(ask('What is it?')), 'GUARDRAIL_BLOCKED')
          let seen = ''
          const reading = (async () => {
            for await (const chunk of made.stream(ask('What is it?'))) seen += textOf([chunk])
          })()
          const streamed = await check.rejectsWithCode(reading, 'GUARDRAIL_BLOCKED', 'the stream')
          check.equal(seen, `It is ${before}`, 'what was released before the value')
          for (const { message } of [asked, answered, streamed]) {
            check.ok(message.includes(`pii.${type}`), `the message names the rule: ${message}`)
            check.lacks(message, value, 'the message')
          }
        }
      },
    },
    {
      name: 'cards of 12 to 19 digits pass Luhn or are no cards',
      case: 'boundary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: lastText(request) })))
        const made = pipeline({ server, guardrails: redact })
        // Numbers that the card schemes give out for tests, and one of each length.
        const known = ['4222222222222', '30569309025904', '378282246310005', '5555555555554444']
        for (const card of [...known, ...[12, 13, 14, 15, 16, 17, 18, 19].map(cardOf)]) {
          const wrong = card.slice(0, -1) + String((Number(card.at(-1)) + 1) % 10)
          const question = ask(`Card ${card} and no card ${wrong}`)
          const { response } = await made.chat(question)
          const content = String(response.choices[0]?.message.content)
          check.equal(content, `Card [CARD] and no card ${wrong}`, `the card of ${card.length} digits`)
          check.equal(textOf(await readAll(made.stream(question))), content, 'the stream')
        }
      },
    },
    {
      name: 'hashed, a value is the same however it is written',
      case: 'boundary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: lastText(request) })))
        const made = pipeline({ server, guardrails: policyOf('hash') })
        for (const [one, other] of [
          ['4111 1111 1111 1111', '4111-1111-1111-1111'],
          ['GB82 WEST 1234 5698 7654 32', 'gb82west12345698765432'],
          ['219-09-9998', '219 09 9998'],
          ['+1 415 555 0132', '+1 (415) 555-0132'],
          ['Ann.Lee@example.org', 'ann.lee@EXAMPLE.org'],
          ['2001:DB8::8A2E:370:7334', '2001:db8::8a2e:370:7334'],
        ]) {
          const { response } = await made.chat(ask(`One: ${one}. Other: ${other}.`))
          check.match(
            String(response.choices[0]?.message.content),
            /^One: (\[[A-Z]+#[A-Z]{16}\])\. Other: \1\.$/,
            'the same letters twice',
          )
        }
      },
    },
    {
      name: 'what only looks like a value of one of the types passes the defaults as it is',
      case: 'nasty',
      needs: ['guardrail-policy'],
      async run(lab) {
        for (const alike of [
          '2026-11-23 at 12:30:45',
          'ann@example, @example.com and logo@2x.png',
          'order 1234567890123 of 4111 1111 1111 1112',
          'GB83 WEST 1234 5698 7654 32 and XX82WEST12345698765432',
          '666-12-3456, 000-12-3456, 219-00-9998 and 219-09-99981',
          'version v10.2.3.4, 1.2.3 and 256.1.1.1',
          'std::vector and 10:15:30',
          'https://git.example.org:8080/@lena and https://lena@localhost/',
        ])
          await isPassed(lab, alike, defaultGuardrails())
      },
    },
    {
      name: 'each type follows its own policy',
      case: 'nasty',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const text = 'ann@example.com, 219-09-9998, 203.0.113.77, GB82 WEST 1234 5698 7654 32.'
        const server = await faults(provider({ text, pieces: [...text] }))
        const guardrails = defineGuardrails({
          rules: [
            { rule: emailRule(), action: 'redact' },
            { rule: ssnRule(), action: 'mask' },
            { rule: ipRule(), action: 'hash' },
            { rule: ibanRule(), action: 'report' },
            { rule: cardRule(), action: 'block' },
          ],
          hashKey,
        })
        const made = pipeline({ server, guardrails })
        const { response } = await made.chat(ask(text))
        const whole = String(response.choices[0]?.message.content)
        check.match(
          whole,
          /^\[EMAIL\], \*{3}-\*\*-9998, \[IP#[A-Z]{16}\], GB82 WEST 1234 5698 7654 32\.$/,
          'the answer',
        )
        check.equal(lastText(server.journal[0] ?? ({ body: '' } as never)), whole, 'what was sent')
        check.equal(textOf(await readAll(made.stream(ask(text)))), whole, 'the stream')
        const error = await check.rejectsWithCode(made.chat(ask('5555555555554444')), 'GUARDRAIL_BLOCKED')
        check.ok(error.message.includes('pii.card'), 'the message names the rule')
        check.lacks(error.message, '5555', 'the message')
      },
    },
  ],
})
