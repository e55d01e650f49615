export { systemClock } from './contract/clock.ts'
export { copyJson } from './contract/copy-json.ts'
export {
  AuthenticationError,
  BudgetExceededError,
  CancelledError,
  ContentFilteredError,
  ContextLengthError,
  GuardrailBlockedError,
  InvalidRequestError,
  NetworkError,
  PlumblineError,
  QuotaExceededError,
  RateLimitedError,
  SlowConsumerError,
  StoreUnavailableError,
  TimeoutError,
  TruncatedError,
  UpstreamError,
} from './contract/errors.ts'
export {
  assertChatResponse,
  assertEmbedResponse,
  assertEventStream,
  failureOf,
  outcomeOf,
} from './contract/outcome.ts'
export {
  assertCallContext,
  assertChatRequest,
  assertEmbedRequest,
  assertPipelineOptions,
} from './contract/validate.ts'
export { logBudgetWarnings, toBudgetError } from './budget/budget-errors.ts'
export { assertBudgetOptions, budgetWindows } from './budget/budget-options.ts'
export { createMemoryBudgetStore } from './budget/memory-budget-store.ts'
export { reservedUsage } from './budget/reserved-usage.ts'
export { isCacheable, isStorable } from './cache/admission.ts'
export { canonicalText } from './cache/canonical-text.ts'
export { decodeEntry, encodeEntry } from './cache/codec.ts'
export { createEpochCopy } from './cache/epoch-copy.ts'
export { assertInvalidation, invalidate } from './cache/invalidate.ts'
export { responseKey, vectorKey } from './cache/key.ts'
export { leaseMs, leasePollMs, leaseRenewalMs } from './cache/lease.ts'
export { openEntry, sealEntry } from './cache/sealed-entry.ts'
export { normaliseRequest, normaliseText } from './cache/normalise.ts'
export { createMemoryStore } from './cache/memory-store.ts'
export { assertCacheTags } from './cache/scopes.ts'
export { assertTtl, jitteredTtlMs } from './cache/ttl.ts'
export { decodeVectorEntry, encodeVectorEntry, shareTokens } from './cache/vector-entry.ts'
export { splitTexts } from './cache/split-texts.ts'
export { embeddingItem, vectorFromBytes, vectorToBytes } from './cache/vectors.ts'
export { emptyAnswerCheck, minLengthCheck, refusalCheck } from './guardrails/answer-checks.ts'
export { assignmentRule } from './guardrails/assignment.ts'
export { toBlockedError } from './guardrails/blocked-error.ts'
export { canaryRule } from './guardrails/canary.ts'
export { cardRule } from './guardrails/card.ts'
export { checksFor, checkVerdict, defaultCheckLimitMs } from './guardrails/check.ts'
export { customRule } from './guardrails/custom-rule.ts'
export { defaultGuardrails } from './guardrails/default-policy.ts'
export { defineGuardrails } from './guardrails/define-policy.ts'
export { emailRule } from './guardrails/email.ts'
export {
  embedSubject,
  guardEmbedRequest,
  guardRequest,
  guardResponse,
  requestSubject,
  responseSubject,
} from './guardrails/guard-messages.ts'
export { guardText } from './guardrails/guard-text.ts'
export { holdBound } from './guardrails/hold-bound.ts'
export { ibanRule } from './guardrails/iban.ts'
export { injectionRule } from './guardrails/injection.ts'
export { ipRule } from './guardrails/ip.ts'
export { lengthRule, tokenLimitRule } from './guardrails/length.ts'
export { phoneRule } from './guardrails/phone.ts'
export { createRestorer } from './guardrails/restore.ts'
export { secretsRule } from './guardrails/secrets.ts'
export { ssnRule } from './guardrails/ssn.ts'
export { createStreamGate } from './guardrails/stream-gate.ts'
export { urlCredentialsRule } from './guardrails/url-credentials.ts'
export { systemPromptRule } from './guardrails/system-prompt.ts'
export { topicsRule } from './guardrails/topics.ts'
export { toPlumblineError } from './resilience/classify.ts'
export { createModelBreakers } from './resilience/model-breakers.ts'
export { createCircuitBreaker } from './resilience/circuit-breaker.ts'
export { attemptOutcome, retryDelayMs } from './resilience/retry-decision.ts'
export { createRetryBudget } from './resilience/retry-budget.ts'
export { createChunkAssembler } from './stream/assemble.ts'
export { carriesProgress } from './stream/progress.ts'
export { hasContent, replayAsChunks, withoutUsage } from './stream/replay.ts'
export { createCallRecord } from './metrics/call-record.ts'
export { MetricsCollector } from './metrics/collector.ts'
export { countInFlight, countLoss, countVerdicts } from './metrics/count-safely.ts'
export { createEmitter, toLogEvent } from './metrics/emit.ts'
export { estimateUsage, framedTokens, resolveUsage } from './metrics/estimate-usage.ts'
export { formatUsd, nanoUsdToUsd } from './metrics/money.ts'
export { fallbackCard, priceUsage } from './metrics/price-card.ts'
export { createPriceBook } from './metrics/prices.ts'
export { countTokens, loadTokenizer } from './metrics/tokenizer.ts'
export { estimateTokens, usageFromWire } from './metrics/usage.ts'

export type { Clock } from './contract/clock.ts'
export type { ErrorCode, ErrorFacts } from './contract/errors.ts'
export type {
  CachePolicy,
  EmbeddingCacheOptions,
  PipelineOptions,
  ProviderOptions,
  ResponseCacheOptions,
  RetryOptions,
  StreamOptions,
} from './contract/options.ts'
export type {
  CacheMode,
  CallContext,
  ChatResult,
  ChatStream,
  EmbedResult,
  HealthPart,
  HealthReport,
  HealthStatus,
  Pipeline,
} from './contract/pipeline.ts'
export type {
  ChatChoice,
  ChatChunk,
  ChatChunkChoice,
  ChatDelta,
  ChatMessage,
  ChatRequest,
  ChatResponse,
  ContentPart,
  EmbeddingItem,
  EmbedRequest,
  EmbedResponse,
  FinishReason,
  Role,
  ToolCall,
  ToolCallDelta,
  Usage,
} from './contract/wire.ts'
export type { BudgetLimits, BudgetOptions } from './budget/budget-options.ts'
export type {
  BudgetAnswer,
  BudgetClaim,
  BudgetReading,
  BudgetStore,
  BudgetWindow,
} from './budget/budget-store.ts'
export type { ResponseEntry } from './cache/codec.ts'
export type { EpochCopy } from './cache/epoch-copy.ts'
export type { Invalidation } from './cache/invalidate.ts'
export type { KeyScope } from './cache/key.ts'
export type { MemoryStoreOptions } from './cache/memory-store.ts'
export type { VectorEntry } from './cache/vector-entry.ts'
export type { EntryScopes } from './cache/scopes.ts'
export type { CheckFinding, CheckSubject, GuardrailCheck, PlacedText } from './guardrails/check.ts'
export type { CustomRuleOptions } from './guardrails/custom-rule.ts'
export type { GuardrailsOptions } from './guardrails/define-policy.ts'
export type { EntryCount, EntryKind, StoreStats, UseAge } from './cache/store-stats.ts'
export type { ByteStore, Epochs, LeaseEnd, Leases } from './cache/store.ts'
export type { Direction, Finding, GuardrailRule, TextPlace } from './guardrails/rule.ts'
export type { SystemPromptOptions } from './guardrails/system-prompt.ts'
export type { Restorer } from './guardrails/restore.ts'
export type { ChunkGate } from './guardrails/chunk-gate.ts'
export type { StreamGate } from './guardrails/stream-gate.ts'
export type {
  BlockedBy,
  GuardrailAction,
  GuardrailPolicy,
  PolicyCheck,
  PolicyRule,
  RuleFailure,
  Verdict,
} from './guardrails/policy.ts'
export type { CallFacts } from './metrics/call-record.ts'
export type { MetricsCollectorOptions, MetricsSummary, SummaryOptions } from './metrics/collector.ts'
export type { CallLogger, Emitter } from './metrics/emit.ts'
export type { Ledger, MetricsExporter } from './metrics/exporter.ts'
export type { HourlyCost } from './metrics/hourly-cost.ts'
export type { LabelName } from './metrics/labels.ts'
export type { UsageCount } from './metrics/estimate-usage.ts'
export type { PriceCard, PricedUsage, PriceTier, TokenPrices } from './metrics/price-card.ts'
export type { PriceOverride } from './metrics/price-override.ts'
export type { PriceBook, PriceBookOptions, PriceQuery } from './metrics/prices.ts'
export type { CallOutcome, CacheStatus, LLMCallMetrics, PriceSource, TokenUsage } from './metrics/record.ts'
export type {
  AttemptOutcome,
  CircuitBreaker,
  CircuitBreakerOptions,
  Pass,
} from './resilience/circuit-breaker.ts'
export type { ModelBreakers } from './resilience/model-breakers.ts'
export type { RetryBudget, RetryBudgetOptions } from './resilience/retry-budget.ts'
export type { ChunkAssembler } from './stream/assemble.ts'
