/** `npm run docs`: writes what docs/ draws from the contract. A test fails while it is out of date. */
import { writeFileSync } from 'node:fs';
import { generatedDocs } from './lib/generated-docs.mjs';
import { requireNode } from './lib/node.mjs';
import { root } from './lib/paths.mjs';

requireNode();
for (const { file, text } of generatedDocs(root)) writeFileSync(file, text);
