/** Inside a doubled utility process: `process.parentPort` over Node's own channel, and an end with the parent. */
import { EventEmitter } from 'node:events';

const parentPort = new EventEmitter();
process.on('message', (data) => parentPort.emit('message', { data }));
process.on('disconnect', () => process.exit(1));
Object.defineProperty(process, 'parentPort', { value: parentPort });
