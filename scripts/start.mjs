/** `npm start`: opens the console with an embedded gateway. Arguments go to the console. */
import { launch } from './lib/launch.mjs';

await launch(process.argv.slice(2));
