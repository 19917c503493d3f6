/** Tells when everything that began before a moment has ended. Costs a number for each thing under way. */
export interface Round {
  open: number;
}

export interface Rounds {
  begin(): Round;
  end(round: Round): void;
  /** Resolves when all that began so far has ended. */
  whenEnded(): Promise<void>;
}

interface Waited extends Round {
  resolve: (() => void) | null;
}

export function createRounds(): Rounds {
  /** Oldest first; the last is the one that things begin in. */
  const rounds: Waited[] = [{ open: 0, resolve: null }];

  function settle(): void {
    while (rounds.length > 1 && rounds[0]?.open === 0) rounds.shift()?.resolve?.();
  }

  return {
    begin() {
      const round = rounds.at(-1) as Waited;
      round.open++;
      return round;
    },
    end(round) {
      round.open--;
      if (round.open === 0 && rounds.length > 1) settle();
    },
    whenEnded() {
      const ended = new Promise<void>((resolve) => {
        (rounds.at(-1) as Waited).resolve = resolve;
      });
      rounds.push({ open: 0, resolve: null });
      settle();
      return ended;
    },
  };
}
