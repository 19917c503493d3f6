/** Keys by which vendors recognise an event again: functions of the message id only. */
import { hash } from 'node:crypto';

const idText = /^[A-Za-z0-9-]+$/;
const headerText = /^[A-Za-z0-9_-]{1,128}$/;

// Of the JSON text, because UTF-8 writes all half characters alike and two ids must never share a key.
function digest(messageId: string): string {
  return hash('sha256', JSON.stringify(messageId), 'hex');
}

/** A key of letters, digits and dashes of at most 36 characters: the message id itself where it fits, else the head of its SHA-256. */
export function compactKey(messageId: string): string {
  if (messageId.length <= 36 && idText.test(messageId)) return messageId;
  return digest(messageId).slice(0, 36);
}

/** A key fit for an HTTP header and for a text signed with full stops between its parts. */
export function headerKey(messageId: string): string {
  return headerText.test(messageId) ? messageId : `msg_${digest(messageId)}`;
}
