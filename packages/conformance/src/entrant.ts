import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

import type {
  CallContext,
  ChatChunk,
  ChatRequest,
  ChatResult,
  ChatStream,
  EmbedRequest,
  EmbedResult,
  Pipeline,
  PipelineOptions,
} from '@plumbline/core'

import { cases, type Capability, type Clause, type Scenario } from './clause.ts'

/** A chat result of an entrant that may not measure or check anything. */
export type EntrantChatResult = Pick<ChatResult, 'response'> & Partial<ChatResult>

/** As `ChatStream`, with a result that may be missing or measure nothing. */
export interface EntrantChatStream extends AsyncIterable<ChatChunk> {
  readonly result?: Promise<EntrantChatResult>
}

/**
 * A pipeline, or the part of one that an entrant has. What is missing here is missing from `offers`,
 * so no clause asks for it.
 */
export interface EntrantPipeline extends Partial<
  Pick<Pipeline, 'health' | 'invalidate' | 'metrics' | 'close'>
> {
  chat?(request: ChatRequest, context?: CallContext): Promise<EntrantChatResult>
  stream?(request: ChatRequest, context?: CallContext): EntrantChatStream | ChatStream
  embed?(
    request: EmbedRequest,
    context?: CallContext,
  ): Promise<Pick<EmbedResult, 'response'> & Partial<EmbedResult>>
}

/** Anything that is held to the contract. */
export interface Entrant {
  /** `scratch`, `openai-sdk`: the name of its workspace. */
  name: string
  /** Of the package that the entrant stands for; see `installedVersion`. */
  version: string
  offers: readonly Capability[]
  /** Why it does not offer the rest, one sentence each. */
  unsupported: Readonly<Partial<Record<Capability, string>>>
  create(options: PipelineOptions): EntrantPipeline
}

/** Checks a declaration: throws `TypeError` when a capability is both offered and declared missing. */
export function defineEntrant(entrant: Entrant): Entrant {
  for (const capability of entrant.offers) {
    if (entrant.unsupported[capability] !== undefined) {
      throw new TypeError(`Entrant ${entrant.name} both offers and lacks ${capability}.`)
    }
  }
  return entrant
}

/**
 * The version of an installed package, as its own `package.json` says: a version typed by hand would be wrong after
 * the next upgrade. `from` is the `import.meta.url` of the asking module. Throws when the package is not installed.
 */
export function installedVersion(packageName: string, from: string): string {
  const path = findPackageJSON(packageName, from)
  if (path === undefined) throw new Error(`No package.json of ${packageName} is reachable from ${from}.`)
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version)
  throw new Error(`${path} has no version.`)
}

/** The first thing that `needs` asks and the entrant does not offer, as a reason; undefined when it offers all of it. */
export function missingReason(needs: readonly Capability[], entrant: Entrant): string | undefined {
  const missing = needs.find((capability) => !entrant.offers.includes(capability))
  if (missing === undefined) return undefined
  return entrant.unsupported[missing] ?? `${entrant.name} does not offer ${missing}.`
}

/** The scenarios of a clause that the entrants can be asked, all of them when there is no entrant. */
export function scenariosFor(clause: Clause, entrants: readonly Entrant[]): Scenario[] {
  return clause.scenarios.filter(({ needs = [] }) =>
    entrants.every((entrant) => missingReason(needs, entrant) === undefined),
  )
}

/**
 * Why a clause cannot be asked of an entrant: for want of what it needs, or of what every scenario of one of its cases needs.
 * Undefined when it can: a clause without its nasty case would be another clause.
 */
export function unsupportedReason(clause: Clause, entrant: Entrant): string | undefined {
  const missing = missingReason(clause.needs, entrant)
  if (missing !== undefined) return missing
  const asked = scenariosFor(clause, [entrant])
  const without = cases.find((wanted) => !asked.some((scenario) => scenario.case === wanted))
  const first = clause.scenarios.find((scenario) => scenario.case === without)
  return first && missingReason(first.needs ?? [], entrant)
}
