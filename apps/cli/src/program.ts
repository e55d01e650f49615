import { Command } from 'commander'

import type { BenchFlags } from './commands/bench.ts'
import type { CacheFlags } from './commands/cache.ts'
import type { ConformanceFlags } from './commands/conformance.ts'
import type { CopyFlags } from './commands/copy.ts'
import type { PricesFlags } from './commands/prices.ts'
import type { UsageFlags } from './commands/usage.ts'
import type { DashboardFlags } from './commands/dashboard.ts'
import type { DecideFlags } from './commands/decide.ts'

/** The command line. `onExitCode` receives what the command that ran ends with; a command is loaded when it runs. */
export function createProgram(onExitCode: (code: number) => void): Command {
  const program = new Command('plumbline')
    .description('One LLM pipeline, built from scratch and on LangChain.js, held to one contract.')
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 findings, 2 usage. Progress goes to stderr, results to stdout.',
    )
    .exitOverride()

  program
    .command('conformance')
    .description('Hold entrants to the contract: a table of clauses by entrants.')
    .option('--entrants <names>', 'entrants, separated by commas (default: all)')
    .option('--clause <id>', 'this clause only; one about a part, such as MET-14, without --entrants')
    .option('--json', 'the outcomes as JSON on stdout')
    .option(
      '--record',
      'write what the entrants did into their outcomes.json (whole suite, no build of ours)',
    )
    .addHelpText(
      'after',
      '\nExit code 1 when a build of ours fails a clause, or an entrant departs from its recorded outcomes.',
    )
    .action(async (flags: ConformanceFlags) => {
      const { conformanceCommand } = await import('./commands/conformance.ts')
      onExitCode(await conformanceCommand(flags))
    })

  program
    .command('copy')
    .description('Copy a build and the core files it reaches into your project, to own from there.')
    .argument('<build-or-dir>', 'scratch or langchain; with --check the folder that was copied into')
    .argument('[dir]', 'the folder that gets plumbline/, for example src')
    .option(
      '--parts <names>',
      'only these, separated by commas: metrics, guardrails, cache, embeddings; or what no build reaches by itself: redis, sqlite, redis-budget, ledger, prometheus, otel, export, json-schema, pattern',
    )
    .option('--dry-run', 'say what would be written')
    .option('--check', 'compare an earlier copy with its origin')
    .addHelpText(
      'after',
      '\nFiles that were edited since they were copied are never overwritten: the copy is refused.',
    )
    .action(async (first: string, dir: string | undefined, flags: CopyFlags) => {
      const { copyCommand } = await import('./commands/copy.ts')
      onExitCode(await copyCommand(first, dir, flags))
    })

  program
    .command('bench')
    .description(
      'Hold the builds to the contract, then measure, and write report.json, REPORT.md and report.html.',
    )
    .argument(
      '[names...]',
      'benchmarks (default: all; change-cost, gateway, metrics and cache-speed only with --full or by name)',
    )
    .option(
      '--quick',
      'three minutes on two cores, and two more where npm test has not just passed (default)',
    )
    .option('--full', 'longer workloads and windows, narrower intervals')
    .option(
      '--trace <file>',
      'cache-impact: replay this trace, not the built-in workload; may be given again (see docs/traces.md)',
      (file: string, before: string[] = []) => [...before, file],
    )
    .option(
      '--pairs <file>',
      'cache-impact: count wrong hits in these labelled pairs; may be given again (see docs/caching.md)',
      (file: string, before: string[] = []) => [...before, file],
    )
    .option(
      '--data <dir>',
      'guardrails: these labelled sets, not the small ones of the project (see docs/guardrails.md)',
    )
    .option(
      '--latencies <file>',
      'metrics: how right percentiles are on these too, ms: one a line, or a column of a CSV file',
    )
    .option('--latency-column <name>', 'metrics: that column (default: latency_ms)')
    .option('--entrants <names>', 'entrants, separated by commas (default: all)')
    .option('--out <dir>', 'where the report goes', '.')
    .option('--json', 'the report as JSON on stdout')
    .option('--record', 'also keep the result in benchmarks/results')
    .addHelpText(
      'after',
      '\nBenchmarks: cache-impact, faults, overhead, streaming, footprint, change-cost, guardrails, metrics, cache-speed, gateway.\nOther entrants are held to the contract by their tests; the report shows what is recorded of them.',
    )
    .action(async (names: string[], flags: BenchFlags) => {
      const { benchCommand } = await import('./commands/bench.ts')
      onExitCode(await benchCommand(names, flags))
    })

  program
    .command('decide')
    .description(
      'Framework or from scratch: what the evidence advises for your weights, and what would turn it.',
    )
    .option('--preset <name>', 'balanced, steelman-framework, steelman-scratch, edge, startup, regulated')
    .option('--answers <file>', 'your weights, constraints and opinions as JSON (docs/decision-framework.md)')
    .option('--report <file>', 'the evidence (default: report.json here, then what is recorded)')
    .option('--adr <file>', 'also write the decision record (MADR)')
    .option('--json', 'the advice as JSON on stdout')
    .addHelpText(
      'after',
      '\nWithout --preset and --answers it asks on a terminal, and weighs all alike elsewhere.\nExit code 1 when the evidence gives no advice.',
    )
    .action(async (flags: DecideFlags) => {
      const { decideCommand } = await import('./commands/decide.ts')
      onExitCode(await decideCommand(flags))
    })

  program
    .command('usage')
    .description('What the calls in a ledger cost, how long they took and how many succeeded.')
    .requiredOption('--ledger <file>', 'the SQLite file that the pipeline writes')
    .option('--since <duration>', 'how far back: a number and m, h, d or w', '24h')
    .option('--by <label>', 'model, endpoint, promptVersion, tenant, hour (UTC) or build', 'model')
    .option('--no-percentiles', 'counts and sums alone, in half the time')
    .option('--json', 'as JSON on stdout')
    .option('--csv', 'as CSV on stdout')
    .action(async (flags: UsageFlags) => {
      const { usageCommand } = await import('./commands/usage.ts')
      onExitCode(usageCommand(flags, Date.now()))
    })

  const cache = program
    .command('cache')
    .description('A store that caches share: what is in it, and ending it.')
  const storeFlag = ['--store <store>', 'its SQLite file, or redis://host:port (rediss:// over TLS)'] as const
  cache
    .command('stats')
    .description('What a store holds, by keys, sizes and times alone: no entry is read.')
    .requiredOption(...storeFlag)
    .option('--json', 'as JSON on stdout')
    .addHelpText('after', '\nExit code 1 when the store does not answer.')
    .action(async (flags: CacheFlags) => {
      const { cacheStatsCommand } = await import('./commands/cache.ts')
      onExitCode(await cacheStatsCommand(flags))
    })
  cache
    .command('invalidate')
    .description('End what pipelines have stored: within 250 ms every one that shares the store misses it.')
    .requiredOption(...storeFlag)
    .option('--tenant <name>', 'of this tenant; calls without one are those of `default`')
    .option('--model <name>', 'of this model, as requests name it')
    .option('--tag <name>', 'of the calls that named this tag (`cacheTags`)')
    .option('--all', 'all of it')
    .addHelpText(
      'after',
      "\nTakes exactly one of them. Exit code 1 when the store does not take it: what it holds may still be served.\nEntries of LangChain's own seam, ResponseCache, end with their time alone.",
    )
    .action(async (flags: CacheFlags) => {
      const { cacheInvalidateCommand } = await import('./commands/cache.ts')
      onExitCode(await cacheInvalidateCommand(flags))
    })

  program
    .command('prices')
    .description('What a model costs, and where that is known from.')
    .argument('<model>', 'the model id, with or without its provider: gpt-4o, anthropic/claude-sonnet-4-5')
    .option('--at <date>', 'the prices in force then: a date or a date-time, in UTC (default: now)')
    .option('--json', 'as JSON on stdout')
    .addHelpText('after', '\nExit code 1 when no price is known: then the fallback card is printed.')
    .action(async (model: string, flags: PricesFlags) => {
      const { pricesCommand } = await import('./commands/prices.ts')
      onExitCode(await pricesCommand(model, flags, Date.now()))
    })

  program
    .command('keys')
    .description('Keys for the callers of serve.')
    .argument('[options...]')
    .helpOption(false)
    .allowUnknownOption()
    .addHelpText('after', '\nIts options: plumbline keys --help')
    .action(async (args: string[]) => {
      const { keysCommand } = await import('./commands/keys.ts')
      onExitCode(keysCommand(args))
    })

  program
    .command('serve')
    .description('Either build as an OpenAI-compatible service.')
    .argument('[options...]')
    .helpOption(false)
    .allowUnknownOption()
    .addHelpText('after', '\nIts options: plumbline serve --help')
    .action(async (args: string[]) => {
      const { runApp } = await import('./run-app.ts')
      onExitCode(await runApp('gateway', args))
    })

  program
    .command('dashboard')
    .description('The live page over a ledger: requests, errors, latency, tokens, cost, cache, blocks.')
    .requiredOption('--ledger <file>', 'the SQLite file that the pipeline writes')
    .option('--port <n>', 'where it listens', '9465')
    .option('--host <name>', 'on which name', '127.0.0.1')
    .option(
      '--gateway <url>',
      'where a gateway answers /healthz: also shows its provider, breakers and stores',
    )
    .option('--key-file <file>', 'who looks must show a key; the file holds its SHA-256 in hex')
    .addHelpText(
      'after',
      '\nWithout --key-file it listens on loopback only. A key and its hash:\n  key=$(openssl rand -hex 32); printf %s "$key" | sha256sum > dashboard-key.sha256\nScripts send it as a bearer token: /api/overview, /export/calls.csv, /export/series.csv, /export/table.csv (range, by, labels).',
    )
    .action(async (flags: DashboardFlags) => {
      const { dashboardCommand } = await import('./commands/dashboard.ts')
      onExitCode(await dashboardCommand(flags))
    })

  return program
}
