import { UsageError } from './usage-error.ts'
import { createProgram } from './program.ts'

// A reader that has seen enough, such as `head`, is no fault of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})
const endedWith = await run(process.argv.slice(2))
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
// Not left to the event loop: an entrant that sleeps for minutes before a retry, or never lets go of a stalled stream, would hold
// the program long after it has said everything.
process.exit(endedWith)

/** Resolves when what was written has left: to a pipe it leaves later. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}

/** Runs one command. Resolves with the exit code: 0 ok, 1 findings, 2 usage. */
async function run(args: readonly string[]): Promise<number> {
  let exitCode = 0
  const program = createProgram((code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n`)
      return 2
    }
    // Commander has printed its own message or the help by now.
    if (isCommanderExit(error)) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

function isCommanderExit(error: unknown): error is { exitCode: number } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')
}
