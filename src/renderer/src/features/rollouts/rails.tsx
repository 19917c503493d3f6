import type { Guardrail, Judgement } from '#contract/documents/guardrail.ts';
import { Num } from '#renderer/ui/num.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import classes from './rollouts.module.css';
import { railQuantity, railRule, railTitle, verdictOf } from './words.ts';

interface Row {
  readonly key: string;
  readonly guardrail: Guardrail;
  readonly judged: Judgement | undefined;
}

/** Each guardrail with its value, its bound and its sample, and the same in words. */
export function Rails({
  guardrails,
  judged,
  nameOf,
}: {
  readonly guardrails: readonly Guardrail[];
  readonly judged: readonly Judgement[];
  readonly nameOf: (id: string) => string;
}) {
  const rows = guardrails.map((guardrail, index): Row => ({ key: String(index), guardrail, judged: judged[index] }));
  const columns: readonly Column<Row>[] = [
    {
      id: 'verdict',
      title: 'Says',
      width: '156px',
      cell: ({ judged: said }) => {
        const { word, mark } = said === undefined ? { word: 'Not asked', mark: 'none' as const } : verdictOf(said);
        return (
          <span className={classes.state}>
            <StatusMark state={mark} /> {word}
          </span>
        );
      },
    },
    {
      id: 'what',
      title: 'Guardrail',
      cell: ({ guardrail, judged: said }) => (
        <>
          <strong>{railTitle(guardrail, nameOf)}</strong>
          <span className={classes.quiet}> {railRule(guardrail)}</span>
          {said === undefined ? null : <p className={classes.words}>{said.words}</p>}
        </>
      ),
    },
    {
      id: 'value',
      title: 'Now',
      width: '76px',
      align: 'end',
      cell: ({ guardrail, judged: said }) => <Num of={railQuantity(guardrail)(said?.value ?? null)} />,
    },
    {
      id: 'bound',
      title: 'Allowed',
      width: '76px',
      align: 'end',
      cell: ({ guardrail, judged: said }) => <Num of={railQuantity(guardrail)(said?.bound ?? null)} />,
    },
    {
      id: 'samples',
      title: 'Sample',
      width: '96px',
      align: 'end',
      cell: ({ judged: said }) => (
        <>
          <Num of={exact(said?.samples ?? null)} />
          {said !== undefined && said.samples < said.needed ? ` of ${said.needed.toLocaleString('en-US')}` : ''}
        </>
      ),
    },
  ];
  return <Table label="Guardrails" columns={columns} rows={rows} rowKey={({ key }) => key} isFixed />;
}
