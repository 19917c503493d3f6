/** Class of the row of an event that waits for another endpoint than the one in use. */
export const waitingClass = 'endpoint';
