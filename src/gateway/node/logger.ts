/** What a node asks of a logger; pino fits. Never given a secret, a URL with a query, or an event. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
