import type {
  CacheSetting,
  LatencyRow,
  SavingPoint,
  SettingRow,
  TraceFacts,
  TraceImpact,
} from '../cache-impact.ts'
import type { EntrantOutcomes, Report } from '../report.ts'
import { cacheSpeedOf } from './cache-speed.ts'
import { faultsOf } from './faults.ts'
import { gatewayOf } from './gateway.ts'
import { guardrailsOf } from './guardrails.ts'
import { overheadSettingOf } from './overhead-setting.ts'
import { metricsCostOf } from './metrics.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

const versions: Record<string, string> = {
  scratch: '0.1.0',
  langchain: '0.1.0',
  'scratch-first-day': '0.1.0',
  'langchain-stock': '1.5.14',
  'ai-sdk': '5.0.0',
  'openai-sdk': '7.57.0',
}

/** What each entrant's caches catch of the requests that repeat; nothing for an entrant without caches. */
const caught: Record<string, number> = {
  scratch: 1,
  langchain: 1,
  'scratch-first-day': 0.8,
  'langchain-stock': 0.9,
}

/** A report with every section, six entrants and two traces. */
export function fullReport(): Report {
  return {
    schemaVersion: 2,
    startedAt: '2026-01-02T10:00:00.000Z',
    endedAt: '2026-01-02T10:05:00.000Z',
    environment: {
      commit: 'abcdef0123456789abcdef0123456789abcdef01',
      dirty: true,
      lockfileHash: '1'.repeat(64),
      inputsHash: '2'.repeat(64),
      packages: {
        openai: '7.57.0',
        langchain: '1.5.14',
        '@langchain/core': '1.4.0',
        '@langchain/openai': '1.6.0',
      },
      node: '24.0.0',
      os: 'Linux 6.0.0',
      cpu: 'Example CPU',
      cores: 2,
      loadAverage: 3,
    },
    clauses: [
      { id: 'MET-01', sentence: 'Every call leaves one record.', origin: 'classic practice' },
      { id: 'MET-02', sentence: 'A record names the `model` that answered.', origin: 'user expectation' },
      {
        id: 'CAC-01',
        sentence:
          'An identical request is answered from the cache with no provider call, deep-equal to the first answer, usage included.',
        origin: 'classic practice',
      },
      {
        id: 'CAC-02',
        sentence: 'What one tenant was answered is never served to another.',
        origin: 'found defect',
      },
      {
        id: 'GRD-01',
        sentence: 'What a rule redacts never reaches the provider.',
        origin: 'user expectation',
      },
      { id: 'STR-01', sentence: 'Chunks reach the caller as they come.', origin: 'classic practice' },
    ],
    conformance: Object.keys(versions).map(outcomesOf),
    cacheImpact: {
      seed: 7,
      chatModel: 'example-chat',
      embeddingModel: 'example-embed',
      priceDate: 'price-book 1.2.3',
      ttlMs: 3_600_000,
      latencyModels: [
        { model: 'example-chat', timeToFirstTokenMs: 400, outputTokensPerSecond: 100, spread: 0.4 },
        { model: 'example-embed', timeToFirstTokenMs: 100, outputTokensPerSecond: 0, spread: 0.2 },
      ],
      traces: [
        trace({
          name: 'built-in workload',
          what: 'A synthetic mix',
          sha256: 'a'.repeat(64),
          repeatShare: 0.5,
          cacheableShare: 0.8,
          temperature: 'of the workload',
          embeds: true,
        }),
        trace({
          name: 'example-queries.csv',
          what: 'Search queries',
          sha256: 'b'.repeat(64),
          repeatShare: 0.3,
          cacheableShare: 1,
          temperature: 'set to 0 by the replay',
          embeds: false,
        }),
      ],
      curve: curve(),
      stampede: Object.keys(versions).map((entrant) => ({
        entrant,
        version: versions[entrant] ?? '',
        identicalRequests: 50,
        chatCalls: entrant === 'scratch' || entrant === 'langchain' ? 1 : 50,
      })),
    },
    overhead: {
      rounds: 20,
      callsPerRound: 100,
      seed: 7,
      rows: [
        { name: 'openai SDK', cpuUsPerCall: 800, noDifferenceShown: true, samples: [790, 800, 810] },
        overheadRow('openai SDK against itself', 1, 0.98, 1.02, true),
        overheadRow('scratch, everything off', 1.05, 1.01, 1.09, false),
        overheadRow('scratch, defaults', 1.25, 1.2, 1.3, false),
        overheadRow('langchain, defaults', 2.5, 2.4, 2.65, false),
        overheadRow('langchain, ChatOpenAI alone', 1.75, 1.7, 1.8, false),
      ],
      settings: [overheadSettingOf()],
    },
    guardrails: guardrailsOf(),
    metrics: metricsCostOf(),
    cacheSpeed: cacheSpeedOf(),
    gateway: gatewayOf(),
    faults: faultsOf(versions),
  }
}

/** An earlier report, measured from other sources, with a trace that `fullReport` does not have. */
export function staleReport(): Report {
  const { overhead: _, faults: __, ...report } = fullReport()
  return {
    ...report,
    startedAt: '2026-01-01T10:00:00.000Z',
    environment: {
      ...report.environment,
      commit: 'fedcba9876543210'.padEnd(40, '0'),
      dirty: false,
      inputsHash: '3'.repeat(64),
    },
    ...(report.cacheImpact && {
      cacheImpact: {
        ...report.cacheImpact,
        traces: [
          trace({
            name: 'example-chats.jsonl',
            what: 'Chat lengths',
            sha256: 'c'.repeat(64),
            repeatShare: 0.1,
            cacheableShare: 0.4,
            temperature: 'of the workload',
            embeds: false,
          }),
        ],
      },
    }),
  }
}

function trace(facts: Omit<TraceFacts, 'requests' | 'tenants'>): TraceImpact {
  const full: TraceFacts = { ...facts, requests: 10_000, tenants: 4 }
  const rows = Object.keys(versions).flatMap((entrant) =>
    settingsOf(entrant, full).map((setting) => ({ entrant, setting })),
  )
  return {
    trace: full,
    settings: rows.map(({ entrant, setting }) => settingRow(entrant, setting, full)),
    latency: [0.5, 1, 2].flatMap((scale) =>
      rows.map(({ entrant, setting }) => latencyRow(entrant, setting, { scale, facts: full })),
    ),
  }
}

function settingsOf(entrant: string, { embeds }: TraceFacts): CacheSetting[] {
  if (caught[entrant] === undefined) return ['none']
  return embeds ? ['none', 'exact', 'exact + embeddings'] : ['none', 'exact']
}

function settingRow(entrant: string, setting: CacheSetting, facts: TraceFacts): SettingRow {
  const hitRate = hitRateOf(entrant, setting, facts)
  const chatCalls = Math.round(facts.requests * (1 - hitRate))
  const vectors = facts.embeds ? facts.requests / 2 : 0
  const embeddingCalls =
    setting === 'exact + embeddings' ? Math.round(vectors * (1 - facts.repeatShare)) : vectors
  return {
    entrant,
    version: versions[entrant] ?? '',
    setting,
    hitRate,
    chatCalls,
    inputTokens: chatCalls * 500,
    outputTokens: chatCalls * 100,
    embeddingCalls,
    embeddingTokens: embeddingCalls * 50,
    costNanoUsd: chatCalls * 135_000 + embeddingCalls * 10_000,
    wrongAnswers: entrant === 'scratch-first-day' && setting !== 'none' ? 12 : 0,
    failedRequests: 0,
  }
}

function latencyRow(
  entrant: string,
  setting: CacheSetting,
  { scale, facts }: { scale: number; facts: TraceFacts },
): LatencyRow {
  const hitRate = hitRateOf(entrant, setting, facts)
  const of = (share: number): number =>
    share <= hitRate ? 1 : Math.round(1400 * scale * (0.4 + (share - hitRate) * 1.6))
  return {
    entrant,
    setting,
    scale,
    requests: 200,
    meanMs: Math.round(1400 * scale * (1 - hitRate)),
    p50Ms: of(0.5),
    p95Ms: of(0.95),
    p99Ms: of(0.99),
  }
}

function hitRateOf(entrant: string, setting: CacheSetting, facts: TraceFacts): number {
  return setting === 'none' ? 0 : facts.repeatShare * facts.cacheableShare * (caught[entrant] ?? 0)
}

function curve(): SavingPoint[] {
  return Object.entries(caught).flatMap(([entrant, share]) =>
    (['exact', 'exact + embeddings'] as const).flatMap((setting) =>
      [0, 0.2, 0.4, 0.6, 0.8].map((repeatShare) => ({
        entrant,
        setting,
        repeatShare,
        savedShare: repeatShare * share * (setting === 'exact' ? 0.75 : 0.8),
      })),
    ),
  )
}

function outcomesOf(name: string): EntrantOutcomes {
  const holds = name === 'scratch' || name === 'langchain'
  const bare = caught[name] === undefined
  const unsupported = { outcome: 'unsupported', reason: `${name} does not offer this.` } as const
  return {
    name,
    version: versions[name] ?? '',
    outcomes: [
      { id: 'MET-01', ...(bare ? unsupported : { outcome: 'pass' }) },
      { id: 'MET-02', ...(bare ? unsupported : { outcome: 'pass' }) },
      { id: 'CAC-01', ...(bare ? unsupported : { outcome: 'pass' }) },
      {
        id: 'CAC-02',
        ...(bare
          ? unsupported
          : holds
            ? { outcome: 'pass' }
            : {
                outcome: 'fail',
                reason: 'the second answer: expected 2 requests at the provider, found 1.',
                failedScenarios: ['two tenants ask the same', 'a tenant without a name'],
                link: 'https://example.com/issues/1',
              }),
      },
      { id: 'GRD-01', ...(holds ? { outcome: 'pass' } : unsupported) },
      { id: 'STR-01', ...(name === 'scratch-first-day' ? unsupported : { outcome: 'pass' }) },
    ],
    ...(name === 'langchain-stock' && {
      reproductions: [
        {
          file: `benchmarks/entrants/${name}/reproductions/tenants-share.ts`,
          clauses: ['CAC-02'],
          source: "// Two tenants share an answer.\nconsole.log('one <b>answer</b>')\n",
        },
      ],
    }),
  }
}

function overheadRow(
  name: string,
  ratio: number,
  low: number,
  high: number,
  noDifferenceShown: boolean,
): NonNullable<Report['overhead']>['rows'][number] {
  return {
    name,
    cpuUsPerCall: 800 * ratio,
    toSdk: { ratio, low, high, n: 20 },
    noDifferenceShown,
    samples: [800 * low, 800 * ratio, 800 * high],
  }
}
