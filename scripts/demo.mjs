/** `npm run demo`: the console with an embedded gateway, simulated vendors and traffic, each labelled as demo. */
import { launch } from './lib/launch.mjs';

await launch(['--demo', ...process.argv.slice(2)]);
