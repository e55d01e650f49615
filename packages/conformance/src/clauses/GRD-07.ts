import { assignmentRule, defaultGuardrails, defineGuardrails, secretsRule } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf } from '../lab.ts'
import { ask } from '../requests.ts'
import { lastText, provider } from '../servers/provider.ts'

// Made up for this test, in the shapes that the vendors document. In two halves, so that no scanner takes them for leaked ones.
const secrets = [
  `sk-proj-${'abcdEFGH1234ijklMNOP5678qrstUVWX'}`,
  `ghp_${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'}`,
  `AKIA${'IOSFODNN7EXAMPLQ'}`,
]
const privateKey = [
  '-----BEGIN PRIVATE KEY-----',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(4),
  '-----END PRIVATE KEY-----',
].join('\n')

const random = `Zq7${'Lm2Xv9Kd4Rt8'}Bn3W`
/** Names that somebody gives a secret, as they stand before it in code, JSON, shells and YAML. */
const assignments = [
  `api_key = "${random}"`,
  `{"clientSecret": "${random}"}`,
  `DB_PASSWORD=${random}`,
  `auth-token: ${random}`,
]

const policy = defineGuardrails({
  rules: [secretsRule(), assignmentRule()].map((rule) => ({ rule, action: 'redact' })),
})

export const GRD07 = defineClause({
  id: 'GRD-07',
  sentence:
    'Secrets (vendor keys, private keys, tokens, high-entropy assignments) are found in input and output.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'guardrail-policy'],
  scenarios: [
    {
      name: 'vendor keys do not reach the provider',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: policy })
        for (const secret of secrets) await made.chat(ask(`My key is ${secret}, is it valid?`))
        check.equal(server.journal.length, secrets.length, 'requests at the provider')
        for (const [index, { body }] of server.journal.entries()) {
          check.lacks(JSON.stringify(body), secrets[index] ?? '', 'what was sent')
        }
      },
    },
    {
      name: 'what a model answers is searched too, a whole key block included',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ text: `Here: ${secrets[0]} ${lastText(request)} ${privateKey}.` })),
        )
        const { response } = await pipeline({ server, guardrails: policy }).chat(ask('ok'))
        const content = String(response.choices[0]?.message.content)
        check.lacks(content, secrets[0] ?? '', 'the answer')
        check.lacks(content, 'MIIEvQ', 'the answer')
        check.ok(content.startsWith('Here: [') && content.includes(' ok '), 'the words round them stay')
      },
    },
    {
      name: 'a value of high entropy that is assigned to a secret’s name is found in questions, answers and streams',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        for (const assignment of assignments) {
          const text = `Use ${assignment} here.`
          const server = await faults(provider({ text, pieces: [...text] }))
          const made = pipeline({ server, guardrails: policy })
          const { response } = await made.chat(ask(text))
          const expected = text.replace(random, '[ASSIGNED_SECRET]')
          check.equal(response.choices[0]?.message.content, expected, 'the answer')
          let streamed = ''
          for await (const chunk of made.stream(ask('Go'))) {
            streamed += textOf([chunk])
            check.ok(expected.startsWith(streamed), 'what was released is the beginning of the whole')
          }
          check.equal(streamed, expected, 'the streamed answer')
          check.equal(lastText(server.journal[0] ?? ({ body: '' } as never)), expected, 'what was sent')
        }
      },
    },
    {
      name: 'what is assigned and no secret passes the defaults: words, templates, calls, numbers and a secret’s place',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: lastText(request) })))
        const made = pipeline({ server, guardrails: defaultGuardrails() })
        for (const text of [
          'password = required',
          'API_KEY=${API_KEY} and TOKEN={{ token }}',
          'const token = createToken(user2024)',
          'secret: <your-secret-1>',
          'max_tokens = 4096',
          'sha256 = Zq7 in docs/keys/2024.md',
        ]) {
          const { response } = await made.chat(ask(text))
          check.equal(response.choices[0]?.message.content, text)
        }
      },
    },
    {
      name: 'a key that a stream cuts into single characters never leaves, and words that only begin like one do',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const text = `sk-ill, ghp_no and AKIA; ${secrets[1]} end`
        const server = await faults(provider({ pieces: [...text] }))
        const seen = textOf(await readAll(pipeline({ server, guardrails: policy }).stream(ask('Go'))))
        check.lacks(seen, secrets[1] ?? '', 'the stream')
        check.match(seen, /^sk-ill, ghp_no and AKIA; \[[A-Z_]+\] end$/)
      },
    },
  ],
})
