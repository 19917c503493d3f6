/** A state as it is drawn: each has its own shape, word and colour, so that no one of them is needed alone. */
export type MarkState = 'healthy' | 'degraded' | 'failing' | 'parked' | 'held' | 'dropping' | 'none' | 'off';

interface StateLook {
  readonly word: string;
  /** CSS class stem and colour variable. */
  readonly hue: 'ok' | 'warn' | 'bad' | 'hold' | 'none';
  /** Worst first: 0 is what a person should look at first. */
  readonly rank: number;
  readonly meaning: string;
}

export const stateLooks: Readonly<Record<MarkState, StateLook>> = {
  failing: { word: 'Failing', hue: 'bad', rank: 0, meaning: 'Deliveries fail. Events wait or retry; none is lost.' },
  held: {
    word: 'Held',
    hue: 'hold',
    rank: 1,
    meaning: 'The gateway holds it by itself: a credential, an open breaker or documents not loaded.',
  },
  degraded: { word: 'Degraded', hue: 'warn', rank: 2, meaning: 'Some deliveries fail or are slow.' },
  dropping: { word: 'Dropping', hue: 'hold', rank: 3, meaning: 'A drop switch is in force: events are counted and not sent.' },
  parked: { word: 'Parked', hue: 'hold', rank: 4, meaning: 'A person holds it. Events are kept.' },
  none: { word: 'No data', hue: 'none', rank: 5, meaning: 'Nothing was sent lately.' },
  off: { word: 'Off', hue: 'none', rank: 6, meaning: 'Disabled in its settings.' },
  healthy: { word: 'Healthy', hue: 'ok', rank: 7, meaning: 'Deliveries succeed.' },
};

/** The one of `states` that a person should look at first; `none` for an empty list. */
export function worstOf(states: Iterable<MarkState>): MarkState {
  let worst: MarkState = 'healthy';
  let isEmpty = true;
  for (const state of states) {
    isEmpty = false;
    if (stateLooks[state].rank < stateLooks[worst].rank) worst = state;
  }
  return isEmpty ? 'none' : worst;
}
