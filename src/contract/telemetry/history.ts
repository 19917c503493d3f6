export { type History, historySchema } from './tick.ts';
