import { pemEnd, pemHoldFrom, PEM_START } from './pem.ts'
import type { Finding, GuardrailRule } from './rule.ts'
import { startsWord, WORD_START_CONTEXT } from './word-start.ts'

/** Room for an RSA key of 8,192 bits with its headers, and for any token that fits an HTTP header. */
const REACH = 8192

interface KeyShape {
  type: string
  prefixes: readonly string[]
  /** Sticky, prefix included. One bounded character class after another that cannot overlap: linear by construction. */
  pattern: RegExp
}

// Above each shape, the page on which its vendor describes the token. Lengths are lower bounds unless the vendor fixes
// them, since tokens grow.
const SHAPES: readonly KeyShape[] = [
  // https://docs.anthropic.com/en/api/getting-started
  { type: 'anthropic_key', prefixes: ['sk-ant-'], pattern: /sk-ant-[\w-]{20,8000}/y },
  // https://platform.openai.com/docs/api-reference/authentication; project, service-account and admin keys
  {
    type: 'openai_key',
    prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'],
    pattern: /sk-[a-z]{4,7}-[\w-]{20,8000}/y,
  },
  // The same page, user keys; https://openrouter.ai/docs/api-reference/authentication (sk-or-v1-) shares the prefix
  {
    type: 'openai_key',
    prefixes: ['sk-'],
    pattern: /sk-(?:or-v1-|None-)?(?=[A-Za-z_-]{0,64}\d)[A-Za-z0-9]{20,8000}/y,
  },
  // https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
  {
    type: 'github_token',
    prefixes: ['ghp_', 'gho_', 'ghu_', 'ghr_'],
    pattern: /gh[pour]_[A-Za-z0-9]{36,255}/y,
  },
  // https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/: a JWT after the prefix
  {
    type: 'github_token',
    prefixes: ['ghs_'],
    pattern: /ghs_(?:[\w-]{16,2600}(?:\.[\w-]{1,2600}){2}|[A-Za-z0-9]{36,255})/y,
  },
  { type: 'github_token', prefixes: ['github_pat_'], pattern: /github_pat_\w{22,255}/y },
  // https://docs.gitlab.com/security/tokens/#token-prefixes; routable tokens end in two more parts
  {
    type: 'gitlab_token',
    prefixes: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'glsoat-', 'glft-', 'glimt-', 'glagent-'],
    pattern: /gl[a-z]{2,5}-[\w-]{20,8000}(?:\.\w{1,16}){0,2}/y,
  },
  // https://api.slack.com/authentication/token-types
  {
    type: 'slack_token',
    prefixes: ['xoxa-', 'xoxb-', 'xoxc-', 'xoxd-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-'],
    pattern: /xox[a-z]-(?=[A-Za-z-]{0,20}\d)[A-Za-z0-9-]{10,8000}/y,
  },
  { type: 'slack_token', prefixes: ['xapp-'], pattern: /xapp-\d-[A-Za-z0-9-]{10,8000}/y },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  {
    type: 'aws_access_key',
    prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: /A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?!\w)/y,
  },
  // https://cloud.google.com/docs/authentication/api-keys
  { type: 'google_api_key', prefixes: ['AIza'], pattern: /AIza[\w-]{35}(?![\w-])/y },
  // https://docs.stripe.com/keys and https://docs.stripe.com/webhooks#verify-official-libraries
  {
    type: 'stripe_key',
    prefixes: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'],
    pattern: /[sr]k_(?:live|test)_[A-Za-z0-9]{10,8000}/y,
  },
  { type: 'stripe_key', prefixes: ['whsec_'], pattern: /whsec_[A-Za-z0-9+/]{24,8000}/y },
  // https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
  { type: 'npm_token', prefixes: ['npm_'], pattern: /npm_[A-Za-z0-9]{36}(?!\w)/y },
  // https://huggingface.co/docs/hub/security-tokens
  { type: 'huggingface_token', prefixes: ['hf_'], pattern: /hf_[A-Za-z0-9]{30,255}/y },
  // https://pypi.org/help/#apitoken
  { type: 'pypi_token', prefixes: ['pypi-AgE'], pattern: /pypi-AgE[\w-]{30,8000}/y },
  // https://docs.sendgrid.com/ui/account-and-settings/api-keys
  { type: 'sendgrid_key', prefixes: ['SG.'], pattern: /SG\.[\w-]{16,64}\.[\w-]{32,128}/y },
  // https://docs.digitalocean.com/reference/api/create-personal-access-token/
  {
    type: 'digitalocean_token',
    prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    pattern: /do[opr]_v1_[a-f0-9]{64}/y,
  },
  // https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing
  {
    type: 'shopify_token',
    prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    pattern: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32,64}/y,
  },
  // https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
  { type: 'vault_token', prefixes: ['hvs.', 'hvb.', 'hvr.'], pattern: /hv[sbr]\.[\w-]{24,8000}/y },
  // https://docs.databricks.com/dev-tools/auth/pat.html
  { type: 'databricks_token', prefixes: ['dapi'], pattern: /dapi[a-f0-9]{32}(?:-\d)?(?!\w)/y },
  // https://sourcegraph.com/docs/admin/secret-formats-and-usage
  {
    type: 'sourcegraph_token',
    prefixes: ['sgp_'],
    pattern: /sgp_(?:(?:local|[a-fA-F0-9]{16})_)?[a-fA-F0-9]{40}(?!\w)/y,
  },
  // https://developers.notion.com/changelog (2024-09: `ntn_`)
  { type: 'notion_token', prefixes: ['ntn_'], pattern: /ntn_\d{11}[A-Za-z0-9]{35}(?!\w)/y },
  // https://docs.sentry.io/account/auth-tokens/
  { type: 'sentry_token', prefixes: ['sntrys_'], pattern: /sntrys_eyJ[\w+/=-]{40,2000}/y },
  { type: 'sentry_token', prefixes: ['sntryu_'], pattern: /sntryu_[a-f0-9]{64}(?!\w)/y },
  // https://api.slack.com/messaging/webhooks: whoever has the address can post
  {
    type: 'slack_webhook',
    prefixes: ['hooks.slack.com/'],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{40,80}/y,
  },
  // https://developer.squareup.com/docs/build-basics/access-tokens
  { type: 'square_token', prefixes: ['sq0atp-', 'sq0csp-'], pattern: /sq0(?:atp|csp)-[\w-]{22,60}/y },
  // https://docs.openshift.com/container-platform/4.16/authentication/managing-oauth-access-tokens.html
  { type: 'openshift_token', prefixes: ['sha256~'], pattern: /sha256~[\w-]{43}(?![\w-])/y },
  // https://huggingface.co/docs/hub/security-tokens, organisations' keys of before 2023
  { type: 'huggingface_token', prefixes: ['api_org_'], pattern: /api_org_[A-Za-z]{34}(?!\w)/y },
  // https://github.com/FiloSottile/age (README): Bech32
  { type: 'age_key', prefixes: ['AGE-SECRET-KEY-1'], pattern: /AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}(?!\w)/y },
  // https://fly.io/docs/security/tokens/
  { type: 'fly_token', prefixes: ['fm1r_', 'fm2_'], pattern: /fm(?:1[ar]|2)_[A-Za-z0-9+/]{60,4000}={0,3}/y },
  // RFC 7519 with RFC 7515, section 3.1: base64url of `{"`, a second object, and a signature that may be empty
  { type: 'jwt', prefixes: ['eyJ'], pattern: /eyJ[\w-]{8,2700}\.eyJ[\w-]{8,2700}(?:\.[\w-]{0,2700})?/y },
]

const allPrefixes = SHAPES.flatMap((shape) => shape.prefixes)
// Longest first, so that `sk-ant-` is not read as `sk-`.
const PREFIX_SOURCE = [...allPrefixes]
  .sort((one, other) => other.length - one.length)
  .map((prefix) => prefix.replaceAll('.', String.raw`\.`))
  .join('|')
const LONGEST_PREFIX = Math.max(...allPrefixes.map((prefix) => prefix.length))
const PREFIX_HERE = new RegExp(PREFIX_SOURCE, 'y')
const unfinishedPrefixes = new Set(
  allPrefixes.flatMap((prefix) => Array.from(prefix, (_char, index) => prefix.slice(0, index + 1))),
)
const shapesByPrefix = new Map(
  allPrefixes.map((prefix) => [prefix, SHAPES.filter((shape) => shape.prefixes.includes(prefix))]),
)

/** A key starts where a word does, and not after a dash: `task-list` holds no `sk-` key. */
function canStart(text: string, index: number): boolean {
  return text.charCodeAt(index - 1) !== 45 && startsWord(text, index)
}

/** True when one character stands eight times in a row. */
function hasLongRepeat(text: string, start: number, end: number): boolean {
  for (let index = start + 1, run = 1; index < end; index++) {
    run = text.charCodeAt(index) === text.charCodeAt(index - 1) ? run + 1 : 1
    if (run === 8) return true
  }
  return false
}

/** No key is shorter, prefix included: `xoxb-` and ten more. */
const SHORTEST_KEY = 15

/** 1 for what keys are made of, 3 for what one may begin with. */
const tokenKinds = Uint8Array.from({ length: 128 }, (_none, code) => {
  const char = String.fromCharCode(code)
  if (allPrefixes.some((prefix) => prefix.startsWith(char))) return 3
  return /[\w.+/~=-]/.test(char) ? 1 : 0
})

function tokenKind(code: number): number {
  return code < 128 ? (tokenKinds[code] ?? 0) : 0
}

function find(text: string, from: number): Finding[] {
  const findings: Finding[] = []
  // A key stands in a run as long as itself, so one place in so many shows every run that may hold one.
  for (let probe = from + SHORTEST_KEY - 1; probe < text.length; probe += SHORTEST_KEY) {
    if (tokenKind(text.charCodeAt(probe)) === 0) continue
    let start = probe
    while (start > from && tokenKind(text.charCodeAt(start - 1)) !== 0) start--
    let end = probe + 1
    while (end < text.length && tokenKind(text.charCodeAt(end)) !== 0) end++
    for (let index = start; index <= end - SHORTEST_KEY; index++) {
      if (tokenKind(text.charCodeAt(index)) !== 3 || !canStart(text, index)) continue
      const finding = keyAt(text, index)
      if (finding) findings.push(finding)
    }
    probe = Math.max(probe, end)
  }
  for (let start = text.indexOf(PEM_START, from); start !== -1; start = text.indexOf(PEM_START, start + 1)) {
    const end = pemEnd(text, start, REACH)
    if (end !== -1) findings.push({ type: 'private_key', start, end })
  }
  return findings
}

function keyAt(text: string, start: number): Finding | undefined {
  PREFIX_HERE.lastIndex = start
  const [prefix = ''] = PREFIX_HERE.exec(text) ?? []
  for (const { type, pattern } of shapesByPrefix.get(prefix) ?? []) {
    pattern.lastIndex = start
    if (!pattern.test(text)) continue
    // `ghp_xxxxxxxx…`: the form of a key, as documents write it.
    return hasLongRepeat(text, start, pattern.lastIndex) ? undefined : { type, start, end: pattern.lastIndex }
  }
  return undefined
}

function holdFrom(text: string, from: number): number {
  const limit = Math.max(from, text.length - REACH - 1)
  let hold = pemHoldFrom(text, limit, REACH)
  let run = text.length
  while (run > limit && tokenKind(text.charCodeAt(run - 1)) !== 0) run--
  for (let index = run; index < text.length && index < hold; index++) {
    if (canStart(text, index) && mayBecomeKey(text, index)) hold = index
  }
  return Math.max(from, hold)
}

/** True when a prefix stands at `index`, or the text ends in the middle of one. */
function mayBecomeKey(text: string, index: number): boolean {
  PREFIX_HERE.lastIndex = index
  if (PREFIX_HERE.test(text)) return true
  return text.length - index < LONGEST_PREFIX && unfinishedPrefixes.has(text.slice(index))
}

/**
 * Rule `secret.key`: keys and tokens that carry their vendor's prefix, JSON web tokens, and PEM private keys. A key
 * without a shape of its own (a password, a bare hex string) is not found.
 */
export function secretsRule(): GuardrailRule {
  return {
    id: 'secret.key',
    family: 'secret',
    directions: ['input', 'output'],
    reach: REACH,
    context: WORD_START_CONTEXT,
    version: '2',
    find: (text, _place, from = 0) => find(text, from),
    holdFrom: (text, from = 0) => holdFrom(text, from),
  }
}
