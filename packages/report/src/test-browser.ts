// A real browser for tests of pages: the report's and the dashboard's.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

import { chromium, type Browser } from 'playwright-core'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium in `CHROMIUM_PATH` or on `PATH`; undefined when there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = '' } = process.env
  const onPath = PATH.split(delimiter).flatMap((directory) =>
    ['chromium', 'chromium-browser', 'google-chrome'].map((program) => join(directory, program)),
  )
  return [...(CHROMIUM_PATH ? [CHROMIUM_PATH] : []), ...onPath].find(isExecutable)
}

/** Starts it, without a window. Rejects when there is none. */
export async function openChromium(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('There is no Chromium on PATH or in CHROMIUM_PATH.')
  return chromium.launch({ executablePath, headless: true, args: flags })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
