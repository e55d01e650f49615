import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

const run = promisify(execFile)

test('both builds answer, and the second call is a hit that says what it saved', async () => {
  const program = fileURLToPath(new URL('first-call.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--conditions=@plumbline/source', program])
  // 14 input tokens at 2.50 and 12 output tokens at 10.00 USD per million: 35,000 + 120,000 nano-dollars.
  for (const build of ['scratch', 'langchain']) {
    const [, lines] = stdout.split(`${build}: A weight on a string: it shows what is upright.\n`)
    expect(lines).toMatch(
      /^ {2}miss {2}billed \$0\.000155 +saved \$0\S* {2}\(14 in, 12 out\)\n {2}hit {3}billed \$0\S* +saved \$0\.000155/,
    )
  }
})
