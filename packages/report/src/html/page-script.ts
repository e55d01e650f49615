import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import type { Evidence } from '@plumbline/decide'

import { markup, trusted, type Markup } from './markup.ts'

/** The script of the page, and what the page's policy lets run: this text and no other. */
export interface PageScript {
  elements: Markup
  /** A source of `script-src`. */
  source: string
}

/** Bundles the script that brings the Decide page to life, and the evidence that it weighs. */
export async function pageScript(evidence: Evidence): Promise<PageScript> {
  const code = await bundleScript()
  const hash = createHash('sha256').update(code).digest('base64')
  // No text in JSON can end the element.
  const json = JSON.stringify(evidence).replaceAll('<', String.raw`\u003c`)
  return {
    elements: markup`<script type="application/json" id="evidence">${trusted(json)}</script>
<script>${trusted(code)}</script>`,
    source: `'sha256-${hash}'`,
  }
}

/** From the sources where they are run from, else from what was built. Loaded when a page is written: a bundler is none of the report's figures. */
async function bundleScript(): Promise<string> {
  const { build } = await import('esbuild')
  const isSource = import.meta.url.endsWith('.ts')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../browser/main.${isSource ? 'ts' : 'js'}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2024',
    // What reads it is a browser; no path of this machine is in it.
    legalComments: 'none',
    conditions: isSource ? ['@plumbline/source'] : [],
    write: false,
    logLevel: 'silent',
  })
  const [file] = outputFiles
  if (file === undefined) throw new TypeError('esbuild wrote no script.')
  return file.text.trim().replaceAll('</', String.raw`<\/`)
}
