import type { Candidate } from './candidate.ts';
import { createOurs } from './ours.tsx';
import { createStock } from './stock.tsx';
import { createUplot } from './uplot.ts';

const makers = { ours: createOurs, stock: createStock, uplot: createUplot } as const;
export type CandidateName = keyof typeof makers;

declare global {
  interface Window {
    /** What the bench drives: mount a candidate, then let it move on `count` times, one update a frame or two. */
    bench: { mount(name: CandidateName): void; run(count: number): Promise<void>; unmount(): void };
  }
}

let current: { readonly candidate: Candidate; readonly host: HTMLElement } | null = null;
const frame = () => new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));

window.bench = {
  mount: (name) => {
    const host = document.createElement('div');
    document.body.append(host);
    current = { candidate: makers[name](host), host };
  },
  run: async (count) => {
    for (let turn = 0; turn < count; turn++) {
      await frame();
      current?.candidate.update();
      await frame();
    }
  },
  unmount: () => {
    current?.candidate.unmount();
    current?.host.remove();
    current = null;
  },
};
