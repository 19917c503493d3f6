/**
 * The one door to zod. `jitless` keeps zod from probing `new Function`, which the
 * renderer's content security policy reports as a violation.
 */
import { z } from 'zod';

z.config({ jitless: true });

export { z };
