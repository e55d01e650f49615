// Imports what it is told to and says what that took: { importMs, rssMb }. Plain JavaScript, since stripping types would be measured too.
const specifiers = process.argv.slice(2)
const began = performance.now()
for (const specifier of specifiers) await import(specifier)
const importMs = performance.now() - began
process.stdout.write(JSON.stringify({ importMs, rssMb: process.memoryUsage.rss() / 1e6 }))
