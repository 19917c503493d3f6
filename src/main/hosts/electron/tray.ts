import { Menu, nativeImage, Tray } from 'electron';
import type { WorstState } from '../../desk/watch.ts';
import { drawTrayIcon, trayIconSize } from './tray-icon.ts';
import { trayTooltip } from './words.ts';

export interface StateTray {
  show(worst: WorstState): void;
  destroy(): void;
}

/** An icon in the tray that tells the worst state by shape, colour and words. */
export function createStateTray(options: { readonly open: () => void; readonly quit: () => void }): StateTray {
  const image = (health: WorstState['health']) =>
    nativeImage.createFromBitmap(drawTrayIcon(health), { width: trayIconSize, height: trayIconSize, scaleFactor: 2 });
  const tray = new Tray(image('none'));
  tray.setContextMenu(
    Menu.buildFromTemplate([{ label: 'Open Sluice', click: options.open }, { type: 'separator' }, { label: 'Quit', click: options.quit }]),
  );
  tray.on('click', options.open);
  return {
    show(worst) {
      tray.setImage(image(worst.health));
      tray.setToolTip(trayTooltip(worst));
    },
    destroy: () => tray.destroy(),
  };
}
