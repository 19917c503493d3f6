/**
 * A two-way pipe of JSON strings: Electron's messages, a WebSocket, or memory. Strings, not
 * objects, so that main can relay a frame without reading it.
 */
export interface Channel {
  /** Sends one frame. After close it does nothing. */
  post(frame: string): void;
  /** Called for each frame received. At most one listener. */
  onFrame(listener: (frame: string) => void): void;
  /** Called once, when either side closed. At most one listener; called at once if already closed. */
  onClose(listener: (reason: string) => void): void;
  close(reason?: string): void;
  /** Bytes handed to `post` that have not left yet, where the transport knows. */
  bufferedBytes?(): number;
}
