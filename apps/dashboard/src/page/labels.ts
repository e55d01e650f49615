import type { CallLabel } from '@plumbline/core/ledger'

/** The labels by which calls are split and narrowed, and what the page calls them. */
export const labelTexts: Record<CallLabel, string> = {
  model: 'Model',
  endpoint: 'Endpoint',
  promptVersion: 'Prompt version',
  tenant: 'Tenant',
  build: 'Build',
}

export const labelNames = Object.keys(labelTexts) as CallLabel[] // Its own keys.
