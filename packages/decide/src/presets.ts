import type { Answers } from './decide.ts'

/** Weights and constraints of teams that many will recognise; the two steelmen are the strongest honest case for each side. */
export const presets = {
  balanced: {},
  'steelman-framework': { weights: { effort: 3, capability: 5, control: 1, footprint: 0.5, churn: 0.5 } },
  'steelman-scratch': { weights: { effort: 0.5, capability: 0.5, control: 4, footprint: 3, churn: 2 } },
  // 3 MB compressed is what Cloudflare Workers take on their free plan (developers.cloudflare.com/workers/platform/limits, read 2026-11-24).
  edge: {
    weights: { effort: 1, capability: 1, control: 1, footprint: 4, churn: 1 },
    constraints: { maxBundleGzipKb: 3_000 },
  },
  startup: { weights: { effort: 4, capability: 4, control: 1, footprint: 0.5, churn: 1 } },
  regulated: {
    weights: { effort: 1, capability: 1, control: 4, footprint: 1, churn: 3 },
    // Tenants apart, nothing of a prompt in logs or errors, guardrails before anything is sent, typed failures.
    constraints: { requiredClauses: ['CAC-05', 'CAC-06', 'GRD-01', 'GRD-05', 'GRD-15', 'SEC-01', 'FLT-01'] },
  },
} as const satisfies Record<string, Answers>

export type PresetName = keyof typeof presets

/** Their names, in the order in which they are offered. */
// The keys of an object literal are known.
export const presetNames = Object.keys(presets) as PresetName[]

/** Whose case each of them is. */
export const presetMeanings: Readonly<Record<PresetName, string>> = {
  balanced: 'all five families alike',
  'steelman-framework': 'what the next feature costs decides: the strongest honest case for LangChain',
  'steelman-scratch':
    'failures you understand, few packages, quiet upgrades: the strongest honest case for the bare SDK',
  edge: 'start-up and size decide, and a bundle over 3,000 kB compressed is out; both builds import modules of Node, so a platform without them takes neither',
  startup: 'features this quarter, few lines to own',
  regulated:
    'control and churn, and seven clauses must pass (tenants apart, nothing of a prompt in logs and errors, guardrails first, typed failures)',
}
