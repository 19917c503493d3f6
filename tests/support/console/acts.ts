/** What an operator does in the console, by the names that an operator sees. */
import type { Locator, Page } from 'playwright-core';

/** Goes to a place by its link in the rail. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place }).click();
  await page.getByRole('heading', { name: place, level: 1 }).waitFor({ state: 'attached' });
}

/** The line of a destination on the board. */
export function rowOf(page: Page, destination: string): Locator {
  return page.getByRole('grid', { name: 'Destinations' }).getByRole('row').filter({ hasText: destination });
}

/** Opens the inspector of a destination by its line on the board, and from there its page. */
export async function openPageOf(page: Page, destination: string): Promise<void> {
  await goTo(page, 'Destinations');
  await rowOf(page, destination).getByText(destination, { exact: true }).click();
  await page.getByRole('button', { name: `Open the page of ${destination}` }).click();
  await page.getByRole('heading', { name: destination, level: 1 }).waitFor();
}

/** Adds the one-field credential of a destination in the Credentials view. */
export async function addCredential(page: Page, destination: string, secret: string): Promise<void> {
  await goTo(page, 'Credentials');
  await page.getByRole('button', { name: `Add the credential of ${destination}` }).click();
  const dialog = page.getByRole('dialog', { name: `Add the credential of ${destination}` });
  await dialog.getByLabel('Signing secret').fill(secret);
  await dialog.getByRole('button', { name: 'Add credential' }).click();
  const done = page.getByRole('dialog', { name: `${destination} has its credential` });
  await done.getByRole('button', { name: 'Done' }).click();
}
