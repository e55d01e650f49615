import { expect, test } from 'vitest'
import { expectRuleLaws, found, input } from './__fixtures__/rule-laws.ts'
import { secretsRule } from './secrets.ts'

const rule = secretsRule()
const mixed = (length: number): string => 'aB3dE6gH9k'.repeat(Math.ceil(length / 10)).slice(0, length)

const KEYS: [type: string, key: string][] = [
  ['openai_key', `sk-${mixed(48)}`],
  ['openai_key', `sk-proj-${mixed(100)}_-x`],
  ['anthropic_key', `sk-ant-api03-${mixed(93)}-A`],
  ['github_token', `ghp_${mixed(36)}`],
  ['github_token', `gho_${mixed(36)}`],
  ['github_token', `ghs_${mixed(36)}`],
  ['github_token', `ghs_${mixed(36)}.${mixed(200)}.${mixed(86)}`],
  ['github_token', `github_pat_${mixed(22)}_${mixed(59)}`],
  ['slack_token', `xoxb-123456789012-${mixed(24)}`],
  ['aws_access_key', 'AKIAIOSFODNN7EXAMPLE'],
  ['aws_access_key', 'ASIAIOSFODNN7EXAMPLE'],
  ['google_api_key', `AIza${mixed(35)}`],
  ['gitlab_token', `glpat-${mixed(20)}`],
  ['gitlab_token', `glpat-${mixed(27)}.01.${mixed(9)}`],
  ['npm_token', `npm_${mixed(36)}`],
  ['stripe_key', `sk_live_${mixed(24)}`],
  ['stripe_key', `rk_live_${mixed(24)}`],
  ['huggingface_token', `hf_${mixed(34)}`],
  ['jwt', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${mixed(43)}`],
  ['private_key', `-----BEGIN PRIVATE KEY-----\n${mixed(64)}\n${mixed(20)}==\n-----END PRIVATE KEY-----`],
  ['private_key', `-----BEGIN OPENSSH PRIVATE KEY-----\\n${mixed(64)}\\n-----END OPENSSH PRIVATE KEY-----`],
  [
    'private_key',
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${mixed(64)}\n-----END PGP PRIVATE KEY BLOCK-----`,
  ],
]

test('keys with a known shape are found whole, by type', () => {
  for (const [type, key] of KEYS) {
    const text = `TOKEN="${key}" # keep`
    expect(rule.find(text, input), key).toEqual([{ type, start: 7, end: 7 + key.length }])
  }
})

test('a private key that is cut off loses its lines of base64', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${mixed(64)}\n${mixed(64)}`
  expect(found(rule, `${key}\n\nas you see`)).toEqual([key])
})

test('words, placeholders, certificates and keys inside words are not secrets', () => {
  for (const text of [
    'a task-list of sk-learn models',
    'sk-...',
    'sk-loading-spinner-component-large',
    `risk-${mixed(48)}`,
    'AKIA',
    'AKIAIOSFODNN7EXAMPLEX',
    'hf_hub_download',
    'npm_config_registry',
    'eyJ is how they start',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'Paste -----BEGIN PRIVATE KEY----- and so on',
  ]) {
    expect(found(rule, text), text).toEqual([])
  }
})

test('prose is not held, the start of a key is', () => {
  expect(rule.holdFrom?.('Hello the')).toBe(9)
  expect(rule.holdFrom?.('Hello gh')).toBe(6)
  expect(rule.holdFrom?.(`Hello ghp_${mixed(10)}`)).toBe(6)
  expect(rule.holdFrom?.('a\n--')).toBe(2)
  expect(rule.holdFrom?.(`-----BEGIN PRIVATE KEY-----\n${mixed(64)}\n`)).toBe(0)
})

test('findings are local and final', () => expectRuleLaws(rule))
