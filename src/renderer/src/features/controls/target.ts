/** Pure: what a person types to confirm, and how an act on a scope is worded. */
import { type SwitchScope, scopeLabel } from '#contract/documents/switch.ts';

/** What is to be typed: the plain name. The gateway's own label holds quotes that no keyboard has. */
export function typedTarget(scope: SwitchScope): string {
  switch (scope.type) {
    case 'everything':
      return 'everything';
    case 'source':
      return scope.source;
    case 'destination':
      return scope.destination;
    case 'event':
      return scope.event;
  }
}

/** The gateway's confirmation for what was typed: its label of the scope where the name is right, else what was typed. */
export function confirmOf(scope: SwitchScope, typed: string): string {
  return isTyped(scope, typed) ? scopeLabel(scope) : typed.trim();
}

export function isTyped(scope: SwitchScope, typed: string): boolean {
  return typed.trim() === typedTarget(scope) || typed.trim() === scopeLabel(scope);
}

/** What a drop loses, after “Drop”: `events of HubSpot`, `event “Order Completed”`. `name` is the scope's as people know it. */
export function dropObject(scope: SwitchScope, name: string): string {
  return scope.type === 'everything' ? 'everything' : scope.type === 'event' ? name : `events of ${name}`;
}

/** A preview counts whole destinations; narrower scopes touch a part of that. Null where the counts are of the scope. */
export function previewCaveat(scope: SwitchScope): string | null {
  if (scope.type === 'source') return `The counts are of whole destinations; only what comes from ${scope.source} is touched.`;
  return scope.type === 'event' ? `The counts are of whole destinations; only events named “${scope.event}” are touched.` : null;
}
