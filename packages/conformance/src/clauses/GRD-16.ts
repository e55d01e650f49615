import {
  canaryRule,
  cardRule,
  defineGuardrails,
  emailRule,
  injectionRule,
  lengthRule,
  phoneRule,
  secretsRule,
  topicsRule,
  type Pipeline,
} from '@plumbline/core'

import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

/** Every rule that ships, all at once and only to report, so that none spares another its work. */
const everyRule = defineGuardrails({
  rules: [
    lengthRule(),
    injectionRule(),
    secretsRule(),
    emailRule(),
    cardRule(),
    phoneRule(),
    topicsRule({ id: 'topic.test', terms: ['a', 'a a a a', 'the the the x', 'ignore all'] }),
    canaryRule({ canaries: ['aaaaaaaab', '1 1 1 1 2'] }),
  ].map((rule) => ({ rule, action: 'report' as const })),
})

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

/** CPU time in ms that this process spends on a call with such a text: the best of three. */
async function costOf(made: Pipeline, piece: string, chars: number): Promise<number> {
  const request = ask(piece.repeat(Math.ceil(chars / piece.length)).slice(0, chars))
  let best = Infinity
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage()
    // Blocked or not: it is the time that counts.
    await made.chat(request).catch(() => undefined)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

/** Under this, in ms of CPU time, a call costs what a call costs, whatever its text. */
const NOISE_MS = 10

/** Fails when four times the text costs much more than four times the time, or 32k characters over 50 ms. */
async function growsLinearly(
  { check, faults, pipeline }: Lab,
  pieces: readonly string[],
  guardrails: 'as shipped' | typeof everyRule,
): Promise<void> {
  const server = await faults(provider({ text: 'Yes.' }))
  const made = pipeline({ server, guardrails })
  await costOf(made, 'warm up. ', 2048)
  for (const piece of pieces) {
    const what = JSON.stringify(piece)
    let before = await costOf(made, piece, 2048)
    for (const chars of [8192, 32_768]) {
      const cost = await costOf(made, piece, chars)
      check.ok(cost < 50, `${what}, ${chars} characters: ${cost.toFixed(0)} ms of CPU time`)
      const growth = cost / Math.max(before, NOISE_MS / 4)
      check.ok(
        cost < NOISE_MS || growth < 8,
        `${what}: ${growth.toFixed(1)} times the time at ${chars} characters`,
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
      run: (lab) => growsLinearly(lab, ordinary, 'as shipped'),
    },
    {
      name: 'every rule at once on endless beginnings',
      case: 'ordinary',
      needs: ['guardrail-policy'],
      run: (lab) => growsLinearly(lab, ordinary, everyRule),
    },
    {
      name: 'every rule at once on near misses one after the other',
      case: 'boundary',
      needs: ['guardrail-policy'],
      run: (lab) => growsLinearly(lab, boundary, everyRule),
    },
    {
      name: 'every rule at once on escapes, disguises, marks and terms that begin everywhere',
      case: 'nasty',
      needs: ['guardrail-policy'],
      run: (lab) => growsLinearly(lab, nasty, everyRule),
    },
  ],
})
