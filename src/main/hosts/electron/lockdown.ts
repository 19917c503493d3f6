/** Denies everything a page of ours does not need, in every session and every window there will ever be. */
import { app, type Session, session, shell } from 'electron';
import { externalUrl, isOwnUrl, mayRequest } from './policy.ts';

export function lockDownSession(target: Session = session.defaultSession): void {
  target.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  target.setPermissionCheckHandler(() => false);
  target.setDevicePermissionHandler(() => false);
  target.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  target.setSpellCheckerEnabled(false);
  target.on('will-download', (event) => event.preventDefault());
  target.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayRequest(details.url, app.isPackaged) }));
}

/** For windows, and whatever else Electron may ever make. Call before `ready`. */
export function lockDownContents(): void {
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { readonly url: string; preventDefault(): void }): void => {
      if (!isOwnUrl(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      const external = externalUrl(url);
      if (external !== null) void shell.openExternal(external);
      return { action: 'deny' };
    });
  });
}
