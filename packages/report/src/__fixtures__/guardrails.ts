import type { GuardrailRow, Guardrails } from '../guardrails.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

/** Ours and one peer that looks for personal data only. */
export function guardrailsOf(): Guardrails {
  const row = (
    entrant: string,
    set: string,
    family: GuardrailRow['family'],
    share: number | null,
  ): GuardrailRow => ({
    entrant,
    set,
    family,
    n: 100,
    precision: share,
    recall: share,
    f1: share,
    falsePositiveRate: 0.1,
    usP50: 10,
    usP99: 20,
  })
  const counted = { found: 1_800, of: 2_000, low: 0.826, high: 0.945 }
  return {
    entrants: [
      { name: 'plumbline', version: 'this commit', families: ['injection', 'pii', 'secret'] },
      { name: 'peer', version: '1.0.0', families: ['pii'] },
    ],
    rows: [
      {
        ...row('plumbline', 'inj_x', 'injection', 0.9),
        counts: { precision: counted, recall: counted, falsePositiveRate: null },
      },
      row('plumbline', 'inj_benign', 'secret', null),
      row('plumbline', 'pii_x', 'pii', 0.8),
      { ...row('peer', 'pii_x', 'pii', 0.5), n: 50 },
    ],
    timings: ['plumbline', 'peer'].flatMap((entrant) =>
      (['short', '2 kB'] as const).map((text) => ({ entrant, text, n: 10, usP50: 10, usP99: 20 })),
    ),
    growth: [
      { entrant: 'plumbline', piece: 'a@', chars: 2048, ms: 1 },
      { entrant: 'plumbline', piece: ' ', chars: 2048, ms: 2 },
      { entrant: 'plumbline', piece: 'a@', chars: 8192, ms: 8 },
      { entrant: 'plumbline', piece: ' ', chars: 8192, ms: 4 },
      { entrant: 'peer', piece: 'a@', chars: 2048, ms: 500 },
      { entrant: 'peer', piece: 'a@', chars: 8192, ms: null },
    ],
    holds: [
      { policy: 'default', chars: 1000 },
      { policy: 'hold: all', chars: null },
    ],
    notMeasured: [{ what: 'another peer', measuredBy: 'npm ci --prefix somewhere' }],
  }
}
