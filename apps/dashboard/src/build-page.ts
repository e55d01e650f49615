import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { styleSheet } from './page/style-sheet.ts'

/** A page in one file, and the policy that lets its own script and style run and nothing else. */
export interface BuiltPage {
  html: string
  contentSecurityPolicy: string
}

/** Bundles the page: script and style stand in it, nothing is loaded from anywhere. */
export async function buildPage({ demo }: { demo: boolean }): Promise<BuiltPage> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/main.tsx', import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    conditions: ['@plumbline/source'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  })
  // The end of a script inside a script would end it.
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', String.raw`<\/script`)
  return toPage({
    title: 'Plumbline dashboard',
    body: `<div id="app"${demo ? ' data-demo' : ''}></div><noscript><p>This page needs JavaScript.</p></noscript>`,
    script,
  })
}

/** The form that asks for the key; `problem` says why it is shown again. */
export function signInPage(problem?: string): BuiltPage {
  return toPage({
    title: 'Sign in: Plumbline dashboard',
    body: `<main class="sign-in"><h1>Plumbline dashboard</h1>
<form method="post" action="sign-in">
${problem === undefined ? '' : `<p class="warning" role="alert">${problem}</p>`}
<label for="key">Dashboard key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button>
</form></main>`,
  })
}

function toPage({ title, body, script }: { title: string; body: string; script?: string }): BuiltPage {
  return {
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${title}</title>
<style>${styleSheet}</style></head><body>${body}${script === undefined ? '' : `<script>${script}</script>`}</body></html>`,
    contentSecurityPolicy: [
      "default-src 'none'",
      `style-src '${hashOf(styleSheet)}'`,
      ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`]),
      "connect-src 'self'",
      'img-src data:',
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  }
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
