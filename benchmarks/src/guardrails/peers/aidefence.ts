import { installedVersion } from '@plumbline/conformance'

import type { GuardrailEntrant } from '../detector.ts'

/**
 * `checkThreats`; what it says of personal data is one flag for keys and addresses alike, so that is not scored.
 * Its README, "Quick Start" (3.0.3, read 2026-11-24).
 */
export async function loadAidefence(): Promise<GuardrailEntrant> {
  const { checkThreats } = await import('@claude-flow/aidefence')
  return {
    name: 'aidefence',
    version: installedVersion('@claude-flow/aidefence', import.meta.url),
    families: { injection: (text) => checkThreats(text).threats.map(({ type }) => ({ type })) },
  }
}
