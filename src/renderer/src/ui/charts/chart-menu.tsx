import { Menu } from '@mantine/core';
import { IconChartLine, IconDots, IconFileTypeCsv, IconPhoto, IconTable } from '@tabler/icons-react';
import type { RefObject } from 'react';
import { IconButton } from '../button.tsx';
import type { ChartSpec } from './chart-model.ts';
import { toCsv } from './csv.ts';
import { chartPng } from './png.ts';

/** What a chart offers beside itself: its table, and itself as CSV or PNG. */
export function ChartMenu({
  spec,
  box,
  view,
  onView,
}: {
  readonly spec: ChartSpec;
  readonly box: RefObject<HTMLElement | null>;
  readonly view: 'chart' | 'table';
  readonly onView: (view: 'chart' | 'table') => void;
}) {
  const copyCsv = () => {
    const frame = spec.feed.read();
    const columns = spec.series.map((series) => frame.columns[series.column] ?? []);
    void navigator.clipboard.writeText(
      toCsv(
        frame,
        spec.series.map((series) => series.label),
        columns,
        spec.feed.endMs() - spec.spanMs,
      ),
    );
  };
  const copyPng = () => {
    const svg = box.current?.querySelector('svg');
    if (svg != null) void navigator.clipboard.write([new ClipboardItem({ 'image/png': chartPng(svg, spec.title) })]);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <IconButton size="small" label={`More of ${spec.title}`} icon={<IconDots size={14} />} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={view === 'chart' ? <IconTable size={14} /> : <IconChartLine size={14} />}
          onClick={() => onView(view === 'chart' ? 'table' : 'chart')}
        >
          {view === 'chart' ? 'Show as table' : 'Show as chart'}
        </Menu.Item>
        <Menu.Item leftSection={<IconFileTypeCsv size={14} />} onClick={copyCsv}>
          Copy as CSV
        </Menu.Item>
        <Menu.Item leftSection={<IconPhoto size={14} />} disabled={view === 'table'} onClick={copyPng}>
          Copy as PNG
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
