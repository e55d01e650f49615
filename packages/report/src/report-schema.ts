/** A part of a JSON Schema (draft 2020-12, the words that are used here). */
export interface JsonSchema {
  readonly $schema?: string
  readonly title?: string
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null'
  readonly anyOf?: readonly JsonSchema[]
  readonly const?: string | number
  readonly enum?: readonly string[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly pattern?: string
}

const text: JsonSchema = { type: 'string' }
const name: JsonSchema = { type: 'string', minLength: 1 }
const flag: JsonSchema = { type: 'boolean' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const integer: JsonSchema = { type: 'integer' }
const amount: JsonSchema = { type: 'number', minimum: 0 }
const share: JsonSchema = { type: 'number', minimum: 0, maximum: 1 }
const sha256: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' }
const instant: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$',
}
const setting: JsonSchema = { enum: ['none', 'exact', 'normalised', 'exact + embeddings'] }

const environment = fields({
  commit: name,
  dirty: flag,
  lockfileHash: sha256,
  inputsHash: sha256,
  packages: { type: 'object', additionalProperties: text },
  node: text,
  os: text,
  cpu: text,
  cores: { type: 'integer', minimum: 1 },
  loadAverage: amount,
})

const entrantOutcomes = fields(
  {
    name,
    version: text,
    outcomes: list(
      fields(
        { id: name, outcome: { enum: ['pass', 'fail', 'unsupported'] } },
        { reason: text, skipped: flag, failedScenarios: list(text), notAsked: list(text), link: text },
      ),
    ),
  },
  { reproductions: list(fields({ file: text, clauses: list(name), source: text })) },
)

const traceImpact = fields(
  {
    trace: fields({
      name,
      what: text,
      sha256,
      requests: { type: 'integer', minimum: 1 },
      tenants: count,
      repeatShare: share,
      cacheableShare: share,
      temperature: { enum: ['of the workload', 'set to 0 by the replay'] },
      embeds: flag,
    }),
    settings: list(
      fields(
        {
          entrant: name,
          version: text,
          setting,
          hitRate: share,
          chatCalls: count,
          inputTokens: count,
          outputTokens: count,
          embeddingCalls: count,
          embeddingTokens: count,
          costNanoUsd: count,
          wrongAnswers: count,
          failedRequests: count,
        },
        { cachedInputTokens: count, crossTenantAnswers: count },
      ),
    ),
    latency: list(
      fields(
        {
          entrant: name,
          setting,
          scale: amount,
          requests: count,
          meanMs: amount,
          p50Ms: amount,
          p95Ms: amount,
          p99Ms: amount,
        },
        { failedRequests: count },
      ),
    ),
  },
  {
    stores: list(
      fields({
        entrant: name,
        store: { enum: ['memory', 'sqlite', 'redis'] },
        start: { enum: ['cold', 'warm'] },
        hitRate: share,
        chatCalls: count,
        inputTokens: count,
        outputTokens: count,
        costNanoUsd: count,
      }),
    ),
  },
)

const cacheImpact = fields(
  {
    seed: integer,
    chatModel: text,
    embeddingModel: text,
    priceDate: text,
    ttlMs: amount,
    latencyModels: list(
      fields({ model: text, timeToFirstTokenMs: amount, outputTokensPerSecond: amount, spread: amount }),
    ),
    traces: list(traceImpact),
    stampede: list(fields({ entrant: name, version: text, identicalRequests: count, chatCalls: count })),
  },
  {
    matching: list(
      fields({
        name,
        pairs: count,
        samePairs: count,
        matching: { enum: ['exact', 'normalised'] },
        hits: count,
        wrongHits: count,
        wrongShare: fields({ low: share, high: share }),
      }),
    ),
    // What is saved may be less than nothing: an entrant can ask more with a cache than without.
    curve: list(
      fields({ entrant: name, setting, repeatShare: share, savedShare: { type: 'number', maximum: 1 } }),
    ),
  },
)

const anyNumber: JsonSchema = { type: 'number' }
const pairedDifference = fields({ difference: anyNumber, low: anyNumber, high: anyNumber, n: count })
const pairedRatio = fields({ ratio: amount, low: amount, high: amount, n: count })

const overhead = fields(
  {
    rounds: count,
    callsPerRound: count,
    seed: integer,
    rows: list(
      fields(
        { name, cpuUsPerCall: amount, noDifferenceShown: flag, samples: list({ type: 'number' }) },
        { toSdk: pairedRatio },
      ),
    ),
  },
  {
    settings: list(
      fields({
        id: { enum: ['in-process', 'in-process-64', 'http-32'] },
        name,
        atOnce: count,
        rounds: count,
        callsPerRound: count,
        rows: list(
          fields(
            {
              name,
              baseline: name,
              cpuUsPerCall: amount,
              noDifferenceShown: flag,
              samples: list({ type: 'number' }),
            },
            { ratio: pairedRatio, addedUs: pairedDifference },
          ),
        ),
      }),
    ),
  },
)

const faults = fields(
  {
    limitMs: amount,
    faults: list(fields({ id: name, what: text, stream: flag })),
    rows: list(
      fields(
        {
          fault: name,
          entrant: name,
          version: text,
          retries: { enum: ['defaults', '2 retries'] },
          attempts: count,
          outcome: { enum: ['success', 'error', 'hangs'] },
          elapsedMs: amount,
        },
        { errorName: text, errorCode: text, hasCallerFrame: flag },
      ),
    ),
  },
  { deadlineMs: amount },
)

const streaming = fields({
  rounds: count,
  seed: integer,
  longChunks: count,
  rows: list(
    fields(
      {
        name,
        baseline: name,
        firstChunkMs: amount,
        cpuUsPerChunk: amount,
        samples: fields({ firstChunkMs: list(anyNumber), cpuUsPerChunk: list(anyNumber) }),
      },
      { addedFirstChunkMs: pairedDifference, addedCpuUsPerChunk: pairedDifference, heldMb: amount },
    ),
  ),
})

const metrics = fields({
  rounds: count,
  recordsPerRound: count,
  seed: integer,
  limits: fields({ growthMb: amount, cpuNsPerRecord: amount, errorShare: amount }),
  millions: list(fields({ name, span: text, growthMb: anyNumber, cpuNsPerRecord: amount })),
  recording: list(
    fields(
      { name, cpuNsPerRecord: amount, noDifferenceShown: flag, samples: list(anyNumber) },
      { toBaseline: pairedRatio },
    ),
  ),
  percentiles: list(
    fields({
      name,
      what: text,
      n: count,
      quantiles: list(fields({ quantile: share, exactMs: amount, shownMs: amount, errorShare: amount })),
    }),
  ),
})

const gateway = fields({
  rounds: count,
  seed: integer,
  callsPerRound: count,
  connections: count,
  perSecond: amount,
  streamChunks: count,
  rows: list(
    fields(
      {
        name,
        load: { enum: ['chat', 'stream', 'hit'] },
        ratios: { type: 'object', additionalProperties: pairedRatio },
        requestsPerSecond: amount,
        latencyMs: fields({ p50: amount, p95: amount, p99: amount, n: count }),
        samples: fields({ cpuUsPerRequest: list(amount), requestsPerSecond: list(amount) }),
      },
      { cpuUsPerRequest: amount, rssMb: amount },
    ),
  ),
  notMeasured: list(fields({ what: name, measuredBy: text })),
})
const cacheSpeed = fields(
  {
    rounds: count,
    hitsPerTurn: count,
    seed: integer,
    promptChars: count,
    entryBytes: count,
    comparisons: list(
      fields({
        name,
        unit: { enum: ['CPU us', 'us by the clock'] },
        rows: list(
          fields(
            { name, us: amount, noDifferenceShown: flag, samples: list(anyNumber) },
            { toBaseline: pairedRatio, atMost: amount },
          ),
        ),
      }),
    ),
  },
  {
    frozen: list(
      fields({
        name,
        calls: count,
        failedCalls: count,
        medianMs: anyNumber,
        slowestMs: anyNumber,
        atMostMs: amount,
        samples: list(anyNumber),
      }),
    ),
  },
)

const spread = fields({ median: amount, low: amount, high: amount, samples: list({ type: 'number' }) })
const sourceFiles = list(fields({ path: name, lines: count }))

const footprint = fields({
  spawns: count,
  rows: list(
    fields(
      {
        name,
        packages: count,
        installMb: amount,
        installScripts: count,
        licences: list(text),
        importMs: spread,
        rssMb: fields({
          median: { type: 'number' },
          low: { type: 'number' },
          high: { type: 'number' },
          samples: list({ type: 'number' }),
        }),
        bundles: list(
          fields(
            { target: { enum: ['node', 'browser'] } },
            { minifiedKb: amount, gzipKb: amount, reason: text },
          ),
        ),
        exportedNames: count,
      },
      { build: name, importToSdk: pairedRatio, ownFiles: sourceFiles, coreFiles: sourceFiles },
    ),
  ),
  notMeasured: list(fields({ what: text, measuredBy: text })),
})

const none: JsonSchema = { type: 'null' }
const shareOrNone: JsonSchema = { anyOf: [share, none] }
const guardrailFamily: JsonSchema = { enum: ['injection', 'pii', 'secret'] }

const shareCount: JsonSchema = { anyOf: [fields({ found: count, of: count, low: share, high: share }), none] }

const guardrails = fields(
  {
    entrants: list(fields({ name, version: text, families: list(guardrailFamily) })),
    rows: list(
      fields(
        {
          entrant: name,
          set: name,
          family: guardrailFamily,
          n: count,
          precision: shareOrNone,
          recall: shareOrNone,
          f1: shareOrNone,
          falsePositiveRate: shareOrNone,
          usP50: amount,
          usP99: amount,
        },
        { counts: fields({ precision: shareCount, recall: shareCount, falsePositiveRate: shareCount }) },
      ),
    ),
    timings: list(
      fields({ entrant: name, text: { enum: ['short', '2 kB'] }, n: count, usP50: amount, usP99: amount }),
    ),
    growth: list(fields({ entrant: name, piece: name, chars: count, ms: { anyOf: [amount, none] } })),
    notMeasured: list(fields({ what: text, measuredBy: text })),
  },
  { holds: list(fields({ policy: text, chars: { anyOf: [count, none] } })) },
)

const changeCost = fields({
  rows: list(
    fields({
      change: name,
      what: text,
      build: name,
      linesAdded: count,
      linesRemoved: count,
      files: count,
      packages: count,
      testLines: count,
      patch: name,
    }),
  ),
})

/** The JSON Schema of `report.json`. Fields that it does not name are allowed: additions keep the version. */
export const reportSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Plumbline report',
  ...fields(
    {
      schemaVersion: { const: 2 },
      startedAt: instant,
      endedAt: instant,
      environment,
      conformance: list(entrantOutcomes),
    },
    {
      clauses: list(fields({ id: name, sentence: text, origin: text })),
      cacheImpact,
      overhead,
      streaming,
      faults,
      footprint,
      guardrails,
      metrics,
      cacheSpeed,
      changeCost,
      gateway,
    },
  ),
}

function fields(
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } }
}

function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}
