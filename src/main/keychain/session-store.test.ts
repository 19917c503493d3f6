import { describeSecretStore } from '#tests/support/keychain/secret-store-conformance.ts';
import { createSessionStore } from './session-store.ts';

describeSecretStore('session', createSessionStore);
