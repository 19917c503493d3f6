import { protocol } from 'electron';
import { serveRenderer } from '../renderer-files.ts';
import { scheme } from './policy.ts';

/** Before `ready`, once: pages of ours get a real origin and a secure context. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built renderer on `sluice://app`, and nothing on any other host of the scheme. */
export function serveScheme(root: string): void {
  protocol.handle(scheme, async (request) => {
    const { host, pathname } = new URL(request.url);
    if (host !== 'app' || request.method !== 'GET') return new Response('Not found.', { status: 404 });
    const served = await serveRenderer(root, pathname);
    return new Response(new Uint8Array(served.body), { status: served.status, headers: { ...served.headers } });
  });
}
