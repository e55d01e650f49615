import type { CacheImpact, TraceFacts } from './cache-impact.ts'
import type { CacheSpeed } from './cache-speed.ts'
import type { Faults } from './faults.ts'
import { formatCount, formatShare, shortHash } from './figures.ts'
import type { Footprint } from './footprint.ts'
import type { Guardrails } from './guardrails.ts'
import type { MetricsCost } from './metrics.ts'
import type { GatewayResult } from './gateway.ts'
import type { OverheadSetting } from './overhead-setting.ts'
import type { Environment, Overhead } from './report.ts'
import type { Streaming } from './streaming.ts'

/** How the figures of a section came about, in words that Markdown and HTML share. */
export const captions = {
  settings:
    'Counts are taken at the simulated provider over every request of the trace, in virtual time, and priced by its journal. ' +
    'Latency is real time at 1 x against the modelled provider, over a part of the trace. A dash: the entrant has no such cache, or the trace no such call.',
  latency:
    'Modelled: the provider waits as these parameters say, and callers wait in real time, uncompressed. They are assumptions, not ' +
    'measurements of a provider: read the shape. The same requests at every scale.',
  curve:
    'Priced: the built-in workload replayed at other repeat rates, each point against the same entrant without caches. It includes wrong answers: a ' +
    'line over another may be there because its cache serves answers to other requests or tenants, which is no saving (see "wrong" in the tables above).',
  stampede: 'Counted at the simulated provider, the cache empty. One call is what one answer costs.',
  clauses: (count: number): string =>
    `${count} clauses. After each stands why it is asked. Classic practice: what production services are held to. User expectation: what a caller ` +
    'takes for granted. Found defect: what went wrong in a library or in an earlier build of ours. (F): over a server of raw faults. (R): over a real ' +
    'Redis. (P): with inputs drawn at random.',
  clausesWithoutColumn:
    'A number that is missing is about a part alone (such as MET-14 and CAC-22) or about both builds at once (such as CAC-20): it is asked of no ' +
    'entrant and has no row here. `npm test` holds them all; `plumbline conformance --clause MET-14` holds one that is about a part and prints the outcome.',
  conformance:
    'Counted. A dash: the entrant has nothing to ask the clause of. No totals: clauses do not weigh the same.',
  overhead: ({ rounds, callsPerRound, seed }: Overhead): string =>
    `Measured: CPU time of the calling process per chat call, one at a time over loopback HTTP, median of ${rounds} rounds of ` +
    `${callsPerRound} calls, half of them in an order of the rows and half in its reverse. The ratio is to the bare SDK in the same ` +
    `round, with its 95 % bootstrap interval (seed ${seed}). Metrics only: guardrails and caches are off; retry, deadline, breaker and ` +
    "the builds' own transport stay. SDK's own fetch: without that transport.",
  overheadSetting: ({ rounds, callsPerRound }: OverheadSetting): string =>
    `Measured: CPU time of this process per chat call of 1 kB, another request each time, median of ${rounds} rounds of ${callsPerRound} calls, half of ` +
    'them in an order of the rows and half in its reverse; ratio and difference to the row that it is set against, in the same round, with 95 % ' +
    'bootstrap intervals. No stage: what cannot be taken out stays (request check, deadline, retry loop, record, price). Every stage: the ' +
    'defaults, a budget and a logger; the cache misses and stores.',
  stages:
    'Where the time goes by stage, in process, one call at a time. Each row was measured by itself, so parts need not add up to the whole; a model takes ' +
    'hundreds of thousands of us to answer.',
  speed:
    'Measured: each figure is that of the section which measures it, with its 95 % interval, beside the most that the project allows itself.',
  faults: ({ limitMs, deadlineMs }: Faults): string =>
    `Measured: one call for each cell, in real time over loopback HTTP. Calls wait beside each other: read tenths of a second, not ` +
    `milliseconds. ${deadlineMs === undefined ? '' : `The caller gives each a deadline of ${deadlineMs / 1000} s. `}` +
    `A call that has not ended after ${limitMs / 1000} s hangs. Success says that it ended without an error, whatever it returned. ` +
    'Requests are counted at the provider.',
  streaming: ({ rounds, longChunks, seed }: Streaming): string =>
    `Measured over loopback HTTP, the provider in another process, median of ${rounds} rounds: time to the first chunk with content, one ` +
    `stream at a time; CPU time of the calling process over streams of ${longChunks} chunks. Added: against the bare client of the same ` +
    `library in the same round (the SDK for scratch, LangChain as its docs advise for langchain), with its 95 % bootstrap interval (seed ${seed}).`,
  streamingHold: ({ holds }: Pick<Guardrails, 'holds'>): string => {
    const most = holds?.find(({ policy }) => policy === 'default')?.chars
    return (
      'With the default guardrails a reader sees ordinary prose up to its last word, which follows with the next one: it could still become something ' +
      'that is redacted. What looks like the beginning of such a thing waits until it is known' +
      `${typeof most === 'number' ? `, at most ${formatCount(most)} UTF-16 code units (the body of a private key)` : ''}. At the end of the answer all of it is out.`
    )
  },
  noisy: ({ loadAverage, cores }: Environment): string =>
    `Noisy run: the load was ${loadAverage.toFixed(2)} on ${cores} ${cores === 1 ? 'processor' : 'processors'} when it began, so other processes took time from what is ` +
    'measured here. Times are longer than on a quiet machine, the highest percentiles by far; ratios within a round suffer least, as its rows take turns.',
  gateway: ({ rounds, callsPerRound, connections, perSecond, streamChunks, seed }: GatewayResult): string =>
    `Measured over loopback HTTP, each gateway in a process of its own over the same provider: CPU time of that process and requests a second, ` +
    `${connections} callers at once, median of ${rounds} rounds of ${callsPerRound} requests; the ratios are of CPU time in the same round, with their 95 % ` +
    `bootstrap intervals (seed ${seed}). Latency at ${perSecond} requests a second from the moment each was due, over all rounds. A stream has ${streamChunks} ` +
    'chunks. Caller, provider and gateways share this machine: throughput is what they get of it together. The builds run with keys, limits, guardrails, ' +
    'caches, metrics and a ledger; Portkey with nothing switched on, and its package has no cache.',
  footprint: ({ spawns }: Footprint): string =>
    'Counted: packages, scripts and licences by the lockfile, MB on this disk, bundles of everything that is exported by esbuild, lines with ' +
    `their comments. Measured: import and resident memory over an empty process, median of ${spawns} new processes in turn; the ratio is ` +
    'to the bare SDK, spawn by spawn. The builds are measured as they are published. What loads on first use is in the bundles and not in the import.',
  metrics: ({ rounds, recordsPerRound, seed }: MetricsCost): string =>
    'Measured in processes of their own, garbage collection included. A million records with four labels of 16 values: heap and buffers ' +
    'after a collection against before, and the mean CPU time of a record. Side by side: median CPU time over ' +
    `${rounds} rounds of ${formatCount(recordsPerRound)} records, half of them in an order of the rows and half in its reverse, with the 95 % ` +
    `bootstrap interval of the ratio in a round (seed ${seed}). prom-client counts and sums the same under the same four labels, a series for ` +
    'each combination; the collector keeps a series for each value, with windows and percentiles.',
  percentiles:
    'Counted: each set recorded whole, what summary() says beside the nearest rank of the sorted list.',
  cacheSpeed: ({ rounds, hitsPerTurn, promptChars, entryBytes, seed }: CacheSpeed): string =>
    `Measured: the question has ${formatCount(promptChars)} characters, a short one 200, what is stored for it ${formatCount(entryBytes)} bytes. Median over ` +
    `${rounds} rounds of ${hitsPerTurn} hits twice, in an order of the rows and in its reverse, one at a time; the ratio is to the first row in ` +
    `the same round, with its 95 % bootstrap interval (seed ${seed}). A hit is policy, key, look-up, check and parsing; whole calls have no ` +
    "guardrails. LangChain's caches are given the text and the key that it makes for them.",
  frozen:
    'Measured by the clock over a provider that answers at once, in turn with calls that have no cache. The server is stopped by SIGSTOP ' +
    'between two calls. Each first call is to hold the limit, and the median of the later ones.',
  changeCost:
    'Counted over committed patches: each was applied to the build as it is and the tests of the change passed with it. Lines of tests stand apart. `sdk-major` is made already: it brings no tests, the whole suite holds it.',
  faultSettings:
    'Defaults: nothing was set. 2 retries: the entrant was told so; an entrant without such figures has them as its default.',
  faultCounts:
    'Counted over the faults. No totals: faults do not weigh the same, and an error can be the right end.',
}

/** What a trace is, in one sentence or two. */
export function describeTrace(trace: TraceFacts): string {
  const { what, requests, tenants, repeatShare, cacheableShare, temperature, embeds } = trace
  // Only the built-in workload, whose temperature is its own, has requests that look nothing up.
  const embedding =
    temperature === 'of the workload'
      ? 'A part of them embeds its question first.'
      : 'Each embeds its question first.'
  return (
    `${what}: ${formatCount(requests)} requests of ${formatCount(tenants)} ${tenants === 1 ? 'tenant' : 'tenants'}, ` +
    `${formatShare(repeatShare)} ask what their tenant asked before, ${formatShare(cacheableShare)} may be cached by the default policy ` +
    `(temperature ${temperature}). ${embeds ? embedding : 'None embeds.'}`
  )
}

/** What a run of the benchmark was set to. */
export function describeSetup(impact: CacheImpact, trace: TraceFacts): string {
  const { chatModel, embeddingModel, priceDate, seed, ttlMs } = impact
  return (
    `Chat model ${chatModel}, embeddings ${embeddingModel}, prices of ${priceDate}, answers kept for ` +
    `${formatCount(ttlMs / 1000)} s where the entrant can be told, seed ${seed}, trace SHA-256 ${shortHash(trace.sha256)}.`
  )
}

/** Whether the machine did other things while it measured. */
export function wasBusy({ loadAverage, cores }: Environment): boolean {
  return loadAverage > cores
}

/** The libraries that are compared, as one text. */
export function describePackages({ packages }: Environment): string {
  return Object.entries(packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}
