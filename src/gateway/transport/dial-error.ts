/**
 * Why no connection came about. Only a code: texts of TLS and HTTP libraries quote names and addresses.
 * `isRefusal`: the other side knows us and does not want us (a wrong password at the proxy).
 */
export class DialError extends Error {
  readonly code: string;
  readonly isRefusal: boolean;
  constructor(code: string, isRefusal = false) {
    super(code);
    this.name = 'DialError';
    this.code = code;
    this.isRefusal = isRefusal;
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

/**
 * Alerts by which a TLS server refuses a client's certificate, or that there is none (RFC 8446, 6.2). In TLS 1.3 they come
 * after our side believes itself connected, even after the request was written; the server has handled nothing of it.
 */
const certificateAlerts =
  /^ERR_SSL_(TLSV13|TLSV1|SSLV3)_ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED)$/;

/** Whether the other side refused our certificate or our password at the proxy: nothing of the request was handled. */
export function isRefusal(error: unknown): boolean {
  return (error instanceof DialError && error.isRefusal) || certificateAlerts.test(codeOf(error));
}

export function isTimeout(code: string): boolean {
  return code.includes('TIMEOUT') || code === 'ETIMEDOUT';
}
