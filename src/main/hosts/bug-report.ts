/** Writes a bug to the log, under the id that the window was told. */
export function createBugReport(log: (text: string) => void): (bug: unknown, requestId?: string) => void {
  return (bug, requestId = '-') => log(`bug ${requestId}: ${bug instanceof Error ? (bug.stack ?? bug.message) : String(bug)}\n`);
}
