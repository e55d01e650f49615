import { installedVersion } from '@plumbline/conformance'

import type { GuardrailEntrant } from '../detector.ts'

/**
 * Its preset `moderate`, which is also what it does without any. A text that it would let pass cleaned is not counted: it passes.
 * Its README, "Quick Start" and "Presets" (1.2.0, read 2026-11-24).
 */
export async function loadVard(): Promise<GuardrailEntrant> {
  const { default: vard } = await import('@andersmyrmel/vard')
  const moderate = vard.moderate()
  return {
    name: 'vard',
    version: installedVersion('@andersmyrmel/vard', import.meta.url),
    families: {
      injection: (text) => {
        const result = moderate.safeParse(text)
        return result.safe ? [] : [{ type: 'injection' }]
      },
    },
  }
}
