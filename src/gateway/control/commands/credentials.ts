import type { Document } from '#contract/documents/document.ts';
import { credentialBind, credentialRemove } from '#contract/operations/credentials.ts';
import { ok } from '#contract/result.ts';
import { credentialFields } from '#gateway/transport/reach.ts';
import { lastCredential } from '../credentials/last-version.ts';
import { bindingOf } from '../credentials/origin.ts';
import { isKind } from '../store/heads.ts';
import type { HandlersOf } from './context.ts';
import { checkCredential } from './credential-check.ts';
import type { ControlDeps } from './deps.ts';
import { findLiving } from './living.ts';
import { revisionOf, runCommand } from './run-command.ts';

type CredentialOperations = 'gateway.key' | 'credential.bind' | 'credential.remove' | 'credential.check' | 'credential.list';

export function credentialCommands(deps: ControlDeps): HandlersOf<CredentialOperations> {
  const { store, vault } = deps;
  return {
    'gateway.key': () => ok({ publicKey: vault.key.publicKey, fingerprint: vault.key.fingerprint, environment: vault.environment() }),

    'credential.bind': (input, context) =>
      runCommand(store, input, context, {
        operation: credentialBind,
        target: `credential/${input.destination}`,
        plan() {
          const opened = vault.open(input.destination, input.version, input.sealed);
          if (!opened.ok) return opened;
          return ok({
            changes: [{ kind: 'credential', id: input.destination, value: opened.value.value }],
            stage: () => vault.stage(opened.value),
          });
        },
        answer: (documents) => ({ ...revisionOf(documents), fingerprint: fingerprintOf(documents[0]) }),
      }),

    'credential.remove': (input, context) =>
      runCommand(store, input, context, {
        operation: credentialRemove,
        target: `credential/${input.destination}`,
        plan() {
          const found = findLiving(store, 'credential', input.destination);
          return found.ok ? ok({ changes: [{ kind: 'credential', id: input.destination, value: null }] }) : found;
        },
        answer: revisionOf,
      }),

    'credential.check': (input, context) => checkCredential(deps, input.destination, context),

    'credential.list': () => ok({ credentials: listCredentials(deps) }),
  };
}

function fingerprintOf(document: Document | undefined): string {
  return document !== undefined && isKind(document, 'credential') ? (document.value?.fingerprint ?? '') : '';
}

/** One line per destination whose connector is known. `version`: the last one ever used, so that the next can be counted on. */
function listCredentials({ store, vault, connectors }: ControlDeps) {
  return store.list('destination').flatMap(({ id, value }) => {
    const connector = value === null ? null : connectors.get(value.connector);
    if (value === null || connector === null) return [];
    const document = store.get('credential', id);
    const credential = document?.value ?? null;
    return [
      {
        destination: id,
        connector: connector.id,
        fields: credentialFields(value, connector).map(({ name, label, multiline }) => ({ name, label, multiline })),
        state: vault.credentialFor(id).state,
        origin: bindingOf(value, connector) ?? '',
        version: lastCredential(store, id)?.version ?? null,
        fingerprint: credential?.fingerprint ?? null,
        from: credential?.from ?? null,
        boundAt: credential === null ? null : (document?.at ?? null),
        checkable: connector.check !== undefined,
      },
    ];
  });
}
