import type { ComponentType } from 'react';

/** One of the places in the rail. A feature exports one; `app/views.ts` lists them. */
export interface View {
  /** First segment of its path: `destinations`. */
  readonly id: string;
  readonly title: string;
  readonly icon: ComponentType<{ readonly size?: number; readonly stroke?: number }>;
  /** Draws everything below `/<id>`; reads the rest of the path with `useRoute`. */
  readonly component: ComponentType;
  /** Keys that go there: `g d`. */
  readonly keys: string;
  /** A hook: how many things there need a person. Nothing else earns a badge. */
  readonly useBadge?: () => number;
  /** Whether charts there follow the shared time range; a function where only some of its pages do. */
  readonly hasTimeRange?: boolean | ((segments: readonly string[]) => boolean);
}
