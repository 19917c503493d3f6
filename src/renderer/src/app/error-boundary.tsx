import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from '#renderer/ui/button.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { NotFetched } from './lazily.ts';

interface Props {
  /** A change of it clears the failure: another place is another try. */
  readonly place: string;
  readonly children: ReactNode;
}
interface State {
  readonly error: Error | null;
  readonly place: string;
}

/** A view that has a bug, or cannot be fetched, says so and leaves the rest of the console working. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, place: this.props.place };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.place === state.place ? null : { error: null, place: props.place };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    // biome-ignore lint/suspicious/noConsole: a bug belongs in the developer console
    console.error('a view failed', error, info.componentStack);
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    const { message } = this.state.error;
    const title = this.state.error instanceof NotFetched ? 'This view could not be fetched' : 'This view has a bug';
    return (
      <EmptyState
        title={title}
        action={
          <>
            <Button look="primary" onClick={() => this.setState({ error: null })}>
              Draw it again
            </Button>
            <Button onClick={() => location.reload()}>Reload the console</Button>
          </>
        }
      >
        The gateway is not touched by it: events keep flowing, and switches stay as they are. {message}
      </EmptyState>
    );
  }
}
