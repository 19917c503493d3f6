import { type BrowserWindow, dialog } from 'electron';
import type { Confirm } from '../../desk/confirm.ts';

/** Asks in a native dialog, which no page can answer or paint over. The default answer is no. */
export function createDialogConfirm(owner: () => BrowserWindow | null): Confirm {
  return async ({ title, detail, action }) => {
    const options = {
      type: 'warning' as const,
      message: title,
      detail,
      buttons: ['Cancel', action],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    };
    const window = owner();
    const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
    return response === 1;
  };
}
