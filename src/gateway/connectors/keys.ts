/** Keys by which vendors recognise an event again: functions of the message id only. */
import { hash } from 'node:crypto';

const idText = /^[A-Za-z0-9-]+$/;
const headerText = /^[A-Za-z0-9_-]{1,128}$/;

/** A key of letters, digits and dashes of at most 36 characters: the message id itself where it fits, else the head of its SHA-256. */
export function compactKey(messageId: string): string {
  if (messageId.length <= 36 && idText.test(messageId)) return messageId;
  return hash('sha256', messageId, 'hex').slice(0, 36);
}

/** A key fit for an HTTP header and for a text signed with full stops between its parts. */
export function headerKey(messageId: string): string {
  return headerText.test(messageId) ? messageId : `msg_${hash('sha256', messageId, 'hex')}`;
}
