import type { PairedDifference, Streaming } from '../streaming.ts'

/** The streaming table as text, its heading first. */
export function streamingCells({ rows }: Streaming): string[][] {
  return [
    ['row', 'first chunk ms', 'added', 'CPU us per chunk', 'added', 'MB held after 10,000'],
    ...rows.map(({ name, firstChunkMs, cpuUsPerChunk, addedFirstChunkMs, addedCpuUsPerChunk, heldMb }) => [
      name,
      firstChunkMs.toFixed(2),
      added(addedFirstChunkMs, 2),
      cpuUsPerChunk.toFixed(1),
      added(addedCpuUsPerChunk, 1),
      heldMb?.toFixed(2) ?? '–',
    ]),
  ]
}

function added(paired: PairedDifference | undefined, digits: number): string {
  if (paired === undefined) return 'baseline'
  const { difference, low, high } = paired
  return `${difference.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`
}
