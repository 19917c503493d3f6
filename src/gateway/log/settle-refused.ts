/**
 * Why a settle was refused. Never an expected failure: `StaleEpoch` says that another owner has the
 * lane, anything else that the lane's bookkeeping is wrong. Nothing of the delta was
 * written, and trying again will not help. (A store that cannot write throws an `AppFailure`
 * instead; that may be tried again.)
 */
export class SettleRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettleRefused';
  }
}

/** L7: the settle's epoch is not the lane owner's. */
export class StaleEpoch extends SettleRefused {
  constructor(message: string) {
    super(message);
    this.name = 'StaleEpoch';
  }
}

export function staleEpoch(destination: string, epoch: number, current: number): StaleEpoch {
  return new StaleEpoch(`epoch ${epoch} of ${destination} is stale: ${current} owns the lane`);
}
