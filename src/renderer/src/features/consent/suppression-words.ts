import type { SuppressionKind } from '#contract/documents/consent.ts';

export const kindWords: Readonly<Record<SuppressionKind, { readonly title: string; readonly word: string; readonly meaning: string }>> = {
  'opt-out': {
    title: 'Opted out',
    word: 'opt-out',
    meaning: 'Events of this person are stored without their content and sent to nobody.',
  },
  deletion: {
    title: 'Wants to be forgotten',
    word: 'deletion',
    meaning:
      'Events of this person are stored without their content and sent to nobody. What was stored before is not removed by this alone.',
  },
};
