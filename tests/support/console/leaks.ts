/** Looks for a secret in every form in which it could lie about. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Leaks {
  /** The forms of the secret that are in `content`; empty where there is none. */
  formsIn(content: string | Buffer): readonly string[];
  /** Files under `folder` that hold the secret, with the form, each in a line. Folders in `except` are not looked at. */
  inFiles(folder: string, except?: readonly string[]): readonly string[];
}

/** @param secret text such as `whsec_<base64>` */
export function createLeaks(secret: string): Leaks {
  const core = secret.slice(secret.indexOf('_') + 1);
  const forms: readonly (readonly [string, Buffer])[] = [
    ['as it is', Buffer.from(core)],
    ['decoded', Buffer.from(core, 'base64')],
    ['base64', Buffer.from(Buffer.from(secret).toString('base64').replace(/=+$/, ''))],
    ['base64url', Buffer.from(Buffer.from(secret).toString('base64url'))],
    ['hex', Buffer.from(Buffer.from(secret).toString('hex'))],
    ['URL-encoded', Buffer.from(encodeURIComponent(core))],
    ['UTF-16', Buffer.from(core, 'utf16le')],
  ];
  const formsIn = (content: string | Buffer): readonly string[] => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return forms.filter(([, form]) => bytes.includes(form)).map(([name]) => name);
  };
  return {
    formsIn,
    inFiles: (folder, except = []) =>
      filesIn(folder, except).flatMap((file) => formsIn(readFileSync(file)).map((form) => `${file}: ${form}`)),
  };
}

/** Every regular file below a folder. */
export function filesIn(folder: string, except: readonly string[] = []): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (except.includes(path)) return [];
    if (entry.isDirectory()) return filesIn(path, except);
    return entry.isFile() ? [path] : [];
  });
}
