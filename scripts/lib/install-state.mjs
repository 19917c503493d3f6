/**
 * Whether node_modules holds what the lockfile says. npm writes node_modules/.package-lock.json last, so an
 * interrupted install never looks complete; a stamp with the lockfile's hash makes the usual answer cheap.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockfile, modules } from './paths.mjs';

const stampFile = join(modules, '.sluice-install.json');
const installedFile = join(modules, '.package-lock.json');

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 * @typedef {{ lock: string, headers: boolean }} Stamp `headers`: whether libsecret could be built against then
 */

/**
 * Why an install is needed, or null. Optional packages may be absent (another platform, a failed build).
 * @param {Lock} wanted
 * @param {Lock} installed
 * @returns {string | null}
 */
export function difference(wanted, installed) {
  for (const [path, entry] of Object.entries(wanted.packages)) {
    const there = installed.packages[path];
    if (path === '' || (!there && entry.optional)) continue;
    if (!there) return `${path} is missing`;
    if (there.version !== entry.version) return `${path} is ${there.version}, the lockfile says ${entry.version}`;
  }
  const extra = Object.keys(installed.packages).find((path) => !(path in wanted.packages));
  return extra ? `${extra} is not in the lockfile` : null;
}

/** @returns {Stamp | null} */
export function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return null;
  }
}

/** Leaves the stamp of an install that is as it should be. @param {boolean} headers */
export function writeStamp(headers) {
  const stamp = readStamp();
  if (stamp?.lock === lockHash() && stamp.headers === headers) return;
  writeFileSync(stampFile, `${JSON.stringify({ lock: lockHash(), headers })}\n`);
}

function lockHash() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}

/** @returns {string | null} why `npm ci` is needed; null when node_modules is as it should be */
export function staleness() {
  if (!existsSync(installedFile)) return 'node_modules is missing or incomplete';
  if (readStamp()?.lock === lockHash()) return null;
  return difference(JSON.parse(readFileSync(lockfile, 'utf8')), JSON.parse(readFileSync(installedFile, 'utf8')));
}
