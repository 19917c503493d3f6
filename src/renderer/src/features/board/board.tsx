// biome-ignore-all lint/a11y/useSemanticElements: a grid of virtual rows cannot be a table, whose rows must all be there
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row
import { IconPlugConnected } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, type PointerEvent, type ReactNode, useCallback, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { parkScope } from '#renderer/frame/acting.tsx';
import { Loading } from '#renderer/frame/loading.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { navigate, setQuery, useRoute } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import classes from './board.module.css';
import { BoardFilter } from './board-filter.tsx';
import { BoardHead } from './board-head.tsx';
import { BoardRow } from './board-row.tsx';
import { NeedsYou } from './needs-you.tsx';
import { type BoardModel, useBoard } from './use-board.ts';

const rowPx = 36;

function act(kind: string | undefined, id: string): void {
  const scope = { type: 'destination', destination: id } as const;
  if (kind === 'park') void parkScope(scope);
  else if (kind === 'open') requestOverlay({ type: 'open', scope });
  else setQuery({ inspect: id }, { replace: false });
}

function actOf(target: EventTarget | null): { readonly act: string | undefined; readonly id: string } | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-act][data-id]') : null;
  return element?.dataset.id === undefined ? null : { act: element.dataset.act, id: element.dataset.id };
}

/** A pointer that moved further than this before it came up meant to take the act back, px. */
const cancelPx = 12;

/** Acts on what the pointer went down on, whatever slid under it before it came up; moving away takes it back. */
function useDelegatedActs() {
  const pressed = useRef<{ readonly meant: NonNullable<ReturnType<typeof actOf>>; readonly x: number; readonly y: number } | null>(null);
  const onPointerDown = useCallback((event: PointerEvent) => {
    const meant = event.button === 0 ? actOf(event.target) : null;
    pressed.current = meant === null ? null : { meant, x: event.clientX, y: event.clientY };
  }, []);
  const onPointerUp = useCallback((event: PointerEvent) => {
    const press = pressed.current;
    pressed.current = null;
    if (press !== null && Math.hypot(event.clientX - press.x, event.clientY - press.y) <= cancelPx) act(press.meant.act, press.meant.id);
  }, []);
  const onPointerCancel = useCallback(() => {
    pressed.current = null;
  }, []);
  // A click without a pointer: Enter, Space, an assistive tool.
  const onClick = useCallback((event: MouseEvent) => {
    const meant = event.detail === 0 ? actOf(event.target) : null;
    if (meant !== null) act(meant.act, meant.id);
  }, []);
  const onDoubleClick = useCallback((event: MouseEvent) => {
    const meant = actOf(event.target);
    if (meant?.act === 'inspect') navigate(`/destinations/${meant.id}`);
  }, []);
  return { onPointerDown, onPointerUp, onPointerCancel, onClick, onDoubleClick };
}

/** The Destinations board: what needs you, filters, one line a destination. `inspector` draws the details beside it. */
export function Board({ inspector }: { readonly inspector: (id: string) => ReactNode }) {
  const board = useBoard();
  const { now } = board;
  const inspected = useRoute((route) => route.query.inspect ?? '');
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const acts = useDelegatedActs();
  const needs = board.needs.flatMap((id) => board.items.get(id) ?? []);
  if (!isLoaded) return <Loading rows={14} label="destinations" />;
  if (board.items.size === 0) return <NoDestinations />;
  return (
    <div className={classes.split}>
      <div className={classes.board} {...acts} onPointerMove={board.touch} onKeyDownCapture={board.touch}>
        <h1 className="visually-hidden">Destinations</h1>
        <div className={classes.top} />
        <NeedsYou items={needs} now={now} total={board.items.size} />
        <BoardFilter board={board} />
        <BoardGrid board={board} now={now} inspected={inspected} />
      </div>
      {inspected === '' || !board.items.has(inspected) ? null : inspector(inspected)}
    </div>
  );
}

function BoardGrid({ board, now, inspected }: { readonly board: BoardModel; readonly now: number; readonly inspected: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { lines, items } = board;
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => rowPx, overscan: 5 });
  const selectedIndex = lines.findIndex((line) => line.type === 'row' && line.id === inspected);
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [selectedIndex, virtual]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const next = nextRow(event.key, selectedIndex, lines);
    if (next !== null) {
      event.preventDefault();
      setQuery({ inspect: next });
    } else if (event.key === 'Enter' && inspected !== '') {
      event.preventDefault();
      if (event.shiftKey) navigate(`/destinations/${inspected}`);
      else document.querySelector<HTMLElement>('[data-first-act]')?.focus();
    }
  };
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label="Destinations"
      aria-rowcount={lines.length + 1}
      tabIndex={0}
      aria-activedescendant={selectedIndex >= 0 ? `row-${inspected}` : undefined}
      onKeyDown={onKeyDown}
    >
      <BoardHead sort={board.sort} />
      <div className={classes.rows} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((each) => {
          const line = lines[each.index];
          if (line === undefined) return null;
          if (line.type === 'group') {
            return (
              <div
                key={line.id}
                role="row"
                aria-rowindex={each.index + 2}
                className={classes.group}
                style={{ transform: `translateY(${each.start}px)` }}
              >
                <span role="gridcell">
                  {line.title} <span className={classes.quiet}>{line.count}</span>
                </span>
              </div>
            );
          }
          const item = items.get(line.id);
          return item === undefined ? null : (
            <BoardRow key={line.id} item={item} now={now} top={each.start} index={each.index} isSelected={line.id === inspected} />
          );
        })}
      </div>
      {lines.length === 0 ? (
        <EmptyState title="Nothing matches">Take a filter away to see more of the {items.size} destinations.</EmptyState>
      ) : null}
    </div>
  );
}

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 15,
  PageUp: -15,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** The row that a key leads to; null where the key leads nowhere. */
function nextRow(key: string, from: number, lines: BoardModel['lines']): string | null {
  const step = steps[key];
  if (step === undefined || lines.length === 0) return null;
  const rows = lines.flatMap((line, index) => (line.type === 'row' ? [{ id: line.id, index }] : []));
  const position = rows.findIndex((row) => row.index === from);
  const wanted = position < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, position + step));
  return rows[wanted]?.id ?? null;
}

function NoDestinations() {
  return (
    <>
      <h1 className="visually-hidden">Destinations</h1>
      <EmptyState
        icon={<IconPlugConnected size={20} stroke={1.6} />}
        title="No destinations yet"
        action={
          <Button look="primary" onClick={() => requestOverlay({ type: 'destination' })}>
            Add a destination…
          </Button>
        }
        command="npm run demo"
      >
        A destination is a vendor that events are delivered to. Add one here, declare it in the gateway’s configuration file, or see four of
        them live in the demo.
      </EmptyState>
    </>
  );
}
