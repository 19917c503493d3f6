/**
 * The policy both hosts send with every response: everything from the console's own origin,
 * no inline script, no frame, no form, no request to anywhere else. Style elements that
 * Mantine writes at run time carry the response's nonce.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Puts the response's nonce where the page looks for it. */
export function withNonce(html: string, nonce: string): string {
  return html.replaceAll('__STYLE_NONCE__', nonce);
}

/** Headers of every response, beside the policy. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), usb=(), serial=(), hid=(), payment=()',
  'cache-control': 'no-store',
};
