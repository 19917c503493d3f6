import { describe, expect, it } from 'vitest';
import { createScheduler } from './scheduler.ts';

function createScene(options: { readonly minIntervalMs?: number; readonly budgetMs?: number } = {}) {
  let frames: ((time: number) => void)[] = [];
  const page = { isHidden: false, nowMs: 1000 };
  const scheduler = createScheduler(
    { requestFrame: (run) => frames.push(run), isHidden: () => page.isHidden, now: () => page.nowMs },
    options,
  );
  return {
    scheduler,
    page,
    waiting: () => frames.length,
    frame: (ms = 16) => {
      page.nowMs += ms;
      const due = frames;
      frames = [];
      for (const run of due) run(page.nowMs);
    },
  };
}

describe('the scheduler of everything that draws', () => {
  it('draws once for any number of marks, and not before a frame', () => {
    const scene = createScene();
    let drawn = 0;
    const painter = scene.scheduler.add(() => drawn++);
    painter.mark();
    painter.mark();
    expect(drawn).toBe(0);
    scene.frame();
    expect(drawn).toBe(1);
  });

  it('draws at most four times a second and never forgets the last mark', () => {
    const scene = createScene();
    const times: number[] = [];
    const painter = scene.scheduler.add(() => times.push(scene.page.nowMs));
    for (let frame = 0; frame < 63; frame++) {
      painter.mark();
      scene.frame();
    }
    expect(times.length).toBe(4);
    for (let frame = 0; frame < 20; frame++) scene.frame();
    expect(times.length).toBe(5);
    expect(scene.waiting()).toBe(0);
  });

  it('spreads painters over frames when a frame has no time left, and starves none', () => {
    const scene = createScene({ budgetMs: 5, minIntervalMs: 0 });
    const drawn = [0, 0, 0];
    const painters = drawn.map((_, index) =>
      scene.scheduler.add(() => {
        drawn[index] = (drawn[index] ?? 0) + 1;
        scene.page.nowMs += 5;
      }),
    );
    for (let frame = 0; frame < 9; frame++) {
      for (const painter of painters) painter.mark();
      scene.frame();
    }
    expect(drawn).toEqual([3, 3, 3]);
  });

  it('draws nothing while hidden, and what was missed when it is seen again', () => {
    const scene = createScene();
    let drawn = 0;
    const painter = scene.scheduler.add(() => drawn++);
    scene.page.isHidden = true;
    painter.mark();
    scene.frame();
    expect([drawn, scene.waiting()]).toEqual([0, 0]);
    scene.page.isHidden = false;
    scene.scheduler.wake();
    scene.frame();
    expect(drawn).toBe(1);
  });

  it('draws nothing for a painter that was removed', () => {
    const scene = createScene();
    let drawn = 0;
    const painter = scene.scheduler.add(() => drawn++);
    painter.mark();
    painter.remove();
    scene.frame();
    expect(drawn).toBe(0);
  });
});
