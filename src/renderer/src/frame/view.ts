import type { ComponentType } from 'react';

/** A page of a place that the palette finds by its own name. */
export interface ViewPage {
  /** Second segment of its path; empty for the first page. */
  readonly id: string;
  readonly title: string;
  /** Further words that it is found by. */
  readonly keywords?: string;
  /** Keys that go there: `g q`. */
  readonly keys?: string;
}

/** One of the places in the rail. A feature exports one; `app/views.ts` lists them. */
export interface View {
  /** First segment of its path: `destinations`. */
  readonly id: string;
  readonly title: string;
  readonly icon: ComponentType<{ readonly size?: number; readonly stroke?: number }>;
  /** Draws everything below `/<id>`; reads the rest of the path with `useRoute`. */
  readonly component: ComponentType;
  /** Its pages, where it has several. */
  readonly pages?: readonly ViewPage[];
  /** Keys that go there: `g d`. */
  readonly keys: string;
  /** A hook: how many things there need a person. Nothing else earns a badge. */
  readonly useBadge?: () => number;
  /** Whether charts there follow the shared time range; a function where only some of its pages do. */
  readonly hasTimeRange?: boolean | ((segments: readonly string[]) => boolean);
}
