import {
  assignmentRule,
  canaryRule,
  cardRule,
  defineGuardrails,
  emailRule,
  emptyAnswerCheck,
  ibanRule,
  injectionRule,
  ipRule,
  lengthRule,
  minLengthCheck,
  phoneRule,
  refusalCheck,
  secretsRule,
  ssnRule,
  systemPromptRule,
  topicsRule,
  urlCredentialsRule,
  type ChatRequest,
  type GuardrailPolicy,
  type Pipeline,
} from '@plumbline/core'
import { jsonSchemaCheck } from '@plumbline/core/json-schema'
import { patternRule } from '@plumbline/core/pattern'

import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

// On an engine that tries one way after the other it would take longer than anybody waits.
const pattern = () => patternRule({ id: 'pattern.test', pattern: '(?:a+ ?)+b' })

/** Every rule that ships, all at once and only to report, so that none spares another its work. */
async function everyRule(): Promise<GuardrailPolicy> {
  const rules = [
    lengthRule(),
    injectionRule(),
    secretsRule(),
    assignmentRule(),
    urlCredentialsRule(),
    emailRule(),
    cardRule(),
    ibanRule(),
    ssnRule(),
    phoneRule(),
    ipRule(),
    topicsRule({ id: 'topic.test', terms: ['a', 'a a a a', 'the the the x', 'ignore all'] }),
    await pattern(),
  ]
  return defineGuardrails({ rules: rules.map((rule) => ({ rule, action: 'report' as const })) })
}

/** What judges answers alone, and the pattern. */
async function everyAnswerRule(): Promise<GuardrailPolicy> {
  const rules = [canaryRule({ canaries: ['aaaaaaaab', '1 1 1 1 2'] }), systemPromptRule(), await pattern()]
  const checks = [
    await jsonSchemaCheck({ schema: { type: 'array', items: { type: 'string', maxLength: 2 } } }),
    emptyAnswerCheck(),
    minLengthCheck({ minChars: 10 }),
    refusalCheck(),
  ]
  return defineGuardrails({
    rules: rules.map((rule) => ({ rule, action: 'report' as const })),
    checks: checks.map((check) => ({ check, action: 'report' as const })),
  })
}

// What patterns stumble over: endless beginnings of a value, and near misses one after the other.
const ordinary = [
  'a',
  'a@',
  '1 ',
  '4111 ',
  '+1',
  '-----BEGIN PRIVATE KEY-----\nA',
  'ignore all previous ',
  '\n',
]
const boundary = [
  'a.',
  'a@a.',
  '(1',
  '1.',
  'sk-',
  'ghp_/',
  'eyJaaaaaaaa.',
  'reveal the ',
  '### ',
  '[',
  ' ',
  '_',
]
const nasty = [
  '\\n',
  '\\u00e9',
  '😀',
  '\ufdfa',
  'e\u0301\u0301',
  'a\u200b',
  'а',
  'İ',
  'the the the ',
  'a a a a ',
  'what the all your ',
  '<|',
  '=== end ',
  'act as 漢',
  'http://a:',
  'password = ',
]

/** What only an answer can be: the system prompt, nearly, over and over; JSON that is long or deep. */
const answers = [...ordinary, 'a a a a ', 'the the the ', '[', '["a",', `${'the '.repeat(24)}x `, 'aaaaaaaa']
const systemPrompt = `${'the '.repeat(60)}${'a'.repeat(90)}`

/** Under this, in ms of CPU time, a call costs what a call costs, whatever its text. */
const NOISE_MS = 10

/**
 * CPU time in ms that this thread spends on a call: the best of three, of nine where that is no noise yet. Of the thread, since
 * compiling and collecting go on beside it, more so on a busy machine.
 */
async function costOf(made: Pipeline, request: ChatRequest): Promise<number> {
  let best = Infinity
  for (let run = 0; run < 3 || (run < 9 && best >= NOISE_MS); run++) {
    const before = process.threadCpuUsage()
    // Blocked or not: it is the time that counts.
    await made.chat(request).catch(() => undefined)
    const { user, system } = process.threadCpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

interface Hostile {
  pieces: readonly string[]
  guardrails: 'as shipped' | GuardrailPolicy
  /** Where the text stands. Default: in the request. */
  isAnswer?: boolean
}

/** Fails when four times the text costs much more than four times the time, or 32k characters over 50 ms. */
async function growsLinearly(
  { check, faults, pipeline }: Lab,
  { pieces, guardrails, isAnswer = false }: Hostile,
): Promise<void> {
  let answer = 'Yes.'
  const server = await faults(provider(() => ({ text: answer })))
  const made = pipeline({ server, guardrails })

  function costOfText(piece: string, chars: number): Promise<number> {
    const text = piece.repeat(Math.ceil(chars / piece.length)).slice(0, chars)
    if (!isAnswer) return costOf(made, ask(text))
    answer = text
    const { messages, ...request } = ask('Go on')
    return costOf(made, { ...request, messages: [{ role: 'system', content: systemPrompt }, ...messages] })
  }

  await costOfText('warm up. ', 2048)
  for (const piece of pieces) {
    const what = JSON.stringify(piece)
    let before = await costOfText(piece, 2048)
    for (const chars of [8192, 32_768]) {
      let cost = await costOfText(piece, chars)
      const growth = (): number => cost / Math.max(before, NOISE_MS / 4)
      const isTooMuch = (): boolean => cost >= 50 || (cost >= NOISE_MS && growth() >= 8)
      // Beside busy neighbours CPU time doubles too; what grows with the square of the text does so in every round.
      for (let round = 0; round < 3 && isTooMuch(); round++) {
        cost = Math.min(cost, await costOfText(piece, chars))
      }
      check.ok(cost < 50, `${what}, ${chars} characters: ${cost.toFixed(0)} ms of CPU time`)
      check.ok(
        cost < NOISE_MS || growth() < 8,
        `${what}: ${growth().toFixed(1)} times the time at ${chars} characters`,
      )
      before = cost
    }
  }
}

export const GRD16 = defineClause({
  id: 'GRD-16',
  sentence:
    'No check grows faster than linearly on hostile strings of 2k, 8k and 32k characters, and none takes over 50 ms at 32k.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'guardrails'],
  scenarios: [
    {
      name: 'as shipped, four times a text that never becomes a value costs no more than its length',
      case: 'ordinary',
      run: (lab) => growsLinearly(lab, { pieces: ordinary, guardrails: 'as shipped' }),
    },
    {
      name: 'every rule at once on endless beginnings',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      run: async (lab) => growsLinearly(lab, { pieces: ordinary, guardrails: await everyRule() }),
    },
    {
      name: 'every rule at once on near misses one after the other',
      case: 'boundary',
      needs: ['guardrail-policy'],
      run: async (lab) => growsLinearly(lab, { pieces: boundary, guardrails: await everyRule() }),
    },
    {
      name: 'every rule at once on escapes, disguises, marks and terms that begin everywhere',
      case: 'nasty',
      needs: ['guardrail-policy'],
      run: async (lab) => growsLinearly(lab, { pieces: nasty, guardrails: await everyRule() }),
    },
    {
      name: 'every rule and check for answers on near repetitions of the system prompt and unfinished JSON',
      case: 'nasty',
      needs: ['guardrail-policy'],
      run: async (lab) =>
        growsLinearly(lab, { pieces: answers, guardrails: await everyAnswerRule(), isAnswer: true }),
    },
  ],
})
