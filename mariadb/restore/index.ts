export { DirectoryNotEmptyError, restore, type Restored, type RestoreOptions } from './restore.ts';
export { parseUntil, type Until } from './until.ts';
