/**
 * `npm run copy-test`: copies each build into fresh projects outside this repository, one for NodeNext and one for a bundler,
 * installs what the copy needs, type-checks it strictly, holds the compiled copy to the contract, and calls it once on Node 22.
 * Then packs the packages, installs them in a fresh project and calls each once on Node 22.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { knownEntrants, loadEntrant } from '@plumbline/benchmarks/entrants'
import { runSuite, startOrdinaryServer } from '@plumbline/conformance'

const root = fileURLToPath(new URL('..', import.meta.url))
const plumbline = join(root, 'apps/cli/bin/plumbline.mjs')

/** What `tsc --init` of TypeScript 7 and a Vite template write, less comments. */
const projects = {
  nodenext: { module: 'nodenext', target: 'esnext', types: [], outDir: 'dist', rootDir: 'src' },
  bundler: {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2023',
    lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    noEmit: true,
  },
}
const strict = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: true,
}

function run(command: string, args: string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, INIT_CWD: cwd } })
}

function step(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function holdCopy(build: string, entry: string): Promise<void> {
  const known = knownEntrants.find(({ name }) => name === build)
  if (known === undefined) throw new Error(`There is no entrant ${build}.`)
  const { createPipeline } = (await import(pathToFileURL(entry).href)) as { createPipeline: never }
  const outcomes = await runSuite({
    ...(await loadEntrant(known)),
    name: `${build} (copy)`,
    create: createPipeline,
  })
  const failed = outcomes.filter(({ outcome }) => outcome !== 'pass')
  if (failed.length > 0)
    throw new Error(
      failed
        .map(({ id, failedScenarios, reason }) => `${id} ${failedScenarios?.join()}: ${reason}`)
        .join('\n'),
    )
  step(`  ${outcomes.length} clauses pass against the copy of ${build}`)
}

/** `holdCopy` in a process of its own: the suite watches its process, and two suites would see each other. */
async function holdBeside(build: string, entry: string): Promise<void> {
  const args = ['--conditions=@plumbline/source', fileURLToPath(import.meta.url), 'hold', build, entry]
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close')) as [number | null] // What `close` is emitted with.
  if (code !== 0) throw new Error(`The copy of ${build} does not hold (see above).`)
}

/** One call on Node 22 of what `specifier` imports in `folder`, against a server of this process. */
async function callOnNode22(folder: string, specifier: string): Promise<void> {
  run('npm', ['install', '--no-save', '--silent', 'node@22'], folder)
  const server = await startOrdinaryServer()
  const program = `
    const { createPipeline } = await import(${JSON.stringify(specifier)})
    const pipeline = createPipeline({ provider: { baseUrl: ${JSON.stringify(server.baseUrl)}, apiKey: 'none' } })
    const { response } = await pipeline.chat({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] })
    console.log(process.version, response.choices.length)`
  writeFileSync(join(folder, 'call.mjs'), program)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const { execFile } = await import('node:child_process')
  execFile(join(folder, 'node_modules/node/bin/node'), ['call.mjs'], { cwd: folder }, (error, stdout) =>
    error ? reject(error) : resolve(stdout.trim()),
  )
  const said = await promise
  await server.close()
  if (!/^v22\.\S+ 1$/.test(said)) throw new Error(`Node 22 said ${JSON.stringify(said)}.`)
  step(`  answered on Node ${said.split(' ')[0]}`)
}

/** The packages as npm would publish them, in a project that knows nothing of this repository. */
async function callInstalled(work: string): Promise<void> {
  step('the packed packages into a fresh project')
  const folder = join(work, 'installed')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'fresh', private: true, type: 'module' }),
  )
  const tarballs = ['core', 'scratch', 'langchain'].map((name) => {
    run('npm', ['run', '--silent', 'build', '-w', `@plumbline/${name}`], root)
    const packed = run(
      'npm',
      ['pack', '--json', '--pack-destination', folder, '-w', `@plumbline/${name}`],
      root,
    )
    const found = /[\w.-]+\.tgz/.exec(packed)
    if (found === null) throw new Error(`npm pack of ${name} named no file: ${packed}`)
    return `./${found[0]}`
  })
  run('npm', ['install', '--silent', ...tarballs], folder)
  for (const build of ['scratch', 'langchain']) await callOnNode22(folder, `@plumbline/${build}`)
}

const [command, held = '', entryOfHeld = ''] = process.argv.slice(2)
if (command === 'hold') {
  await holdCopy(held, entryOfHeld)
  process.exit(0)
}

const work = mkdtempSync(join(tmpdir(), 'plumbline-copy-'))
const copies: { build: string; entry: string }[] = []
try {
  for (const build of ['scratch', 'langchain']) {
    for (const [kind, compilerOptions] of Object.entries(projects)) {
      step(`${build} into a fresh ${kind} project`)
      const folder = join(work, `${build}-${kind}`)
      mkdirSync(join(folder, 'src'), { recursive: true })
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ name: 'fresh', private: true, type: 'module' }),
      )
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: { ...compilerOptions, ...strict }, include: ['src'] }),
      )
      const printed = run(process.execPath, [plumbline, 'copy', build, 'src'], folder)
      // The command that it prints is the one that is run.
      const [, packages = ''] = /npm install --save-exact (.*)/.exec(printed) ?? []
      // And the optional one that counts the tokens of silent providers, which the suite asks for (MET-19).
      const wanted = [...packages.split(' '), 'gpt-tokenizer@4.0.0']
      run('npm', ['install', '--silent', '--save-exact', ...wanted], folder)
      run('npm', ['install', '--silent', '--save-dev', '@types/node@24.10.1', 'typescript@7.0.2'], folder)
      run(join(folder, 'node_modules/.bin/tsc'), [], folder)
      step('  type-checks strictly')
      run(process.execPath, [plumbline, 'copy', '--check', 'src'], folder)
      if (kind === 'bundler') continue
      const entry = join(folder, `dist/plumbline/${build}/index.js`)
      copies.push({ build, entry })
      await callOnNode22(folder, pathToFileURL(entry).href)
    }
  }
  // Side by side: most of their time is waited.
  step('the contract against both copies')
  await Promise.all(copies.map(({ build, entry }) => holdBeside(build, entry)))
  await callInstalled(work)
} catch (error) {
  // tsc prints what it found on stdout.
  if (error instanceof Error && 'stdout' in error) process.stderr.write(String(error.stdout))
  throw error
} finally {
  rmSync(work, { recursive: true, force: true })
}
