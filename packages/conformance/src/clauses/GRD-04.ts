import { cardRule, defaultGuardrails, defineGuardrails, emailRule, phoneRule } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { lastText, provider } from '../servers/provider.ts'

// E-mail, card and phone, redacted or blocked: what is offered now. IBAN, SSN, addresses of the network, URL credentials, masks
// and hashes join these scenarios with their rules.
const redact = defineGuardrails({
  rules: [emailRule(), cardRule(), phoneRule()].map((rule) => ({ rule, action: 'redact' as const })),
})

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

/** With the guardrails that the entrant ships, this text reaches the provider and the reader. */
async function isPassed({ check, faults, pipeline }: Lab, text: string): Promise<void> {
  const server = await faults(provider((request) => ({ text: lastText(request) })))
  const made = pipeline({ server, guardrails: 'as shipped' })
  const { response } = await made.chat(ask(`Note ${text} for me.`))
  const sent = server.journal.map((request) => lastText(request))
  check.deepEqual(sent, [`Note ${text} for me.`], 'what was sent')
  check.equal(response.choices[0]?.message.content, `Note ${text} for me.`, 'the answer')
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
      name: 'as shipped, what only looks alike is sent and read as it is',
      case: 'nasty',
      async run(lab) {
        for (const alike of ['2026-11-23 12:30:45', 'version 10.2.3', 'order 1234567890123', 'ann@example'])
          await isPassed(lab, alike)
      },
    },
    {
      name: 'an address, a card and a phone number are replaced by their type',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: lastText(request) })))
        const text = 'Mail ann@example.com, card 4111 1111 1111 1111, phone +49 30 901820.'
        const { response } = await pipeline({ server, guardrails: redact }).chat(ask(text))
        check.equal(response.choices[0]?.message.content, 'Mail [EMAIL], card [CARD], phone [PHONE].')
      },
    },
    {
      name: 'the defaults keep every such value from the provider and from the reader, whole and streamed',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        // Numbers of the ranges kept for fiction and for the card networks' own tests.
        for (const value of ['ann.lee+news@mail.example.org', '378282246310005', '+1 415 555 0132']) {
          const server = await faults(provider({ text: `It is ${value} as you said.` }))
          const made = pipeline({ server, guardrails: defaultGuardrails() })
          const question = ask(`Please note ${value} for later.`)
          const whole = String((await made.chat(question)).response.choices[0]?.message.content)
          const sent = JSON.stringify(server.journal[0]?.body)
          check.lacks(sent, value, 'what was sent')
          check.match(sent, /Please note \[[A-Z]+\] for later\./, 'the words round the value')
          check.match(whole, /^It is \[[A-Z]+\] as you said\.$/, 'the answer')
          check.equal(textOf(await readAll(made.stream(question))), whole, 'the streamed answer')
        }
      },
    },
    {
      name: 'cards of 13 to 19 digits pass Luhn or are no cards',
      case: 'boundary',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: lastText(request) })))
        const made = pipeline({ server, guardrails: redact })
        // Test numbers of the card schemes, by length; the last digit of each decides.
        for (const card of [
          '4222222222222',
          '30569309025904',
          '378282246310005',
          '5555555555554444',
          '6304000000000000018',
        ]) {
          const wrong = card.slice(0, -1) + String((Number(card.at(-1)) + 1) % 10)
          const { response } = await made.chat(ask(`Card ${card} and no card ${wrong}`))
          const content = String(response.choices[0]?.message.content)
          check.lacks(content, card, 'the answer')
          check.ok(content.startsWith('Card [CARD] and no card '), `the card of ${card.length} digits`)
          check.ok(content.endsWith(wrong), `the wrong number of ${card.length} digits`)
        }
      },
    },
    {
      name: 'what only looks alike passes, and each type follows its own policy',
      case: 'nasty',
      needs: ['guardrail-policy'],
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: lastText(request) })))
        const alike =
          'On 2026-11-23 at 12:30:45, version 10.2.3.4, order 1234567890123, ann@example, @example.com'
        const passed = await pipeline({ server, guardrails: redact }).chat(ask(alike))
        check.equal(passed.response.choices[0]?.message.content, alike)
        const mixed = defineGuardrails({
          rules: [
            { rule: emailRule(), action: 'redact' },
            { rule: cardRule(), action: 'block' },
          ],
        })
        const made = pipeline({ server, guardrails: mixed })
        const redacted = await made.chat(ask('ann@example.com'))
        check.equal(redacted.response.choices[0]?.message.content, '[EMAIL]')
        const error = await check.rejectsWithCode(made.chat(ask('5555555555554444')), 'GUARDRAIL_BLOCKED')
        check.ok(error.message.includes('pii.card'), 'the message names the rule')
        check.lacks(error.message, '5555', 'the message')
      },
    },
  ],
})
