/** What vendors were asked to erase, and the tasks that some of them make of it. */
export interface ErasureBook {
  /** Ids, in the order in which they were asked for. */
  readonly asked: string[];
  /** Begins a task; answers its number. */
  begin(ids: readonly string[]): string;
  /** State of a task, one step further at each question; null where there is none. */
  ask(task: string): string | null;
}

const steps = ['PENDING', 'STARTED', 'SUCCESS'] as const;

export function createErasureBook(): ErasureBook {
  const asked: string[] = [];
  const questions = new Map<string, number>();
  return {
    asked,
    begin(ids) {
      asked.push(...ids);
      const task = `task-${questions.size + 1}`;
      questions.set(task, 0);
      return task;
    },
    ask(task) {
      const before = questions.get(task);
      if (before === undefined) return null;
      questions.set(task, before + 1);
      return steps[Math.min(before, steps.length - 1)] ?? null;
    },
  };
}
