import { createInterface } from 'node:readline/promises';
import type { Confirm } from '../../desk/confirm.ts';

/** Asks in the terminal that Sluice was started from. Without one nobody can be asked: the answer is no. */
export function createTerminalConfirm(input: NodeJS.ReadStream = process.stdin, output: NodeJS.WriteStream = process.stderr): Confirm {
  let turn: Promise<unknown> = Promise.resolve();
  const ask: Confirm = async ({ title, detail, action }) => {
    if (!input.isTTY || !output.isTTY) {
      output.write('Sluice: a question that needs a terminal was answered with no. Start Sluice from a terminal to be asked.\n');
      return false;
    }
    const terminal = createInterface({ input, output });
    try {
      const answer = await terminal.question(`\n${printable(title)}\n${printable(detail)}\n${printable(action)}? Type yes: `);
      return answer.trim().toLowerCase() === 'yes';
    } finally {
      terminal.close();
    }
  };
  return (question) => {
    const answer = turn.then(() => ask(question));
    turn = answer.catch(() => {});
    return answer;
  };
}

/** A name that came from a page must not move the cursor or repaint the question. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{C}\n]/gu, '?');
}
