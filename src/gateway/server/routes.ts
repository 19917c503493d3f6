/** The plain HTTP side of the control port: probes, metrics and the ledger. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AppError, appError } from '#contract/errors.ts';
import type { Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import { checkAddress, hasBearer } from './access.ts';
import { answerError, answerJson, answerText } from './answers.ts';

export const controlPath = '/v1/control';

export interface Routes {
  /** The text of /metrics, in Prometheus' exposition format 0.0.4. */
  metrics(): string | Promise<string>;
  /** What /healthz adds to `"ok": true`. Answers while the process lives. */
  health(): Readonly<Record<string, unknown>>;
  /** Whether events are taken and delivered; if not, why, in an operator's words. */
  ready(): { readonly ready: boolean; readonly reasons: readonly string[] };
  /** What /v1/ledger answers. */
  ledger(): Promise<Result<unknown>>;
}

export interface RouterOptions extends Routes {
  readonly token: Secret;
  readonly allowedOrigins: readonly string[];
  port(): number;
  onBug(error: unknown, requestId: string): void;
  /** Somebody showed a token, or none where one is needed. `by` is empty where it is nobody that we know. */
  onAuthentication?(error: AppError | null, by: string): void;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export function createRouter(options: RouterOptions): Answer {
  const routes: ReadonlyMap<string, Answer> = new Map<string, Answer>([
    ['/healthz', (_request, response) => answerJson(response, 200, { ok: true, ...options.health() })],
    [
      '/readyz',
      (_request, response) => {
        const { ready, reasons } = options.ready();
        answerJson(response, ready ? 200 : 503, { ready, reasons }, ready ? {} : { 'retry-after': '2' });
      },
    ],
    ['/metrics', async (_request, response) => answerText(response, 'text/plain; version=0.0.4; charset=utf-8', await options.metrics())],
    [
      '/v1/ledger',
      async (request, response) => {
        const isKnown = hasBearer(request.headers, options.token);
        options.onAuthentication?.(isKnown ? null : appError('AUTH_REQUIRED'), isKnown ? 'http' : '');
        if (!isKnown) {
          return answerError(response, appError('AUTH_REQUIRED'), { 'www-authenticate': 'Bearer realm="sluice"' });
        }
        const ledger = await options.ledger();
        if (ledger.ok) answerJson(response, 200, ledger.value);
        else answerError(response, ledger.error);
      },
    ],
    [
      controlPath,
      (_request, response) => answerError(response, appError('CONTROL_UPGRADE_REQUIRED'), { upgrade: 'websocket', connection: 'upgrade' }),
    ],
  ]);

  return async (request, response) => {
    try {
      const refusal = checkAddress(request.headers, options.port(), options.allowedOrigins);
      if (refusal) return answerError(response, refusal);
      const route = routes.get(pathOf(request.url));
      if (!route) return answerError(response, appError('CONTROL_PATH_UNKNOWN'));
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        // Whatever body comes with it is not read.
        return answerError(response, appError('CONTROL_METHOD_NOT_ALLOWED'), { allow: 'GET', connection: 'close' });
      }
      await route(request, response);
    } catch (bug) {
      const requestId = randomUUID();
      options.onBug(bug, requestId);
      if (response.headersSent) response.destroy();
      else answerError(response, appError('GATEWAY_INTERNAL', { requestId }));
    }
  };
}

export function pathOf(url: string | undefined): string {
  return (url ?? '').split('?', 1)[0] ?? '';
}
